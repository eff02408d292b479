// What can be done in a state, and with which key. Buttons and keys come from this one list, so that
// they cannot say different things.

import { t } from '../lib/words';
import {
  accountName,
  contactOf,
  failing,
  type Phase,
  phase,
  signedOut,
  targetOf,
  type Who,
  who,
} from './story';
import type { PopView } from '../lib/protocol';

export type Act =
  | 'open'
  | 'open_log'
  | 'confirm'
  | 'forget'
  | 'someone_else'
  | 'create'
  | 'search'
  | 'refresh'
  | 'reconnect'
  | 'log'
  | 'log_without'
  | 'choose_deal'
  | 'retry'
  | 'dont_log'
  | 'undo'
  | 'keep_open'
  | 'notes'
  | 'hide';

export interface Action {
  act: Act;
  label: string;
  key: string;
  kind: 'primary' | 'plain' | 'quiet' | 'icon';
  side: 'left' | 'right';
  icon?: string;
}

type Part = Omit<Action, 'key' | 'kind' | 'side'> & Partial<Action>;
const on = (part: Part): Action => ({ key: '', kind: 'plain', side: 'left', ...part });

const refresh = () =>
  on({
    act: 'refresh',
    label: t('pop-refresh'),
    key: 'R',
    kind: 'icon',
    side: 'right',
    icon: 'refresh',
  });
const search = (key: string, label: string) =>
  on({ act: 'search', label, key, ...(label === t('pop-search') ? {} : { icon: 'search' }) });

function canOpen(pop: PopView, one: Who): boolean {
  const contact = contactOf(one);
  if (one.kind === 'one') return one.match.can_open;
  return pop.logs.some((log) => log.contact.id === contact?.id && log.can_open);
}

/** While it rings or is talked: the way to the contact, and to another. */
function live(pop: PopView, one: Who, talking: boolean): Action[] {
  const canCreate = pop.create_in.length > 0;
  const create = (kind: Action['kind'] = 'plain', side: Action['side'] = 'left') =>
    canCreate ? [on({ act: 'create', label: t('pop-create'), key: 'C', kind, side })] : [];
  const else_ = on({ act: 'someone_else', label: t('pop-someone-else'), key: 'S' });
  switch (one.kind) {
    case 'one':
    case 'named': {
      const account = accountName(pop, contactOf(one)?.account ?? '');
      const out = signedOut(pop);
      const remembered = one.kind === 'one' && one.chosen?.how === 'remembered';
      const first = out
        ? []
        : canOpen(pop, one)
          ? [
              on({
                act: 'open',
                label: t('pop-open-in', { account }),
                key: talking ? 'O' : 'Enter',
                kind: 'primary',
              }),
            ]
          : [];
      const forget = remembered
        ? [on({ act: 'forget', label: t('pop-forget'), key: 'F', kind: 'quiet' })]
        : [];
      const again = failing(pop).length > 0 && !out;
      const retry = again
        ? [on({ act: 'refresh', label: t('pop-try-now'), key: 'R', icon: 'refresh' })]
        : [];
      return again
        ? [...retry, else_, ...forget]
        : [...first, else_, ...forget, ...(out ? [] : [refresh()])];
    }
    case 'several': {
      const pick = one.remembered
        ? [
            on({ act: 'confirm', label: t('pop-confirm'), key: 'Enter', kind: 'primary' }),
            on({ act: 'forget', label: t('pop-forget'), key: 'F', kind: 'quiet' }),
          ]
        : [];
      return [...pick, ...create('plain', 'right')];
    }
    case 'unknown': {
      const name = pop.call.remote.name;
      const label = name ? t('pop-create-name', { name }) : t('pop-create-contact');
      return [
        ...(canCreate ? [on({ act: 'create', label, key: 'Enter', kind: 'primary' })] : []),
        search('/', t('pop-search')),
        refresh(),
      ];
    }
    case 'internal':
      return [];
    case 'unreachable':
      return [
        on({ act: 'refresh', label: t('pop-try-now'), key: 'R', icon: 'refresh' }),
        search('/', t('pop-search')),
        ...create('quiet', 'right'),
      ];
    case 'searching':
    case 'withheld':
    case 'nothing':
      return [search('/', t('pop-search-by-name')), ...create()];
  }
}

