// What the whole window knows: the status of all links, the settings, and what changes about them.

import { ask, asFault, type CommandFault, listen, send } from '../lib/host';
import type {
  BatchView,
  Command,
  Envelope,
  PopView,
  SettingsView,
  StatusView,
} from '../lib/protocol';
import { applyTheme } from '../lib/theme';

export type View = 'calls' | 'contacts' | 'settings';
const VIEWS: View[] = ['calls', 'contacts', 'settings'];

/** Pages of the settings, in the order of their list. */
export const PAGES = [
  'accounts',
  'softphones',
  'numbers',
  'formats',
  'pop',
  'logging',
  'keyring',
] as const;
export type Page = (typeof PAGES)[number];

export class App {
  status: StatusView | undefined = $state.raw();
  settings: SettingsView | undefined = $state.raw();
  /** Calls that go on now, newest first. */
  live: PopView[] = $state.raw([]);
  batch: BatchView | undefined = $state.raw();
  fault: CommandFault | undefined = $state.raw();
  view: View = $state('calls');
  page: Page = $state('accounts');
  /** The first run was put off or is done. */
  skipped = $state(false);
  /** Rises with whatever may have changed the list of calls or contacts. */
  callsTick = $state(0);
  contactsTick = $state(0);
  /** The call or contact to show, set by the jump list. */
  call: string | undefined = $state();
  contact: string | undefined = $state();

  async open(): Promise<void> {
    await listen((envelope) => this.receive(envelope));
    this.route();
    window.addEventListener('hashchange', () => this.route());
    await this.refresh();
  }

  /** Asks for everything anew. */
  async refresh(): Promise<void> {
    await Promise.all([this.readStatus(), this.readSettings(), this.readLive()]);
  }

  /** Goes to a view; the address keeps it, so that going back works. */
  go(view: View, page?: Page): void {
    location.hash = page ? `${view}/${page}` : view;
  }

  /** Sends a command whose failure is shown at the top of the window. */
  async run(command: Command): Promise<boolean> {
    try {
      await send(command);
      this.fault = undefined;
      return true;
    } catch (thrown) {
      this.fault = asFault(thrown);
      return false;
    }
  }

  /** Changes one setting; the reply brings all of them. */
  async set(key: string, value: unknown): Promise<CommandFault | undefined> {
    try {
      this.takeSettings(await ask('settings', { command: 'settings_set', key, value }));
      return undefined;
    } catch (thrown) {
      return asFault(thrown);
    }
  }

  takeSettings(view: SettingsView): void {
    this.settings = view;
    applyTheme(view.settings.pop.theme);
  }

  /** Whether the admin's policy fixes this setting. */
  isLocked(key: string): boolean {
    return (
      this.settings?.locked.some((lock) => key === lock || key.startsWith(`${lock}.`)) ?? false
    );
  }

  async readStatus(): Promise<void> {
    try {
      this.status = await ask('status', { command: 'status' });
    } catch (thrown) {
      this.fault = asFault(thrown);
    }
  }

  private route(): void {
    const [view, page] = location.hash.slice(1).split('/');
    this.view = VIEWS.find((v) => v === view) ?? 'calls';
    this.page = PAGES.find((p) => p === page) ?? this.page;
  }

  private async readSettings(): Promise<void> {
    try {
      this.takeSettings(await ask('settings', { command: 'settings' }));
    } catch (thrown) {
      this.fault = asFault(thrown);
    }
  }

  private async readLive(): Promise<void> {
    try {
      this.live = (await ask('pops', { command: 'pops' })).filter((p) => p.call.state !== 'ended');
    } catch {
      this.live = [];
    }
  }

  private receive(envelope: Envelope): void {
    switch (envelope.event) {
      case 'pop':
        this.live = [envelope, ...this.live.filter((p) => p.call.id !== envelope.call.id)].filter(
          (p) => p.call.state !== 'ended',
        );
        this.callsTick += 1;
        return;
      case 'pop_closed':
        this.live = this.live.filter((p) => p.call.id !== envelope.call_id);
        return;
      case 'call':
      case 'choice':
      case 'note':
      case 'log':
        this.callsTick += 1;
        void this.readStatus();
        return;
      case 'health':
      case 'vault':
      case 'notice':
      case 'status_changed':
        void this.readStatus();
        return;
      case 'batch':
        this.batch = envelope;
        return;
      case 'settings_changed':
        void this.readSettings();
        void this.readStatus();
        return;
      case 'contacts_changed':
        this.contactsTick += 1;
        return;
      case 'ready':
        void this.refresh();
        return;
      case 'open_url':
        return;
    }
  }
}
