import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { FluentResource } from '@fluent/bundle';
import { describe, expect, it } from 'vitest';

import type { ErrorCode } from '../src/lib/protocol';
import { faultWords, hasText, t } from '../src/lib/words';

const UI = join(__dirname, '..');
const LOCALE = join(UI, '../crates/words/locales/en');

function sources(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(ts|svelte)$/.test(entry.name) && entry.name !== 'protocol.ts' ? [path] : [];
  });
}
const code = sources(join(UI, 'src'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');
/** Ids built from a state: their beginnings, and what may follow. */
const BUILT: Record<string, string[]> = { 'win-vault-short-': ['locked', 'absent', 'failed'] };

const ids = (file: string) =>
  [...new FluentResource(readFileSync(join(LOCALE, file), 'utf8')).body].map((m) => m.id);
const own = [...ids('pop.ftl'), ...ids('window.ftl')];

describe('the catalogue', () => {
  it('has every text that the code asks for', () => {
    // Not a key of storage or a class: `pop-` and `win-` stand for texts between quotes after `t(`
    // or in a table of ids.
    const asked = [...code.matchAll(/'((?:pop|win|ui)-[a-z0-9-]*[a-z0-9])'/g)].map((m) => m[1]!);
    expect(asked.length).toBeGreaterThan(200);
    const missing = [...new Set(asked)].filter((id) => !hasText(id));
    expect(missing).toEqual([]);
  });

  it('has a text for every ending of an id that is built', () => {
    for (const [start, ends] of Object.entries(BUILT)) {
      expect(code).toContain(start);
      for (const end of ends) expect(hasText(start + end), start + end).toBe(true);
    }
    const built = [...code.matchAll(/t\(`((?:pop|win|ui)-[a-z-]*)\$\{/g)].map((m) => m[1]!);
    expect(built.every((start) => start in BUILT)).toBe(true);
  });

  it('has no text that nobody shows, and none twice', () => {
    const builtIds = Object.entries(BUILT).flatMap(([start, ends]) => ends.map((e) => start + e));
    const unused = own.filter((id) => !code.includes(`'${id}'`) && !builtIds.includes(id));
    expect(unused).toEqual([]);
    expect(new Set(own).size).toBe(own.length);
  });

  it('is read without a mistake', () => {
    for (const file of ['pop.ftl', 'window.ftl', 'common.ftl', 'errors.ftl', 'crm.ftl']) {
      const text = readFileSync(join(LOCALE, file), 'utf8');
      const written = text.split('\n').filter((line) => /^[a-z][a-z0-9_-]* =/.test(line)).length;
      expect(ids(file).length, file).toBe(written);
    }
  });

  it('says of each kind of CRM what it is', () => {
    const kinds = ids('crm.ftl').filter((id) => /^crm-[a-z_]+$/.test(id));
    expect(kinds).toContain('crm-example');
    expect(kinds.filter((id) => !hasText(`${id}-about`))).toEqual([]);
  });

  it('has a cause and a next step for every error code', () => {
    const union = readFileSync(join(UI, 'src/lib/protocol.ts'), 'utf8').match(
      /export type ErrorCode = ([^;]*);/,
    )?.[1];
    const codes = [...(union ?? '').matchAll(/"([a-z_]+)"/g)].map((m) => m[1] as ErrorCode);
    expect(codes.length).toBeGreaterThan(20);
    for (const one of codes) {
      const id = `error-${one.replaceAll('_', '-')}`;
      expect(hasText(id), id).toBe(true);
      expect(hasText(`${id}-next`), `${id}-next`).toBe(true);
    }
  });
});

describe('texts', () => {
  it('choose the plural', () => {
    expect(t('win-log-calls', { count: 1 })).toBe('Log 1 call');
    expect(t('win-log-calls', { count: 2 })).toBe('Log 2 calls');
    expect(t('win-refreshed', { count: 0 })).toBe('Refreshed: nothing changed');
  });

  it('put parameters of a fault into its words', () => {
    const words = faultWords({ code: 'locked_by_policy', params: { key: 'log.policy' } });
    expect(words.what).toContain('log.policy');
    expect(words.next).not.toBe('');
  });

  it('never break on what somebody else is called', () => {
    expect(t('pop-create-name', { name: '{ $evil }' })).toContain('{ $evil }');
    expect(t('no-such-text')).toBe('no-such-text');
  });
});
