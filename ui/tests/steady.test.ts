// A late update never changes what a key means, and moves no row under the pointer.

import { describe, expect, it } from 'vitest';

import { match } from '../src/lib/host/demo/people';
import { nextRows } from '../src/pop/rows';
import { Settle, SETTLE_MS } from '../src/pop/settle';

const names = (rows: ReturnType<typeof nextRows>) => rows.map((r) => r.match.name);

describe('rows', () => {
  const shown = nextRows([], [match('2'), match('3')], false);

  it('stay where they are while held; new ones come last', () => {
    const next = nextRows(shown, [match('6'), match('3'), match('2')], true);
    expect(names(next)).toEqual(['Amira Haddad', 'Dr. Oliver Whitcombe-Ashworth', 'Grace Lin']);
  });

  it('keep the place of one that no longer fits, so that no digit moves', () => {
    const next = nextRows(shown, [match('3')], true);
    expect(next.map((r) => r.gone)).toEqual([true, false]);
    expect(names(next)[1]).toBe('Dr. Oliver Whitcombe-Ashworth');
  });

  it('take the new order once nobody looks', () => {
    const next = nextRows(shown, [match('3'), match('2')], false);
    expect(names(next)).toEqual(['Dr. Oliver Whitcombe-Ashworth', 'Amira Haddad']);
  });

  it('show the newest data of a contact in its old place', () => {
    const [first] = nextRows(shown, [match('3'), match('2', { name: 'Amira Renamed' })], true);
    expect(first?.match.name).toBe('Amira Renamed');
  });
});

describe('keys', () => {
  it('act at once with their first meaning', () => {
    const settle = new Settle();
    settle.show(new Map([['Enter', 'create']]), 1000);
    expect(settle.isSettled('Enter', 1000)).toBe(true);
  });

  it('rest when their meaning has just changed', () => {
    const settle = new Settle();
    settle.show(new Map([['Enter', 'create']]), 1000);
    settle.show(new Map([['Enter', 'open 1']]), 5000);
    expect(settle.isSettled('Enter', 5000 + SETTLE_MS - 1)).toBe(false);
    expect(settle.isSettled('Enter', 5000 + SETTLE_MS)).toBe(true);
  });

  it('rest also when the meaning was gone in between', () => {
    const settle = new Settle();
    settle.show(new Map([['1', 'amira']]), 0);
    settle.show(new Map(), 1000);
    settle.show(new Map([['1', 'oliver']]), 1100);
    expect(settle.isSettled('1', 1200)).toBe(false);
  });

  it('are not disturbed by updates that change nothing', () => {
    const settle = new Settle();
    settle.show(new Map([['Enter', 'open 1']]), 0);
    settle.show(new Map([['Enter', 'open 1']]), 1000);
    expect(settle.isSettled('Enter', 1001)).toBe(true);
    expect(settle.isSettled('Q', 1001)).toBe(false);
  });
});
