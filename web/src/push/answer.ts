// The answer to a file: one JSON object per line, a row each, and a summary at the end. It is read
// while it arrives, in whatever pieces the network delivers.
import type { Words } from './messages';

export const STATUSES = [
  'CREATED',
  'UPDATED',
  'UNCHANGED',
  'STALE',
  'REMOVED',
  'PARKED',
  'REJECTED',
] as const;
export type Status = (typeof STATUSES)[number];

/** Statuses of rows that need attention. */
export const FAILED: readonly Status[] = ['REJECTED', 'PARKED'];

export interface RowError {
  path: string;
  code: string;
  message: Words;
}

export interface Row {
  row: number;
  line: number | null;
  externalId: string;
  status: Status;
  errors: RowError[];
}

export interface Summary {
  receipt: string;
  state: string;
  rows: number;
  counts: Record<Status, number>;
  notes: Words[];
  error: { code: string; message: Words } | null;
}

export type Line = { row: Row } | { summary: Summary } | { unreadable: string };

/** Cuts a text that arrives in pieces into lines. */
export class Lines {
  #rest = '';

  /** Returns the lines that this piece completes. */
  push(piece: string): string[] {
    const last = piece.lastIndexOf('\n');
    if (last < 0) {
      this.#rest += piece;
      return [];
    }
    const lines = (this.#rest + piece.slice(0, last)).split('\n');
    this.#rest = piece.slice(last + 1);
    return lines.filter((line) => line.trim() !== '');
  }

  /** Returns the last line, if it did not end with a line break. */
  end(): string[] {
    const rest = this.#rest;
    this.#rest = '';
    return rest.trim() === '' ? [] : [rest];
  }
}

type Members = Record<string, unknown>;

export function members(value: unknown): Members | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Members)
    : null;
}

export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

function count(value: unknown): number {
  return typeof value === 'number' && value >= 0 ? value : 0;
}

export function list(value: unknown): Members[] {
  return Array.isArray(value) ? value.map(members).filter((item) => item !== null) : [];
}

/** Counts of a summary or receipt, whose members are named as the statuses in lower case. */
export function countsOf(value: Members): Record<Status, number> {
  const entries = STATUSES.map((status) => [status, count(value[status.toLowerCase()])]);
  return Object.fromEntries(entries) as Record<Status, number>;
}

export function wordsOf(value: unknown): Words {
  const words = members(value);
  if (words === null) return { en: text(value), vi: text(value) };
  return { en: text(words['en']), vi: text(words['vi']) };
}

export function summaryOf(value: Members): Summary {
  const error = members(value['error']);
  return {
    receipt: text(value['receipt']),
    state: text(value['state']),
    rows: count(value['rows']),
    counts: countsOf(value),
    notes: Array.isArray(value['notes']) ? value['notes'].map(wordsOf) : [],
    error: error && { code: text(error['code']), message: wordsOf(error['message']) },
  };
}

/** Reads one line. */
export function parseLine(line: string): Line {
  let value: Members | null;
  try {
    value = members(JSON.parse(line));
  } catch {
    return { unreadable: line };
  }
  if (value === null) return { unreadable: line };
  const status = STATUSES.find((known) => known === value['status']);
  if (status !== undefined) {
    const errors = list(value['errors']).map((error) => ({
      path: text(error['path']),
      code: text(error['code']),
      message: wordsOf(error['message']),
    }));
    const line = typeof value['line'] === 'number' ? value['line'] : null;
    return {
      row: {
        row: count(value['row']),
        line,
        externalId: text(value['externalId']),
        status,
        errors,
      },
    };
  }
  // A fault in the middle of the answer may come without a state.
  if (typeof value['state'] !== 'string' && members(value['error']) === null) {
    return { unreadable: line };
  }
  return { summary: { ...summaryOf(value), state: text(value['state']) || 'FAILED' } };
}
