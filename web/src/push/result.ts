// The result of a file: what became of its rows, and the rows that need attention.
import type { Kind } from './api';
import { FAILED, type Row, type RowError, STATUSES, type Status, type Summary } from './answer';
import { button, make, table } from './dom';
import type { Format } from './format';
import { headerOf } from './kinds';
import { inLanguage, number, texts } from './language';
import type { Tally } from './tally';

export interface Result {
  kind: Kind;
  fileName: string;
  format: Format;
  dryRun: boolean;
  replace: boolean;
  tally: Tally;
  summary: Summary;
}

export interface ResultActions {
  downloadFailed: () => void;
  sendForReal: () => void;
}

export type Tone = 'good' | 'attention' | 'bad';

/** Counts of the result: those of the summary, which also covers a repeated answer. */
function countsOf({ summary, tally }: Result): { rows: number; counts: Record<Status, number> } {
  return summary.rows > 0 ? summary : tally;
}

export function failedCount(result: Result): number {
  const { counts } = countsOf(result);
  return FAILED.reduce((sum, status) => sum + counts[status], 0);
}

/** The headline of a result, what it asks of the visitor, and its tone. */
export function headline(result: Result): { title: string; help: string; tone: Tone } {
  const words = texts();
  const { summary, dryRun } = result;
  const { rows } = countsOf(result);
  const failed = failedCount(result);
  if (summary.state === 'FAILED') {
    const help = summary.error ? inLanguage(summary.error.message) : '';
    return { title: words.failed, help, tone: 'bad' };
  }
  if (summary.state === 'ROLLED_BACK') {
    return { title: words.rolledBack, help: words.rolledBackHelp, tone: 'bad' };
  }
  const trial = dryRun || summary.state === 'DRY_RUN';
  const help = trial ? words.dryNothing : '';
  if (rows === 0) return { title: words.empty, help: words.emptyHelp, tone: 'attention' };
  if (failed === 0) {
    const title = (trial ? words.dryDone : words.done)(number(rows));
    return { title, help, tone: 'good' };
  }
  const title = (trial ? words.dryFailed : words.doneFailed)(number(failed), number(rows));
  return { title, help, tone: 'attention' };
}

function statusBadge(status: Status): HTMLElement {
  return make('span', { class: `badge ${status.toLowerCase()}` }, texts().statusName[status]);
}

function countsTable(result: Result): HTMLElement {
  const words = texts();
  const { counts } = countsOf(result);
  const rows = STATUSES.map((status) =>
    make(
      'tr',
      { class: counts[status] === 0 ? 'none' : null },
      make('th', { scope: 'row' }, statusBadge(status)),
      make('td', { class: 'number', 'data-status': status }, number(counts[status])),
      make('td', {}, words.statusMeaning[status]),
    ),
  );
  const count = make('span', { class: 'number' }, words.rowsCount);
  return table(words.status, [words.status, count, words.meaning], rows);
}

/** The field of an error: its header as in the file, otherwise its path. */
function fieldOf({ path }: { path: string }, kind: Kind): string {
  const name = path.replace(/^\//, '').split(/[./[]/)[0] ?? '';
  const field = kind.fields.find((field) => field.name === name);
  return field === undefined ? path : headerOf(field);
}

function reason(error: RowError, kind: Kind): HTMLElement {
  const field = fieldOf(error, kind);
  return make(
    'li',
    {},
    field === '' ? null : make('strong', {}, `${field}: `),
    `${inLanguage(error.message)} `,
    error.code === '' ? null : make('code', {}, error.code),
  );
}

function failedRow(row: Row, kind: Kind): HTMLElement {
  const reasons = row.errors.map((error) => reason(error, kind));
  const none = reasons.length === 0 ? [make('li', {}, texts().noReason)] : [];
  return make(
    'tr',
    {},
    make('td', { class: 'number' }, row.line === null ? `#${row.row}` : String(row.line)),
    make('td', { class: 'external' }, row.externalId || '—'),
    make('td', {}, statusBadge(row.status)),
    make('td', {}, make('ul', { class: 'reasons' }, ...reasons, ...none)),
  );
}

function frequent({ tally, kind }: Result): HTMLElement | null {
  const reasons = tally.frequent(5);
  if (tally.failed <= 10 || reasons.length === 0) return null;
  const items = reasons.map((each) => {
    const item = reason(each, kind);
    item.prepend(make('span', { class: 'times' }, texts().times(number(each.rows))), ' ');
    return item;
  });
  return make(
    'div',
    {},
    make('h3', {}, texts().frequent),
    make('ul', { class: 'reasons frequent' }, ...items),
  );
}

function failedSection(result: Result, actions: ResultActions): HTMLElement[] {
  const words = texts();
  const { tally, summary, format, kind } = result;
  const failed = failedCount(result);
  if (failed === 0 && tally.kept.length === 0) return [];
  const line = make('span', { class: 'number' }, words.line);
  const heads = [line, words.externalId, words.status, words.reasons];
  const rows = tally.kept.map((row) => failedRow(row, kind));
  const label = words.downloadFailed(format.toUpperCase());
  const shown =
    failed > rows.length
      ? make('p', { class: 'hint' }, words.failedFirst(number(rows.length), number(failed)))
      : null;
  const most = frequent(result);
  const downloadable = summary.receipt !== '';
  // The failed rows alone are not to be sent when no row is in, or when they would replace all others.
  const whole = result.replace || result.dryRun || summary.state !== 'DONE';
  return [
    make('h3', {}, words.failedRows),
    ...(downloadable
      ? [
          make('div', { class: 'buttons' }, button(label, actions.downloadFailed, 'primary')),
          make('p', { class: 'hint' }, whole ? words.mendHintWhole : words.mendHint),
        ]
      : []),
    ...(most === null ? [] : [most]),
    ...(shown === null ? [] : [shown]),
    make(
      'div',
      {
        class: 'scroll failed-rows',
        tabindex: '0',
        role: 'region',
        'aria-label': words.failedRows,
      },
      table(words.failedRows, heads, rows),
    ),
  ];
}

/** Fills the section of the result. */
export function showResult(section: HTMLElement, result: Result, actions: ResultActions): void {
  const words = texts();
  const { title, help, tone } = headline(result);
  const trial = result.dryRun || result.summary.state === 'DRY_RUN';
  section.className = `card result ${tone}${trial ? ' dry' : ''}`;
  const notes = result.summary.notes.map((note) => make('p', { class: 'note' }, inLanguage(note)));
  const code = result.summary.error?.code ?? '';
  const canSend = trial && tone === 'good';
  section.replaceChildren(
    ...(trial ? [make('p', { class: 'dry-band' }, words.dryBand)] : []),
    make('h2', { id: 'result-title', tabindex: '-1' }, title),
    make('p', { class: 'hint' }, `${inLanguage(result.kind.name)} · ${result.fileName}`),
    ...(help === '' ? [] : [make('p', {}, help, ' ', code === '' ? null : make('code', {}, code))]),
    ...(canSend
      ? [
          make(
            'div',
            { class: 'buttons' },
            button(words.sendForReal, actions.sendForReal, 'primary'),
          ),
        ]
      : []),
    ...notes,
    make('div', { class: 'scroll counts' }, countsTable(result)),
    ...failedSection(result, actions),
    ...(result.summary.receipt === ''
      ? []
      : [
          make(
            'p',
            { class: 'hint' },
            `${words.receiptNumber}: `,
            make('code', {}, result.summary.receipt),
          ),
        ]),
  );
}
