import { describe, expect, it } from 'vitest';

import { KEPT_REASONS, KEPT_ROWS, Tally } from './tally';

const row = (row: number, status: string, errors: object[] = []): string =>
  `${JSON.stringify({ row, line: row + 1, externalId: `NV-${row}`, status, errors })}\n`;
const missing = { path: 'title', code: 'REQUIRED', message: 'missing' };
const late = { path: 'due', code: 'INVALID', message: 'no day' };

describe('counting an answer', () => {
  it('counts each status and keeps the rows that need attention', () => {
    const tally = new Tally();
    tally.push(row(1, 'CREATED') + row(2, 'CREATED') + row(3, 'UPDATED') + row(4, 'UNCHANGED'));
    tally.push(row(5, 'STALE') + row(6, 'PARKED', [missing]) + row(7, 'REJECTED', [missing, late]));
    tally.push('{"receipt":"r","state":"DONE","rows":7}');
    expect(tally.summary).toBeNull();
    tally.end();
    expect(tally.summary?.receipt).toBe('r');
    expect(tally.rows).toBe(7);
    expect(tally.failed).toBe(2);
    expect(tally.counts).toEqual({
      ...{ CREATED: 2, UPDATED: 1, UNCHANGED: 1, STALE: 1, REMOVED: 0, PARKED: 1, REJECTED: 1 },
    });
    expect(tally.kept.map(({ line }) => line)).toEqual([7, 8]);
  });

  it('keeps no more rows and reasons than the page shows, and counts the rest', () => {
    const tally = new Tally();
    const rows = KEPT_ROWS * 3;
    for (let at = 0; at < rows; at += 1) {
      tally.push(row(at, 'REJECTED', [{ ...missing, path: `field${at}` }]));
    }
    expect(tally.failed).toBe(rows);
    expect(tally.kept).toHaveLength(KEPT_ROWS);
    expect(tally.frequent(rows)).toHaveLength(KEPT_REASONS);
  });

  it('names the most frequent reasons first, each row once', () => {
    const tally = new Tally();
    tally.push(row(1, 'REJECTED', [late, missing, missing]) + row(2, 'REJECTED', [missing]));
    const frequent = tally.frequent(5).map(({ path, rows }) => [path, rows]);
    expect(frequent).toEqual([
      ['title', 2],
      ['due', 1],
    ]);
    expect(tally.frequent(1)).toHaveLength(1);
  });

  it('counts lines that it cannot read', () => {
    const tally = new Tally();
    tally.push('<html>\n<p>502</p>\n');
    expect([tally.rows, tally.unreadable, tally.summary]).toEqual([0, 2, null]);
  });
});
