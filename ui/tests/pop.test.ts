// The pop as a person meets it: snapshots in, keys and clicks, commands out.

import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { type Host, useHost } from '../src/lib/host';
import { popStates } from '../src/lib/host/demo/pops';
import type { Command, Envelope, PopView, Reply } from '../src/lib/protocol';
import Pop from '../src/pop/Pop.svelte';

let sent: Command[];
let tell: (envelope: Envelope) => void;
let shown: PopView[];
let page: Record<string, unknown>;
let hidden: number;

const pops = (name: string): PopView[] => structuredClone(popStates()[name] ?? []);
const envelope = (pop: PopView): Envelope => ({
  v: 1,
  at: '2026-11-23T09:44:00Z',
  event: 'pop',
  ...pop,
});

async function open(name: string) {
  shown = pops(name);
  page = mount(Pop, { target: document.body });
  await vi.waitFor(() => {
    flushSync();
    expect(document.querySelectorAll('[role=dialog]').length).toBe(shown.length);
  });
}
async function press(key: string, target: Element = document.body, more: KeyboardEventInit = {}) {
  target.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
  );
  await Promise.resolve();
  flushSync();
}
const commands = (name: Command['command']) => sent.filter((c) => c.command === name);

beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      disconnect() {}
    },
  );
  sent = [];
  hidden = 0;
  const host: Host = {
    send: async (command): Promise<Reply> => {
      sent.push(command);
      if (command.command === 'pops') return { reply: 'pops', value: [...shown].reverse() };
      if (command.command === 'contacts')
        return { reply: 'contacts', value: { contacts: [], total: 0 } };
      return { reply: 'done' };
    },
    listen: async (handler) => {
      tell = handler;
      return () => undefined;
    },
    pop: {
      ready: async () => undefined,
      layout: async () => undefined,
      drag: async () => undefined,
      hide: async () => void (hidden += 1),
      focus: async () => undefined,
      focusBack: async () => undefined,
    },
  };
  useHost(host);
});
afterEach(async () => {
  await unmount(page);
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

describe('picking', () => {
  it('names the contact and the revision, never a position', async () => {
    await open('several');
    await press('2');
    expect(commands('choose')).toEqual([
      {
        command: 'choose',
        call: shown[0]?.call.id,
        revision: 2,
        contact: { account: 'hubspot', type: 'person', id: '3' },
      },
    ]);
  });

  it('keeps its digit when the matches change their order under the focus', async () => {
    await open('several');
    window.dispatchEvent(new Event('focus'));
    const pop = shown[0]!;
    tell(envelope({ ...pop, revision: 3, matches: [...pop.matches].reverse() }));
    flushSync();
    await press('1');
    expect(commands('choose')).toMatchObject([{ revision: 3, contact: { id: '2' } }]);
  });

  it('does nothing for a while when a key has just taken another meaning', async () => {
    await open('not_found');
    const found = { ...pops('one')[0]!, call: shown[0]!.call, revision: 9 };
    tell(envelope(found));
    flushSync();
    await press('Enter');
    expect(commands('open')).toEqual([]);
    expect(document.querySelector('form')).toBeNull();
  });

  it('drops a snapshot that a newer one has overtaken', async () => {
    await open('one');
    const old = { ...pops('not_found')[0]!, call: shown[0]!.call, revision: 1 };
    tell(envelope(old));
    flushSync();
    expect(document.querySelector('h2')?.textContent).toBe('Nadia Okafor');
  });
});

describe('notes', () => {
  it('survive every update while they are written', async () => {
    await open('answered');
    const box = document.querySelector('textarea')!;
    box.focus();
    box.value = 'mine';
    box.dispatchEvent(new Event('input', { bubbles: true }));
    tell(envelope({ ...shown[0]!, revision: 8, note: 'something older' }));
    flushSync();
    expect(document.querySelector('textarea')?.value).toBe('mine');
    await vi.waitFor(() => expect(commands('note')).toMatchObject([{ text: 'mine' }]));
  });

  it('take letters as letters', async () => {
    await open('ended');
    const box = document.querySelector('textarea')!;
    box.focus();
    await press('d', box);
    await press('1', box);
    expect(commands('dont_log')).toEqual([]);
  });

  it('are written before the call is logged', async () => {
    await open('ask');
    const box = document.querySelector('textarea')!;
    box.value = 'last words';
    box.dispatchEvent(new Event('input', { bubbles: true }));
    await press('Enter');
    await vi.waitFor(() => expect(commands('log')).toHaveLength(1));
    const order = sent.map((c) => c.command);
    expect(order.indexOf('note')).toBeLessThan(order.indexOf('log'));
  });
});

describe('after the call', () => {
  it('logs with the outcome that was picked, and holds the countdown for it', async () => {
    await open('ended');
    await press('2');
    expect(commands('keep_open')).toHaveLength(1);
    await vi.waitFor(async () => {
      await press('Enter');
      expect(commands('log').length).toBeGreaterThan(0);
    });
    expect(commands('log')[0]).toMatchObject({ disposition: 'Call back', no_association: false });
  });

  it('undoes with one key', async () => {
    await open('leaving');
    await press('u');
    expect(commands('undo_log')).toHaveLength(1);
  });

  it('hides with Esc, and tells the shell when nothing is left', async () => {
    await open('one');
    await press('Escape');
    expect(commands('hide_pop')).toHaveLength(1);
    await vi.waitFor(() => expect(hidden).toBe(1));
    expect(document.querySelector('[role=dialog]')).toBeNull();
  });
});

describe('the pointer on the pop', () => {
  let at = 10;
  const tell = async (kind: string, more: MouseEventInit = {}) => {
    document.documentElement.dispatchEvent(new MouseEvent(kind, more));
    await new Promise((done) => setTimeout(done));
    flushSync();
  };
  const place = (x: number, y = 20) => ({ clientX: x, clientY: y, screenX: x, screenY: y });
  const move = () => tell('pointermove', place((at += 1)));
  const line = () => document.querySelector('.facts')?.textContent;

  it('holds every countdown, here and in the engine, until it leaves', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval'] });
    try {
      await open('ended');
      await move();
      const before = line();
      vi.advanceTimersByTime(4000);
      await move();
      expect(line()).toBe(before);
      expect(commands('hold_pops')).toEqual([{ command: 'hold_pops', held: true }]);
      vi.advanceTimersByTime(4000);
      await move();
      expect(line()).toBe(before);
      expect(commands('hold_pops')).toHaveLength(2);
      await tell('pointerleave');
      expect(commands('hold_pops').at(-1)).toEqual({ command: 'hold_pops', held: false });
    } finally {
      vi.useRealTimers();
    }
  });

  it('holds for a while only when it lies there', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval'] });
    try {
      await open('ended');
      await move();
      vi.advanceTimersByTime(21_000);
      flushSync();
      // The clock on screen beats once a second, in the world's time.
      await vi.waitFor(
        () => expect(commands('hold_pops').at(-1)).toEqual({ command: 'hold_pops', held: false }),
        { timeout: 5000 },
      );
    } finally {
      vi.useRealTimers();
    }
  });

  it('holds nothing by a move that the webview makes up', async () => {
    await open('ended');
    await move();
    await tell('pointerleave');
    expect(commands('hold_pops')).toHaveLength(2);
    await tell('pointermove', place(at));
    await tell('pointermove', place(-5));
    await tell('pointermove', place(40, 4000));
    expect(commands('hold_pops')).toHaveLength(2);
  });

  it('holds nothing where there is no pop', async () => {
    await open('one');
    await press('Escape');
    await vi.waitFor(() => expect(hidden).toBe(1));
    await move();
    await move();
    expect(commands('hold_pops')).toEqual([]);
  });
});

