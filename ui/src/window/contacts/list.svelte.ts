// The list of contacts, page by page, and the one that is open.

import { ask, asFault, type CommandFault } from '../../lib/host';
import { contactKey, contactRef } from '../../lib/people';
import type { ContactRef, ContactView, RefreshView } from '../../lib/protocol';

const PAGE = 100;

export class ContactList {
  contacts: ContactView[] = $state.raw([]);
  total = $state(0);
  query = $state('');
  loaded = $state(false);
  busy = $state(false);
  fault: CommandFault | undefined = $state.raw();
  open: ContactView | undefined = $state.raw();
  refreshed: RefreshView | undefined = $state.raw();
  refreshing = $state(false);

  private asked = 0;

  /** Reads the list anew; with a query the CRMs are asked too. */
  async load(): Promise<void> {
    await this.fetch(0, Math.min(500, Math.max(PAGE, this.contacts.length)));
  }

  async loadMore(): Promise<void> {
    if (this.contacts.length < this.total && !this.busy) {
      await this.fetch(this.contacts.length, PAGE);
    }
  }

  private async fetch(offset: number, limit: number): Promise<void> {
    const mine = ++this.asked;
    const query = this.query.trim();
    this.busy = true;
    try {
      const page = await ask('contacts', {
        command: 'contacts',
        query,
        remote: query !== '',
        offset,
        limit,
      });
      if (mine !== this.asked) return;
      const known = new Set(offset > 0 ? this.contacts.map(contactKey) : []);
      const fresh = page.contacts.filter((c) => !known.has(contactKey(c)));
      this.contacts = offset > 0 ? [...this.contacts, ...fresh] : fresh;
      this.total = page.total;
      this.fault = undefined;
      const still = this.open && this.contacts.find((c) => contactKey(c) === this.key);
      if (still) this.open = still;
    } catch (thrown) {
      if (mine === this.asked) this.fault = asFault(thrown);
    } finally {
      if (mine === this.asked) {
        this.loaded = true;
        this.busy = false;
      }
    }
  }

  get key(): string {
    return this.open ? contactKey(this.open) : '';
  }

  show(contact: ContactView | undefined): void {
    if (contact && contactKey(contact) === this.key) return;
    this.open = contact;
    this.refreshed = undefined;
  }

  move(step: number): void {
    const at = this.contacts.findIndex((c) => contactKey(c) === this.key);
    const to = at < 0 ? 0 : Math.min(this.contacts.length - 1, Math.max(0, at + step));
    this.show(this.contacts[to]);
  }

  /** getContact afresh, past every cache. */
  async refresh(contact: ContactRef): Promise<void> {
    if (this.refreshing) return;
    this.refreshing = true;
    this.refreshed = undefined;
    this.fault = undefined;
    try {
      const result = await ask('refresh', {
        command: 'refresh_contact',
        contact: contactRef(contact),
      });
      this.refreshed = result;
      const now = result.contacts.find((c) => contactKey(c) === contactKey(contact));
      if (now) {
        this.open = now;
        this.contacts = this.contacts.map((c) => (contactKey(c) === contactKey(now) ? now : c));
      }
    } catch (thrown) {
      this.fault = asFault(thrown);
    } finally {
      this.refreshing = false;
    }
  }
}
