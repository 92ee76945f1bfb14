import { expect, it } from 'vitest';

import { credentialFreeStorage } from './credential-free-storage';

/** Part of the browser's `Storage` that the tests need, over a map. */
function memoryStorage(map: Map<string, string>): Storage {
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
    key: (index) => [...map.keys()][index] ?? null,
    clear: () => map.clear(),
    get length() {
      return map.size;
    },
  };
}

const history = JSON.stringify({
  queries: [{ query: '{ a }', headers: '{"authorization":"s3"}' }],
});

it('stores the history without its headers', () => {
  const map = new Map<string, string>();
  const storage = credentialFreeStorage(memoryStorage(map), undefined);
  storage.setItem('graphiql:queries', history);
  expect(map.get('graphiql:queries')).toBe('{"queries":[{"query":"{ a }"}]}');
});

it('gives a stored entry the default headers back', () => {
  const map = new Map<string, string>();
  const storage = credentialFreeStorage(memoryStorage(map), '{"authorization":"now"}');
  storage.setItem('graphiql:queries', history);
  expect(JSON.parse(storage.getItem('graphiql:queries') ?? '')).toEqual({
    queries: [{ query: '{ a }', headers: '{"authorization":"now"}' }],
  });
});

it('ignores a history that is not one, and clears only what is the editor’s own', () => {
  const map = new Map([
    ['graphiql:queries', '{"queries":3}'],
    ['other', 'kept'],
  ]);
  const storage = credentialFreeStorage(memoryStorage(map), undefined);
  expect(storage.getItem('graphiql:queries')).toBeNull();
  expect(storage.length).toBe(1);
  storage.clear();
  expect([...map.keys()]).toEqual(['other']);
});
