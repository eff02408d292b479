// One call in the pop: its latest snapshot, and what the agent is doing with it.

import { FieldValues } from '../lib/fields.svelte';
import { asFault, type CommandFault, send } from '../lib/host';
import { NoteSaver } from '../lib/notes.svelte';
import { contactRef } from '../lib/people';
import type { Association, Command, ContactRef, PopView } from '../lib/protocol';
import type { Act } from './actions';
import { nextRows, type Row } from './rows';
import { contactOf, phase, who } from './story';

export type Mode = 'view' | 'search' | 'create' | 'deal';

export class Card {
  readonly id: string;
  pop: PopView = $state.raw() as PopView;
  mode: Mode = $state('view');
  rows: Row[] = $state.raw([]);
  /** The row that the arrow keys stand on. */
  cursor = $state(0);
  fault: CommandFault | undefined = $state.raw();
  busy: Act | 'pick' | undefined = $state();
  outcome: string | undefined = $state();
  /** `null` means: attach it to no deal. */
  deal: Association | null | undefined = $state.raw();
  readonly note: NoteSaver;
  /** What was filled in of the CRM's own fields. */
  readonly fields = new FieldValues();

  constructor(pop: PopView) {
    this.id = pop.call.id;
    this.pop = pop;
    this.rows = nextRows([], pop.matches, false);
    this.note = new NoteSaver(pop.note, (text) => send({ command: 'note', call: this.id, text }));
  }

  /** Takes a newer snapshot. An older one, overtaken on its way, is dropped. */
  receive(pop: PopView, held: boolean): boolean {
    if (pop.revision < this.pop.revision) return false;
    this.pop = pop;
    this.rows = nextRows(this.rows, pop.matches, held);
    this.note.receive(pop.note);
    const kind = phase(pop).kind;
    if (this.mode === 'deal' && kind !== 'parked') this.mode = 'view';
    return true;
  }

  /** Pointer and focus have left: rows may take their places. */
  release(): void {
    this.rows = nextRows(this.rows, this.pop.matches, false);
    this.cursor = Math.min(this.cursor, Math.max(0, this.rows.length - 1));
  }

  /** Runs a command; what goes wrong is shown beside it. */
  async run(what: Act | 'pick', command: Command): Promise<boolean> {
    if (this.busy) return false;
    this.busy = what;
    this.fault = undefined;
    try {
      await send(command);
      return true;
    } catch (thrown) {
      this.fault = asFault(thrown);
      return false;
    } finally {
      this.busy = undefined;
    }
  }

  /** The agent picks a contact: by its name, never by its place. */
  async pick(contact: ContactRef): Promise<void> {
    const { revision } = this.pop;
    const command: Command = {
      command: 'choose',
      call: this.id,
      revision,
      contact: contactRef(contact),
    };
    if (await this.run('pick', command)) {
      this.mode = 'view';
      this.deal = undefined;
      this.fields.clear();
    }
  }

  /** Logs the call as it stands on screen, the note first. */
  async log(): Promise<void> {
    await this.note.flush();
    const sent = await this.run('log', {
      command: 'log',
      call: this.id,
      association: this.deal ?? null,
      no_association: this.deal === null,
      disposition: this.outcome ?? null,
      fields: this.fields.toSend(this.pop.fields),
    });
    if (sent) this.mode = 'view';
  }

  /** An outcome or deal was chosen: the countdown is held, so that nothing leaves without it. */
  hold(): void {
    if (phase(this.pop).kind === 'ending') {
      void this.run('keep_open', { command: 'keep_open', call: this.id });
    }
  }

  /** Does what a button or key says. What only concerns the window is the desk's. */
  async act(act: Act): Promise<void> {
    const call = this.id;
    const one = who(this.pop);
    const contact = contactOf(one);
    switch (act) {
      case 'open':
        if (contact) await this.run(act, openContact(contact));
        return;
      case 'open_log': {
        const log = this.pop.logs.find((l) => l.state === 'done');
        if (log) {
          const what = { page: 'log', call, account: log.account } as const;
          await this.run(act, { command: 'open', what });
        }
        return;
      }
      case 'confirm':
        if (one.kind === 'several' && one.remembered) await this.pick(one.remembered);
        return;
      case 'forget':
        await this.run(act, { command: 'forget_choice', call });
        return;
      case 'someone_else':
      case 'search':
        this.mode = 'search';
        return;
      case 'create':
        this.mode = 'create';
        return;
      case 'refresh':
        await this.run(act, { command: 'refresh_call', call });
        return;
      case 'reconnect':
        await this.run(act, { command: 'show_window' });
        return;
      case 'log':
        await this.log();
        return;
      case 'log_without':
        this.deal = null;
        await this.log();
        return;
      case 'choose_deal':
        this.mode = 'deal';
        return;
      case 'retry':
        await this.run(act, { command: 'outbox_retry', call });
        return;
      case 'dont_log':
        await this.note.flush();
        await this.run(act, { command: 'dont_log', call });
        return;
      case 'undo':
        await this.run(act, { command: 'undo_log', call });
        return;
      case 'keep_open':
        await this.run(act, { command: 'keep_open', call });
        return;
      case 'notes':
      case 'hide':
        return;
    }
  }
}

const openContact = (contact: ContactRef): Command => ({
  command: 'open',
  what: { page: 'contact', contact: contactRef(contact) },
});
