// What an account can do and how much is left, in words.

import type { Ability, LimitsView } from '../../../lib/protocol';
import { count, left, secondsUntil } from '../../../lib/time';
import { t } from '../../../lib/words';

const ABILITIES: Record<Ability, string> = {
  find_by_name: 'win-can-find-by-name',
  extensions: 'win-can-extensions',
  contact_pages: 'win-can-contact-pages',
  create: 'win-can-create',
  update_log: 'win-can-update-log',
  dispositions: 'win-can-dispositions',
  messages: 'win-can-messages',
  call_backs: 'win-can-call-backs',
  server_settings: 'win-can-server-settings',
  window: 'win-can-window',
};

/** What an account can do, in the order in which a call needs it. */
export const abilities = (can: Ability[]): string[] =>
  (Object.keys(ABILITIES) as Ability[])
    .filter((one) => can.includes(one))
    .map((a) => t(ABILITIES[a]));

/** `4,800 of 10,000 left, renews in 12 min`. */
export function limitsText(limits: LimitsView, now: number): string {
  const args = { remaining: count(limits.remaining), limit: count(limits.limit) };
  const seconds = limits.resets_at ? secondsUntil(limits.resets_at, now) : 0;
  return seconds > 0
    ? t('win-limit-renews', { ...args, left: left(seconds) })
    : t('win-limit', args);
}

/** Whether so little is left that somebody should know. */
export const isLow = (limits: LimitsView): boolean => limits.remaining * 10 < limits.limit;
