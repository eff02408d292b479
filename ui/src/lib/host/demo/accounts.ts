// The accounts of the demo: three kinds, and what each says of itself.

import { CommandFault } from '../../host';
import type {
  CallBackView,
  Command,
  ConnectorView,
  CrmKindView,
  LinkView,
  Reply,
  ServerSettingView,
} from '../../protocol';
import { ago, ahead, DAY, HOUR, match, MINUTE } from './people';

/** What all links have in common. */
export const link = {
  why: null,
  detail: null,
  retry_at: null,
  checked_at: ago(2 * MINUTE),
  user: null,
  platform: null,
  can: [],
  limits: null,
  fault: null,
};

const KINDS: CrmKindView[] = [
  {
    kind: 'example',
    address: 'http://127.0.0.1:8808',
    sign_in: [
      { way: 'browser', own_app: false, redirect: null, scopes: ['read', 'write'] },
      { way: 'key' },
    ],
    connectors: false,
  },
  {
    kind: 'pipedrive',
    address: 'https://company.pipedrive.com',
    sign_in: [
      { way: 'key' },
      {
        way: 'browser',
        own_app: true,
        redirect: 'http://127.0.0.1:51738/callback',
        scopes: ['base', 'contacts:full', 'activities:full', 'deals:read', 'mail:read'],
      },
    ],
    connectors: false,
  },
  {
    kind: 'app_connect',
    address: null,
    sign_in: [],
    connectors: true,
  },
];

const CONNECTORS: ConnectorView[] = [
  {
    platform: 'clio',
    name: 'Clio',
    sign_in: [{ way: 'browser', own_app: false, redirect: null, scopes: [] }],
  },
  {
    platform: 'hubspot',
    name: 'HubSpot',
    sign_in: [{ way: 'browser', own_app: false, redirect: null, scopes: [] }],
  },
  {
    platform: 'insightly',
    name: 'Insightly',
    sign_in: [
      {
        way: 'fields',
        fields: [
          { id: 'apiKey', label: 'API key', secret: true, required: true },
          { id: 'apiUrl', label: 'API URL', secret: false, required: true },
          { id: 'team', label: 'Team', secret: false, required: false },
        ],
      },
    ],
  },
  ...['Bullhorn', 'NetSuite', 'Redtail'].map((name) => ({
    platform: name.toLowerCase(),
    name,
    sign_in: [
      { way: 'fields' as const, fields: [{ id: 'k', label: 'Key', secret: true, required: true }] },
    ],
  })),
];

const SETTINGS: ServerSettingView[] = [
  {
    id: 'autoLog',
    label: 'Log calls by itself',
    hint: 'Logs each call as soon as it is over.',
    value: true,
    options: [],
    locked: true,
  },
  {
    id: 'addNote',
    label: 'Add the agent’s notes',
    hint: null,
    value: true,
    options: [],
    locked: false,
  },
  {
    id: 'owner',
    label: 'Owner of new contacts',
    hint: 'Who a contact belongs to that is made from a call.',
    value: 'me',
    options: [
      ['me', 'The agent'],
      ['team', 'The team'],
    ],
    locked: false,
  },
  {
    id: 'prefix',
    label: 'Begin the subject with',
    hint: null,
    value: 'Call:',
    options: [],
    locked: false,
  },
  {
    id: 'types',
    label: 'Kinds of contact to search',
    hint: null,
    value: ['contact', 'lead'],
    options: [
      ['contact', 'Contacts'],
      ['lead', 'Leads'],
      ['account', 'Companies'],
    ],
    locked: false,
  },
];

const callBack = (id: string, name: string | null, at: string | null, called = false) => ({
  id,
  contact: { account: 'hubspot', type: 'person', id: `4711${id}` },
  name,
  at,
  called,
});
const CALL_BACKS: CallBackView[] = [
  callBack('1', 'Amira Haddad', ahead(2 * 3600)),
  callBack('2', null, null),
  callBack('3', 'Grace Lin', ago(DAY), true),
];

