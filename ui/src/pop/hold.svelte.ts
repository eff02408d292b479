// While the pointer rests on the pop, every countdown stands: here, and in the engine.

import { clockNow } from '../lib/clock.svelte';
import { send } from '../lib/host';

/** A rest is said again this often; the engine forgets it after a minute. In milliseconds. */
const AGAIN_MS = 20_000;

let since: number | undefined = $state();
let told = 0;
let rests = false;

/** The time that countdowns have run to. */
export const countdownNow = (): number => since ?? clockNow();

/** The pointer is here, or has moved here. */
export function hold(): void {
  const now = Date.now();
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
