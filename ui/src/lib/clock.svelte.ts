// The time on screen: one beat a second, for all timers and ages.

let now = $state(Date.now());
let fixed = false;

setInterval(() => {
  if (!fixed && document.visibilityState === 'visible') now = Date.now();
}, 1000);

/** The time to show, in milliseconds since 1970. Reading it in a component follows it. */
export const clockNow = (): number => now;

/** Stops the clock at an instant, so that pictures are the same every time. */
export function stopClock(at: number): void {
  fixed = true;
  now = at;
}
