// The CRM's own fields on the log form, in the pop and on the page of a call.

import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { stopClock } from '../src/lib/clock.svelte';
import { popStates } from '../src/lib/host/demo/pops';
import type { Command, PopView, Reply } from '../src/lib/protocol';
import Pop from '../src/pop/Pop.svelte';
import LogForm from '../src/window/calls/LogForm.svelte';
import { OpenCall } from '../src/window/calls/page.svelte';
import { refuse, testHost, type TestHost } from './host';

let host: TestHost;
let page: Record<string, unknown>;
const state = (name: string) => structuredClone(popStates()[name]?.[0]) as PopView;

async function until(check: () => void) {
  await vi.waitFor(() => {
    flushSync();
    check();
  });
}
const row = (label: string) =>
  [...document.querySelectorAll<HTMLElement>('.lf')].find((r) => r.textContent?.includes(label));
const control = <T extends HTMLElement>(label: string) =>
  row(label)!.querySelector<T>('select, input, button')!;
function set(label: string, value: string, event = 'input') {
  const input = control<HTMLInputElement>(label);
  input.value = value;
  input.dispatchEvent(new Event(event, { bubbles: true }));
  flushSync();
}
const button = (label: string) =>
  [...document.querySelectorAll('button')].find((b) => b.textContent?.includes(label))!;
async function open(
  pop: PopView,
  answer: (command: Command) => Reply | undefined = () => undefined,
) {
  host = testHost((command) =>
    command.command === 'pops' ? { reply: 'pops', value: [pop] } : answer(command),
  );
  page = mount(Pop, { target: document.body });
  await until(() => expect(document.querySelectorAll('[role=dialog]').length).toBe(1));
}

beforeEach(() => {
  stopClock(Date.parse('2026-11-23T09:44:00'));
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      disconnect() {}
    },
  );
});
afterEach(async () => {
  await unmount(page);
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

describe('in the pop', () => {
  it('there is nothing where the CRM asks for nothing, and nothing before the end', async () => {
    await open(state('ask'));
    expect(document.querySelector('.logfields')).toBeNull();
    host.tell({
      event: 'pop',
      ...state('fields'),
      call: { ...state('answered').call, id: state('ask').call.id },
      revision: 9,
    });
    flushSync();
    expect(document.querySelector('.logfields')).toBeNull();
  });

  it('what must be filled in stands there, and the rest comes on demand', async () => {
    await open(state('fields'));
    expect(row('Reason for the call')?.querySelector('.must')).not.toBeNull();
    expect(document.body.textContent).toContain('need a second note');
    expect(row('Billable')).toBeUndefined();
    button('2 more fields').click();
    flushSync();
    expect(control<HTMLInputElement>('Billable').checked).toBe(true);
  });

  it('what was filled in survives an update and goes out with the log', async () => {
    const pop = state('fields');
    await open(pop);
    set('Reason for the call', 'support', 'change');
    set('Ticket', 'T-99');
    button('2 more fields').click();
    flushSync();
    control('Billable').click();
    control('Next step on').click();
    await until(() => expect(control<HTMLInputElement>('Next step on').value).toBe('2026-11-23'));
    set('Next step on', '2026-12-01', 'change');
    host.tell({ event: 'pop', ...pop, revision: 7, note: 'more' });
    flushSync();
    expect(control<HTMLSelectElement>('Reason for the call').value).toBe('support');
    button('Log').click();
    await until(() => expect(host.of('log').length).toBe(1));
    expect(host.of('log')[0]?.fields).toEqual({
      reason: 'support',
      ticket: 'T-99',
      bill: 'false',
      due: '2026-12-01',
    });
  });

  it('what was not touched is not sent', async () => {
    await open(state('fields'));
    button('Log').click();
    await until(() => expect(host.of('log')[0]?.fields).toEqual({}));
  });

  it('a value of one’s own is written where the CRM takes it', async () => {
    await open(state('fields'));
    const other = [...control<HTMLSelectElement>('Reason for the call').options].at(-1)!;
    expect(other.text).toBe('Other…');
    set('Reason for the call', other.value, 'change');
    const input = row('Reason for the call')!.querySelector('input')!;
    input.value = 'Complaint';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    flushSync();
    button('Log').click();
    await until(() => expect(host.of('log')[0]?.fields).toEqual({ reason: 'Complaint' }));
  });

  it('what is missing is said at its field, which takes the keys, and nowhere else', async () => {
    await open(state('fields'), (command) =>
      command.command === 'log'
        ? refuse('missing_field', { field: 'Reason for the call' })
        : undefined,
    );
    button('Log').click();
    await until(() => expect(row('Reason for the call')?.textContent).toContain('with each log'));
    expect(document.querySelectorAll('[role=alert]').length).toBe(1);
    await until(() => expect(document.activeElement).toBe(control('Reason for the call')));
    expect(control('Reason for the call').getAttribute('aria-invalid')).toBe('true');
    set('Reason for the call', 'sales', 'change');
    expect(document.querySelector('[role=alert]')).toBeNull();
  });

  it('a field holds the countdown, so that the log does not leave without it', async () => {
    await open({ ...state('ended'), fields: state('fields').fields });
    set('Ticket', 'T-1');
    await until(() => expect(host.of('keep_open').length).toBe(1));
  });
});

describe('on the page of a call', () => {
  it('they are part of the log form, and a change of them updates the log', async () => {
    const done = state('logged');
    const pop = { ...done, fields: state('fields').fields, chosen: state('fields').chosen };
    const detail = { pop, row: { call: pop.call, logs: pop.logs, plan: pop.plan } };
    host = testHost((command) =>
      command.command === 'call' ? ({ reply: 'call', value: detail } as never) : undefined,
    );
    const open = new OpenCall(pop.call.id);
    await open.load();
    page = mount(LogForm, { target: document.body, props: { page: open } });
    flushSync();
    expect(button('Update log')).toBeUndefined();
    set('Ticket', 'T-4711');
    button('Update log').click();
    await until(() => expect(host.of('log')[0]?.fields).toEqual({ ticket: 'T-4711' }));
  });
});
