// Every state of the pop, by name: `pop.html?state=several`.

import type {
  CallView,
  Chosen,
  FieldView,
  LogField,
  LogView,
  LookupView,
  MatchView,
  PopView,
} from '../../protocol';
import { ago, ahead, DAY, HOUR, HUBSPOT, match, PIPEDRIVE, remote } from './people';

const answered = (a: typeof PIPEDRIVE, found = 0): LookupView => ({
  ...a,
  state: { state: 'answered' },
  found,
  checked_at: ago(3000),
  retry_at: null,
});

const TYPES = [
  { value: 'person', label: 'Person' },
  { value: 'lead', label: 'Lead' },
  { value: 'company', label: 'Company' },
];
const OUTCOMES = ['Interested', 'Call back', 'Not now'];
const NADIA = remote('+14155550142', '+1 415 555 0142', 'US');
const LONDON = remote('+442079460018', '+44 20 7946 0018', 'GB');
const BERLIN = remote('+493023125014', '+49 30 23125 014', 'DE', 'Meridian Logistik');

let next = 0;
function call(more: Partial<CallView> = {}): CallView {
  next += 1;
  return {
    id: `0190a000-0000-7000-8000-00000000000${next % 10}`,
    state: 'ringing',
    direction: 'inbound',
    source: 'desk-phone',
    remote: NADIA,
    line: 'Sales line',
    started_at: ago(3000),
    answered_at: null,
    ended_at: null,
    reason: null,
    duration_s: null,
    ...more,
  };
}

function pop(more: Partial<PopView> = {}): PopView {
  return {
    revision: 2,
    call: call(),
    status: 'found',
    accounts: [answered(PIPEDRIVE, 1), answered(HUBSPOT)],
    matches: [match('1')],
    chosen: [],
    note: '',
    message: null,
    logs: [],
    plan: { plan: 'ask' },
    fields: [],
    create_in: [
      { ...PIPEDRIVE, types: TYPES, dispositions: OUTCOMES },
      { ...HUBSPOT, types: TYPES.slice(0, 1), dispositions: [] },
    ],
    last_call: { at: ago(3 * DAY), note: 'asked for a quote' },
    ...more,
  };
}

const OVER: Partial<CallView> = {
  state: 'ended',
  answered_at: ago(472_000),
  started_at: ago(484_000),
  ended_at: ago(6000),
  reason: 'answered',
  duration_s: 472,
};
const NOTE =
  'Wants the quote for 40 seats, not 25.\nBudget is approved until 15 Dec. Asks whether onboarding can start in week 50.';

const log = (state: LogView['state'], more: Partial<LogView> = {}): LogView => ({
  account: 'pipedrive',
  account_name: 'Pipedrive',
  contact: { account: 'pipedrive', type: 'person', id: '1' },
  contact_name: 'Nadia Okafor',
  state,
  remote_id: null,
  reason: null,
  next_at: null,
  association: null,
  disposition: null,
  can_open: false,
  ...more,
});
const ended = (more: Partial<PopView>): PopView => pop({ call: call(OVER), note: NOTE, ...more });
const decided = (entry: LogView): PopView => ended({ plan: { plan: 'decided' }, logs: [entry] });
const failed = (reason: 'unreachable' | 'signed_out', retry_at: string | null): LookupView => ({
  ...PIPEDRIVE,
  state: { state: 'failed', reason },
  found: 0,
  checked_at: null,
  retry_at,
});
const stale = (id: string, ms: number): MatchView =>
  match(id, { why: { rule: 'exact', field: 'mobile', origin: 'directory', checked_at: ago(ms) } });
const FIVE = ['2', '3', '4', '5', '6'];

const NADIA_CHOSEN: Chosen = {
  contact: { account: 'pipedrive', type: 'person', id: '1' },
  name: 'Nadia Okafor',
  how: 'unique',
};
const field = (more: Partial<LogField> & Pick<LogField, 'id' | 'label' | 'kind'>): LogField => ({
  required: false,
  hint: null,
  initial: null,
  ...more,
});
const PRACTICE = [
  { value: 'sales', label: 'Sales' },
  { value: 'support', label: 'Support' },
];
/** A log form as a CRM may ask for it: one of each kind. */
const FIELDS: FieldView[] = [
  {
    field: field({
      id: 'reason',
      label: 'Reason for the call',
      kind: { kind: 'choice', options: PRACTICE, of_contact: null, custom: true },
      required: true,
    }),
    options: PRACTICE,
    value: null,
  },
  {
    field: field({ id: 'ticket', label: 'Ticket', kind: { kind: 'text' }, hint: 'As in T-4711' }),
    options: [],
    value: 'T-18',
  },
  {
    field: field({ id: 'bill', label: 'Billable', kind: { kind: 'checkbox' } }),
    options: [],
    value: 'true',
  },
  {
    field: field({ id: 'due', label: 'Next step on', kind: { kind: 'date' } }),
    options: [],
    value: null,
  },
  {
    field: field({
      id: 'law',
      label: 'Notice',
      kind: { kind: 'notice' },
      hint: 'Calls of more than an hour need a second note in the matter.',
    }),
    options: [],
    value: null,
  },
];

