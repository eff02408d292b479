// Signing a softphone in: the same waiting as for an account, and what goes wrong in place.

import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { accounts } from '../src/lib/host/demo/accounts';
import type { Command, LinkView, Reply } from '../src/lib/protocol';
import SoftphoneSignIn from '../src/window/settings/SoftphoneSignIn.svelte';
import { testHost, type TestHost } from './host';

const link: LinkView = {
  ...(accounts('')[0] as LinkView),
  id: 'ringcentral',
  kind: 'ringcentral',
  health: 'signed_out',
};
const url = 'https://platform.ringcentral.com/restapi/oauth/authorize?state=x';
let host: TestHost;
let page: Record<string, unknown> | undefined;
let done = 0;

const text = () => document.body.textContent ?? '';
const button = (label: string) =>
  [...document.querySelectorAll('button')].find((one) => one.textContent?.trim() === label);

async function until(check: () => void) {
  await vi.waitFor(() => {
    flushSync();
    check();
  });
}
function open(answer: (command: Command) => Promise<Reply>) {
  done = 0;
  host = testHost(answer);
  page = mount(SoftphoneSignIn, {
    target: document.body,
    props: { link, ondone: () => (done += 1) },
  });
  flushSync();
}
function submit() {
  document
    .querySelector('form')!
    .dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  flushSync();
}

afterEach(async () => {
  if (page) await unmount(page);
  page = undefined;
});

describe('a softphone', () => {
  it('is signed in to in the browser, whose address stands there meanwhile', async () => {
    let answers: (reply: Reply) => void = () => undefined;
    open(() => new Promise((resolve) => (answers = resolve)));
    submit();
    await until(() => expect(button('Cancel')).toBeDefined());
    host.tell({ event: 'sign_in', url, paste: false });
    await until(() =>
      expect(document.querySelector<HTMLInputElement>('.signin-url')?.value).toBe(url),
    );
    answers({ reply: 'link', value: { ...link, health: 'up' } });
    await until(() => expect(done).toBe(1));
    expect(host.of('softphone_sign_in')).toEqual([
      { command: 'softphone_sign_in', softphone: 'ringcentral', client_secret: null },
    ]);
  });

  it('asks for a secret only where its app has one, and forgets it', async () => {
    open(() => Promise.resolve({ reply: 'link', value: link }));
    expect(document.querySelector('[type=password]')).toBeNull();
    button('The app has a secret')?.click();
    flushSync();
    const field = document.querySelector<HTMLInputElement>('[type=password]')!;
    field.value = 'hunter2';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    submit();
    await until(() => expect(done).toBe(1));
    expect(host.of('softphone_sign_in')).toMatchObject([{ client_secret: 'hunter2' }]);
    expect(document.querySelector<HTMLInputElement>('[type=password]')?.value).toBe('');
  });

  it('that is denied says so, and one that is given up says nothing', async () => {
    let why = 'sign_in_denied';
    open((command) =>
      command.command === 'softphone_sign_in'
        ? Promise.reject(Object.assign(new Error(why), { code: why, params: { account: 'RC' } }))
        : Promise.resolve({ reply: 'done' }),
    );
    submit();
    await until(() => expect(text()).toContain('You said no to RC in the browser'));
    why = 'sign_in_cancelled';
    submit();
    await until(() => expect(text()).not.toContain('You said no'));
    expect(done).toBe(0);
  });
});
