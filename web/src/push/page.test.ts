import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import type { Kind } from './api';
import { pastedKey } from './credential';
import { folded, matches } from './kinds';
import { chooseLanguage } from './language';
import { MESSAGES, type Messages } from './messages';
import { problemOfAnswer } from './problem';
import { query } from './options';

describe('the texts', () => {
  const page = readFileSync('push.html', 'utf8');

  it('exist for every key of the page, in both languages', () => {
    const keys = [...page.matchAll(/data-t(?:-label|-placeholder)?="([^"]+)"/g)].map(
      ([, key]) => key,
    );
    expect(keys.length).toBeGreaterThan(30);
    for (const key of keys) {
      expect(typeof MESSAGES.en[key as keyof Messages], key).toBe('string');
      expect(typeof MESSAGES.vi[key as keyof Messages], key).toBe('string');
    }
  });

  it('are translated', () => {
    const same = Object.entries(MESSAGES.en).filter(
      ([key, text]) => typeof text === 'string' && text === MESSAGES.vi[key as keyof Messages],
    );
    expect(same.map(([key]) => key)).toEqual(['formatCsv', 'formatNdjson', 'formatXlsx']);
  });

  it('have no script or style within the page', () => {
    expect(page).not.toMatch(/ style=| on[a-z]+=|<style|<script(?![^>]* src=)/);
    expect(page.replaceAll("xmlns='http://www.w3.org/2000/svg'", '')).not.toMatch(/https?:/);
  });
});

describe('the language', () => {
  it.each([
    ['en', ['vi'], 'en'],
    ['fr', ['vi-VN'], 'vi'],
    [null, ['vi-VN', 'en'], 'vi'],
    [null, ['en-GB', 'vi'], 'en'],
    [null, ['fr', 'vi'], 'vi'],
    [null, ['fr'], 'en'],
  ])('stored %j, preferred %j: %s', (stored, preferred, expected) => {
    expect(chooseLanguage(stored, preferred)).toBe(expected);
  });
});

describe('searching kinds', () => {
  const kind: Kind = {
    ...{ kind: 'tasks', service: 'tasks', fields: [] },
    name: { en: 'Tasks', vi: 'Nhiệm vụ' },
    description: { en: 'Work that was given', vi: 'Đường, việc được giao' },
  };

  it('ignores marks and capitals', () => {
    expect(folded('Đường NHIỆM vụ')).toBe('duong nhiem vu');
    for (const search of ['nhiem vu', 'Nhiệm', 'VIEC duoc', 'task given', '']) {
      expect(matches(kind, search), search).toBe(true);
    }
    expect(matches(kind, 'tasks budget')).toBe(false);
  });
});

describe('a pasted key', () => {
  it('is taken without what surrounds it', () => {
    expect(pastedKey(' abc.DEF-1 \n')).toBe('abc.DEF-1');
    expect(pastedKey('Bearer abc')).toBe('abc');
    expect(pastedKey('Authorization: Bearer abc')).toBe('abc');
  });

  it.each(['', '  ', 'two words', 'khóa'])('%j is none', (pasted) => {
    expect(pastedKey(pasted)).toBeNull();
  });
});

describe('a request', () => {
  it('has the options that were chosen', () => {
    const none = { source: 'sở 1', dryRun: false, atomic: false, replace: false };
    expect(query(none)).toBe('source=s%E1%BB%9F+1');
    const all = query({ source: 'bar', dryRun: true, atomic: true, replace: true });
    expect(all).toBe('source=bar&dryRun=true&atomic=true&mode=replace');
  });

  it('has a problem with the words of the platform, or of nobody', () => {
    const body = '{"error":{"code":"RATE_LIMITED","message":"Slowly."}}';
    expect(problemOfAnswer(429, body, '30')).toEqual({
      ...{ type: 'status', status: 429, code: 'RATE_LIMITED', retryAfter: 30 },
      message: { en: 'Slowly.', vi: 'Slowly.' },
    });
    expect(problemOfAnswer(502, '<html>', null)).toMatchObject({ code: '', retryAfter: null });
  });
});
