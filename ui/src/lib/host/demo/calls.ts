// A day and a half of calls.

import type { CallRow, EndReason, LogPlan, LogView } from '../../protocol';
import { ago, ahead, contacts, MINUTE, remote } from './people';

interface Line {
  minutes: number;
  who?: string;
  number: string;
  region?: string;
  out?: boolean;
  reason?: EndReason;
  seconds?: number;
  log?: LogView['state'];
  plan?: LogPlan['plan'];
  fits?: number;
  kind?: 'extension' | 'anonymous';
  live?: boolean;
  note?: string;
}

const LINES: Line[] = [
  { minutes: 3, who: 'Nadia Okafor', number: '+1 415 555 0142', region: 'US', live: true },
  {
    minutes: 13,
    who: 'Jonas Lindqvist',
    number: '+46 8 465 004 12',
    region: 'SE',
    seconds: 408,
    log: 'parked',
    plan: 'decided',
    note: 'Asked for the analytics offer',
  },
  { minutes: 20, number: '+44 20 7946 0018', region: 'GB', reason: 'missed', plan: 'ask', fits: 5 },
  {
    minutes: 32,
    who: 'Amira Haddad',
    number: '+44 20 7946 0021',
    out: true,
    seconds: 725,
    plan: 'at',
  },
  {
    minutes: 42,
    who: 'Maximiliane von Hohenstein-Württemberg',
    number: '+49 30 23125 077',
    seconds: 200,
    plan: 'ask',
  },
  { minutes: 46, who: 'Grace Lin', number: '+1 212 555 0177', out: true, seconds: 54, plan: 'ask' },
  { minutes: 60, who: 'Priya Raman', number: '204', kind: 'extension', seconds: 91, plan: 'no' },
  {
    minutes: 73,
    who: 'Tomasz Zieliński',
    number: '+48 22 555 01 09',
    out: true,
    seconds: 256,
    log: 'done',
    plan: 'decided',
  },
  {
    minutes: 92,
    who: 'Tomasz Zieliński',
    number: '+48 22 555 01 09',
    reason: 'missed',
    plan: 'declined',
  },
  {
    minutes: 3 * 1440 - 483,
    who: 'Chidi Eze',
    number: '+44 161 496 0132',
    seconds: 552,
    log: 'done',
    plan: 'decided',
  },
  { minutes: 3 * 1440 - 381, number: '', kind: 'anonymous', reason: 'missed', plan: 'no' },
  {
    minutes: 3 * 1440 - 366,
    who: 'Sofía Marín',
    number: '+34 91 555 01 64',
    out: true,
    seconds: 158,
    log: 'done',
    plan: 'decided',
  },
  {
    minutes: 3 * 1440 - 272,
    who: 'Nadia Okafor',
    number: '+1 415 555 0142',
    seconds: 664,
    log: 'retry',
    plan: 'decided',
  },
];

function logs(line: Line, name: string): LogView[] {
  if (!line.log) return [];
  const contact = contacts.find((c) => c.name === name);
  return [
    {
      account: 'pipedrive',
      account_name: 'Pipedrive',
      contact: { account: 'pipedrive', type: 'person', id: contact?.id ?? '1' },
      contact_name: name,
      state: line.log,
      remote_id: line.log === 'done' ? '77' : null,
      reason:
        line.log === 'parked'
          ? { code: 'rejected', detail: 'Deal 4711 is closed.' }
          : line.log === 'retry'
            ? { code: 'unreachable', detail: null }
            : null,
      next_at: line.log === 'retry' ? ahead(40) : null,
      association:
        line.log === 'parked'
          ? { kind: 'deal', id: '4711', title: 'Analytics seats', detail: 'Closed' }
          : null,
      disposition: line.log === 'done' ? 'Interested' : null,
      can_open: line.log === 'done',
    },
  ];
}

export function calls(): CallRow[] {
  return LINES.map((line, at) => {
    const contact = contacts.find((c) => c.name === line.who);
    const started = line.minutes * MINUTE;
    const seconds = line.seconds ?? 0;
    const plan: LogPlan =
      line.plan === 'at' ? { plan: 'at', at: ahead(24) } : { plan: line.plan ?? 'ask' };
    const given = remote(line.number.replace(/ /g, ''), line.number, line.region ?? '');
    return {
      call: {
        id: `0190b000-0000-7000-8000-0000000000${String(at).padStart(2, '0')}`,
        state: line.live ? 'answered' : 'ended',
        direction: line.out ? 'outbound' : 'inbound',
        source: 'desk',
        remote: line.kind
          ? {
              ...given,
              kind: line.kind,
              e164: null,
              region: null,
              extension: line.kind === 'extension' ? line.number : null,
            }
          : given,
        line: 'Sales line',
        started_at: ago(started),
        answered_at: line.live ? ago(167_000) : seconds ? ago(started - 12_000) : null,
        ended_at: line.live ? null : ago(Math.max(0, started - 12_000 - seconds * 1000)),
        reason: line.live ? null : (line.reason ?? 'answered'),
        duration_s: line.live ? null : seconds,
      },
      chosen: contact
        ? [
            {
              contact: { account: contact.account, type: contact.type, id: contact.id },
              name: contact.name,
              how: 'picked',
            },
          ]
        : [],
      name: line.who ?? null,
      company: contact?.company ?? (line.kind === 'extension' ? 'Support' : null),
      fits: line.fits ?? (contact ? 1 : 0),
      note: line.note ?? null,
      logs: logs(line, line.who ?? ''),
      plan,
    };
  });
}
