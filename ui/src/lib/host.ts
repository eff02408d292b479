// The one way out of the web view. Everything else asks here, so that the whole face also runs in
// a plain browser.

import type { Command, Envelope, ErrorCode, Fault, Reply } from './protocol';

/** What a host must do: carry commands in, events out, and the little that only the pop needs. */
export interface Host {
  send(command: Command): Promise<Reply>;
  /** Calls back with every event until the returned function is called. */
  listen(handler: (envelope: Envelope) => void): Promise<() => void>;
  pop: PopWindow;
}

/** What the shell does with the pop's window. */
export interface PopWindow {
  /** The page is painted and listens. */
  ready(): Promise<void>;
  /** The height that the content needs, in CSS pixels. */
  layout(height: number): Promise<void>;
  /** The window follows the pointer until the button is released. */
  drag(): Promise<void>;
  /** Nothing is left to show. */
  hide(): Promise<void>;
  /** The agent is about to write: the window may take the keyboard. */
  focus(): Promise<void>;
  /** The focus goes back to where it was. */
  focusBack(): Promise<void>;
}

/** A command that did not work. The words stand in the catalogue under the code. */
export class CommandFault extends Error {
  readonly code: ErrorCode;
  readonly params: Record<string, string>;

  constructor(fault: Fault) {
    super(fault.code);
    this.name = 'CommandFault';
    this.code = fault.code;
    this.params = fault.params;
  }
}

/** Whatever was thrown, as a fault: a broken bridge is `internal`, with its own text as reason. */
export function asFault(thrown: unknown): CommandFault {
  if (thrown instanceof CommandFault) return thrown;
  if (isFault(thrown)) return new CommandFault(thrown);
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new CommandFault({ code: 'internal', params: { reason } });
}

function isFault(thrown: unknown): thrown is Fault {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'params' in thrown;
}

let opening: Promise<Host> | undefined;

function host(): Promise<Host> {
  opening ??= open();
  return opening;
}

async function open(): Promise<Host> {
  // The build for the browser is another mode; the shipped one has no scripted data in it.
  if (import.meta.env.MODE === 'demo') return (await import('./host/demo')).demoHost();
  return (await import('./host/tauri')).tauriHost();
}

/** Tests and the demo put a host of their own in place. */
export function useHost(own: Host): void {
  opening = Promise.resolve(own);
}

/** Sends a command. Throws a {@link CommandFault}. */
export async function send(command: Command): Promise<Reply> {
  try {
    return await (await host()).send(command);
  } catch (thrown) {
    throw asFault(thrown);
  }
}

type ReplyName = Reply['reply'];
type ValueOf<N extends ReplyName> = Extract<Reply, { reply: N; value: unknown }>['value'];

/** Sends a command and takes the value of the reply that it is known to give. */
export async function ask<N extends Exclude<ReplyName, 'done'>>(
  name: N,
  command: Command,
): Promise<ValueOf<N>> {
  const reply = await send(command);
  if (reply.reply !== name) {
    throw new CommandFault({ code: 'internal', params: { reason: `${name}: ${reply.reply}` } });
  }
  return (reply as unknown as { value: ValueOf<N> }).value;
}

/** Calls back with every event. */
export async function listen(handler: (envelope: Envelope) => void): Promise<() => void> {
  return (await host()).listen(handler);
}

// A window that cannot be moved or sized is no reason to stop: the pop works where it stands.
const quietly = (act: (window: PopWindow) => Promise<void>) =>
  host()
    .then((h) => act(h.pop))
    .catch(() => undefined);

export const popReady = () => quietly((w) => w.ready());
export const resizePop = (height: number) => quietly((w) => w.layout(height));
export const startDrag = () => quietly((w) => w.drag());
export const hidePop = () => quietly((w) => w.hide());
export const takeFocus = () => quietly((w) => w.focus());
export const focusReturn = () => quietly((w) => w.focusBack());
