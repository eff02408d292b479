// The people of the demo. Numbers come from the ranges that are reserved for fiction.

import type { Association, ContactRef, ContactView, MatchView, RemoteView } from '../../protocol';

/** The moment that the demo shows. */
export const NOW = Date.parse('2026-11-23T09:44:00');

const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** An instant so many milliseconds before the moment. */
export const ago = (ms: number): string => new Date(NOW - ms).toISOString();
export const ahead = (seconds: number): string => new Date(NOW + seconds * SECOND).toISOString();

export const PIPEDRIVE = { account: 'pipedrive', name: 'Pipedrive' };
export const HUBSPOT = { account: 'hubspot', name: 'HubSpot' };

export function remote(
  e164: string,
  display: string,
  region: string,
  name: string | null = null,
): RemoteView {
  return {
    kind: 'number',
    given: e164,
    e164,
    region,
    extension: null,
    display,
    basis: 'address',
    reading: 'canonical',
    name,
  };
}

const deal = (id: string, title: string, detail: string): Association => ({
  kind: 'deal',
  id,
  title,
  detail,
});

interface Person {
  id: string;
  account?: string;
  name: string;
  company: string;
  title: string;
  number: string;
  last: number;
  deals?: Association[];
}

const PEOPLE: Person[] = [
  {
    id: '1',
    name: 'Nadia Okafor',
    company: 'Lumen Freight',
    title: 'Head of Procurement',
    number: '+1 415 555 0142',
    last: 0,
    deals: [
      deal('d1', 'Renewal 2027', '$18,400, in negotiation'),
      deal('d2', 'Onboarding', '$2,000'),
    ],
  },
  {
    id: '2',
    account: 'hubspot',
    name: 'Amira Haddad',
    company: 'Northwind Dental',
    title: 'Practice manager',
    number: '+44 20 7946 0018',
    last: 32 * MINUTE,
  },
  {
    id: '3',
    account: 'hubspot',
    name: 'Dr. Oliver Whitcombe-Ashworth',
    company: 'Northwind Dental',
    title: 'Partner',
    number: '+44 20 7946 0018',
    last: 3 * DAY,
  },
  {
    id: '4',
    account: 'hubspot',
    name: 'Front desk',
    company: 'Northwind Dental',
    title: 'Shared line',
    number: '+44 20 7946 0018',
    last: DAY,
  },
  {
    id: '5',
    account: 'hubspot',
    name: 'Tomasz Zieliński',
    company: 'Northwind Supplies',
    title: 'Accounts',
    number: '+48 22 555 01 09',
    last: 52 * DAY,
  },
  {
    id: '6',
    account: 'hubspot',
    name: 'Grace Lin',
    company: 'Formerly Northwind',
    title: 'Lead',
    number: '+1 212 555 0177',
    last: 620 * DAY,
  },
  {
    id: '7',
    name: 'Jonas Lindqvist',
    company: 'Fjord Analytics',
    title: 'CTO',
    number: '+46 8 465 004 12',
    last: 13 * MINUTE,
    deals: [deal('4711', 'Analytics seats', 'Closed'), deal('4800', 'Support 2027', '$6,200')],
  },
  {
    id: '8',
    name: 'Maximiliane von Hohenstein-Württemberg',
    company: 'Bundesverband der Volks- und Raiffeisenbanken',
    title: 'Leiterin Einkauf',
    number: '+49 30 23125 077',
    last: 42 * MINUTE,
  },
  {
    id: '9',
    name: 'Chidi Eze',
    company: 'Harbour & Vale',
    title: 'Counsel',
    number: '+44 161 496 0132',
    last: 3 * DAY,
  },
  {
    id: '10',
    name: 'Sofía Marín',
    company: 'Clínica Marín',
    title: 'Dirección',
    number: '+34 91 555 01 64',
    last: 3 * DAY,
  },
  {
    id: '11',
    name: 'Aino Björklund',
    company: 'Nordkap Retail',
    title: 'Buyer',
    number: '+358 9 4245 0112',
    last: 17 * DAY,
  },
  {
    id: '12',
    name: 'Ansel Okonjo',
    company: 'Harbour & Vale',
    title: 'Partner',
    number: '+44 161 496 0133',
    last: 40 * DAY,
  },
  {
    id: '13',
    name: 'Beatriz Figueiredo',
    company: 'Oficina Lume',
    title: 'Owner',
    number: '+351 21 555 0143',
    last: 52 * DAY,
  },
  {
    id: '14',
    name: 'Daichi Kuroda',
    company: 'Kuroda Seisakusho',
    title: 'Sales',
    number: '+81 3 4595 0112',
    last: 103 * DAY,
  },
];

const ref = (p: Person): ContactRef => ({
  account: p.account ?? 'pipedrive',
  type: 'person',
  id: p.id,
});

export const contacts: ContactView[] = PEOPLE.map((p) => ({
  ...ref(p),
  account_name: p.account === 'hubspot' ? 'HubSpot' : 'Pipedrive',
  name: p.name,
  company: p.company,
  title: p.title,
  email: `${(p.name.split(' ').at(-1) ?? p.id).toLowerCase()}@example.com`,
  phones: [
    { given: p.number, field: 'work' },
    ...(p.id === '2' ? [{ given: '+44 7700 900 461', field: 'mobile' }] : []),
  ],
  associations: p.deals ?? [],
  last_activity_at: ago(p.last),
  checked_at: ago(2 * MINUTE),
  can_open: true,
})).sort((a, b) => a.name.localeCompare(b.name));

/** A person as a match for a number. */
export function match(id: string, more: Partial<MatchView> = {}): MatchView {
  const p = PEOPLE.find((one) => one.id === id) ?? (PEOPLE[0] as Person);
  return {
    ...ref(p),
    name: p.name,
    company: p.company,
    title: p.title,
    email: null,
    last_activity_at: ago(p.last),
    associations: p.deals ?? [],
    why: { rule: 'exact', field: 'mobile', origin: 'crm', checked_at: ago(4 * SECOND) },
    remembered: false,
    can_open: true,
    ...more,
  };
}
