// One call, opened: its snapshot kept fresh, and what is being changed about it.

import { FieldValues } from '../../lib/fields.svelte';
import { ask, asFault, type CommandFault, send } from '../../lib/host';
import { NoteSaver } from '../../lib/notes.svelte';
import { contactRef } from '../../lib/people';
import type { Association, CallDetail, Command, ContactRef, RefreshView } from '../../lib/protocol';

export class OpenCall {
  detail: CallDetail | undefined = $state.raw();
  note: NoteSaver | undefined = $state.raw();
  fault: CommandFault | undefined = $state.raw();
  refreshed: RefreshView | undefined = $state.raw();
  busy: string | undefined = $state();
  outcome: string | undefined = $state();
  /** `null`: to no deal. `undefined`: as it is. */
  deal: Association | null | undefined = $state.raw();
  /** What was filled in of the CRM's own fields. */
  readonly fields = new FieldValues();
  /** Another contact is being looked for. */
  choosing = $state(false);

  constructor(readonly id: string) {}

  async load(): Promise<void> {
    try {
      const detail = await ask('call', { command: 'call', call: this.id });
      this.detail = detail;
      this.note ??= new NoteSaver(detail.pop.note, (text) =>
        send({ command: 'note', call: this.id, text }),
      );
      this.note.receive(detail.pop.note);
    } catch (thrown) {
      this.fault = asFault(thrown);
    }
  }

  async run(what: string, command: Command): Promise<boolean> {
    if (this.busy) return false;
    this.busy = what;
    this.fault = undefined;
    try {
      await send(command);
      await this.load();
      return true;
    } catch (thrown) {
      this.fault = asFault(thrown);
      return false;
    } finally {
      this.busy = undefined;
    }
  }

  async choose(contact: ContactRef): Promise<void> {
    const revision = this.detail?.pop.revision ?? null;
    const command: Command = {
      command: 'choose',
      call: this.id,
      revision,
      contact: contactRef(contact),
    };
    if (await this.run('choose', command)) {
      this.choosing = false;
      this.deal = undefined;
      this.fields.clear();
    }
  }

  async log(): Promise<void> {
    await this.note?.flush();
    await this.run('log', {
      command: 'log',
      call: this.id,
      association: this.deal ?? null,
      no_association: this.deal === null,
      fields: this.fields.toSend(this.detail?.pop.fields ?? []),
      disposition: this.outcome ?? null,
    });
  }

  /** getContact afresh: what changed is shown, old beside new. */
  async refresh(): Promise<void> {
    if (this.busy) return;
    this.busy = 'refresh';
    this.fault = undefined;
    try {
      this.refreshed = await ask('refresh', { command: 'refresh_call', call: this.id });
      await this.load();
    } catch (thrown) {
      this.fault = asFault(thrown);
    } finally {
      this.busy = undefined;
    }
  }
}
