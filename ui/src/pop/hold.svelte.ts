// While the pointer is on the pop, every countdown stands: here, and in the engine. A pointer that
// lies there without moving holds for a while only, since nobody may be there any more.

import { clockNow } from '../lib/clock.svelte';
import { send } from '../lib/host';

/** A move is told again at most this often, in milliseconds. */
const AGAIN_MS = 5000;
/** How long a pointer without a move holds, in milliseconds: as long as the engine lets it. */
const RESTS_MS = 20_000;

let since: number | undefined = $state();
let told = 0;
let moved = 0;
let rests = false;

/** The time that countdowns have run to. */
export const countdownNow = (): number => since ?? clockNow();

/** Whether the pointer has moved here lately. */
export const holds = (): boolean => rests && Date.now() - moved < RESTS_MS;

/** The pointer has moved here. */
export function hold(): void {
  const now = Date.now();
  moved = now;
  if (rests && now - told < AGAIN_MS) return;
  if (!rests) since = clockNow();
  rests = true;
  told = now;
  void send({ command: 'hold_pops', held: true }).catch(() => undefined);
}

/** The pointer has left. The time stands until the engine has moved its countdowns on. */
export function release(): void {
  if (!rests) return;
  rests = false;
  void send({ command: 'hold_pops', held: false })
    .catch(() => undefined)
    .finally(() => {
      if (!rests) since = undefined;
    });
}

/**
 * Tells moves of a hand from those that a webview makes up: after a layout it repeats the last
 * place, even if the pointer has left since, and a window that shrinks is left without a word.
 */
export class Moves {
  private x = NaN;
  private y = NaN;

  /** Whether somebody moved the pointer within the window. */
  real(event: Pick<PointerEvent, 'screenX' | 'screenY' | 'clientX' | 'clientY'>): boolean {
    const same = event.screenX === this.x && event.screenY === this.y;
    this.x = event.screenX;
    this.y = event.screenY;
    const inside =
      event.clientX >= 0 &&
      event.clientY >= 0 &&
      event.clientX < window.innerWidth &&
      event.clientY < window.innerHeight;
    return inside && !same;
  }
}