/** After the call: what becomes of the log. */
function ended(pop: PopView, one: Who, now: Phase): Action[] {
  const target = contactOf(one);
  const dont = on({
    act: 'dont_log',
    label: t('pop-dont-log'),
    key: 'D',
    kind: 'quiet',
    side: 'right',
  });
  if (now.kind === 'over') {
    const hide = on({
      act: 'hide',
      label: t('pop-hide'),
      key: 'Escape',
      kind: 'quiet',
      side: 'right',
    });
    return target
      ? [on({ act: 'log', label: t('pop-log-this'), key: 'L' }), hide]
      : [search('/', t('pop-search-by-name')), hide];
  }
  if (!target) {
    const ways = live(pop, one, false).filter((a) => a.act !== 'refresh' && a.side === 'left');
    return [...ways, dont];
  }
  const log = on({
    act: 'log',
    label: now.kind === 'ending' ? t('pop-log-now') : t('pop-log'),
    key: 'Enter',
    kind: 'primary',
  });
  const keep =
    now.kind === 'ending' ? [on({ act: 'keep_open', label: t('pop-keep-open'), key: 'K' })] : [];
  const else_ =
    now.kind === 'ask' ? [on({ act: 'someone_else', label: t('pop-someone-else'), key: 'S' })] : [];
  return [log, ...keep, ...else_, dont];
}

/** A log that waits for a person: the first way on is the likely one. */
function parked(pop: PopView, now: Extract<Phase, { kind: 'parked' }>): Action[] {
  const { log } = now;
  const deals = pop.matches.find((m) => m.id === log.contact.id)?.associations ?? [];
  const code = log.reason?.code;
  if (code === 'signed_out' || code === 'no_secret') {
    return [
      on({ act: 'reconnect', label: t('pop-reconnect'), key: 'Enter', kind: 'primary' }),
      on({ act: 'retry', label: t('pop-retry'), key: 'R' }),
      on({ act: 'dont_log', label: t('pop-dont-log'), key: 'D', kind: 'quiet', side: 'right' }),
    ];
  }
  const ways: Action[] = [];
  if (deals.length > 0)
    ways.push(on({ act: 'choose_deal', label: t('pop-choose-deal'), key: 'D' }));
  if (log.association) ways.push(on({ act: 'log_without', label: t('pop-log-without'), key: 'W' }));
  if (code === 'not_found')
    ways.push(on({ act: 'someone_else', label: t('pop-someone-else'), key: 'S' }));
  const retry = on({ act: 'retry', label: t('pop-retry'), key: 'R' });
  const [first, ...rest] = [...ways, retry];
  const last = rest.at(-1);
  if (last?.act === 'retry') Object.assign(last, { kind: 'quiet', side: 'right' });
  return [{ ...(first ?? retry), kind: 'primary' }, ...rest];
}

/** The actions of a snapshot, as its buttons show them from left to right. */
export function actions(pop: PopView): Action[] {
  const one = who(pop);
  const now = phase(pop);
  const undo = on({ act: 'undo', label: t('pop-undo'), key: 'U', side: 'right' });
  switch (now.kind) {
    case 'ringing':
    case 'talking':
      if (one.kind === 'internal') {
        return [
          on({ act: 'hide', label: t('pop-hide'), key: 'Escape', kind: 'quiet', side: 'right' }),
        ];
      }
      return live(pop, one, now.kind === 'talking');
    case 'ask':
    case 'ending':
    case 'over':
      return ended(pop, one, now);
    case 'parked':
      return parked(pop, now);
    case 'leaving':
    case 'declined':
      return [undo];
    case 'waiting':
      return [on({ act: 'retry', label: t('pop-try-now'), key: 'R', side: 'right' })];
    case 'logged':
      return now.log.can_open
        ? [on({ act: 'open_log', label: t('pop-open'), key: 'O', side: 'right' })]
        : [];
    case 'sending':
      return [];
  }
}

/** Outcomes that the log of this call can carry. */
export function outcomes(pop: PopView): string[] {
  const target = contactOf(who(pop));
  return target ? (targetOf(pop, target.account)?.dispositions ?? []) : [];
}

/** Keys that act without a button of their own on screen. */
export function silentKeys(pop: PopView): Map<string, Act> {
  const one = who(pop);
  const now = phase(pop);
  const keys = new Map<string, Act>([
    ['N', 'notes'],
    ['Escape', 'hide'],
  ]);
  if (
    now.kind === 'ringing' ||
    now.kind === 'talking' ||
    now.kind === 'ask' ||
    now.kind === 'ending'
  ) {
    keys.set('/', 'search').set('R', 'refresh').set('S', 'someone_else');
    if (pop.create_in.length > 0) keys.set('C', 'create');
    if (canOpen(pop, one)) keys.set('O', 'open');
  }
  if (now.kind === 'ask' || now.kind === 'ending') keys.set('L', 'log');
  return keys;
}

/** What every key does in this state. */
export function keyMap(pop: PopView): Map<string, Act> {
  const keys = silentKeys(pop);
  for (const action of actions(pop)) if (action.key) keys.set(action.key, action.act);
  return keys;
}

/** The name of a key as the actions write it. */
export const keyName = (key: string): string => (key.length === 1 ? key.toUpperCase() : key);
