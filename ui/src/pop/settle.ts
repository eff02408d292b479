// A late answer must never change what a key means. A key whose meaning has just changed rests for
// the time that a person needs to see it.

/** Time to see a change, in milliseconds. */
export const SETTLE_MS = 400;

/** What each key means now, and since when. */
export class Settle {
  private since = new Map<string, { meaning: string; at: number }>();

  /** Takes in what the keys mean as shown at `now`. The first meaning of a key counts at once. */
  show(meanings: Map<string, string>, now: number): void {
    for (const [key, meaning] of meanings) {
      const before = this.since.get(key);
      if (!before) this.since.set(key, { meaning, at: -Infinity });
      else if (before.meaning !== meaning) this.since.set(key, { meaning, at: now });
    }
    // A key without a meaning keeps its place, so that it rests when it comes back as another.
    for (const [key, before] of this.since) {
      if (!meanings.has(key) && before.meaning !== '')
        this.since.set(key, { meaning: '', at: now });
    }
  }

  /** Whether the key has meant the same for long enough. */
  isSettled(key: string, now: number): boolean {
    const entry = this.since.get(key);
    return entry !== undefined && now - entry.at >= SETTLE_MS;
  }
}
