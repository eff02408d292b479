// The lines below the name: why we think so, and what is worth knowing. Always in this order.

import { dealsText, failureText, place, ruleText } from '../lib/people';
import type { LookupView, MatchView, PopView } from '../lib/protocol';
import { age, left, secondsUntil } from '../lib/time';
import { t } from '../lib/words';
import { accountName, accountsText, failing, phase, signedOut, who } from './story';

export interface Fact {
  icon: string;
  text: string;
  tone?: 'ok' | 'warn' | 'bad' | '';
  /** The reason itself, in full colour. */
  why?: boolean;
  spin?: boolean;
}

function matchFact(pop: PopView, match: MatchView, now: number): Fact {
  const account = accountName(pop, match.account);
  const { rule, field, origin, checked_at } = match.why;
  if (origin === 'directory') {
    const bad = failing(pop).find((a) => a.account === match.account);
    const old = age(checked_at, now);
    if (bad?.state.state === 'failed' && bad.state.reason !== 'signed_out') {
      const reason = failureText(bad.name, bad.state.reason);
      return {
        icon: 'off',
        tone: 'warn',
        why: true,
        text: t('pop-from-directory', { age: old, reason }),
      };
    }
    return {
      icon: 'history',
      tone: rule === 'digits' ? 'warn' : undefined,
      why: true,
      text: place(ruleText(rule), field, t('pop-directory', { age: old })),
    };
  }
  const guess = rule === 'guess' || pop.call.remote.reading === 'second';
  const checked = t('pop-checked', { account, age: age(checked_at, now) });
  return {
    icon: guess ? 'info' : 'okc',
    tone: guess ? 'warn' : 'ok',
    why: true,
    text: place(ruleText(guess ? 'guess' : rule), field, checked),
  };
}

function lookupFact(a: LookupView): Fact {
  switch (a.state.state) {
    case 'searching':
      return {
        icon: 'spin',
        spin: true,
        why: true,
        text: t('pop-account-searching', { account: a.name }),
      };
    case 'answered':
      return { icon: 'okc', tone: 'ok', text: t('pop-account-nobody', { account: a.name }) };
    case 'failed':
      return { icon: 'off', tone: 'warn', text: failureText(a.name, a.state.reason) };
  }
}

function lastCall(pop: PopView, now: number): Fact[] {
  const last = pop.last_call;
  if (!last) return [];
  const when = t('pop-called', { age: age(last.at, now) });
  return [{ icon: 'history', text: last.note ? `${when}: ${last.note}` : when }];
}

function retryFact(pop: PopView, now: number): Fact[] {
  const next = failing(pop).find((a) => a.retry_at);
  if (!next?.retry_at) return [];
  const seconds = secondsUntil(next.retry_at, now);
  return seconds > 0
    ? [{ icon: 'refresh', text: t('pop-trying-again', { left: left(seconds) }) }]
    : [];
}

function known(pop: PopView, match: MatchView, now: number): Fact[] {
  const remembered = match.remembered && pop.chosen.some((c) => c.how === 'remembered');
  const deals = dealsText(match.associations);
  return [
    matchFact(pop, match, now),
    ...(remembered ? [{ icon: 'mark', text: t('pop-remembered') }] : []),
    ...(match.why.origin === 'directory' && !signedOut(pop) ? retryFact(pop, now) : []),
    ...lastCall(pop, now),
    ...(deals ? [{ icon: 'deal', text: deals }] : []),
  ];
}

/** The facts of a snapshot, at most three or four. */
export function facts(pop: PopView, now: number): Fact[] {
  const one = who(pop);
  const stage = phase(pop);
  if (stage.kind === 'ending') {
    const account = pop.chosen.map((c) => accountName(pop, c.contact.account)).join(', ');
    const seconds = left(secondsUntil(stage.at, now));
    return [{ icon: 'log', why: true, text: t('pop-logs-itself', { account, left: seconds }) }];
  }
  if (stage.kind === 'over') {
    const text =
      one.kind === 'internal' ? t('pop-internal-not-logged') : t('pop-not-logged-itself');
    return [{ icon: 'log', why: true, text }];
  }
  switch (one.kind) {
    case 'one':
      if (stage.kind === 'ask') return [askFact(pop)];
      return known(pop, one.match, now).slice(0, signedOut(pop) ? 1 : 3);
    case 'named':
      if (stage.kind === 'ask') return [askFact(pop)];
      return [
        {
          icon: 'user',
          why: true,
          text: t(one.chosen.how === 'created' ? 'pop-created-here' : 'pop-picked-by-you', {
            account: accountName(pop, one.chosen.contact.account),
          }),
        },
        ...lastCall(pop, now),
      ];
    case 'several': {
      const accounts = [...new Set(pop.matches.map((m) => accountName(pop, m.account)))].join(', ');
      return [
        {
          icon: 'users',
          tone: 'ok',
          why: true,
          text: t('pop-several', { count: pop.matches.length, accounts }),
        },
      ];
    }
    case 'searching':
      return pop.accounts.slice(0, 3).map(lookupFact);
    case 'unknown': {
      const name = pop.call.remote.name;
      return [
        { icon: 'info', why: true, text: t('pop-nobody', { count: pop.accounts.length }) },
        ...(name ? [{ icon: 'user', text: t('pop-caller-id', { name }) }] : []),
        ...(pop.last_call
          ? lastCall(pop, now)
          : [{ icon: 'history', text: t('pop-never-called') }]),
      ];
    }
    case 'withheld':
      return [{ icon: 'info', why: true, text: t('pop-nothing-to-search') }, ...lastCall(pop, now)];
    case 'internal':
      return [
        { icon: 'users', why: true, text: t('pop-colleague') },
        { icon: 'log', text: t('pop-internal-not-logged') },
      ];
    case 'nothing':
      return [
        {
          icon: 'info',
          why: true,
          text: t(
            pop.accounts.length === 0 && pop.create_in.length === 0
              ? 'pop-no-account'
              : 'pop-nothing-to-search',
          ),
        },
        ...(pop.call.remote.name
          ? [{ icon: 'user', text: t('pop-caller-id', { name: pop.call.remote.name }) }]
          : []),
        ...lastCall(pop, now),
      ];
    case 'unreachable': {
      const name = pop.call.remote.name;
      const answered = pop.accounts.filter((a) => a.state.state === 'answered');
      return [
        ...failing(pop)
          .slice(0, 2)
          .map((a): Fact => ({ ...lookupFact(a), why: true })),
        ...(answered.length > 0
          ? [{ icon: 'okc', text: t('pop-account-nobody', { account: accountsText(answered) }) }]
          : []),
        ...(signedOut(pop) ? [] : retryFact(pop, now)),
        ...(name ? [{ icon: 'user', text: t('pop-caller-id', { name }) }] : []),
      ].slice(0, 3);
    }
  }
}

function askFact(pop: PopView): Fact {
  const account =
    pop.chosen.map((c) => accountName(pop, c.contact.account))[0] ??
    pop.matches.map((m) => accountName(pop, m.account))[0] ??
    '';
  return { icon: 'log', why: true, text: t('pop-ask-log', { account }) };
}