describe('what comes from outside', () => {
  it('is text, never markup', async () => {
    await open('hostile');
    expect(document.querySelector('.pop img')).toBeNull();
    expect(document.querySelector('h2')?.textContent).toContain('<img src=x');
  });

  it('of a second call never moves the first', async () => {
    await open('one');
    tell(
      envelope({
        ...pops('not_found')[0]!,
        call: { ...pops('not_found')[0]!.call, id: 'another' },
      }),
    );
    flushSync();
    const names = [...document.querySelectorAll('h2')].map((h) => h.textContent);
    expect(names).toEqual(['Nadia Okafor', '+49 30 23125 014']);
  });
});

describe('hiding', () => {
  it('lasts until the engine shows the call again, whatever was still on its way', async () => {
    await open('one');
    const pop = shown[0]!;
    await press('Escape');
    tell(envelope({ ...pop, revision: 7 }));
    flushSync();
    expect(document.querySelector('[role=dialog]')).toBeNull();
    tell({ v: 1, at: '2026-11-23T09:44:01Z', event: 'pop_closed', call_id: pop.call.id });
    tell(envelope({ ...pop, revision: 8 }));
    flushSync();
    expect(document.querySelector('h2')?.textContent).toBe('Nadia Okafor');
  });
});

describe('a deal', () => {
  it('is attached only when the agent picked it', async () => {
    await open('ask');
    await press('Enter');
    await vi.waitFor(() =>
      expect(commands('log')).toMatchObject([{ association: null, no_association: false }]),
    );
  });

  it('goes with the log once it is picked', async () => {
    await open('ask');
    document.querySelector<HTMLElement>('.deals .chip')?.click();
    flushSync();
    await press('Enter');
    await vi.waitFor(() => expect(commands('log')).toMatchObject([{ association: { id: 'd1' } }]));
  });
});
