// What a row of the list says of a call's log, and which one thing can be done about it. Pure.

import { failureText } from '../../lib/people';
import type { CallRow } from '../../lib/protocol';
import { left, secondsUntil } from '../../lib/time';
import { t } from '../../lib/words';

export type RowAct = 'log' | 'pick' | 'fix' | 'undo' | 'retry';

export interface RowState {
  icon: string;
  tone: '' | 'ok' | 'warn' | 'bad' | 'acc';
  text: string;
  act?: RowAct;
  /** Something is left to decide or to send. */
  open: boolean;
}

const quiet = (text: string, icon = 'minus'): RowState => ({ icon, tone: '', text, open: false });

/** Names of the row's accounts, for a sentence. */
const accounts = (row: CallRow): string => row.logs.map((l) => l.account_name).join(', ');

export function rowState(row: CallRow, now: number): RowState {
  const { call, logs, plan } = row;
  if (call.state !== 'ended')
    return { icon: 'phone', tone: 'ok', text: t('win-row-live'), open: false };
  const parked = logs.find((l) => l.state === 'parked');
  if (parked) {
    const text = t('win-row-parked', { account: parked.account_name });
    return { icon: 'warn', tone: 'warn', text, act: 'fix', open: true };
  }
  if (plan.plan === 'declined') {
    return {
      ...quiet(t(call.reason === 'missed' ? 'win-row-missed-not-logged' : 'win-row-not-logged')),
      act: 'undo',
    };
  }
  const ready = logs.find((l) => l.state === 'ready');
  if (ready) {
    const seconds = ready.next_at ? secondsUntil(ready.next_at, now) : 0;
    return {
      icon: 'clock',
      tone: 'acc',
      text: t('win-row-leaving', { left: left(seconds) }),
      act: 'undo',
      open: true,
    };
  }
  const retry = logs.find((l) => l.state === 'retry');
  if (retry) {
    const text = failureText(
      retry.account_name,
      retry.reason?.code === 'rate_limited' ? 'rate_limited' : 'unreachable',
    );
    return { icon: 'clock', tone: 'warn', text, act: 'retry', open: true };
  }
  if (logs.some((l) => l.state === 'sending')) {
    return { icon: 'spin', tone: 'acc', text: t('win-row-sending'), open: true };
  }
  if (logs.some((l) => l.state === 'done')) {
    return {
      icon: 'check',
      tone: '',
      text: t('win-row-logged', { account: accounts(row) }),
      open: false,
    };
  }
  if (plan.plan === 'at') {
    const text = t('win-row-ends-itself', { left: left(secondsUntil(plan.at, now)) });
    return { icon: 'clock', tone: '', text, open: true };
  }
  if (plan.plan === 'no') {
    if (call.remote.kind === 'extension') return quiet(t('win-row-internal'));
    return row.chosen.length > 0
      ? { ...quiet(t('win-row-not-logged')), act: 'log' }
      : quiet(t('win-row-nothing'));
  }
  if (row.chosen.length === 0 && row.fits !== 1) {
    if (row.fits > 1) {
      return {
        icon: 'split',
        tone: 'warn',
        text: t('win-row-fits', { count: row.fits }),
        act: 'pick',
        open: true,
      };
    }
    return { icon: 'circle', tone: '', text: t('win-row-nobody'), act: 'pick', open: true };
  }
  return { icon: 'circle', tone: '', text: t('win-row-open'), act: 'log', open: true };
}

/** Whether "log" does something for this call as it stands. */
export const canLog = (row: CallRow): boolean =>
  row.call.state === 'ended' &&
  (row.chosen.length > 0 || row.fits === 1) &&
  !row.logs.some((l) => ['done', 'ready', 'sending'].includes(l.state));
