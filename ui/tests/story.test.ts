import { describe, expect, it } from 'vitest';

import { popStates } from '../src/lib/host/demo/pops';
import type { PopView } from '../src/lib/protocol';
import { actions, keyMap } from '../src/pop/actions';
import { announcement } from '../src/pop/announce';
import { facts } from '../src/pop/facts';
import { leavesByItself, phase, who } from '../src/pop/story';
import { NOW } from '../src/lib/host/demo/people';

const states = popStates();
const state = (name: string): PopView => {
  const pop = states[name]?.[0];
  if (!pop) throw new Error(`no state ${name}`);
  return pop;
};

describe('who it is', () => {
  it.each([
    ['searching', 'searching'],
    ['one', 'one'],
    ['several', 'several'],
    ['remembered', 'several'],
    ['not_found', 'unknown'],
    ['anonymous', 'withheld'],
    ['internal', 'internal'],
    ['failed', 'unreachable'],
  ])('%s', (name, kind) => {
    expect(who(state(name)).kind).toBe(kind);
  });

  it('never takes a remembered choice among several for a decision', () => {
    const one = who(state('remembered'));
    expect(one).toMatchObject({ kind: 'several', remembered: { name: 'Amira Haddad' } });
  });

  it('shows who was picked, also when it is no match', () => {
    const pop = state('not_found');
    const contact = { account: 'pipedrive', type: 'person', id: '77' };
    const picked: PopView = { ...pop, chosen: [{ contact, name: 'Made Here', how: 'created' }] };
    expect(who(picked)).toMatchObject({ kind: 'named', chosen: { name: 'Made Here' } });
  });
});

describe('where the call stands', () => {
  it.each([
    ['one', 'ringing'],
    ['answered', 'talking'],
    ['ask', 'ask'],
    ['ended', 'ending'],
    ['leaving', 'leaving'],
    ['sending', 'sending'],
    ['waiting', 'waiting'],
    ['parked', 'parked'],
    ['logged', 'logged'],
    ['declined', 'declined'],
  ])('%s', (name, kind) => {
    expect(phase(state(name)).kind).toBe(kind);
  });

  it('says "logged" only when every log has landed', () => {
    const pop = state('logged');
    const sending = { ...pop.logs[0]!, account: 'hubspot', state: 'sending' as const };
    expect(phase({ ...pop, logs: [...pop.logs, sending] }).kind).toBe('sending');
  });

  it('never lets a question leave by itself', () => {
    for (const name of ['ask', 'ended', 'parked', 'leaving', 'one']) {
      expect(leavesByItself(phase(state(name)).kind)).toBe(false);
    }
  });
});

describe('actions', () => {
  it('have at most one primary, and no key twice, in every state', () => {
    for (const [name, pops] of Object.entries(states)) {
      for (const pop of pops) {
        const all = actions(pop);
        expect(all.filter((a) => a.kind === 'primary').length, name).toBeLessThanOrEqual(1);
        const keys = all.map((a) => a.key).filter(Boolean);
        expect(new Set(keys).size, name).toBe(keys.length);
      }
    }
  });

  it('leave no state without a way on', () => {
    for (const [name, pops] of Object.entries(states)) {
      for (const pop of pops) expect(keyMap(pop).has('Escape'), name).toBe(true);
    }
  });

  it('do with a key what the button says', () => {
    expect(keyMap(state('one')).get('Enter')).toBe('open');
    expect(keyMap(state('answered')).get('O')).toBe('open');
    expect(keyMap(state('remembered')).get('F')).toBe('forget');
    expect(keyMap(state('not_found')).get('Enter')).toBe('create');
    expect(keyMap(state('ended')).get('K')).toBe('keep_open');
    expect(keyMap(state('ended')).get('Enter')).toBe('log');
    expect(keyMap(state('leaving')).get('U')).toBe('undo');
    expect(keyMap(state('logged')).get('O')).toBe('open_log');
  });

  it('offer no lookup and no log where there is nobody', () => {
    const keys = [...keyMap(state('internal')).values()];
    expect(keys).not.toContain('log');
    expect(actions(state('anonymous')).map((a) => a.act)).toEqual(['search', 'create']);
  });

  it('of a refused log begin with the way on that the CRM left open', () => {
    const [first, second] = actions(state('parked'));
    expect([first?.act, first?.key, second?.act]).toEqual(['choose_deal', 'D', 'log_without']);
  });
});

describe('facts', () => {
  it('give the reason and its age with every name', () => {
    expect(facts(state('one'), NOW)[0]?.text).toBe(
      'Exact match · mobile · Pipedrive, checked just now',
    );
    expect(facts(state('unreachable'), NOW)[0]?.text).toBe(
      'From your directory, checked 6 hours ago. Pipedrive cannot be reached.',
    );
  });

  it('mark a guess as one', () => {
    expect(facts(state('guess'), NOW)[0]).toMatchObject({ tone: 'warn' });
    const one = state('one');
    const second = { ...one.call.remote, reading: 'second' as const };
    const read: PopView = { ...one, call: { ...one.call, remote: second } };
    expect(facts(read, NOW)[0]?.text).toContain('A guess');
  });

  it('say of each account where the search stands', () => {
    expect(facts(state('searching'), NOW).map((f) => f.text)).toEqual([
      'Pipedrive: searching…',
      'HubSpot: searching…',
    ]);
  });
});

describe('what a screen reader is told', () => {
  it('is the ring, once', () => {
    expect(announcement(undefined, state('one'))).toBe(
      'Incoming call. Nadia Okafor, Lumen Freight. Exact match',
    );
    expect(announcement(state('one'), state('one'))).toBe('');
  });

  it('is then only the change', () => {
    expect(announcement(state('one'), state('several'))).toBe(
      'Now: 5 contacts fit. Press Ctrl Alt R to choose.',
    );
    expect(announcement(state('answered'), state('ended'))).toBe('Call ended. It logs itself.');
    expect(announcement(state('sending'), state('logged'))).toBe('Logged to Pipedrive.');
  });
});
