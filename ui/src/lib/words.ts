// The words on screen: the same catalogue that notifications, tray and command line read.

import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';

import common from '../../../crates/words/locales/en/common.ftl?raw';
import crm from '../../../crates/words/locales/en/crm.ftl?raw';
import errors from '../../../crates/words/locales/en/errors.ftl?raw';
import pop from '../../../crates/words/locales/en/pop.ftl?raw';
import softphone from '../../../crates/words/locales/en/softphone.ftl?raw';
import window from '../../../crates/words/locales/en/window.ftl?raw';
import type { Fault } from './protocol';

const bundle = new FluentBundle('en-US', { useIsolating: false });
for (const source of [common, crm, errors, pop, softphone, window]) {
  bundle.addResource(new FluentResource(source), { allowOverrides: true });
}

/** Whether the catalogue has this text. */
export const hasText = (id: string): boolean => bundle.hasMessage(id);

/** The text with this id. A missing id shows itself; the catalogue's test forbids it. */
export function t(id: string, args: Record<string, FluentVariable> = {}): string {
  const message = bundle.getMessage(id);
  if (!message?.value) return id;
  return bundle.formatPattern(message.value, args, []);
}

/** What went wrong and what to do next, in words. */
export function faultWords(fault: Fault): { what: string; next: string } {
  const id = `error-${fault.code.replaceAll('_', '-')}`;
  return {
    what: hasText(id) ? t(id, fault.params) : fault.code,
    next: hasText(`${id}-next`) ? t(`${id}-next`, fault.params) : '',
  };
}
