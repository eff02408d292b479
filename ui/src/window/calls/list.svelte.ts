// The list of calls: its filter, its pages, what is selected, and what is done to many at once.

import { ask, asFault, type CommandFault, send } from '../../lib/host';
import type { CallFilter, CallRow, Command } from '../../lib/protocol';
import { day } from '../../lib/time';
import { canLog } from './state';

const PAGE = 100;

export interface Day {
  title: string;
  rows: CallRow[];
}

export class CallList {
  rows: CallRow[] = $state.raw([]);
  filter: CallFilter = $state('all');
  query = $state('');
  more = $state(false);
  unlogged = $state(0);
  missed = $state(0);
  loaded = $state(false);
  fault: CommandFault | undefined = $state.raw();
  /** Ids of the calls ticked for a bulk action. */
  selected: ReadonlySet<string> = $state.raw(new Set());
  /** The call that the keys stand on. */
  cursor: string | undefined = $state();

  private asked = 0;

  /** Reads the list anew, as many calls as are shown now. */
  async load(): Promise<void> {
    const mine = ++this.asked;
    const limit = Math.min(500, Math.max(PAGE, this.rows.length));
    await this.fetch(mine, null, limit);
  }

  async loadMore(): Promise<void> {
    const last = this.rows.at(-1);
    if (this.more && last) await this.fetch(++this.asked, last.call.id, PAGE);
  }

  private async fetch(mine: number, before: string | null, limit: number): Promise<void> {
    const { filter, query } = this;
    try {
      const page = await ask('calls', { command: 'calls', filter, query, before, limit });
      if (mine !== this.asked) return;
      this.rows = before ? [...this.rows, ...page.calls] : page.calls;
      this.more = page.more;
      this.unlogged = page.unlogged;
      this.missed = page.missed;
      this.fault = undefined;
      const there = new Set(this.rows.map((r) => r.call.id));
      this.selected = new Set([...this.selected].filter((id) => there.has(id)));
    } catch (thrown) {
      if (mine === this.asked) this.fault = asFault(thrown);
    } finally {
      if (mine === this.asked) this.loaded = true;
    }
  }

  /** The calls that are over, in groups of days. */
  days(now: number): Day[] {
    const days: Day[] = [];
    for (const row of this.rows) {
      if (row.call.state !== 'ended') continue;
      const title = day(row.call.started_at, now);
      const last = days.at(-1);
      if (last?.title === title) last.rows.push(row);
      else days.push({ title, rows: [row] });
    }
    return days;
  }

  get current(): CallRow | undefined {
    return this.rows.find((r) => r.call.id === this.cursor);
  }

  move(step: number): void {
    const rows = this.rows.filter((r) => r.call.state === 'ended');
    const at = rows.findIndex((r) => r.call.id === this.cursor);
    const to = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step));
    this.cursor = rows[to]?.call.id;
  }

  toggle(id: string): void {
    const next = new Set(this.selected);
    if (!next.delete(id)) next.add(id);
    this.selected = next;
  }

  clear(): void {
    this.selected = new Set();
  }

  /** The ticked calls that "log" does something for. */
  get loggable(): CallRow[] {
    return this.rows.filter((r) => this.selected.has(r.call.id) && canLog(r));
  }

  async run(command: Command): Promise<boolean> {
    try {
      await send(command);
      this.fault = undefined;
      return true;
    } catch (thrown) {
      this.fault = asFault(thrown);
      return false;
    } finally {
      await this.load();
    }
  }

  /** Logs every ticked call; those that fail stay ticked. */
  async logSelected(): Promise<void> {
    for (const row of this.loggable) {
      if (await this.run(logAsIs(row.call.id))) this.toggle(row.call.id);
      else return;
    }
    this.clear();
  }

  async declineSelected(): Promise<void> {
    for (const call of this.selected) {
      if (!(await this.run({ command: 'dont_log', call }))) return;
    }
    this.clear();
  }
}

/** Logs a call with what is already chosen for it. */
export const logAsIs = (call: string): Command => ({
  command: 'log',
  call,
  association: null,
  no_association: false,
  fields: {},
  disposition: null,
});
