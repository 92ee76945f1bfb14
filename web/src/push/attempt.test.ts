import { describe, expect, it } from 'vitest';

import { Attempts, hash } from './attempt';

const file = { name: 'a.csv', size: 10, lastModified: 1, query: 'tasks?source=bar' };

function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

describe('the number of an attempt', () => {
  it('stays until the platform has answered, also after the page was loaded again', () => {
    const store = storage();
    const first = new Attempts(store).key(file);
    expect(new Attempts(store).key(file)).toBe(first);
    new Attempts(store).finished(file);
    const second = new Attempts(store).key(file);
    expect(second).not.toBe(first);
    new Attempts(store).finished(file);
    expect([first, second]).not.toContain(new Attempts(store).key(file));
  });

  it.each([
    { name: 'b.csv' },
    { size: 11 },
    { lastModified: 2 },
    { query: 'tasks?source=bar&dryRun=true' },
  ])('differs with %j', (change) => {
    const attempts = new Attempts(storage());
    expect(attempts.key({ ...file, ...change })).not.toBe(attempts.key(file));
  });

  it('survives a damaged memory, and does not grow for ever', () => {
    const store = storage();
    store.setItem('push.attempts', '{');
    const attempts = new Attempts(store);
    for (let size = 0; size < 300; size += 1) attempts.finished({ ...file, size });
    const entries: unknown = JSON.parse(store.getItem('push.attempts') ?? '');
    expect(entries).toHaveLength(200);
    expect(attempts.key({ ...file, size: 299 })).toMatch(/-1$/);
  });

  it('has 128 bits, which differ between similar texts', () => {
    const hashes = Array.from({ length: 10_000 }, (_, index) => hash(`file ${index}`));
    expect(new Set(hashes).size).toBe(10_000);
    expect(hashes.every((each) => /^[0-9a-f]{32}$/.test(each))).toBe(true);
    const part = (at: number) => new Set(hashes.map((each) => each.slice(at, at + 8))).size;
    expect(Math.min(part(0), part(8), part(16), part(24))).toBeGreaterThan(9990);
  });
});
