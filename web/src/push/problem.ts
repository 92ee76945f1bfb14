// Why a request failed, and the plain words for it.
import { members, text, wordsOf } from './answer';
import { button, make } from './dom';
import { inLanguage, number, texts } from './language';
import type { Words } from './messages';

export type Problem =
  | { type: 'network' }
  | { type: 'malformed' }
  | { type: 'unreadable' }
  | { type: 'stopped' }
  /** The answer ended before its summary. */
  | { type: 'cut'; rows: number }
  | { type: 'status'; status: number; code: string; message: Words; retryAfter: number | null };

export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.type);
  }
}

/** The problem of an error that a request threw. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refusal) return error.problem;
  // The browser throws these, and only these, when a request fails.
  if (error instanceof TypeError || error instanceof DOMException) return { type: 'network' };
  throw error;
}

/** The problem of an answer with an error status. */
export function problemOfAnswer(
  status: number,
  body: string,
  retryAfter: string | null,
): Problem & { type: 'status' } {
  let error: Record<string, unknown> | null = null;
  try {
    error = members(members(JSON.parse(body))?.['error']);
  } catch {
    // A proxy in between answers with a page of its own.
  }
  const seconds = Number.parseInt(retryAfter ?? '', 10);
  return {
    type: 'status',
    status,
    code: text(error?.['code']),
    message: wordsOf(error?.['message']),
    retryAfter: seconds > 0 ? seconds : null,
  };
}

function statusWords(status: number, retryAfter: number | null): [string, string] {
  const { problem } = texts();
  if (status === 429 && retryAfter !== null) {
    return [problem.s429, problem.s429HelpSeconds(number(retryAfter))];
  }
  const known = ([401, 403, 404, 409, 413, 415, 429] as const).find((known) => known === status);
  if (known !== undefined) return [problem[`s${known}`], problem[`s${known}Help`]];
  return status >= 500 ? [problem.s500, problem.s500Help] : [problem.s400, problem.s400Help];
}

/** What happened, and what to do. */
export function words(problem: Problem): [string, string] {
  const { problem: said, ...page } = texts();
  switch (problem.type) {
    case 'network':
      return [said.network, said.networkHelp];
    case 'malformed':
      return [said.malformed, said.malformedHelp];
    case 'unreadable':
      return [page.fileRefused, page.fileUnreadable];
    case 'stopped':
      return [page.stopped, page.stoppedHelp];
    case 'cut':
      return [said.cut(number(problem.rows)), said.cutHelp];
    case 'status':
      return statusWords(problem.status, problem.retryAfter);
  }
}

/** A box with the words, the message of the platform and, if it helps, a button to try again. */
export function problemBox(problem: Problem, again: (() => void) | null): HTMLElement {
  const [what, help] = words(problem);
  const message = problem.type === 'status' ? inLanguage(problem.message) : '';
  const code = problem.type === 'status' ? problem.code || String(problem.status) : '';
  return make(
    'div',
    { class: 'problem' },
    make('p', {}, make('strong', {}, what)),
    make('p', {}, help),
    message === ''
      ? null
      : make('p', { class: 'said' }, `${texts().problem.said} ${message} `, make('code', {}, code)),
    again === null ? null : button(texts().tryAgain, again),
  );
}
