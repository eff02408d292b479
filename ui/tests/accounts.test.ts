// An account on its page: how it is doing, a number to try, and what the CRM keeps for its user.

import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { stopClock } from '../src/lib/clock.svelte';
import { accountAnswer, accounts } from '../src/lib/host/demo/accounts';
import { NOW } from '../src/lib/host/demo/people';
import type {
  SettingsView,
  Command,
  LinkView,
  MatchReport,
  Reply,
  StatusView,
} from '../src/lib/protocol';
import { App } from '../src/window/app.svelte';
import Accounts from '../src/window/settings/Accounts.svelte';
import { refuse, testHost, type TestHost } from './host';

let host: TestHost;
let page: Record<string, unknown>;

const card = (name: string) => document.querySelector<HTMLElement>(`[aria-label="${name}"]`)!;
const text = (name: string) => (card(name).textContent ?? '').replace(/\s+/g, ' ');
const button = (name: string, label: string) =>
  [...card(name).querySelectorAll('button')].find((b) => b.textContent?.trim() === label);

async function until(check: () => void) {
  await vi.waitFor(() => {
    flushSync();
    check();
  });
}
async function open(
  answer: (command: Command) => Reply | undefined | Promise<Reply> = () => undefined,
  change: (links: LinkView[]) => LinkView[] = (links) => links,
  order: string[] = [],
) {
  stopClock(NOW);
  host = testHost((c) => answer(c) ?? (accountAnswer(c, 'settings-accounts') as Promise<Reply>));
  const app = new App();
  app.status = {
    accounts: change(accounts('settings-accounts')),
    softphones: [],
  } as unknown as StatusView;
  if (order.length > 0) {
    const log = { policy: 'ask' };
    const accounts = order.map((id) => ({ id, formats: [] }));
    app.settings = { settings: { accounts, log }, locked: [] } as unknown as SettingsView;
  }
  page = mount(Accounts, { target: document.body, props: { app } });
  flushSync();
}
function unfold(name: string, label: string) {
  const fold = [...card(name).querySelectorAll('details')].find((d) =>
    d.querySelector('summary')?.textContent?.includes(label),
  )!;
  fold.open = true;
  fold.dispatchEvent(new Event('toggle'));
  flushSync();
}
async function look(name: string, number: string) {
  unfold(name, 'Try a number');
  const input = card(name).querySelector<HTMLInputElement>('[type=tel]')!;
  input.value = number;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
  input.form!.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
}

afterEach(async () => {
  await unmount(page);
  document.body.replaceChildren();
});

describe('an account', () => {
  it('says who is signed in, what it can do and how much is left', async () => {
    await open();
    expect(text('Pipedrive')).toContain('jonas.weber@example.com');
    expect(text('Pipedrive')).toContain('finds by name · creates contacts · updates logs');
    expect(text('Pipedrive')).toContain('4,800 of 10,000 left, renews in 12 min');
    expect(card('Pipedrive').querySelector('.alert')).toBeNull();
    expect(card('Office address book').querySelector('.limit .warn')?.textContent).toContain(
      '4 of 60',
    );
  });

  it('stands where the settings have it, whatever the status begins with', async () => {
    await open(undefined, (links) => links.reverse(), ['office', 'pipedrive', 'hubspot']);
    const names = [...document.querySelectorAll('.card')].map((c) => c.getAttribute('aria-label'));
    expect(names).toEqual(['Office address book', 'Pipedrive', 'HubSpot']);
  });

  it('has its last error with the next step, and the way on beside it', async () => {
    await open();
    expect(text('HubSpot')).toContain('HubSpot signed you out');
    expect(text('HubSpot')).toContain('until then. Names still come from the directory');
    expect(text('Office address book')).toContain('asks for a pause of 40 s');
    button('HubSpot', 'Reconnect')?.click();
    await until(() => expect(button('HubSpot', 'Sign in with your browser')).toBeDefined());
    expect(card('HubSpot').querySelector('.alert')).toBeNull();
  });

  it('never shows raw marks of code', async () => {
    await open(undefined, ([first]) => [
      { ...first!, fault: { code: 'internal', params: { reason: 'x' } } },
    ]);
    expect(text('Pipedrive')).toContain('run ringsidectl doctor and report');
    expect(card('Pipedrive').querySelector('code')?.textContent).toBe('ringsidectl doctor');
  });
});

