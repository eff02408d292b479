// What the scripted engine answers to the commands of the window.

import { CommandFault } from '../../host';
import type { CallRow, Command, LinkView, Reply, SettingsView, StatusView } from '../../protocol';
import { accountAnswer, accounts, link } from './accounts';
import { calls } from './calls';
import { contacts, NOW } from './people';
import { popStates } from './pops';

const done: Reply = { reply: 'done' };

function status(wish: URLSearchParams): StatusView {
  const demo = wish.get('demo') ?? '';
  const fresh = demo.startsWith('first-run');
  return {
    accounts: accounts(demo),
    softphones: phones(demo, fresh),
    vault: demo === 'settings-keyring' ? 'locked' : 'open',
    paused: false,
    ready: true,
    configured: !fresh,
    unlogged: demo === 'empty' ? 0 : 4,
    parked: demo === 'empty' ? 0 : 1,
    version: '0.1.0',
    notices:
      demo === 'notice'
        ? [
            {
              code: 'bad_database',
              params: { file: 'directory.db', reason: 'file is not a database' },
            },
          ]
        : [],
  };
}

function settings(wish: URLSearchParams): SettingsView {
  const account = { extensions: false, deadline_s: 8 };
  return {
    settings: {
      numbers: { region: 'US', extension_digits: 6 },
      pop: {
        window: true,
        notification: true,
        outbound: true,
        shortcut: 'Ctrl+Alt+R',
        window_shortcut: 'Ctrl+Alt+C',
        single_keys: true,
        theme: (wish.get('theme') as 'light' | 'dark' | null) ?? 'system',
      },
      log: { policy: 'ask', auto_wait_s: 30, undo_s: 5, internal: false },
      directory: { fresh_s: 0, miss_s: 120, remember_choices: true },
      accounts: [
        {
          ...account,
          id: 'pipedrive',
          kind: 'pipedrive',
          name: 'Pipedrive',
          url: 'https://weber.pipedrive.com',
          formats: [
            '1##########',
            '(###) ###-####',
            '+1-###-###-####',
            '(###) ###-###',
            '1 ### ### ####',
          ],
        },
        {
          ...account,
          id: 'hubspot',
          kind: 'app_connect',
          platform: 'hubspot',
          name: 'HubSpot',
          url: 'https://connect.example.com',
          formats: [],
        },
        {
          ...account,
          id: 'office',
          kind: 'example',
          name: 'Office address book',
          url: 'http://127.0.0.1:8808',
          formats: [],
        },
      ],
      softphones: [{ id: 'desk', name: 'baresip', kind: 'baresip', address: '127.0.0.1:4444' }],
    },
    locked: wish.get('demo') === 'settings-logging' ? ['log.policy'] : [],
    file: '~/.config/ringside/config.toml',
    problem: null,
  };
}

function phones(demo: string, fresh: boolean): LinkView[] {
  const desk: LinkView = {
    ...link,
    id: 'desk',
    kind: 'baresip',
    name: 'baresip',
    address: '127.0.0.1:4444',
    health: 'up',
  };
  const pretend: LinkView = {
    ...desk,
    id: 'simulated',
    kind: 'simulated',
    name: 'Simulated softphone',
    address: null,
  };
  const cloud: LinkView = {
    ...desk,
    id: 'ringcentral',
    kind: 'ringcentral',
    name: 'RingCentral (cloud)',
    address: 'https://platform.ringcentral.com',
    health: 'signed_out',
    why: 'signed_out',
  };
  if (fresh) return demo < 'first-run-3' ? [] : [pretend];
  return demo === 'settings-softphones' ? [desk, cloud, pretend] : [desk];
}

