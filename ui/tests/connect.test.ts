// Connecting an account as a person does it: search, pick, sign in, and what goes wrong in place.

import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { accountAnswer, accounts } from '../src/lib/host/demo/accounts';
import type { Command, LinkView, Reply } from '../src/lib/protocol';
import { App } from '../src/window/app.svelte';
import Connect from '../src/window/settings/Connect.svelte';
import { refuse, testHost, type TestHost } from './host';

let host: TestHost;
let page: Record<string, unknown> | undefined;
let done: LinkView[];
const link = accounts('')[0] as LinkView;

const text = () => document.body.textContent ?? '';
const find = <T extends HTMLElement>(selector: string) => document.querySelector<T>(selector);
const button = (label: string) =>
  [...document.querySelectorAll('button')].find((one) => one.textContent?.trim() === label);
const rows = () => [...document.querySelectorAll('[role=option] b')].map((b) => b.textContent);

async function until(check: () => void) {
  await vi.waitFor(() => {
    flushSync();
    check();
  });
}
async function open(
  answer: (command: Command) => Reply | undefined | Promise<Reply> = () => undefined,
  account?: LinkView,
) {
  done = [];
  host = testHost((command) => answer(command) ?? (accountAnswer(command, '') as Promise<Reply>));
  page = mount(Connect, {
    target: document.body,
    props: {
      app: new App(),
      ondone: (one: LinkView) => done.push(one),
      ...(account && { account }),
    },
  });
  await until(() => expect(text()).not.toContain('Reading'));
}
function type(selector: string, value: string, at = 0) {
  const input = document.querySelectorAll<HTMLInputElement>(selector)[at]!;
  input.value = value;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
}
function press(key: string, selector = '[role=combobox]') {
  find(selector)!.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
  );
  flushSync();
}
async function submit() {
  find<HTMLFormElement>('form')!.dispatchEvent(
    new Event('submit', { bubbles: true, cancelable: true }),
  );
  await Promise.resolve();
  flushSync();
}
async function pick(letters: string) {
  type('[role=combobox]', letters);
  press('Enter');
  await until(() => expect(find('[type=url]')).not.toBeNull());
}
async function connectors() {
  await pick('app');
  type('[type=url]', ' https://connect.example.com ');
  await submit();
  await until(() => expect(rows().length).toBe(6));
}

afterEach(async () => {
  if (page) await unmount(page);
  page = undefined;
  document.body.replaceChildren();
});

describe('the list of kinds', () => {
  it('is narrowed by typing, and arrows and Enter pick', async () => {
    await open();
    expect(rows()).toEqual(['Example CRM', 'Pipedrive', 'App Connect server']);
    expect(text()).toContain('Persons, deals and leads');
    press('ArrowDown');
    press('ArrowDown');
    press('ArrowUp');
    expect(find('[aria-selected=true] b')?.textContent).toBe('Pipedrive');
    type('[role=combobox]', 'deals');
    expect(rows()).toEqual(['Pipedrive']);
    press('Enter');
    await until(() => expect(document.activeElement).toBe(find('[type=url]')));
    await until(() =>
      expect(find<HTMLInputElement>('[type=url]')?.placeholder).toBe(
        'https://company.pipedrive.com',
      ),
    );
  });

  it('says that nothing is called so, and Enter does nothing then', async () => {
    await open();
    type('[role=combobox]', 'salesfarce');
    expect(rows()).toEqual([]);
    expect(text()).toContain('No CRM is called “salesfarce”');
    press('Enter');
    expect(find('[type=url]')).toBeNull();
  });

  it('is left out where there is one kind only', async () => {
    await open((command) =>
      command.command === 'crm_kinds'
        ? {
            reply: 'crm_kinds',
            value: [
              { kind: 'example', address: null, sign_in: [{ way: 'key' }], connectors: false },
            ],
          }
        : undefined,
    );
    expect(find('[role=combobox]')).toBeNull();
    expect(find('[type=password]')).not.toBeNull();
    expect(button('Change')).toBeUndefined();
  });
});

