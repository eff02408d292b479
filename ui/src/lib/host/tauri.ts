// The desktop shell as host. The only file that knows Tauri.

import { Channel, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';

import type { WidgetHost } from '../../embeddable/frame';
import type { Host } from '../host';
import type { Envelope, Reply } from '../protocol';

export function tauriHost(): Host {
  return {
    send: (command) => invoke<Reply>('send', { command }),
    listen: (handler) => listen<Envelope>('ringside', (event) => handler(event.payload)),
    pop: {
      ready: () => invoke('pop_ready'),
      layout: (height) => invoke('pop_layout', { height }),
      drag: () => invoke('pop_drag'),
      hide: () => invoke('pop_hide'),
      focus: () => invoke('pop_focus'),
      focusBack: () => invoke('pop_focus_back'),
    },
  };
}

/** The host of the page around a softphone's own, whose window has this one command. */
export function tauriWidget(): WidgetHost {
  const says = (what: object) => invoke<void>('widget', { says: what });
  return {
    open: (hear) => {
      const channel = new Channel<string>();
      channel.onmessage = hear;
      return says({ opened: channel });
    },
    message: (json) => says({ message: json }),
    signedInAt: (address) => says({ signed_in_at: address }),
  };
}
