// Notes are never lost: each keystroke is on its way to the journal within a quarter of a second, the
// latest text wins, and what could not be written is tried again until it is.

/** Longest wait between a keystroke and its write, in milliseconds; the promise is 250. */
const WAIT_MS = 150;
const RETRY_MS = 1000;

export type NoteState = 'idle' | 'unsaved' | 'saved' | 'failing';

export class NoteSaver {
  text = $state('');
  state: NoteState = $state('idle');
  /** While the agent writes, what comes from outside does not touch the text. */
  focused = $state(false);

  private written: string;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private writing: Promise<void> | undefined;

  constructor(
    text: string,
    private readonly write: (text: string) => Promise<unknown>,
  ) {
    this.text = text;
    this.written = text;
  }

  /** A keystroke. */
  type(text: string): void {
    this.text = text;
    this.state = 'unsaved';
    // Throttled, not debounced: somebody who never pauses is saved all the same.
    this.timer ??= setTimeout(() => void this.flush(), WAIT_MS);
  }

  /** A snapshot brings its note. The agent's own unsaved or focused text wins. */
  receive(text: string): void {
    if (this.focused || this.text !== this.written) return;
    this.text = text;
    this.written = text;
  }

  /** Writes now what is not written yet. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.writing) await this.writing;
    if (this.text === this.written) return;
    const text = this.text;
    this.writing = this.write(text).then(
      () => {
        this.written = text;
        if (this.text === text) this.state = 'saved';
        else this.timer ??= setTimeout(() => void this.flush(), WAIT_MS);
      },
      () => {
        this.state = 'failing';
        this.timer ??= setTimeout(() => void this.flush(), RETRY_MS);
      },
    );
    await this.writing;
    this.writing = undefined;
  }
}
