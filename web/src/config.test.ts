import { describe, expect, it } from 'vitest';

import { FALLBACK_CONFIG, type Fetch, loadConfig, parseConfig } from './config';

const example = {
  name: 'Organizations',
  nameVi: 'Cơ quan',
  description: 'The first ten.',
  descriptionVi: 'Mười cơ quan đầu tiên.',
  query: 'query ($first: Int!) { organizations(first: $first) { totalCount } }',
  variables: { first: 10 },
};
const valid = {
  title: 'Playground',
  headers: { authorization: 'Bearer x' },
  examples: [example],
  viewAs: ['IOC'],
};

const answering =
  (body: string, status = 200): Fetch =>
  () =>
    Promise.resolve(new Response(body, { status }));

describe('loading the configuration', () => {
  it('takes a valid configuration as it is, from the address that was asked', async () => {
    const asked: string[] = [];
    const loaded = await loadConfig('/playground/config.json', (url) => {
      asked.push(url);
      return Promise.resolve(new Response(JSON.stringify(valid)));
    });
    expect(loaded).toEqual({ config: valid, state: 'loaded' });
    expect(asked).toEqual(['/playground/config.json']);
  });

  it('falls back when the server has none', async () => {
    const loaded = await loadConfig('/config.json', answering('not found', 404));
    expect(loaded).toEqual({ config: FALLBACK_CONFIG, state: 'missing' });
  });

  it('falls back when the server cannot be reached', async () => {
    const loaded = await loadConfig('/config.json', () => Promise.reject(new TypeError('refused')));
    expect(loaded).toEqual({ config: FALLBACK_CONFIG, state: 'missing' });
  });

  it.each(['<!doctype html>', '', '[]', 'null', '"text"'])(
    'falls back and says so when the answer is %j',
    async (body) => {
      const loaded = await loadConfig('/config.json', answering(body));
      expect(loaded).toEqual({ config: FALLBACK_CONFIG, state: 'malformed' });
    },
  );
});

describe('reading a configuration', () => {
  it('keeps the usable examples and leaves out the others', () => {
    const loaded = parseConfig({
      ...valid,
      examples: [{ name: 'No query' }, example, { ...example, variables: [1] }, null],
    });
    expect(loaded.state).toBe('malformed');
    expect(loaded.config.examples).toEqual([example]);
  });

  it('keeps the usable headers and leaves out the others', () => {
    const loaded = parseConfig({ ...valid, headers: { authorization: 'Bearer x', count: 3 } });
    expect(loaded.state).toBe('malformed');
    expect(loaded.config.headers).toEqual({ authorization: 'Bearer x' });
  });

  it('shows the language that is there when the other is missing', () => {
    const { name, query } = example;
    const loaded = parseConfig({ ...valid, examples: [{ name, query }] });
    expect(loaded.state).toBe('loaded');
    expect(loaded.config.examples).toEqual([
      { name, nameVi: name, description: '', descriptionVi: '', query, variables: null },
    ]);
  });

  it('has a generic example when the server names none', () => {
    const loaded = parseConfig({ title: 'Playground', headers: {}, examples: [] });
    expect(loaded.state).toBe('loaded');
    expect(loaded.config.examples).toEqual(FALLBACK_CONFIG.examples);
  });
});