/** The accounts, as a view of the demo shows them. */
export function accounts(demo: string): LinkView[] {
  if (demo === 'empty-contacts' || demo.startsWith('first-run-1')) return [];
  const pipedrive: LinkView = {
    ...link,
    id: 'pipedrive',
    kind: 'pipedrive',
    name: 'Pipedrive',
    address: 'https://weber.pipedrive.com',
    health: 'up',
    user: 'jonas.weber@example.com',
    can: ['create', 'find_by_name', 'update_log'],
    limits: { limit: 10_000, remaining: 4800, resets_at: ahead(12 * 60) },
  };
  const out = demo === 'settings-accounts';
  const hubspot: LinkView = {
    ...link,
    id: 'hubspot',
    kind: 'app_connect',
    platform: 'hubspot',
    name: 'HubSpot',
    address: 'https://connect.example.com',
    health: out ? 'signed_out' : 'up',
    user: 'jonas@weber.example',
    checked_at: ago(out ? 6 * HOUR : 4 * MINUTE),
    can: ['create', 'update_log', 'dispositions', 'messages', 'call_backs', 'server_settings'],
    fault: out ? { code: 'signed_out', params: { account: 'HubSpot' } } : null,
  };
  const office: LinkView = {
    ...link,
    id: 'office',
    kind: 'example',
    name: 'Office address book',
    address: 'http://127.0.0.1:8808',
    health: 'up',
    user: 'Jonas Weber',
    can: ['create', 'find_by_name', 'extensions', 'contact_pages'],
    limits: { limit: 60, remaining: 4, resets_at: ahead(40) },
    fault: { code: 'rate_limited', params: { account: 'Office address book', seconds: '40' } },
  };
  return demo.startsWith('settings-account') ? [pipedrive, hubspot, office] : [pipedrive, hubspot];
}

/** Answers a command about accounts; `undefined` where it is about something else. */
export async function accountAnswer(command: Command, demo: string): Promise<Reply | undefined> {
  switch (command.command) {
    case 'crm_kinds':
      return { reply: 'crm_kinds', value: KINDS };
    case 'crm_connectors':
      return { reply: 'connectors', value: CONNECTORS };
    case 'account_add':
    case 'account_reconnect':
      throw new CommandFault({
        code: 'wrong_key',
        params: { account: command.command === 'account_add' ? command.url : 'HubSpot' },
      });
    case 'account_sign_in':
      // Nobody comes back from this browser.
      return new Promise(() => undefined);
    case 'account_check':
      return { reply: 'link', value: accounts(demo)[0]! };
    case 'match': {
      const found = command.number.includes('0000') ? [] : [match('1')];
      return {
        reply: 'match',
        value: {
          number: {
            kind: 'number',
            given: command.number,
            e164: '+14155550142',
            region: 'US',
            extension: null,
            display: command.number,
            basis: 'address',
            reading: 'canonical',
          },
          status: found.length > 0 ? 'found' : 'not_found',
          accounts: [],
          matches: found,
          message: null,
        },
      };
    }
    case 'server_settings':
      return { reply: 'server_settings', value: SETTINGS };
    case 'server_setting_set':
      return {
        reply: 'server_settings',
        value: SETTINGS.map((one) =>
          one.id === command.id ? { ...one, value: command.value } : one,
        ),
      };
    case 'call_backs':
      return { reply: 'call_backs', value: CALL_BACKS };
    case 'call_back_set':
      return {
        reply: 'call_backs',
        value: CALL_BACKS.map((one) =>
          one.id === command.id ? { ...one, called: command.called } : one,
        ),
      };
    case 'call_back_remove':
      return { reply: 'call_backs', value: CALL_BACKS.filter((one) => one.id !== command.id) };
    default:
      return undefined;
  }
}
