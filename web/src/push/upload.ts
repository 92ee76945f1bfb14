// Sends a file and reads the answer while it arrives. Two ways, because browsers have no one that does
// both: XMLHttpRequest reports the bytes sent but keeps the whole answer in memory, fetch keeps
// nothing but reports no bytes. Files whose answer is small go the first way. A large text is
// compressed first, with its progress, and so takes a fraction of the time to send.
import { PUSH, headers } from './api';
import { type Format, MEDIA_TYPE, type Encoding } from './format';
import { type Problem, Refusal, problemOfAnswer } from './problem';
import { Tally } from './tally';

export interface Upload {
  file: File;
  format: Format;
  encoding: Encoding | null;
  kind: string;
  query: string;
  key: string;
}

export type Phase =
  | { type: 'preparing'; part: number }
  | { type: 'sending'; sent: number; total: number }
  /** A browser that does not report the bytes. */
  | { type: 'sendingUnmeasured'; total: number }
  | { type: 'answering'; lines: number | null };

export interface Watcher {
  tally: Tally;
  signal: AbortSignal;
  onPhase: (phase: Phase) => void;
}

const MB = 1 << 20;
/** How long the page may be busy before it must paint, in milliseconds. */
const BUSY = 12;
const PIECE = 64 * 1024;
/** Between two readings of an answer that is kept whole, in milliseconds. */
const READ = 250;

/** Whether the answer, a line for each row, is small enough to be kept whole. */
function hasSmallAnswer({ file, format, encoding }: Upload): boolean {
  if (encoding !== null) return file.size <= MB / 2;
  return file.size <= (format === 'xlsx' ? 2 * MB : 8 * MB);
}

/** Sends the file; the watcher's tally has the answer. Fails with a `Refusal`. */
export async function upload(sent: Upload, watcher: Watcher): Promise<void> {
  const stopped = (): boolean => watcher.signal.aborted;
  try {
    await (hasSmallAnswer(sent) ? sendMeasured(sent, watcher) : sendLarge(sent, watcher));
  } catch (error) {
    if (stopped()) throw new Refusal({ type: 'stopped' });
    if (error instanceof Refusal) throw error;
    const cut = watcher.tally.rows > 0;
    throw new Refusal(cut ? { type: 'cut', rows: watcher.tally.rows } : { type: 'network' });
  }
  watcher.tally.end();
  if (stopped()) throw new Refusal({ type: 'stopped' });
  if (watcher.tally.summary === null) throw new Refusal(withoutSummary(watcher.tally));
}

function withoutSummary({ rows, unreadable }: Tally): Problem {
  return unreadable > 0 && rows === 0 ? { type: 'malformed' } : { type: 'cut', rows };
}

function headersOf({ file, format, encoding, key }: Upload): Record<string, string> {
  const name = encodeURIComponent(file.name).replace(/['()*]/g, (letter) => {
    return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
  });
  return {
    ...headers(),
    'Content-Type': MEDIA_TYPE[format],
    ...(encoding === null ? {} : { 'Content-Encoding': encoding }),
    'Content-Disposition': `attachment; filename*=UTF-8''${name}`,
    'Idempotency-Key': key,
  };
}

function address({ kind, query }: Upload): string {
  return `${PUSH}/${encodeURIComponent(kind)}?${query}`;
}

/** Line breaks in a text, to say how many rows are expected. */
function lineBreaks(bytes: Uint8Array): number {
  let found = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) found += 1;
  return found;
}

/** A CSV has a line for its header. */
function rowsOf(lines: number, format: Format): number {
  return Math.max(1, format === 'csv' ? lines - 1 : lines);
}

async function expectedRows({ file, format, encoding }: Upload): Promise<number | null> {
  if (format === 'xlsx' || encoding !== null) return null;
  return rowsOf(lineBreaks(new Uint8Array(await file.arrayBuffer())), format);
}

