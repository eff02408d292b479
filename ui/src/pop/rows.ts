// The order of candidates on screen. While somebody looks at them, rows stay where they are: a digit
// means the same contact until pointer and focus have left.

import { contactKey } from '../lib/people';
import type { MatchView } from '../lib/protocol';

/** A row: the match, or the place that one had which no longer fits. */
export interface Row {
  key: string;
  match: MatchView;
  gone: boolean;
}

/** The next rows. `held` while the pop has the pointer or the focus. */
export function nextRows(shown: Row[], matches: MatchView[], held: boolean): Row[] {
  const fresh = matches.map((match) => ({ key: contactKey(match), match, gone: false }));
  if (!held) return fresh;
  const now = new Map(fresh.map((row) => [row.key, row]));
  const kept = shown.map((row) => now.get(row.key) ?? { ...row, gone: true });
  const known = new Set(shown.map((row) => row.key));
  return [...kept, ...fresh.filter((row) => !known.has(row.key))];
}
