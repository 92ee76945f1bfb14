// Requests to the platform, except the sending of files.
import { type Row, type Summary, countsOf, list, members, text, wordsOf } from './answer';
import { authorization } from './credential';
import { save } from './dom';
import { language } from './language';
import type { Words } from './messages';
import { Refusal, problemOfAnswer } from './problem';
import { Tally } from './tally';

export const PUSH = '/v1/push';

export interface Field {
  name: string;
  header: string;
  title: string;
  required: boolean;
  form: Record<string, unknown>;
  description: Words;
  example: string;
}

export interface Kind {
  kind: string;
  service: string;
  name: Words;
  description: Words;
  fields: Field[];
}

export interface Catalogue {
  kinds: Kind[];
  /** Sources that the credential may speak for; null when the server names none. */
  sources: string[] | null;
}

export interface Receipt {
  receipt: string;
  kind: string;
  source: string;
  state: string;
  receivedAt: string;
  fileName: string;
  rows: number;
  counts: Record<Row['status'], number>;
}

export function headers(): Record<string, string> {
  const credential = authorization();
  const accepted = { 'Accept-Language': language() };
  return credential === null ? accepted : { ...accepted, Authorization: credential };
}

async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(PUSH + path, { ...init, headers: headers(), cache: 'no-store' });
  if (response.ok) return response;
  const body = await response.text();
  throw new Refusal(problemOfAnswer(response.status, body, response.headers.get('retry-after')));
}

async function requestJson(path: string): Promise<Record<string, unknown>> {
  const body = await (await request(path)).text();
  try {
    const value = members(JSON.parse(body));
    if (value !== null) return value;
  } catch {
    // Reported below.
  }
  throw new Refusal({ type: 'malformed' });
}

function fieldOf(value: Record<string, unknown>): Field {
  const name = text(value['name']);
  return {
    name,
    header: text(value['header']) || name,
    title: text(value['title']) || name,
    required: value['required'] === true,
    form: members(value['form']) ?? {},
    description: wordsOf(value['description']),
    example: text(value['example']),
  };
}

export async function catalogue(): Promise<Catalogue> {
  const value = await requestJson('');
  const kinds = list(value['kinds']).map((kind) => ({
    kind: text(kind['kind']),
    service: text(kind['service']),
    name: wordsOf(kind['name'] ?? kind['kind']),
    description: wordsOf(kind['description']),
    fields: list(kind['fields']).map(fieldOf),
  }));
  const sources = value['sources'];
  return {
    kinds: kinds.filter(({ kind }) => kind !== ''),
    sources: Array.isArray(sources) ? sources.map(text).filter((source) => source !== '') : null,
  };
}

export async function receipts(source: string): Promise<Receipt[]> {
  const value = await requestJson(`/receipts?source=${encodeURIComponent(source)}`);
  return list(value['receipts']).map((receipt) => ({
    receipt: text(receipt['receipt']),
    kind: text(receipt['kind']),
    source: text(receipt['source']),
    state: text(receipt['state']),
    receivedAt: text(receipt['receivedAt']),
    fileName: text(receipt['fileName']),
    rows: typeof receipt['rows'] === 'number' ? receipt['rows'] : 0,
    counts: countsOf(receipt),
  }));
}

/** Path of the rows of a receipt that failed. Personal data in them is read for a stated purpose. */
export function failedRows(receipt: string, type: string): string {
  return `/receipts/${receipt}/failed.${type}?purpose=mend+and+send+again`;
}

/** Downloads a file and gives it to the browser to save. */
export async function download(path: string, name: string): Promise<void> {
  const response = await request(path);
  save(await response.blob(), name);
}

/** Does something with a receipt. Returns the summary, if the platform answers with one. */
export async function act(receipt: string, action: 'retry' | 'undo'): Promise<Summary | null> {
  const response = await request(`/receipts/${receipt}/${action}`, { method: 'POST' });
  const tally = new Tally();
  tally.push(await response.text());
  tally.end();
  return tally.summary;
}