async function sendMeasured(sent: Upload, { tally, signal, onPhase }: Watcher): Promise<void> {
  const lines = await expectedRows(sent).catch(() => {
    throw new Refusal({ type: 'unreadable' });
  });
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', address(sent));
    for (const [name, value] of Object.entries(headersOf(sent))) {
      request.setRequestHeader(name, value);
    }
    let read = 0;
    let readAt = 0;
    const accepted = (): boolean => request.status >= 200 && request.status < 300;
    const readOn = (): void => {
      if (!accepted()) return;
      const answer = request.responseText;
      tally.push(answer.slice(read));
      read = answer.length;
      onPhase({ type: 'answering', lines });
    };
    const total = sent.file.size;
    onPhase({ type: 'sending', sent: 0, total });
    request.upload.addEventListener('progress', (event) => {
      // The bytes are those of the file, while a form would add some.
      onPhase({ type: 'sending', sent: Math.min(event.loaded, total), total });
    });
    request.upload.addEventListener('load', () => onPhase({ type: 'answering', lines }));
    request.addEventListener('progress', () => {
      // Each reading copies the whole text.
      if (performance.now() - readAt < READ) return;
      readOn();
      readAt = performance.now();
    });
    request.addEventListener('error', () => reject(new TypeError('network')));
    request.addEventListener('abort', () => reject(new TypeError('stopped')));
    request.addEventListener('load', () => {
      if (accepted()) {
        readOn();
        resolve();
      } else {
        const after = request.getResponseHeader('retry-after');
        reject(new Refusal(problemOfAnswer(request.status, request.responseText, after)));
      }
    });
    signal.addEventListener('abort', () => request.abort());
    request.send(sent.file);
  });
}

/** Compresses a text, and counts its lines. */
async function compressed(
  { file, format }: Upload,
  { signal, onPhase }: Watcher,
): Promise<{ body: Blob; lines: number }> {
  let done = 0;
  let lines = 0;
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(piece, controller) {
      signal.throwIfAborted();
      done += piece.length;
      lines += lineBreaks(piece);
      onPhase({ type: 'preparing', part: done / file.size });
      controller.enqueue(piece);
    },
  });
  const stream = file.stream().pipeThrough(counter).pipeThrough(new CompressionStream('gzip'));
  return { body: await new Response(stream).blob(), lines: rowsOf(lines, format) };
}

async function sendLarge(sent: Upload, watcher: Watcher): Promise<void> {
  const { signal, onPhase } = watcher;
  let body: Blob = sent.file;
  let lines: number | null = null;
  let encoding = sent.encoding;
  const compressible = sent.format !== 'xlsx' && encoding === null;
  if (compressible && typeof CompressionStream !== 'undefined') {
    ({ body, lines } = await compressed(sent, watcher).catch(() => {
      throw new Refusal({ type: 'unreadable' });
    }));
    encoding = 'gzip';
  }
  onPhase({ type: 'sendingUnmeasured', total: body.size });
  const init = { method: 'POST', headers: headersOf({ ...sent, encoding }), body, signal };
  const response = await fetch(address(sent), init);
  if (!response.ok) {
    const after = response.headers.get('retry-after');
    throw new Refusal(problemOfAnswer(response.status, await response.text(), after));
  }
  if (response.body !== null) await read(response.body, watcher, lines);
}

async function read(
  stream: ReadableStream<Uint8Array>,
  { tally, onPhase }: Watcher,
  lines: number | null,
): Promise<void> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let since = performance.now();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    for (let at = 0; at < value.length; at += PIECE) {
      tally.push(decoder.decode(value.subarray(at, at + PIECE), { stream: true }));
      if (performance.now() - since < BUSY) continue;
      onPhase({ type: 'answering', lines });
      await new Promise((resolve) => setTimeout(resolve));
      since = performance.now();
    }
  }
  tally.push(decoder.decode());
  onPhase({ type: 'answering', lines });
}
