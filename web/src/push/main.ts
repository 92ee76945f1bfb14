// Entry point of the page: holds what was chosen, and joins the steps.
import { loadConfig } from '../config';
import { type Catalogue, type Kind, catalogue, download, failedRows } from './api';
import { Attempts } from './attempt';
import { askForKey, authorization, startCredential } from './credential';
import { byId } from './dom';
import { chosenFile, lockFile, showFile, startFile } from './file';
import { showChosen, showKinds } from './kinds';
import { inLanguage, language, onLanguage, startLanguage, texts } from './language';
import { missing, options, query, showSource, startOptions } from './options';
import { type Problem, problemBox, problemOf } from './problem';
import { Progress, announce } from './progress';
import { loadReceipts, showReceipts, startReceipts } from './receipts';
import { type Result, headline, showResult } from './result';
import { Tally } from './tally';
import { upload } from './upload';

const attempts = new Attempts(localStorage);
const wanted = new URLSearchParams(location.search);

let known: Catalogue = { kinds: [], sources: null };
let chosen: Kind | null = null;
let result: Result | null = null;
let pageProblem: Problem | null = null;
let templateProblem: Problem | null = null;
let sendProblem: Problem | null = null;
let missed = false;
let shownResult: unknown[] = [];
let sending: { abort: AbortController; progress: Progress } | null = null;

function show(id: string, problem: Problem | null, again: () => void): void {
  byId(id).replaceChildren(...(problem === null ? [] : [problemBox(problem, again)]));
}

function unauthorized(problem: Problem | null): boolean {
  return problem?.type === 'status' && problem.status === 401;
}

function render(): void {
  const words = texts();
  const file = chosenFile();
  const { dryRun } = options();
  document.title = dryRun ? `${words.dryRun} · ${words.title}` : words.title;
  show('page-problem', pageProblem, () => void load());
  show('template-problem', templateProblem, () => void template('xlsx'));
  byId('choose-first').hidden = chosen !== null;
  byId('chosen').hidden = chosen === null;
  if (chosen !== null) showChosen(chosen);

  byId('file-card').classList.toggle('dry', dryRun);
  byId('dry-band').hidden = !dryRun;
  showFile();
  const send = byId<HTMLButtonElement>('send');
  send.textContent = dryRun ? words.sendDry : words.send;
  send.disabled = sending !== null;
  byId<HTMLButtonElement>('file-clear').disabled = sending !== null;
  byId('send-problem').textContent = missed && file !== null ? (missing() ?? '') : '';
  sending?.progress.show();
  renderResult();
}

/** Only when something of it changed: a thousand rows take a while. */
function renderResult(): void {
  const state = [result, sendProblem, language()];
  if (state.every((part, index) => part === shownResult[index])) return;
  shownResult = state;
  const section = byId('result');
  section.hidden = result === null && sendProblem === null;
  if (sendProblem !== null) {
    section.className = 'card result bad';
    section.replaceChildren(problemBox(sendProblem, () => void send()));
  } else if (result !== null) {
    const shown = result;
    showResult(section, shown, {
      downloadFailed: () => void downloadFailed(shown),
      sendForReal: () => {
        byId<HTMLInputElement>('option-dry').checked = false;
        render();
        void send();
      },
    });
  }
}

function renderKinds(): void {
  const search = byId<HTMLInputElement>('kind-search').value;
  showKinds(known.kinds, chosen, search, (kind) => choose(kind));
}

function choose(kind: Kind): void {
  if (sending !== null) return renderKinds();
  chosen = kind;
  result = null;
  sendProblem = null;
  templateProblem = null;
  remember();
  render();
  announce(inLanguage(kind.name));
}

/** The address names the choice, so that it can be kept as a bookmark. */
function remember(): void {
  const { source } = options();
  const parameters = new URLSearchParams();
  if (chosen !== null) parameters.set('kind', chosen.kind);
  if (source !== '') parameters.set('source', source);
  const text = parameters.toString();
  history.replaceState(null, '', text === '' ? location.pathname : `?${text}`);
}

