// Names, places and reasons in words, shared by pop and window.

import type {
  Association,
  ContactRef,
  EndReason,
  FailureReason,
  HealthState,
  LogFailure,
  LogView,
  NumberKind,
  RemoteView,
  Rule,
} from './protocol';
import { t } from './words';

/** One or two letters for a face. */
export function initials(name: string): string {
  const words = name
    .replace(/["“”()]/g, '')
    .split(/\s+/)
    .filter(
      (word) => /^\p{L}/u.test(word) && !/^(dr|mr|mrs|ms|prof|von|van|de|der)\.?$/i.test(word),
    );
  const first = words[0]?.match(/\p{L}/u)?.[0] ?? '';
  const last = words.length > 1 ? (words.at(-1)?.match(/\p{L}/u)?.[0] ?? '') : '';
  return (first + last).toUpperCase();
}

/** The same record, whatever else is known of it. */
export const sameContact = (a: ContactRef, b: ContactRef): boolean =>
  a.account === b.account && a.type === b.type && a.id === b.id;

/** A record as a key in a map. */
export const contactKey = (c: ContactRef): string => JSON.stringify([c.account, c.type, c.id]);

/** Only what names a record: what a command may carry. */
export const contactRef = (c: ContactRef): ContactRef => ({
  account: c.account,
  type: c.type,
  id: c.id,
});

/** `Lumen Freight · Head of Procurement`, as far as known. */
export const place = (...parts: (string | null | undefined)[]): string =>
  parts.filter(Boolean).join(' · ');

/** The country of a number, in words. */
export function country(region: string | null): string {
  if (!region) return '';
  try {
    return new Intl.DisplayNames(['en'], { type: 'region' }).of(region) ?? region;
  } catch {
    return region;
  }
}

/** How a number is written for people; what is withheld says so. */
export function numberText(remote: RemoteView): string {
  if (remote.kind === 'anonymous') return t('number-withheld');
  if (remote.kind === 'extension') {
    return t('ui-extension', { extension: remote.extension ?? remote.given });
  }
  const text = remote.display || remote.given || t('ui-no-number');
  return remote.kind === 'number' && remote.extension
    ? t('ui-number-extension', { number: text, extension: remote.extension })
    : text;
}

const KINDS: Record<NumberKind, string> = {
  number: '',
  anonymous: 'ui-kind-anonymous',
  extension: 'ui-kind-extension',
  short_code: 'ui-kind-short-code',
  star_code: 'ui-kind-star-code',
  sip_address: 'ui-kind-sip-address',
  unparsable: 'ui-kind-unparsable',
};

/** What a number is where it is no public number, else its country. */
export const numberKind = (remote: RemoteView): string =>
  remote.kind === 'number' ? country(remote.region) : t(KINDS[remote.kind]);

const RULES: Record<Rule, string> = {
  exact: 'ui-rule-exact',
  national: 'ui-rule-national',
  renumbered: 'ui-rule-renumbered',
  reported: 'ui-rule-reported',
  digits: 'ui-rule-digits',
  guess: 'ui-rule-guess',
};

/** How the stored number compares with the one that rings. */
export const ruleText = (rule: Rule): string => t(RULES[rule]);

const ENDS: Record<EndReason, string> = {
  answered: 'ui-end-answered',
  missed: 'ui-end-missed',
  rejected: 'ui-end-rejected',
  busy: 'ui-end-busy',
  cancelled: 'ui-end-cancelled',
  no_answer: 'ui-end-no-answer',
  answered_elsewhere: 'ui-end-answered-elsewhere',
  voicemail: 'ui-end-voicemail',
  failed: 'ui-end-failed',
  lost: 'ui-end-lost',
};

/** How a call ended. */
export const endText = (reason: EndReason): string => t(ENDS[reason]);

const FAILURES: Record<FailureReason, string> = {
  signed_out: 'ui-fail-signed-out',
  forbidden: 'ui-fail-forbidden',
  unreachable: 'ui-fail-unreachable',
  rate_limited: 'ui-fail-rate-limited',
  bad_answer: 'ui-fail-bad-answer',
  refused: 'ui-fail-refused',
  no_secret: 'ui-fail-no-secret',
};

/** Why an account gave no answer. */
export const failureText = (account: string, reason: FailureReason): string =>
  t(FAILURES[reason], { account });

const LOG_FAILURES: Record<LogFailure['code'], { what: string; next: string }> = {
  signed_out: { what: 'ui-fail-signed-out', next: 'ui-log-next-signed-out' },
  forbidden: { what: 'ui-log-forbidden', next: 'ui-log-next-forbidden' },
  not_found: { what: 'ui-log-not-found', next: 'ui-log-next-not-found' },
  rejected: { what: 'ui-log-rejected', next: 'ui-log-next-rejected' },
  unreachable: { what: 'ui-fail-unreachable', next: 'ui-log-next-unreachable' },
  rate_limited: { what: 'ui-fail-rate-limited', next: 'ui-log-next-unreachable' },
  bad_answer: { what: 'ui-fail-bad-answer', next: 'ui-log-next-bad-answer' },
  no_secret: { what: 'ui-fail-no-secret', next: 'ui-log-next-no-secret' },
  no_account: { what: 'ui-log-no-account', next: 'ui-log-next-no-account' },
};

/** Why a log did not land, and what can be done. */
export function logFailureText(log: LogView): { what: string; next: string } {
  const words = LOG_FAILURES[log.reason?.code ?? 'rejected'];
  return { what: t(words.what, { account: log.account_name }), next: t(words.next) };
}

/** `2 deals · Renewal · $18,400`. */
export function dealsText(deals: Association[]): string {
  const first = deals[0];
  if (!first) return '';
  const head = deals.length > 1 ? t('ui-deals', { count: deals.length }) : '';
  return place(head, first.title, first.detail);
}

const HEALTH: Record<HealthState, string> = {
  connecting: 'ui-health-connecting',
  up: 'ui-health-up',
  down: 'ui-health-down',
  signed_out: 'ui-health-signed-out',
  unknown: 'ui-health-unknown',
};

/** How a link is doing, in a word. */
export const healthText = (state: HealthState): string => t(HEALTH[state]);
