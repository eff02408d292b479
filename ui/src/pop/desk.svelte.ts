// All calls that the pop shows. The first card stays where it is when another rings.

import { ask, asFault, type CommandFault, focusReturn, hidePop, listen, send } from '../lib/host';
import type { Envelope, PopSettings, PopView } from '../lib/protocol';
import { applyTheme } from '../lib/theme';
import { announcement } from './announce';
import { Card } from './followed.svelte';
import { hold, holds, release } from './hold.svelte';
import { leavesByItself, phase } from './story';

/** How long the last word of a call stays before it leaves, in milliseconds. */
export const LEAVE_MS = 4000;

export class Desk {
  cards: Card[] = $state.raw([]);
  hovered = $state(false);
  focused = $state(false);
  /** Said once to a screen reader. */
  said = $state('');
  settings: PopSettings | undefined = $state.raw();
  fault: CommandFault | undefined = $state.raw();

  /** Hidden here, and the engine's word on it still on its way: what it sent before is late. */
  private closing = new Set<string>();
  private leaving = new Map<string, number>();

  /** Somebody has the pointer or the focus here: nothing may move. */
  get held(): boolean {
    return this.hovered || this.focused;
  }

  async open(): Promise<void> {
    await listen((envelope) => this.receive(envelope));
    await this.readSettings();
    try {
      const pops = await ask('pops', { command: 'pops' });
      // Newest first on the wire; the oldest is the one that must not move.
      for (const pop of pops.reverse()) this.show(pop);
    } catch (thrown) {
      this.fault = asFault(thrown);
    }
  }

  receive(envelope: Envelope): void {
    switch (envelope.event) {
      case 'pop':
        this.show(envelope);
        return;
      case 'pop_closed':
        this.drop(envelope.call_id);
        return;
      case 'settings_changed':
        void this.readSettings();
        return;
      default:
    }
  }

  show(pop: PopView): void {
    if (this.closing.has(pop.call.id)) return;
    const card = this.cards.find((c) => c.id === pop.call.id);
    const before = card?.pop;
    if (card) {
      if (!card.receive(pop, this.held)) return;
    } else {
      this.cards = [...this.cards, new Card(pop)];
    }
    const words = announcement(before, pop);
    if (words) this.said = words;
    this.plan(pop);
  }

  /** The agent hides a card; the call is still followed, and comes back with the shortcut. */
  hide(card: Card): void {
    const { id } = card;
    void card.note.flush();
    this.closing.add(id);
    this.remove(id);
    send({ command: 'hide_pop', call: id }).catch(() => this.closing.delete(id));
  }

  /** The engine took a pop away; the next snapshot of that call is a new showing. */
  drop(id: string): void {
    void this.cards.find((c) => c.id === id)?.note.flush();
    this.closing.delete(id);
    this.remove(id);
  }

  /** A card becomes the first one. */
  front(card: Card): void {
    this.cards = [card, ...this.cards.filter((c) => c !== card)];
  }

  /** The pointer moved here. */
  enter(): void {
    this.hovered = true;
    if (this.cards.length > 0) hold();
  }

  leave(): void {
    this.hovered = false;
    release();
    this.release();
  }

  focus(): void {
    this.focused = true;
  }

  blur(): void {
    this.focused = false;
    for (const card of this.cards) void card.note.flush();
    this.release();
  }

  /** Lets time pass: what has been read leaves, unless the pop is held. */
  tick(now: number): void {
    if (this.hovered && !holds()) this.leave();
    for (const card of this.cards) {
      const due = this.leaving.get(card.id);
      if (due === undefined) continue;
      if (this.held) this.leaving.set(card.id, Math.max(due, now + LEAVE_MS / 2));
      else if (now >= due) this.hide(card);
    }
  }

  private plan(pop: PopView): void {
    if (leavesByItself(phase(pop).kind)) {
      if (!this.leaving.has(pop.call.id)) this.leaving.set(pop.call.id, Date.now() + LEAVE_MS);
    } else {
      this.leaving.delete(pop.call.id);
    }
  }

  private release(): void {
    if (this.held) return;
    for (const card of this.cards) card.release();
  }

  private remove(id: string): void {
    this.leaving.delete(id);
    this.cards = this.cards.filter((c) => c.id !== id);
    if (this.cards.length === 0) {
      this.hovered = false;
      release();
      if (this.focused) void focusReturn();
      void hidePop();
    }
  }

  private async readSettings(): Promise<void> {
    try {
      const view = await ask('settings', { command: 'settings' });
      this.settings = view.settings.pop;
      applyTheme(view.settings.pop.theme);
    } catch {
      // The pop works with its defaults; the window shows what is wrong with the settings.
    }
  }
}