describe('a key', () => {
  it('goes with the address, and is forgotten here once it works', async () => {
    await open((c) => (c.command === 'account_add' ? { reply: 'link', value: link } : undefined));
    await pick('pipe');
    expect(button('Connect')?.disabled).toBe(true);
    type('[type=url]', 'https://weber.pipedrive.com ');
    type('[type=password]', 'k3y');
    await submit();
    await until(() => expect(done).toEqual([link]));
    expect(host.of('account_add')).toEqual([
      {
        command: 'account_add',
        kind: 'pipedrive',
        url: 'https://weber.pipedrive.com',
        platform: null,
        name: null,
        key: 'k3y',
        fields: {},
      },
    ]);
    expect(find<HTMLInputElement>('[type=password]')?.value).toBe('');
  });

  it('that is wrong is said in its own words, and what was typed stays', async () => {
    await open();
    await pick('pipe');
    type('[type=url]', 'https://weber.pipedrive.com');
    type('[type=password]', 'nope');
    await submit();
    await until(() => expect(text()).toContain('does not know this key'));
    expect(text()).toContain('Copy it again in full');
    expect(text()).not.toContain('signed you out');
    expect(find<HTMLInputElement>('[type=password]')?.value).toBe('nope');
    await until(() => expect(document.activeElement).toBe(find('[type=password]')));
    expect(done).toEqual([]);
  });
});

describe('a server with connectors', () => {
  it('is asked, searched, and its own form is sent', async () => {
    await open((c) => (c.command === 'account_add' ? { reply: 'link', value: link } : undefined));
    await connectors();
    expect(host.of('crm_connectors')[0]?.url).toBe('https://connect.example.com');
    type('[role=combobox]', 'insi');
    press('Enter');
    await until(() => expect(text()).toContain('API URL'));
    const inputs = [...document.querySelectorAll<HTMLInputElement>('label input')];
    expect(inputs.map((one) => one.type).slice(0, 3)).toEqual(['password', 'text', 'text']);
    expect(document.querySelectorAll('label .must').length).toBe(2);
    type('label input', 's3cret', 0);
    expect(button('Connect')?.disabled).toBe(true);
    type('label input', 'https://api.insightly.example', 1);
    await submit();
    await until(() => expect(done.length).toBe(1));
    expect(host.of('account_add')[0]).toMatchObject({
      kind: 'app_connect',
      platform: 'insightly',
      key: '',
      fields: { apiKey: 's3cret', apiUrl: 'https://api.insightly.example' },
    });
  });

  it('that does not answer is said where its address stands', async () => {
    await open((c) =>
      c.command === 'crm_connectors'
        ? refuse('unreachable', { account: 'connect.example.com', reason: 'connection refused' })
        : undefined,
    );
    await pick('app');
    type('[type=url]', 'https://connect.example.com');
    await submit();
    await until(() => expect(text()).toContain('connection refused'));
    expect(find<HTMLInputElement>('[type=url]')?.value).toBe('https://connect.example.com');
  });
});