function mask(text: string, digits: string): string {
  let at = 0;
  return text.replace(/#/g, () => digits[at++] ?? '');
}

/** Answers one command of the window. */
export async function answer(command: Command, wish: URLSearchParams): Promise<Reply> {
  const empty = wish.get('demo')?.startsWith('empty') ?? false;
  const account = await accountAnswer(command, wish.get('demo') ?? '');
  if (account) return account;
  switch (command.command) {
    case 'status':
      return { reply: 'status', value: status(wish) };
    case 'settings':
    case 'settings_set':
    case 'account_edit':
      return { reply: 'settings', value: settings(wish) };
    case 'calls': {
      const rows = empty ? [] : calls();
      const wanted: Record<string, (row: CallRow) => boolean> = {
        all: () => true,
        missed: (row) => row.call.reason === 'missed',
        unlogged: (row) => row.plan.plan === 'ask' || row.logs.some((l) => l.state === 'parked'),
      };
      const shown = rows
        .filter(wanted[command.filter] ?? (() => true))
        .filter((row) => (row.name ?? '').toLowerCase().includes(command.query.toLowerCase()));
      return {
        reply: 'calls',
        value: { calls: shown, more: false, unlogged: empty ? 0 : 4, missed: empty ? 0 : 3 },
      };
    }
    case 'call': {
      const row = calls().find((r) => r.call.id === command.call) ?? calls()[0];
      const state = row?.logs[0]?.state === 'parked' ? 'parked' : 'ask';
      const pop = popStates()[state]?.[0];
      if (!row || !pop) throw new CommandFault({ code: 'no_such_call', params: {} });
      const matched = row.fits > 1 ? (popStates().several?.[0]?.matches ?? []) : pop.matches;
      return {
        reply: 'call',
        value: {
          row,
          pop: {
            ...pop,
            call: row.call,
            logs: row.logs,
            plan: row.plan,
            matches: matched,
            note: row.note ?? '',
            fields:
              wish.get('demo') === 'call-fields' ? (popStates().fields?.[0]?.fields ?? []) : [],
          },
        },
      };
    }
    case 'contacts': {
      const wanted = command.query.toLowerCase();
      const found = empty
        ? []
        : contacts.filter((c) =>
            `${c.name} ${c.company} ${c.phones[0]?.given}`.toLowerCase().includes(wanted),
          );
      const alike = wanted === 'meridian logistik' && contacts[0];
      if (alike) {
        const one = {
          ...alike,
          name: 'Meridian Logistik GmbH',
          phones: [],
          account_name: 'HubSpot',
        };
        return { reply: 'contacts', value: { contacts: [one], total: 1 } };
      }
      return {
        reply: 'contacts',
        value: { contacts: found, total: wanted || empty ? found.length : 214_306 },
      };
    }
    case 'refresh_contact':
    case 'refresh_call': {
      const now = new Date(NOW).toISOString();
      const changes = [
        { name: 'Amira Haddad', field: 'title', old: 'Office lead', new: 'Practice manager' },
        { name: 'Amira Haddad', field: 'phone', old: '+44 7700 900 118', new: '+44 7700 900 461' },
        { name: 'Amira Haddad', field: 'email', old: null, new: 'amira@northwind.example' },
      ];
      return {
        reply: 'refresh',
        value: { changes, added: [], removed: [], contacts: [], failed: [], checked_at: now },
      };
    }
    case 'batch':
    case 'batch_start':
      return {
        reply: 'batch',
        value: {
          running: true,
          cancelled: false,
          total: 3120,
          done: 1284,
          matched: 1046,
          several: 58,
          not_found: 179,
          failed: 1,
          seconds_left: 170,
        },
      };
    case 'format_preview':
      return {
        reply: 'formats',
        value: {
          formats: command.formats.map((text) => ({
            mask: text,
            samples: command.samples.map((given) => {
              const digits = given.replace(/\D/g, '').slice(1);
              const signs = text.split('#').length - 1;
              if (signs === 0) return { given, result: { outcome: 'no_digits' as const } };
              if (signs !== digits.length) {
                return {
                  given,
                  result: { outcome: 'digit_count' as const, mask: signs, number: digits.length },
                };
              }
              return { given, result: { outcome: 'text' as const, text: mask(text, digits) } };
            }),
          })),
        },
      };
    default:
      return done;
  }
}