describe('a number to try', () => {
  it('is looked up in this account alone, past every cache', async () => {
    await open();
    await look('HubSpot', ' +1 415 555 0142 ');
    await until(() => expect(text('HubSpot')).toContain('1 contact has this number · in'));
    expect(text('HubSpot')).toContain('Nadia Okafor');
    expect(host.of('match')).toEqual([
      { command: 'match', number: '+1 415 555 0142', refresh: true, account: 'hubspot' },
    ]);
  });

  it('of nobody is said so', async () => {
    await open();
    await look('HubSpot', '0000');
    await until(() => expect(text('HubSpot')).toContain('No contact has this number · in'));
  });

  it('that the account could not look up says why', async () => {
    const failed = {
      number: { kind: 'number', given: '1' },
      status: 'failed',
      accounts: [{ account: 'hubspot', state: { state: 'failed', reason: 'signed_out' } }],
      matches: [],
      message: null,
    } as unknown as MatchReport;
    await open((c) => (c.command === 'match' ? { reply: 'match', value: failed } : undefined));
    await look('HubSpot', '1');
    await until(() => expect(text('HubSpot')).toContain('HubSpot signed you out · in'));
    expect(text('HubSpot')).not.toContain('No contact has this number');
  });
});

describe('settings that the CRM keeps', () => {
  const name = 'HubSpot';
  const row = (label: string) =>
    [...card(name).querySelectorAll('.setting')].find((r) => r.textContent?.includes(label))!;

  it('are read when they are opened; what the admin fixed cannot be changed', async () => {
    await open();
    expect(host.of('server_settings')).toEqual([]);
    unfold(name, 'Settings kept by HubSpot');
    await until(() => expect(row('Log calls by itself')).toBeDefined());
    expect(row('Log calls by itself').textContent).toContain('Set by your admin');
    expect(row('Log calls by itself').querySelector('button, input, select')).toBeNull();
    expect(card('Pipedrive').textContent).not.toContain('Settings kept by');
  });

  it('are changed in their own types', async () => {
    await open();
    unfold(name, 'Settings kept by HubSpot');
    await until(() => expect(row('Begin the subject')).toBeDefined());
    row('Add the agent').querySelector<HTMLElement>('[role=switch]')!.click();
    await until(() => expect(host.of('server_setting_set').length).toBe(1));
    await until(() => expect(row('Owner').querySelector('select')?.disabled).toBe(false));
    const select = row('Owner').querySelector('select')!;
    select.value = 'team';
    select.dispatchEvent(new Event('change', { bubbles: true }));
    const input = row('Begin the subject').querySelector('input')!;
    input.value = 'Telefonat:';
    input.dispatchEvent(new Event('change', { bubbles: true }));
    const lead = [...row('Kinds of contact').querySelectorAll('button')].find((b) =>
      b.textContent?.includes('Leads'),
    )!;
    lead.click();
    await until(() =>
      expect(host.of('server_setting_set').map((c) => [c.id, c.value])).toEqual([
        ['addNote', false],
        ['owner', 'team'],
        ['prefix', 'Telefonat:'],
        ['types', ['contact']],
      ]),
    );
  });

  it('that are refused go back to what is in force', async () => {
    await open((c) =>
      c.command === 'server_setting_set'
        ? refuse('refused', { account: 'HubSpot', reason: 'locked' })
        : undefined,
    );
    unfold(name, 'Settings kept by HubSpot');
    await until(() => expect(row('Add the agent')).toBeDefined());
    row('Add the agent').querySelector<HTMLElement>('[role=switch]')!.click();
    await until(() => expect(text(name)).toContain('refused: "locked"'));
    const on = row('Add the agent').querySelector('[role=switch]')?.getAttribute('aria-checked');
    expect(on).toBe('true');
  });
});

describe('the call-back list', () => {
  it('has names where they are known, and is ticked off', async () => {
    await open();
    unfold('HubSpot', 'Call-back list');
    const lines = () => [...card('HubSpot').querySelectorAll('.callbacks li')];
    await until(() => expect(lines().length).toBe(3));
    expect(lines()[0]?.textContent).toContain('Amira Haddad');
    expect(lines()[1]?.textContent).toContain('Contact 47112');
    expect(lines()[2]?.textContent).toContain('Reopen');
    lines()[0]!.querySelector('button')!.click();
    await until(() => expect(lines()[0]?.textContent).toContain('Contact 47112'));
    expect(host.of('call_back_set')).toEqual([
      { command: 'call_back_set', account: 'hubspot', id: '1', called: true },
    ]);
    [...lines()[0]!.querySelectorAll('button')][1]!.click();
    await until(() => expect(host.of('call_back_remove').length).toBe(1));
    expect(host.of('call_back_remove')[0]?.id).toBe('2');
  });
});
