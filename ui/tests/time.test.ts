import { describe, expect, it, vi } from 'vitest';

import { initials, numberText } from '../src/lib/people';
import {
  age,
  clock,
  left,
  length,
  secondsSince,
  secondsUntil,
  shortDay,
  usableLocale,
} from '../src/lib/time';

const NOW = Date.parse('2026-11-23T12:00:00');
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

describe('times', () => {
  it.each([
    [0, '0:00'],
    [7, '0:07'],
    [167, '2:47'],
    [3723, '1:02:03'],
    [-5, '0:00'],
  ])('length of %i s is %s', (seconds, text) => expect(length(seconds)).toBe(text));

  it.each([
    [4, 'just now'],
    [150, '2 min ago'],
    [3700, '1 hour ago'],
    [6 * 3600, '6 hours ago'],
    [25 * 3600, 'yesterday'],
    [3 * 86400, '3 days ago'],
    [21 * 86400, '2 Nov'],
    [620 * 86400, 'Mar 2025'],
  ])('%i s ago reads %s', (seconds, text) => expect(age(ago(seconds), NOW)).toBe(text));

  it('never says what is not so when a clock is ahead', () => {
    expect(age(ago(-30), NOW)).toBe('just now');
    expect(secondsSince(ago(-30), NOW)).toBe(0);
    expect(age('nonsense', NOW)).toBe('');
  });

  it('rounds a time left up', () => {
    expect(secondsUntil(new Date(NOW + 3200).toISOString(), NOW)).toBe(4);
    expect(secondsUntil(ago(10), NOW)).toBe(0);
    expect([left(4), left(89), left(91), left(170)]).toEqual(['4 s', '89 s', '2 min', '3 min']);
  });

  it('are written whatever the system calls its language', () => {
    expect(['C', '', 'en-GB', 'no such thing'].map(usableLocale)).toEqual([
      'en-US',
      'en-US',
      'en-GB',
      'en-US',
    ]);
    vi.stubGlobal('navigator', { language: 'C' });
    expect(clock('2026-11-23T09:41:00')).toBe('9:41 am');
    vi.unstubAllGlobals();
  });

  it('names the day', () => {
    expect(shortDay(ago(60), NOW)).toBe('Today');
    expect(shortDay(ago(86400), NOW)).toBe('Yesterday');
    expect(shortDay(ago(52 * 86400), NOW)).toBe('2 Oct');
  });
});

describe('names and numbers', () => {
  it.each([
    ['Nadia Okafor', 'NO'],
    ['Dr. Oliver Whitcombe-Ashworth', 'OW'],
    ['Maximiliane von Hohenstein-Württemberg', 'MH'],
    ['Cher', 'C'],
    ['李 小龙', '李小'],
    ['+1 415', ''],
    ['', ''],
  ])('initials of %s are %s', (name, text) => expect(initials(name)).toBe(text));

  it('says what a number is where it is none', () => {
    const remote = {
      kind: 'anonymous' as const,
      given: 'anonymous',
      e164: null,
      region: null,
      extension: null,
      display: '',
      basis: 'address' as const,
      reading: 'canonical' as const,
      name: null,
    };
    expect(numberText(remote)).toBe('Number withheld');
    expect(numberText({ ...remote, kind: 'extension', extension: '204' })).toBe('Extension 204');
    expect(
      numberText({ ...remote, kind: 'number', display: '+1 415 555 0142', extension: '22' }),
    ).toBe('+1 415 555 0142 ext. 22');
  });
});
