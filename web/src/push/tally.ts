// What is kept of an answer: counts, the first failed rows, and how often each reason occurs. An
// answer may have a million rows, so nothing here grows with it.
import { FAILED, Lines, type Row, STATUSES, type Status, type Summary, parseLine } from './answer';
import type { Words } from './messages';

/** How many failed rows are kept. */
export const KEPT_ROWS = 1000;
/** How many different reasons are kept. */
export const KEPT_REASONS = 200;

export interface Reason {
  path: string;
  code: string;
  message: Words;
  rows: number;
}

export class Tally {
  rows = 0;
  failed = 0;
  unreadable = 0;
  summary: Summary | null = null;
  readonly counts = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<
    Status,
    number
  >;
  readonly kept: Row[] = [];
  readonly #reasons = new Map<string, Reason>();
  readonly #lines = new Lines();

  /** Takes a piece of the answer. */
  push(piece: string): void {
    for (const line of this.#lines.push(piece)) this.#take(line);
  }

  /** Takes what is left at the end of the answer. */
  end(): void {
    for (const line of this.#lines.end()) this.#take(line);
  }

  #take(text: string): void {
    const line = parseLine(text);
    if ('summary' in line) this.summary = line.summary;
    else if ('unreadable' in line) this.unreadable += 1;
    else this.#count(line.row);
  }

  #count(row: Row): void {
    this.rows += 1;
    this.counts[row.status] += 1;
    if (!FAILED.includes(row.status)) return;
    this.failed += 1;
    if (this.kept.length < KEPT_ROWS) this.kept.push(row);
    const seen = new Set<string>();
    for (const { path, code, message } of row.errors) {
      const key = JSON.stringify([path, code]);
      if (seen.has(key)) continue;
      seen.add(key);
      const reason = this.#reasons.get(key);
      if (reason !== undefined) reason.rows += 1;
      else if (this.#reasons.size < KEPT_REASONS) {
        this.#reasons.set(key, { path, code, message, rows: 1 });
      }
    }
  }

  /** The most frequent reasons, most frequent first. */
  frequent(limit: number): Reason[] {
    return [...this.#reasons.values()].sort((a, b) => b.rows - a.rows).slice(0, limit);
  }
}
