// Who may speak to the engine from the softphone's window, and what is carried.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { connect, MESSAGE_MAX, type WidgetHost } from '../src/embeddable/frame';

const ORIGIN = 'https://apps.example';
const heard: string[] = [];
const posted = vi.fn();
const signIn = vi.fn();
let tell: (json: string) => void;
let frame: HTMLIFrameElement;
let end: () => void;

const host: WidgetHost = {
  open: (hear) => {
    tell = hear;
    return Promise.resolve();
  },
  message: (json) => {
    heard.push(json);
    return Promise.resolve();
  },
  signedInAt: () => Promise.resolve(),
};

function says(data: unknown, from: { origin?: string; source?: unknown } = {}) {
  const event = new MessageEvent('message', { data, origin: from.origin ?? ORIGIN });
  const source = 'source' in from ? from.source : frame.contentWindow;
  Object.defineProperty(event, 'source', { value: source });
  window.dispatchEvent(event);
}

beforeEach(async () => {
  heard.length = 0;
  vi.clearAllMocks();
  frame = document.createElement('iframe');
  document.body.append(frame);
  // A page that is loaded takes the place of the window, not of this.
  const page = { postMessage: posted };
  Object.defineProperty(frame, 'contentWindow', { value: page });
  end = await connect(host, frame, signIn);
});
afterEach(() => {
  end();
  frame.remove();
});

test('nobody is heard before the frame shows a page', () => {
  says({ type: 'rc-login-status-notify' });
  expect(heard).toEqual([]);
});

test('only the frame is heard, and only from its own origin', () => {
  tell(JSON.stringify({ load: 'about:blank', origin: ORIGIN }));
  const message = { type: 'rc-call-ring-notify', call: { id: '1' } };
  says(message);
  expect(heard).toEqual([JSON.stringify(message)]);
  says(message, { origin: 'https://evil.example' });
  says(message, { origin: 'null' });
  says(message, { source: window });
  says(message, { source: null });
  expect(heard.length).toBe(1);
});

test('what is no message of the widget is not carried', () => {
  tell(JSON.stringify({ load: 'about:blank', origin: ORIGIN }));
  const circle: Record<string, unknown> = { type: 'rc-circle' };
  circle.self = circle;
  for (const junk of [null, undefined, 7, 'rc-x', [], {}, { type: 7 }, { type: 'x' }, circle]) {
    says(junk);
  }
  says({ type: 'rc-big', text: 'x'.repeat(MESSAGE_MAX) });
  expect(heard).toEqual([]);
});

test('messages go to the page that was meant', () => {
  tell(JSON.stringify({ post: { type: 'rc-adapter-new-call' } }));
  expect(posted).not.toHaveBeenCalled();
  tell(JSON.stringify({ load: 'about:blank', origin: ORIGIN }));
  tell(JSON.stringify({ post: { type: 'rc-adapter-new-call' } }));
  expect(posted).toHaveBeenCalledWith({ type: 'rc-adapter-new-call' }, ORIGIN);
  tell(JSON.stringify({ sign_in: true }));
  expect(signIn).toHaveBeenCalledOnce();
});