async function load(): Promise<void> {
  pageProblem = null;
  if (authorization() === null) {
    byId('work').hidden = true;
    return askForKey();
  }
  try {
    known = await catalogue();
    const code = chosen?.kind ?? wanted.get('kind');
    const only = known.kinds.length === 1 ? known.kinds[0] : undefined;
    chosen = known.kinds.find(({ kind }) => kind === code) ?? only ?? null;
    byId('work').hidden = false;
    showSource(known.sources, wanted.get('source'));
    renderKinds();
    void loadReceipts(options().source, known.kinds);
  } catch (error) {
    pageProblem = problemOf(error);
    byId('work').hidden = true;
    if (unauthorized(pageProblem)) askForKey();
  }
  render();
}

async function template(type: 'xlsx' | 'csv'): Promise<void> {
  if (chosen === null) return;
  const { kind } = chosen;
  templateProblem = null;
  try {
    await download(`/${encodeURIComponent(kind)}/template.${type}`, `${kind}.${type}`);
  } catch (error) {
    templateProblem = problemOf(error);
    if (unauthorized(templateProblem)) askForKey();
  }
  render();
}

async function downloadFailed({ summary, kind, format }: Result): Promise<void> {
  try {
    await download(failedRows(summary.receipt, format), `${kind.kind}-failed.${format}`);
  } catch (error) {
    pageProblem = problemOf(error);
    render();
    byId('page-problem').scrollIntoView({ block: 'center' });
  }
}

async function send(): Promise<void> {
  const file = chosenFile();
  if (file === null || chosen === null || sending !== null) return;
  missed = missing() !== null;
  if (missed) return render();

  const kind = chosen;
  const asked = options();
  const { name, size, lastModified } = file.file;
  const attempted = { name, size, lastModified, query: `${kind.kind}?${query(asked)}` };
  const tally = new Tally();
  const progress = new Progress(tally);
  const abort = new AbortController();
  sending = { abort, progress };
  result = null;
  sendProblem = null;
  lockFile(true);
  render();
  byId('cancel').focus();

  try {
    const key = attempts.key(attempted);
    const sent = { ...file, kind: kind.kind, query: query(asked), key };
    await upload(sent, { tally, signal: abort.signal, onPhase: progress.take });
    attempts.finished(attempted);
    if (tally.summary !== null) {
      const { format } = file;
      const { dryRun, replace } = asked;
      result = { kind, fileName: name, format, dryRun, replace, tally, summary: tally.summary };
    }
  } catch (error) {
    sendProblem = problemOf(error);
    // After an answer the next try is a new attempt; after a fault of the server it is the same.
    const refused = sendProblem.type === 'status' && sendProblem.status < 500;
    if (refused) attempts.finished(attempted);
  } finally {
    sending = null;
    progress.end();
    lockFile(false);
  }
  render();
  announce(result === null ? '' : headline(result).title);
  if (unauthorized(sendProblem)) askForKey();
  else (document.getElementById('result-title') ?? byId('result')).focus();
  void loadReceipts(asked.source, known.kinds);
}

function start(): void {
  startReceipts();
  startOptions(
    () => {
      missed = false;
      remember();
      void loadReceipts(options().source, known.kinds);
      render();
    },
    () => {
      missed = false;
      render();
    },
  );
  startFile(() => {
    // Each file that replaces everything is confirmed by itself.
    byId<HTMLInputElement>('replace-understood').checked = false;
    result = null;
    sendProblem = null;
    missed = false;
    render();
  });
  byId('kind-search').addEventListener('input', renderKinds);
  byId('template-xlsx').addEventListener('click', () => void template('xlsx'));
  byId('template-csv').addEventListener('click', () => void template('csv'));
  byId('send').addEventListener('click', () => void send());
  byId('cancel').addEventListener('click', () => sending?.abort.abort());
  byId('replace-understood').addEventListener('change', () => {
    missed = false;
    render();
  });
}

startLanguage();
const { config } = await loadConfig(`${import.meta.env.BASE_URL}config.json`, (url, init) =>
  fetch(url, init),
);
byId('platform').textContent = config.title;
startCredential(config.headers, () => void load());
start();
onLanguage(() => {
  showSource(known.sources, wanted.get('source'));
  renderKinds();
  showReceipts();
  render();
});
await load();
