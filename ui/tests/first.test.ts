// The test ring of the first run: it offers what the softphone can do, and no more.

import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';

import { useHost } from '../src/lib/host';
import { popStates } from '../src/lib/host/demo/pops';
import type { Command, Envelope, LinkView, PopView } from '../src/lib/protocol';
import { App } from '../src/window/app.svelte';
import TestRing from '../src/window/first/TestRing.svelte';

let sent: Command[];
let tell: (envelope: Envelope) => void;
let page: Record<string, unknown>;

const text = () => document.body.textContent ?? '';
const button = (label: string) =>
  [...document.querySelectorAll('button')].find((one) => one.textContent?.includes(label));

async function open(kind: string, name: string) {
  sent = [];
  const nothing = async () => undefined;
  useHost({
    send: async (command) => {
      sent.push(command);
      return { reply: 'done' };
    },
    listen: async (handler) => {
      tell = handler;
      return () => undefined;
    },
    pop: {
      ready: nothing,
      layout: nothing,
      drag: nothing,
      hide: nothing,
      focus: nothing,
      focusBack: nothing,
    },
  });
  const app = new App();
  const phone = { id: name, name, kind, health: 'up' } as LinkView;
  app.status = { softphones: [phone], accounts: [] } as unknown as App['status'];
  page = mount(TestRing, { target: document.body, props: { app, onseen: () => undefined } });
  flushSync();
  await new Promise((done) => setTimeout(done));
}
function ring() {
  const pop = structuredClone(popStates()['one']?.[0]) as PopView;
  tell({ v: 1, at: '2026-11-23T09:44:00Z', event: 'pop', ...pop });
  flushSync();
}

afterEach(() => void unmount(page));

describe('The test ring', () => {
  it('waits for a real call where nobody can pretend one', async () => {
    await open('baresip', 'Desk phone');
    expect(button('Send a test ring')).toBeUndefined();
    expect(text()).toContain('Waiting for a ring of Desk phone');
    ring();
    expect(text()).not.toContain('Waiting for a ring');
    expect(text()).toContain('Desk phone sent the ring');
  });

  it('pretends a call where there is the simulated softphone', async () => {
    await open('simulated', 'Simulated softphone');
    expect(text()).not.toContain('Waiting');
    button('Send a test ring')?.click();
    await new Promise((done) => setTimeout(done));
    flushSync();
    expect(sent).toEqual([{ command: 'simulate', scenario: 'answered' }]);
    expect(text()).toContain('Waiting for the ring');
  });

  it('speaks of the answer "no" once there is a question', async () => {
    await open('simulated', 'Simulated softphone');
    expect(text()).not.toContain('“No” shows');
    ring();
    expect(text()).toContain('did you see it?');
    expect(text()).toContain('“No” shows');
    button('Yes')?.click();
    flushSync();
    expect(text()).not.toContain('“No” shows');
  });
});
