import { ask, listen, send } from '../../../lib/host';
import type { Command, LinkView } from '../../../lib/protocol';

/** A sign-in in the browser, of an account or of a softphone. */
export class Browser {
  /** Where the person is to sign in; where the browser cannot come back, its last address is pasted. */
  waiting: { url: string; paste: boolean } | undefined = $state.raw();
  /** It is under way. */
  busy = $state(false);
  private stop: (() => void) | undefined;
  private gone = false;

  open(): void {
    void listen((envelope) => {
      if (envelope.event === 'sign_in' && this.busy) {
        this.waiting = { url: envelope.url, paste: envelope.paste };
      }
    }).then((off) => (this.gone ? off() : (this.stop = off)));
  }

  /** Nobody looks any more: a sign-in that waits is given up. */
  close(): void {
    this.gone = true;
    this.stop?.();
    if (this.busy || this.waiting) this.cancel();
  }

  /** Signs in, and waits until the person is done there. */
  async signIn(command: Command): Promise<LinkView> {
    this.busy = true;
    try {
      return await ask('link', command);
    } finally {
      this.busy = false;
      this.waiting = undefined;
    }
  }

  async paste(address: string): Promise<void> {
    await send({ command: 'sign_in_paste', address: address.trim() });
  }

  cancel(): void {
    this.waiting = undefined;
    void send({ command: 'sign_in_cancel' }).catch(() => undefined);
  }
}
