// A host for a plain browser: scripted data instead of an engine, so that every state can be looked
// at. Only in the build for the browser (`--mode demo`), never in the shipped one.

import { stopClock } from '../clock.svelte';
import type { Host } from '../host';
import type { Command, Envelope, Reply } from '../protocol';
import { popStates } from './demo/pops';
import { answer } from './demo/answers';
import { NOW } from './demo/people';

export function demoHost(): Host {
  const wish = new URLSearchParams(location.search);
  const theme = wish.get('theme');
  const zoom = wish.get('zoom');
  if (theme) document.documentElement.dataset.theme = theme;
  if (zoom) document.documentElement.style.setProperty('zoom', zoom);
  if (!wish.has('live')) stopClock(NOW);
  const [view = '', page = ''] = (wish.get('demo') ?? '').split('-');
  if (view === 'settings') location.hash = `settings/${page === 'account' ? 'accounts' : page}`;
  if (view === 'contact' || view === 'contacts') location.hash = 'contacts';
  if (wish.get('demo') === 'empty-contacts') location.hash = 'contacts';
  const handlers = new Set<(envelope: Envelope) => void>();
  const quiet = async () => undefined;

  async function send(command: Command): Promise<Reply> {
    if (command.command === 'pops') {
      const state = wish.get('state') ?? (wish.get('demo') === 'calls' ? 'answered' : '');
      return { reply: 'pops', value: [...(popStates()[state] ?? [])].reverse() };
    }
    if (command.command === 'account_sign_in') {
      const url = 'https://weber.pipedrive.com/oauth/authorize?response_type=code&state=Zk3v';
      const paste = wish.has('paste');
      const envelope = { v: 1, at: new Date(NOW).toISOString(), event: 'sign_in', url, paste };
      for (const handler of handlers) handler(envelope as Envelope);
    }
    return answer(command, wish);
  }

  return {
    send,
    listen: async (handler) => {
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },
    pop: { ready: quiet, layout: quiet, drag: quiet, hide: quiet, focus: quiet, focusBack: quiet },
  };
}