/** Every state of the pop, by name. */
export function popStates(): Record<string, PopView[]> {
  const several = (more: Partial<PopView> = {}) =>
    pop({ call: call({ remote: LONDON }), matches: FIVE.map((id) => match(id)), ...more });
  const colleague = {
    ...remote('204', '204', ''),
    kind: 'extension' as const,
    e164: null,
    extension: '204',
    name: 'Priya Raman',
  };
  const withheld = { ...remote('anonymous', '', ''), kind: 'anonymous' as const, e164: null };
  return {
    searching: [
      pop({
        status: 'searching',
        matches: [],
        accounts: [
          {
            ...PIPEDRIVE,
            state: { state: 'searching' },
            found: 0,
            checked_at: null,
            retry_at: null,
          },
          { ...HUBSPOT, state: { state: 'searching' }, found: 0, checked_at: null, retry_at: null },
        ],
      }),
    ],
    one: [pop()],
    several: [several()],
    remembered: [
      several({
        matches: FIVE.map((id) => match(id, { remembered: id === '2' })),
        chosen: [
          {
            contact: { account: 'hubspot', type: 'person', id: '2' },
            name: 'Amira Haddad',
            how: 'remembered',
          },
        ],
      }),
    ],
    many: [
      several({
        matches: Array.from({ length: 500 }, (_, n) =>
          match(String((n % 14) + 1), { id: `m${n}` }),
        ),
      }),
    ],
    not_found: [
      pop({ status: 'not_found', matches: [], last_call: null, call: call({ remote: BERLIN }) }),
    ],
    anonymous: [
      pop({
        status: 'not_looked_up',
        matches: [],
        last_call: null,
        accounts: [],
        call: call({ remote: withheld, line: 'Support line' }),
      }),
    ],
    internal: [
      pop({
        status: 'not_looked_up',
        matches: [],
        plan: { plan: 'no' },
        accounts: [],
        call: call({ remote: colleague, line: 'Your extension 118' }),
      }),
    ],
    unreachable: [
      pop({
        status: 'partial',
        accounts: [failed('unreachable', ahead(12)), answered(HUBSPOT)],
        matches: [stale('8', 6 * HOUR)],
        call: call({ remote: remote('+493023125077', '+49 30 23125 077', 'DE') }),
      }),
    ],
    failed: [
      pop({
        status: 'failed',
        matches: [],
        accounts: [failed('unreachable', ahead(12))],
        call: call({ remote: BERLIN }),
      }),
    ],
    signed_out: [
      pop({
        status: 'partial',
        accounts: [failed('signed_out', null), answered(HUBSPOT)],
        matches: [stale('1', 2 * HOUR)],
        last_call: null,
      }),
    ],
    answered: [
      pop({
        call: call({ state: 'answered', answered_at: ago(167_000) }),
        note: `${NOTE}\nSend: DPA, price list`,
      }),
    ],
    two: [
      pop({ call: call({ state: 'answered', answered_at: ago(245_000) }), note: NOTE }),
      pop({
        call: call({
          remote: remote('+48225550109', '+48 22 555 01 09', 'PL'),
          started_at: ago(2000),
        }),
        matches: [match('5')],
        last_call: null,
      }),
    ],
    ask: [ended({})],
    ended: [
      ended({
        plan: { plan: 'at', at: ahead(24) },
        chosen: [NADIA_CHOSEN],
      }),
    ],
    fields: [ended({ fields: FIELDS, chosen: [NADIA_CHOSEN] })],
    fields_few: [ended({ fields: FIELDS.slice(0, 1), chosen: [NADIA_CHOSEN] })],
    missed: [pop({ call: call({ ...OVER, answered_at: null, reason: 'missed', duration_s: 0 }) })],
    leaving: [decided(log('ready', { next_at: ahead(4) }))],
    sending: [decided(log('sending'))],
    logged: [decided(log('done', { remote_id: '77', can_open: true }))],
    waiting: [
      decided(log('retry', { next_at: ahead(12), reason: { code: 'unreachable', detail: null } })),
    ],
    declined: [ended({ plan: { plan: 'declined' } })],
    parked: [
      ended({
        plan: { plan: 'decided' },
        call: call({
          ...OVER,
          remote: remote('+46846500412', '+46 8 465 004 12', 'SE'),
          duration_s: 408,
        }),
        matches: [match('7')],
        logs: [
          log('parked', {
            contact: { account: 'pipedrive', type: 'person', id: '7' },
            contact_name: 'Jonas Lindqvist',
            association: { kind: 'deal', id: '4711', title: 'Analytics seats', detail: 'Closed' },
            reason: { code: 'rejected', detail: 'Deal 4711 is closed.' },
          }),
        ],
      }),
    ],
    message: [
      pop({
        message: {
          message: 'This contact has an overdue invoice',
          level: 'warning',
          ttl_ms: 600_000,
          details: [
            { title: 'Invoices', items: ['2231 · $1,200 · due 1 Nov', '2240 · $600 · due 15 Nov'] },
          ],
        },
      }),
    ],
    guess: [
      pop({
        matches: [
          match('1', { why: { rule: 'guess', field: null, origin: 'crm', checked_at: ago(2000) } }),
        ],
      }),
    ],
    hostile: [
      pop({
        matches: [
          match('1', {
            name: `<img src=x onerror=alert(1)> \u202Eevil ${'W'.repeat(180)}`,
            company: 'مؤسسة النور للتجارة الدولية والخدمات اللوجستية المحدودة',
            title: 'Ü'.repeat(90),
          }),
        ],
        note: `${'long'.repeat(80)}\n`.repeat(20),
      }),
    ],
  };
}
