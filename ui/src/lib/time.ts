// Times for people: clock times, lengths, ages. All take `now`, so that they can be tested.

import { t } from './words';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The first language that is one: under `LANG=C` a web view names the language `C`. */
export function usableLocale(wished: string): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([wished])[0] ?? 'en-US';
  } catch {
    return 'en-US';
  }
}
const locale = () => usableLocale(typeof navigator === 'undefined' ? 'en-US' : navigator.language);

/** `2:47`, `1:02:03`. */
export function length(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Whole seconds since an instant, never negative: clocks differ a little. */
export function secondsSince(at: string, now: number): number {
  return Math.max(0, Math.floor((now - Date.parse(at)) / SECOND));
}

/** Whole seconds until an instant, rounded up: a time left is never promised too short. */
export function secondsUntil(at: string, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(at) - now) / SECOND));
}

/** `9:41 am`, as the system writes it. */
export function clock(at: string): string {
  return new Date(at)
    .toLocaleTimeString(locale(), { hour: 'numeric', minute: '2-digit' })
    .replace(/\s?(AM|PM)$/, (half) => ` ${half.trim().toLowerCase()}`);
}

function sameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}

/** `2 Nov`, and with the year where it is another one: `Mar 2025`. */
export function date(at: string, now: number): string {
  const then = new Date(at);
  const other = then.getFullYear() !== new Date(now).getFullYear();
  return new Intl.DateTimeFormat(
    'en-GB',
    other ? { month: 'short', year: 'numeric' } : { day: 'numeric', month: 'short' },
  ).format(then);
}

/** How long ago: relative up to a week, then the date. */
export function age(at: string, now: number): string {
  const past = now - Date.parse(at);
  if (!Number.isFinite(past)) return '';
  if (past < MINUTE) return t('ui-age-now');
  if (past < HOUR) return t('ui-age-minutes', { count: Math.floor(past / MINUTE) });
  if (past < DAY) return t('ui-age-hours', { count: Math.floor(past / HOUR) });
  if (past < 7 * DAY) return t('ui-age-days', { count: Math.floor(past / DAY) });
  return date(at, now);
}

/** The day of a call as the head of a group: today, yesterday, or the date in full. */
export function day(at: string, now: number): string {
  const then = new Date(at);
  if (sameDay(then, new Date(now))) return t('ui-today');
  if (sameDay(then, new Date(now - DAY))) return t('ui-yesterday');
  const other = then.getFullYear() !== new Date(now).getFullYear();
  return new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(other ? { year: 'numeric' } : {}),
  }).format(then);
}

/** A short day for the edge of a row: today, yesterday, or the date. */
export function shortDay(at: string, now: number): string {
  const then = new Date(at);
  if (sameDay(then, new Date(now))) return t('ui-today');
  if (sameDay(then, new Date(now - DAY))) return t('ui-yesterday');
  return date(at, now);
}

/** The day of an instant here, as `2026-11-24`. */
export function isoDay(now: number): string {
  const then = new Date(now);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`;
}

/** A time left, rounded up: `40 s`, `3 min`. */
export function left(seconds: number): string {
  return seconds < 90
    ? t('ui-seconds', { count: Math.ceil(seconds) })
    : t('ui-minutes', { count: Math.ceil(seconds / 60) });
}

/** A number with its thousands apart. */
export const count = (n: number): string => n.toLocaleString('en-US');
