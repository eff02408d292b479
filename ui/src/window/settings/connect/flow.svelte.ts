// Connecting a CRM, or signing an account in again: which kind, where it is, and how to sign in.

import { ask, asFault, type CommandFault } from '../../../lib/host';
import type {
  ConnectorView,
  CrmKindView,
  LinkView,
  NewAccount,
  SignInView,
} from '../../../lib/protocol';
import { hasText, t } from '../../../lib/words';
import { Browser } from './browser.svelte';

export type Way = SignInView['way'];
/** What stands on screen: the list of kinds, the address of a server, its CRMs, the sign-in. */
export type Step = 'kind' | 'server' | 'connector' | 'sign_in';

/** The name of a kind in the catalogue. */
export const kindName = (kind: string): string =>
  hasText(`crm-${kind}`) ? t(`crm-${kind}`) : kind;

/** One line on what it is. */
export const kindAbout = (kind: string): string =>
  hasText(`crm-${kind}-about`) ? t(`crm-${kind}-about`) : '';

/** What a right is asked for, or its bare name where the catalogue does not know it. */
export function scopeText(kind: string, scope: string): string {
  const id = `scope-${kind}-${scope.replace(/[^A-Za-z0-9]+/g, '-')}`;
  return hasText(id) ? t(id) : scope;
}

export class Flow {
  kinds: CrmKindView[] | undefined = $state.raw();
  kind: CrmKindView | undefined = $state.raw();
  connectors: ConnectorView[] | undefined = $state.raw();
  connector: ConnectorView | undefined = $state.raw();
  url = $state('');
  name = $state('');
  key = $state('');
  fields: Record<string, string> = $state({});
  clientId = $state('');
  clientSecret = $state('');
  readonly browser = new Browser();
  busy: 'kinds' | 'connectors' | 'sign_in' | 'browser' | undefined = $state();
  fault: CommandFault | undefined = $state.raw();
  private chosen: Way | undefined = $state();
  /** The account that is signed in again. */
  readonly account: LinkView | undefined;
  private readonly ondone: (link: LinkView) => Promise<void>;

  constructor(account: LinkView | undefined, ondone: (link: LinkView) => Promise<void>) {
    this.account = account;
    this.ondone = ondone;
  }

  readonly step: Step = $derived.by(() => {
    if (!this.kind) return 'kind';
    if (!this.kind.connectors || this.connector) return 'sign_in';
    return this.connectors && !this.account ? 'connector' : 'server';
  });

  readonly ways: SignInView[] = $derived(this.connector?.sign_in ?? this.kind?.sign_in ?? []);

  readonly way: SignInView | undefined = $derived(
    this.ways.find((way) => way.way === this.chosen) ?? this.ways[0],
  );

  /** Whether all that is needed is there. */
  readonly ready: boolean = $derived.by(() => {
    if (!this.account && this.url.trim() === '') return false;
    if (this.step !== 'sign_in') return true;
    switch (this.way?.way) {
      case 'key':
        return this.key !== '';
      case 'fields':
        return this.way.fields.every((f) => !f.required || (this.fields[f.id] ?? '') !== '');
      case 'browser':
        return !this.way.own_app || this.account !== undefined || this.clientId.trim() !== '';
      case undefined:
        return false;
    }
  });

  /** Asks what can be connected; the only kind there is needs no choice. */
  async open(): Promise<void> {
    this.browser.open();
    await this.run('kinds', async () => {
      this.kinds = await ask('crm_kinds', { command: 'crm_kinds' });
      const own = this.kinds.find((kind) => kind.kind === this.account?.kind);
      const only = this.kinds.length === 1 ? this.kinds[0] : undefined;
      if (this.account ? own : only) this.pickKind((this.account ? own : only) as CrmKindView);
    });
    if (this.account && this.kind?.connectors && !this.fault) await this.askServer();
  }

  /** Nobody looks any more: a sign-in that waits is given up. */
  close(): void {
    this.browser.close();
  }

  pickKind(kind: CrmKindView): void {
    this.kind = kind;
    this.connectors = undefined;
    this.connector = undefined;
    this.fault = undefined;
  }

  pickConnector(connector: ConnectorView): void {
    this.connector = connector;
    this.fields = {};
    this.fault = undefined;
  }

  pickWay(way: Way): void {
    this.chosen = way;
    this.fault = undefined;
  }

  /** One step back; what was typed stays. */
  back(): void {
    this.fault = undefined;
    if (this.connector) this.connector = undefined;
    else if (this.connectors) this.connectors = undefined;
    else this.kind = undefined;
  }

  /** Whether another kind can be chosen. */
  get canChange(): boolean {
    return !this.account && (this.kinds?.length ?? 0) > 1;
  }

  /** Whether there is a step to go back to. */
  get canGoBack(): boolean {
    if (this.account || !this.kind) return false;
    return this.connectors !== undefined || this.canChange;
  }

  change(): void {
    this.fault = undefined;
    this.connector = undefined;
    this.connectors = undefined;
    this.kind = undefined;
  }

  /** Asks a server which CRMs it speaks for. The only one there is needs no choice. */
  async askServer(): Promise<void> {
    const kind = this.kind?.kind ?? '';
    const url = this.account?.address ?? this.url.trim();
    await this.run('connectors', async () => {
      this.connectors = await ask('connectors', { command: 'crm_connectors', kind, url });
      const [first, second] = this.connectors;
      const own = this.account
        ? this.connectors.find((one) => one.platform === this.account?.platform)
        : undefined;
      if (own) this.pickConnector(own);
      else if (first && !second) this.pickConnector(first);
    });
  }

  /** Signs in with what was typed, or in the browser. */
  async submit(): Promise<void> {
    if (!this.ready || this.busy) return;
    if (this.step === 'server') return this.askServer();
    if (this.way?.way === 'browser') return this.inBrowser();
    const key = this.way?.way === 'key' ? this.key : '';
    const fields = this.way?.way === 'fields' ? this.typed() : {};
    await this.run('sign_in', async () => {
      const link = this.account
        ? await ask('link', {
            command: 'account_reconnect',
            account: this.account.id,
            key,
            fields,
          })
        : await ask('link', { command: 'account_add', ...this.what(), key, fields });
      await this.done(link);
    });
  }

  private async inBrowser(): Promise<void> {
    await this.run('browser', async () => {
      const link = await this.browser.signIn({
        command: 'account_sign_in',
        account: this.account?.id ?? null,
        what: this.account ? null : this.what(),
        client_id: this.clientId.trim() || null,
        client_secret: this.clientSecret || null,
      });
      await this.done(link);
    });
  }

  private what(): NewAccount {
    return {
      kind: this.kind?.kind ?? '',
      url: this.url.trim(),
      platform: this.connector?.platform ?? null,
      name: this.name.trim() || null,
    };
  }

  private typed(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.fields).filter(([, value]) => value !== ''));
  }

  private async done(link: LinkView): Promise<void> {
    this.key = '';
    this.fields = {};
    this.clientSecret = '';
    await this.ondone(link);
  }

  private async run(what: NonNullable<Flow['busy']>, act: () => Promise<void>): Promise<void> {
    this.busy = what;
    this.fault = undefined;
    try {
      await act();
    } catch (thrown) {
      const fault = asFault(thrown);
      // Whoever gave it up knows.
      if (fault.code !== 'sign_in_cancelled') this.fault = fault;
    } finally {
      this.busy = undefined;
    }
  }
}
