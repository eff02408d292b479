// What a screen reader is told: the ring once, then only what changes. Never timers or countdowns.

import { place, ruleText } from '../lib/people';
import type { PopView } from '../lib/protocol';
import { t } from '../lib/words';
import { accountName, nameOf, phase, who } from './story';

/** The name of the pop for a screen reader. */
export function popTitle(pop: PopView): string {
  const one = who(pop);
  const now = phase(pop);
  const name = nameOf(one) || pop.call.remote.name || pop.call.remote.display;
  if (now.kind === 'ringing') {
    if (one.kind === 'withheld') return t('pop-title-withheld');
    if (one.kind === 'several') return t('pop-title-several', { count: pop.matches.length });
    return pop.call.direction === 'inbound'
      ? t('pop-title-incoming', { name })
      : t('pop-title-outgoing', { name });
  }
  if (now.kind === 'talking') return t('pop-title-talking', { name });
  return t('pop-title-ended', { name });
}

function about(pop: PopView): string {
  const one = who(pop);
  switch (one.kind) {
    case 'one':
      return place(
        [one.match.name, one.match.company].filter(Boolean).join(', '),
        ruleText(one.match.why.rule),
      ).replaceAll(' · ', '. ');
    case 'named':
      return one.chosen.name;
    case 'several':
      return t('pop-say-several', { count: pop.matches.length });
    case 'unknown':
      return t('pop-say-unknown');
    case 'withheld':
      return t('number-withheld');
    case 'searching':
      return t('pop-say-searching');
    case 'unreachable':
      return t('pop-say-unreachable');
    case 'internal':
    case 'nothing':
      return pop.call.remote.name ?? pop.call.remote.display;
  }
}

/** The sentence for going from one snapshot to the next; empty when nothing needs saying. */
export function announcement(before: PopView | undefined, after: PopView): string {
  const now = phase(after);
  if (!before) {
    return now.kind === 'ringing' ? t('pop-say-ring', { about: about(after) }) : '';
  }
  const was = phase(before);
  if (was.kind !== now.kind) {
    switch (now.kind) {
      case 'ask':
        return t('pop-say-ended');
      case 'ending':
        return t('pop-say-ends-itself');
      case 'leaving':
        return t('pop-say-leaving', { account: now.log.account_name });
      case 'logged':
        return t('pop-say-logged', { account: now.log.account_name });
      case 'parked':
        return t('pop-say-parked', { account: now.log.account_name });
      case 'waiting':
        return t('pop-say-waiting', { account: now.log.account_name });
      case 'declined':
        return t('pop-say-declined');
      default:
    }
  }
  const live = now.kind === 'ringing' || now.kind === 'talking';
  const text = about(after);
  if (live && text !== about(before)) {
    const account = accountName(after, '');
    return t('pop-say-now', { about: text, account });
  }
  return '';
}
