// Between the frame, which shows a foreign page, and the engine. Messages are carried as they are;
// what they mean is the engine's affair. What this page sees to is who sent them.

/** The way to the engine. */
export interface WidgetHost {
  /** This page listens from now on. */
  open(hear: (json: string) => void): Promise<void>;
  /** A message of the frame, as JSON. */
  message(json: string): Promise<void>;
  /** The address at which a sign-in in the browser ended. */
  signedInAt(address: string): Promise<void>;
}

/** What the engine says to this page. */
interface Told {
  /** The address that the frame is to show, and where its messages come from then. */
  load?: string;
  origin?: string;
  /** A message to the frame. */
  post?: unknown;
  /** A sign-in was opened in the browser. */
  sign_in?: boolean;
}

/** Longest message that is carried, in characters; the engine has its own bound. */
export const MESSAGE_MAX = 512 * 1024;

/** Connects them. Returns the way to end it. */
export async function connect(
  host: WidgetHost,
  frame: HTMLIFrameElement,
  signIn: () => void,
): Promise<() => void> {
  let origin: string | undefined;

  function fromFrame(event: MessageEvent) {
    if (!origin || event.origin !== origin || event.source !== frame.contentWindow) return;
    const json = written(event.data);
    if (json) void host.message(json).catch(() => undefined);
  }

  function fromEngine(json: string) {
    const told = JSON.parse(json) as Told;
    if (told.load && told.origin) {
      origin = told.origin;
      frame.src = told.load;
    }
    if (told.post !== undefined && origin) frame.contentWindow?.postMessage(told.post, origin);
    if (told.sign_in) signIn();
  }

  window.addEventListener('message', fromFrame);
  await host.open(fromEngine);
  return () => window.removeEventListener('message', fromFrame);
}

/** A message of the widget as JSON; nothing for what is none, is too long or cannot be written. */
function written(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const type = (data as { type?: unknown }).type;
  if (typeof type !== 'string' || !type.startsWith('rc-')) return undefined;
  try {
    const json = JSON.stringify(data);
    return json.length <= MESSAGE_MAX ? json : undefined;
  } catch {
    return undefined;
  }
}
