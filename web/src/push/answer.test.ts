import { describe, expect, it } from 'vitest';

import { Lines, parseLine } from './answer';

describe('cutting the answer into lines', () => {
  const lines = ['{"row":1}', '{"name":"Đường Láng"}', '{"state":"DONE"}'];

  it.each([1, 2, 3, 7, 10, 1000])('gives the same lines in pieces of %i characters', (size) => {
    const text = `${lines.join('\n')}\n`;
    const cutter = new Lines();
    const found: string[] = [];
    for (let at = 0; at < text.length; at += size) {
      found.push(...cutter.push(text.slice(at, at + size)));
    }
    expect(found).toEqual(lines);
    expect(cutter.end()).toEqual([]);
  });

  it('takes CRLF, blank lines, and a last line without a break', () => {
    const cutter = new Lines();
    expect(cutter.push('{"a":1}\r\n\r\n\n{"b"')).toEqual(['{"a":1}\r']);
    expect(cutter.push(':2}')).toEqual([]);
    expect(cutter.end()).toEqual(['{"b":2}']);
    expect(cutter.end()).toEqual([]);
  });
});

describe('reading a line', () => {
  it('reads a row with its errors', () => {
    const error = { path: 'title', code: 'REQUIRED', message: 'missing' };
    const row = { row: 3, line: 4, externalId: 'NV-1', status: 'REJECTED', errors: [error] };
    const message = { en: 'missing', vi: 'missing' };
    expect(parseLine(JSON.stringify(row))).toEqual({
      row: { ...row, errors: [{ ...error, message }] },
    });
  });

  it('reads a row without line, external id and errors', () => {
    expect(parseLine('{"row":1,"status":"CREATED"}')).toEqual({
      row: { row: 1, line: null, externalId: '', status: 'CREATED', errors: [] },
    });
  });

  it('keeps both languages of a message', () => {
    const line = parseLine(
      '{"row":1,"status":"PARKED","errors":[{"path":"","code":"X","message":{"en":"a","vi":"b"}}]}',
    );
    expect(line).toMatchObject({ row: { errors: [{ message: { en: 'a', vi: 'b' } }] } });
  });

  it('reads a summary', () => {
    const line = parseLine(
      '{"receipt":"r","kind":"tasks","source":"bar","state":"DONE","rows":5,"created":2,' +
        '"updated":1,"unchanged":0,"stale":0,"parked":1,"rejected":1,"notes":[{"en":"n","vi":"g"}]}',
    );
    const counts = {
      CREATED: 2,
      UPDATED: 1,
      UNCHANGED: 0,
      STALE: 0,
      REMOVED: 0,
      PARKED: 1,
      REJECTED: 1,
    };
    const notes = [{ en: 'n', vi: 'g' }];
    expect(line).toEqual({
      summary: { receipt: 'r', state: 'DONE', rows: 5, counts, notes, error: null },
    });
  });

  it('takes an error without a state as a failure', () => {
    const line = parseLine('{"error":{"code":"INTERNAL","message":"broken"}}');
    const error = { code: 'INTERNAL', message: { en: 'broken', vi: 'broken' } };
    expect(line).toMatchObject({ summary: { state: 'FAILED', error } });
  });

  it.each(['<html>', '[1]', 'null', '7', '{"row":1,"status":"NEW"}', '{"row":'])(
    'says that %j is not readable',
    (line) => expect(parseLine(line)).toEqual({ unreadable: line }),
  );
});
