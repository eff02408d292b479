// Searching contacts while typing: the latest question wins, and earlier answers are dropped.

import { ask, asFault, type CommandFault } from './host';
import type { ContactView } from './protocol';

const PAUSE_MS = 180;

export class ContactLookup {
  found: ContactView[] = $state.raw([]);
  total = $state(0);
  busy = $state(false);
  fault: CommandFault | undefined = $state.raw();

  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  constructor(
    private readonly remote: boolean,
    private readonly limit: number,
  ) {}

  /** Asks after a short pause in typing. An empty query clears. */
  query(text: string): void {
    clearTimeout(this.timer);
    const mine = ++this.asked;
    if (text.trim() === '') {
      this.found = [];
      this.busy = false;
      return;
    }
    this.busy = true;
    this.timer = setTimeout(() => void this.fetch(text.trim(), mine), PAUSE_MS);
  }

  private async fetch(query: string, mine: number): Promise<void> {
    const { remote, limit } = this;
    try {
      const page = await ask('contacts', { command: 'contacts', query, remote, offset: 0, limit });
      if (mine !== this.asked) return;
      this.found = page.contacts;
      this.total = page.total;
      this.fault = undefined;
    } catch (thrown) {
      if (mine === this.asked) this.fault = asFault(thrown);
    } finally {
      if (mine === this.asked) this.busy = false;
    }
  }
}
