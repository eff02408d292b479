import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { NoteSaver } from '../src/lib/notes.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a note', () => {
  it('is on its way within 250 ms of a keystroke, even of somebody who never pauses', async () => {
    const written: string[] = [];
    const note = new NoteSaver('', async (text) => void written.push(text));
    for (const text of ['a', 'ab', 'abc', 'abcd', 'abcde']) {
      note.type(text);
      await vi.advanceTimersByTimeAsync(60);
    }
    expect(written.length).toBeGreaterThanOrEqual(1);
    await vi.advanceTimersByTimeAsync(250);
    expect(written.at(-1)).toBe('abcde');
    expect(note.state).toBe('saved');
  });

  it('is written one at a time, and the latest text wins', async () => {
    const written: string[] = [];
    let release = () => {};
    const note = new NoteSaver('', (text) => {
      written.push(text);
      return new Promise<void>((done) => (release = done));
    });
    note.type('first');
    await vi.advanceTimersByTimeAsync(200);
    note.type('second');
    note.type('third');
    await vi.advanceTimersByTimeAsync(1000);
    expect(written).toEqual(['first']);
    release();
    await vi.advanceTimersByTimeAsync(300);
    expect(written).toEqual(['first', 'third']);
    expect(note.state).toBe('unsaved');
  });

  it('is tried again until it is safe', async () => {
    let works = false;
    const written: string[] = [];
    const note = new NoteSaver('', async (text) => {
      if (!works) throw new Error('gone');
      written.push(text);
    });
    note.type('keep me');
    await vi.advanceTimersByTimeAsync(200);
    expect(note.state).toBe('failing');
    works = true;
    await vi.advanceTimersByTimeAsync(1500);
    expect(written).toEqual(['keep me']);
    expect(note.state).toBe('saved');
  });

  it('takes a text from outside, but never over what the agent is writing', async () => {
    const note = new NoteSaver('old', async () => undefined);
    note.receive('from the window');
    expect(note.text).toBe('from the window');
    note.focused = true;
    note.receive('late snapshot');
    expect(note.text).toBe('from the window');
    note.focused = false;
    note.type('mine');
    note.receive('late snapshot');
    expect(note.text).toBe('mine');
  });

  it('is written at once when the pop is left', async () => {
    const written: string[] = [];
    const note = new NoteSaver('', async (text) => void written.push(text));
    note.type('bye');
    await note.flush();
    expect(written).toEqual(['bye']);
  });
});
