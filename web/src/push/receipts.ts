// The receipts of a source: what was sent earlier, and what can still be done about it.
import { type Kind, type Receipt, act, download, failedRows, receipts } from './api';
import { FAILED, STATUSES } from './answer';
import { button, byId, make, table } from './dom';
import { inLanguage, moment, number, texts } from './language';
import { type Problem, problemBox, problemOf } from './problem';

let source = '';
let shown: Receipt[] = [];
let problem: Problem | null = null;
let kinds: Kind[] = [];
let busy = false;
let note = (): string => '';

function kindName(code: string): string {
  const kind = kinds.find(({ kind }) => kind === code);
  return kind === undefined ? code : inLanguage(kind.name);
}

/** Asks in a dialog, which starts on the answer that changes nothing. */
function confirmed(question: string, yes: string): Promise<boolean> {
  const dialog = byId<HTMLDialogElement>('confirm');
  byId('confirm-text').textContent = question;
  byId('confirm-yes').textContent = yes;
  byId('confirm-yes').onclick = () => dialog.close('yes');
  byId('confirm-no').onclick = () => dialog.close('no');
  dialog.returnValue = 'no';
  dialog.showModal();
  byId('confirm-no').focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}

async function doing(work: () => Promise<void>): Promise<void> {
  if (busy) return;
  busy = true;
  problem = null;
  note = () => '';
  try {
    await work();
  } catch (error) {
    problem = problemOf(error);
  } finally {
    busy = false;
  }
  showReceipts();
}

async function retry({ receipt }: Receipt): Promise<void> {
  await doing(async () => {
    const summary = await act(receipt, 'retry');
    const parked = summary?.counts.PARKED;
    note = () => (parked === undefined ? texts().actionDone : texts().retryDone(number(parked)));
    shown = await receipts(source);
  });
}

async function undo(receipt: Receipt): Promise<void> {
  const when = moment(receipt.receivedAt);
  const question = texts().undoQuestion(number(receipt.rows), kindName(receipt.kind), when);
  if (!(await confirmed(question, texts().undoYes))) return;
  await doing(async () => {
    await act(receipt.receipt, 'undo');
    note = () => texts().undoDone;
    shown = await receipts(source);
  });
}

function actions(receipt: Receipt): HTMLElement[] {
  const words = texts();
  const { counts, state } = receipt;
  const failed = FAILED.some((status) => counts[status] > 0);
  const written = counts.CREATED + counts.UPDATED > 0 && (state === 'DONE' || state === 'FAILED');
  const of = `${kindName(receipt.kind)}, ${moment(receipt.receivedAt)}`;
  const labelled = (label: string, click: () => void): HTMLElement => {
    const element = button(label, click, 'small');
    element.setAttribute('aria-label', `${label} (${of})`);
    return element;
  };
  const type = /\.(xlsx|ndjson)(\.|$)/i.exec(receipt.fileName)?.[1]?.toLowerCase() ?? 'csv';
  const path = failedRows(receipt.receipt, type);
  const name = `${receipt.kind}-failed.${type}`;
  return [
    ...(failed
      ? [labelled(words.failedDownload, () => void doing(() => download(path, name)))]
      : []),
    ...(counts.PARKED > 0 && state === 'DONE'
      ? [labelled(words.retry, () => void retry(receipt))]
      : []),
    ...(written ? [labelled(words.undo, () => void undo(receipt))] : []),
  ];
}

function receiptRow(receipt: Receipt): HTMLElement {
  const { counts, state } = receipt;
  const count = (value: number): HTMLElement => make('td', { class: 'number' }, number(value));
  const failed = (value: number): HTMLElement => {
    return make('td', { class: value > 0 ? 'number failed' : 'number' }, number(value));
  };
  return make(
    'tr',
    { class: state === 'DRY_RUN' ? 'dry' : null, 'data-receipt': receipt.receipt },
    make('td', {}, make('time', { datetime: receipt.receivedAt }, moment(receipt.receivedAt))),
    make('td', {}, kindName(receipt.kind)),
    make('td', { class: 'external' }, receipt.fileName || '—'),
    make('td', {}, make('span', { class: `badge state-${state}` }, texts().states[state] ?? state)),
    count(receipt.rows),
    count(counts.CREATED),
    count(counts.UPDATED),
    count(counts.UNCHANGED),
    count(counts.STALE),
    count(counts.REMOVED),
    failed(counts.PARKED),
    failed(counts.REJECTED),
    make('td', {}, make('div', { class: 'buttons' }, ...actions(receipt))),
  );
}

/** Fills the section of the receipts. */
export function showReceipts(): void {
  const words = texts();
  const section = byId('receipts');
  section.hidden = source === '';
  byId('receipts-title').textContent = words.receiptsOf(source);
  byId('receipts-note').textContent = note();
  byId('receipts-problem').replaceChildren(
    ...(problem === null ? [] : [problemBox(problem, () => void loadReceipts(source, kinds))]),
  );
  const heads = [words.received, words.kind, words.file, words.state];
  const rows = make('span', { class: 'number' }, words.rowsCount);
  const counted = STATUSES.map((status) =>
    make('abbr', { title: words.statusMeaning[status] }, words.statusName[status]),
  );
  const content =
    shown.length === 0
      ? make('p', { class: 'hint' }, problem === null ? words.receiptsNone : '')
      : table(
          words.receiptsOf(source),
          [...heads, rows, ...counted, words.actions],
          shown.map(receiptRow),
        );
  byId('receipts-table').replaceChildren(content);
}

/** Loads the receipts of a source; an empty source has none. */
export async function loadReceipts(of: string, known: Kind[]): Promise<void> {
  kinds = known;
  if (of !== source) shown = [];
  source = of;
  problem = null;
  note = () => '';
  if (source === '') return showReceipts();
  try {
    const loaded = await receipts(of);
    if (of !== source) return;
    shown = loaded;
  } catch (error) {
    if (of !== source) return;
    problem = problemOf(error);
  }
  showReceipts();
}

export function startReceipts(): void {
  byId('receipts-refresh').addEventListener('click', () => void loadReceipts(source, kinds));
}