describe('the browser', () => {
  const never = (command: Command): Reply | undefined | Promise<Reply> =>
    command.command === 'account_sign_in' ? new Promise<Reply>(() => undefined) : undefined;
  const url = 'https://crm.example.com/oauth/authorize?state=1';

  it('is waited for with its address in sight, until it comes back', async () => {
    let comes: (reply: Reply) => void = () => undefined;
    await open((command) =>
      command.command === 'account_sign_in'
        ? new Promise<Reply>((resolve) => (comes = resolve))
        : undefined,
    );
    await pick('example');
    type('[type=url]', 'https://crm.example.com');
    expect(text()).toContain('Look up who is calling');
    await submit();
    await until(() => expect(text()).toContain('Waiting for you in the browser'));
    host.tell({ event: 'sign_in', url, paste: false });
    await until(() => expect(find<HTMLInputElement>('.signin-url')?.value).toBe(url));
    expect(button('Go on')).toBeUndefined();
    comes({ reply: 'link', value: link });
    await until(() => expect(done).toEqual([link]));
    expect(host.of('account_sign_in')).toMatchObject([
      { account: null, what: { kind: 'example', url: 'https://crm.example.com' } },
    ]);
  });

  it('that cannot come back has its address pasted', async () => {
    await open(never);
    await connectors();
    type('[role=combobox]', 'clio');
    press('Enter');
    await until(() => expect(button('Sign in with your browser')).toBeDefined());
    await submit();
    host.tell({ event: 'sign_in', url, paste: true });
    await until(() => expect(button('Go on')?.disabled).toBe(true));
    type('.browserwait [type=url]', ' https://connect.example.com/oauth?code=7 ');
    button('Go on')?.click();
    await until(() =>
      expect(host.of('sign_in_paste')).toEqual([
        { command: 'sign_in_paste', address: 'https://connect.example.com/oauth?code=7' },
      ]),
    );
  });

  it('is given up by Cancel, which is no error, and by leaving', async () => {
    let fails: (why: unknown) => void = () => undefined;
    await open((command) => {
      if (command.command === 'account_sign_in')
        return new Promise<Reply>((_, reject) => (fails = reject));
      if (command.command === 'sign_in_cancel') fails({ code: 'sign_in_cancelled', params: {} });
      return undefined;
    });
    await pick('example');
    type('[type=url]', 'https://crm.example.com');
    await submit();
    await until(() => expect(button('Cancel')).toBeDefined());
    button('Cancel')?.click();
    await until(() => expect(button('Sign in with your browser')).toBeDefined());
    expect(find('[role=alert]')).toBeNull();
    await submit();
    await until(() => expect(button('Cancel')).toBeDefined());
    await unmount(page!);
    page = undefined;
    expect(host.of('sign_in_cancel').length).toBe(2);
  });

  it('with an app of one’s own asks for it, and explains what it will be allowed', async () => {
    await open(never);
    await pick('pipe');
    type('[type=url]', 'https://weber.pipedrive.com');
    button('Your browser')?.click();
    flushSync();
    expect(text()).toContain('http://127.0.0.1:51738/callback');
    expect(text()).toContain('Look up who is calling, and make new persons');
    expect(text()).toContain('mail:read');
    expect(button('Sign in with your browser')?.disabled).toBe(true);
    type('form label:not(:has([type])) input', 'my-app', 0);
    type('[type=password]', 'my-secret');
    await submit();
    await until(() =>
      expect(host.of('account_sign_in')).toMatchObject([
        { client_id: 'my-app', client_secret: 'my-secret', what: { kind: 'pipedrive' } },
      ]),
    );
  });
});

describe('signing in again', () => {
  it('asks the server for the connector’s own way, and names the account', async () => {
    const hubspot = accounts('settings-accounts')[1] as LinkView;
    await open(
      (c) => (c.command === 'account_sign_in' ? { reply: 'link', value: hubspot } : undefined),
      hubspot,
    );
    expect(host.of('crm_connectors')).toMatchObject([{ url: 'https://connect.example.com' }]);
    expect(find('[type=url]')).toBeNull();
    await until(() => expect(button('Sign in with your browser')?.disabled).toBe(false));
    await submit();
    await until(() => expect(done).toEqual([hubspot]));
    expect(host.of('account_sign_in')).toMatchObject([{ account: 'hubspot', what: null }]);
  });

  it('takes another key', async () => {
    await open(
      (c) => (c.command === 'account_reconnect' ? { reply: 'link', value: link } : undefined),
      link,
    );
    type('[type=password]', 'n3w');
    await submit();
    await until(() => expect(done).toEqual([link]));
    expect(host.of('account_reconnect')).toEqual([
      { command: 'account_reconnect', account: 'pipedrive', key: 'n3w', fields: {} },
    ]);
  });
});
