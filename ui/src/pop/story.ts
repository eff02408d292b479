// What a snapshot means for the eye: who it is, and where the call stands. Pure.

import { sameContact } from '../lib/people';
import type {
  Chosen,
  CreateTarget,
  LogView,
  LookupView,
  MatchView,
  PopView,
} from '../lib/protocol';

/** Who it is, as far as known. */
export type Who =
  | { kind: 'searching' }
  /** `chosen` is set when a person, the memory or the only match decided. */
  | { kind: 'one'; match: MatchView; chosen: Chosen | null }
  /** Chosen, but not among the matches: found by name, or made for this call. */
  | { kind: 'named'; chosen: Chosen }
  | { kind: 'several'; remembered: MatchView | null }
  | { kind: 'unknown' }
  | { kind: 'withheld' }
  | { kind: 'internal' }
  /** Short codes, SIP addresses, no account: there was nothing to look up. */
  | { kind: 'nothing' }
  | { kind: 'unreachable' };

/** Where the call and its log stand. */
export type Phase =
  | { kind: 'ringing' }
  | { kind: 'talking'; held: boolean }
  /** Over; the agent decides. */
  | { kind: 'ask' }
  /** Over; logs itself at `at`. */
  | { kind: 'ending'; at: string }
  /** Over, and nothing will be logged by itself. */
  | { kind: 'over' }
  /** "Log now" was said; nothing has left this computer before `at`. */
  | { kind: 'leaving'; log: LogView; at: string }
  | { kind: 'sending'; log: LogView }
  | { kind: 'waiting'; log: LogView; at: string | null }
  | { kind: 'parked'; log: LogView }
  | { kind: 'logged'; log: LogView }
  | { kind: 'declined' };

const DECIDED = new Set(['picked', 'created', 'unique']);

export function who(pop: PopView): Who {
  const decided = pop.chosen.find((c) => DECIDED.has(c.how));
  if (decided) {
    const match = pop.matches.find((m) => sameContact(m, decided.contact));
    return match ? { kind: 'one', match, chosen: decided } : { kind: 'named', chosen: decided };
  }
  const offered = pop.chosen[0];
  const [first] = pop.matches;
  if (first && pop.matches.length === 1) {
    const chosen = offered && sameContact(first, offered.contact) ? offered : null;
    return { kind: 'one', match: first, chosen };
  }
  if (first) {
    const remembered = offered
      ? pop.matches.find((m) => sameContact(m, offered.contact))
      : pop.matches.find((m) => m.remembered);
    return { kind: 'several', remembered: remembered ?? null };
  }
  if (offered) return { kind: 'named', chosen: offered };
  if (pop.call.remote.kind === 'anonymous') return { kind: 'withheld' };
  switch (pop.status) {
    case 'searching':
      return { kind: 'searching' };
    case 'not_found':
    case 'found':
      return { kind: 'unknown' };
    case 'not_looked_up':
      return { kind: pop.call.remote.kind === 'extension' ? 'internal' : 'nothing' };
    case 'partial':
    case 'failed':
      return { kind: 'unreachable' };
  }
}

export function phase(pop: PopView): Phase {
  if (pop.call.state === 'ringing') return { kind: 'ringing' };
  if (pop.call.state !== 'ended') return { kind: 'talking', held: pop.call.state === 'held' };
  const at = (state: LogView['state']) => pop.logs.find((log) => log.state === state);
  const parked = at('parked');
  if (parked) return { kind: 'parked', log: parked };
  if (pop.plan.plan === 'declined') return { kind: 'declined' };
  const ready = at('ready');
  if (ready) return { kind: 'leaving', log: ready, at: ready.next_at ?? pop.call.started_at };
  const sending = at('sending');
  if (sending) return { kind: 'sending', log: sending };
  const retry = at('retry');
  if (retry) return { kind: 'waiting', log: retry, at: retry.next_at };
  const done = at('done');
  if (done) return { kind: 'logged', log: done };
  if (pop.plan.plan === 'at') return { kind: 'ending', at: pop.plan.at };
  return { kind: pop.plan.plan === 'no' ? 'over' : 'ask' };
}

/** The last states are one line: what became of the call, and the one thing still to do. */
export const isBrief = (kind: Phase['kind']): boolean =>
  ['leaving', 'sending', 'waiting', 'logged', 'declined'].includes(kind);

/** The states that leave by themselves once they have been read. */
export const leavesByItself = (kind: Phase['kind']): boolean =>
  ['logged', 'declined', 'waiting', 'over'].includes(kind);

/** Names of the accounts in question, for a sentence. */
export const accountsText = (accounts: LookupView[]): string =>
  accounts.map((a) => a.name).join(', ');

/** The account that says it signed us out, if one does. */
export const signedOut = (pop: PopView): LookupView | undefined =>
  pop.accounts.find((a) => a.state.state === 'failed' && a.state.reason === 'signed_out');

/** The accounts that could not be asked. */
export const failing = (pop: PopView): LookupView[] =>
  pop.accounts.filter((a) => a.state.state === 'failed');

/** Name of the account that holds a contact. */
export function accountName(pop: PopView, account: string): string {
  return (
    pop.accounts.find((a) => a.account === account)?.name ??
    pop.create_in.find((c) => c.account === account)?.name ??
    pop.logs.find((l) => l.account === account)?.account_name ??
    account
  );
}

/** What the account of the chosen contact allows: outcomes and kinds of contact. */
export const targetOf = (pop: PopView, account: string): CreateTarget | undefined =>
  pop.create_in.find((c) => c.account === account);

/** The contact on screen as the one it is, if there is exactly one. */
export function contactOf(one: Who): { account: string; type: string; id: string } | null {
  if (one.kind === 'one') return one.match;
  if (one.kind === 'named') return one.chosen.contact;
  return null;
}

/** The name that the pop gives the call; empty where only the number is known. */
export function nameOf(one: Who): string {
  if (one.kind === 'one') return one.match.name;
  if (one.kind === 'named') return one.chosen.name;
  return '';
}
