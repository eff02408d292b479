// A host for tests: it notes what is sent, answers as told, and tells events.

import { CommandFault, useHost } from '../src/lib/host';
import type { Command, Envelope, ErrorCode, Reply } from '../src/lib/protocol';

export interface TestHost {
  sent: Command[];
  /** What was sent of one kind. */
  of<N extends Command['command']>(name: N): Extract<Command, { command: N }>[];
  tell: (event: object) => void;
}

/** Puts a host in place that answers so; what it has no answer for is done. */
export function testHost(
  answer: (command: Command) => Reply | undefined | Promise<Reply>,
): TestHost {
  const handlers = new Set<(envelope: Envelope) => void>();
  const nothing = async () => undefined;
  const sent: Command[] = [];
  useHost({
    send: async (command) => {
      sent.push(command);
      return (await answer(command)) ?? { reply: 'done' };
    },
    listen: async (handler) => {
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },
    pop: {
      ready: nothing,
      layout: nothing,
      drag: nothing,
      hide: nothing,
      focus: nothing,
      focusBack: nothing,
    },
  });
  return {
    sent,
    of: (name) => sent.filter((c) => c.command === name) as never,
    tell: (event) => {
      const envelope = { v: 1, at: '2026-11-23T09:44:00Z', ...event } as Envelope;
      for (const handler of handlers) handler(envelope);
    },
  };
}

/** What an engine answers that cannot. */
export function refuse(code: ErrorCode, params: Record<string, string> = {}): never {
  throw new CommandFault({ code, params });
}
