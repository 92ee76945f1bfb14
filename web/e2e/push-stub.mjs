// A server with the HTTP contract of /v1/push, in memory, for the page's development and its test.
//
//   node e2e/push-stub.mjs [port]   serves the built page at http://127.0.0.1:4600/push
//
// The credential decides what the server refuses: `expired` 401, `other` 403, `busy` 409, `small`
// 413, `eager` 429. The external id `CUT` ends the answer once, without a summary.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const STATUSES = ['created', 'updated', 'unchanged', 'stale', 'parked', 'rejected'];
const MEDIA_TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
};
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const field = (name, header, title, form, required, vi, en, example) => ({
  ...{ name, header, title, form, required, example },
  description: { vi, en },
});
const kind = (kind, service, vi, en, viText, enText, fields) => ({
  ...{ kind, service, fields },
  name: { vi, en },
  description: { vi: viText, en: enText },
});
const ID = field(
  ...['externalId', 'Mã nhiệm vụ', 'External id', { type: 'Text', max: 200 }, true],
  ...['Mã của bản ghi trong hệ thống nguồn.', 'Id of the record in its source.', 'NV-1'],
);
const KINDS = [
  kind(
    ...['tasks', 'tasks', 'Nhiệm vụ', 'Tasks'],
    'Nhiệm vụ được giao cho các sở và phường, với hạn hoàn thành.',
    'Tasks that departments and wards were given, with their due dates.',
    [
      ID,
      field(
        ...['title', 'Tên nhiệm vụ', 'Title', { type: 'Text', max: 500 }, true],
        ...['Nội dung được giao.', 'What is to be done.', 'Sửa đường Láng'],
      ),
      field(
        ...['organization', 'Mã cơ quan', 'Organization', { type: 'Digits', width: 5 }, true],
        ...['Cơ quan thực hiện.', 'Organization that does it.', '00004'],
      ),
      field(
        ...['due', 'Hạn hoàn thành', 'Due date', { type: 'Date' }, false],
        ...['Ngày phải xong.', 'Day by which it must be done.', '15/03/2026'],
      ),
      field(
        'priority',
        'Mức ưu tiên',
        'Priority',
        {
          type: 'Choice',
          values: [
            ['HIGH', 'Cao'],
            ['NORMAL', 'Bình thường'],
          ],
        },
        false,
        ...['Mức ưu tiên của nhiệm vụ.', 'Priority of the task.', 'Cao'],
      ),
    ],
  ),
  kind(
    ...['blockers', 'tasks', 'Vướng mắc', 'Blockers'],
    ...['Điều cản trở một nhiệm vụ.', 'What holds a task up.', [ID]],
  ),
  kind(
    ...['organizations', 'directory', 'Cơ quan', 'Organizations'],
    ...['Sở, phường và xã.', 'Departments, wards and communes.', [ID]],
  ),
  kind(
    ...['facts', 'facts', 'Số liệu', 'Facts'],
    ...['Số liệu theo ngày của một chỉ tiêu.', 'Daily figures of an indicator.', [ID]],
  ),
];
const REFUSALS = {
  expired: [401, 'UNAUTHENTICATED', 'Khóa đã hết hạn.', 'The key has expired.'],
  other: [403, 'FORBIDDEN', 'Nguồn này không thuộc về khóa.', 'The key has another source.'],
  busy: [409, 'CONFLICT', 'Một tệp khác đang được xử lý.', 'Another file is in work.'],
  small: [413, 'PAYLOAD_TOO_LARGE', 'Tệp lớn hơn 1 MB.', 'The file is larger than 1 MB.'],
  eager: [429, 'RATE_LIMITED', 'Đã quá 10 tệp một phút.', 'More than 10 files a minute.'],
};
const HEADER = 'externalId,title,organization,due,priority';
const TEMPLATE = `\uFEFF${HEADER}\nNV-1,Sửa đường Láng,00004,15/03/2026,Cao\n`;
const WORKBOOK = 'PK\x03\x04 xl/workbook.xml template';

/** Cells of a line without line breaks within cells; enough for the files of the test. */
function cells(line) {
  if (!line.includes('"')) return line.split(',');
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) => {
    return quoted === undefined ? bare : quoted.replaceAll('""', '"');
  });
}

function* recordsOf(body, type) {
  const lines = String(body)
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  if (type === 'application/x-ndjson') {
    for (const [at, line] of lines.entries()) {
      if (line.trim() !== '') yield { line: at + 1, text: line, ...JSON.parse(line) };
    }
    return;
  }
  const names = cells(lines[0] ?? '');
  for (let at = 1; at < lines.length; at += 1) {
    const line = lines[at];
    if (line.trim() === '') continue;
    const values = cells(line);
    const entries = names.map((name, column) => [name, values[column] ?? '']);
    yield { line: at + 1, text: line, ...Object.fromEntries(entries) };
  }
}

function judge(record, store, vi, write) {
  const errors = [];
  const error = (path, code, viText, enText) => {
    errors.push({ path, code, message: vi ? viText : enText });
  };
  if (!record.title) {
    error('title', 'REQUIRED', 'không có giá trị; chấp nhận: văn bản', 'found no value');
  }
  if (record.due && !/^(\d{4}-\d\d-\d\d|\d\d\/\d\d\/\d{4})$/.test(record.due)) {
    error('due', 'INVALID', `“${record.due}” không phải ngày`, `“${record.due}” is not a day`);
  }
  if (errors.length > 0) return { status: 'REJECTED', errors };
  if (record.organization === '99999') {
    error(
      'organization',
      'UNKNOWN_REFERENCE',
      'chưa có cơ quan 99999',
      'organization 99999 is not known yet',
    );
    return { status: 'PARKED', errors };
  }
  if (record.title === 'OLD') return { status: 'STALE', errors };
  const before = store.get(record.externalId);
  if (write) store.set(record.externalId, record.title);
  if (before === undefined) return { status: 'CREATED', errors };
  return { status: before === record.title ? 'UNCHANGED' : 'UPDATED', errors };
}

/** Starts the server. `token`: the development credential of the configuration, or none. */
export async function startStub({ port = 0, token = null, sources = ['bar', 'soxd'] } = {}) {
  const receipts = [];
  const stores = new Map();
  const answers = new Map();
  /** Requests with a file, for the test. */
  const requests = [];
  let cut = false;

  async function push(request, response, url, code) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const key = request.headers['idempotency-key'];
    const vi = request.headers['accept-language'] === 'vi';
    requests.push({ key, url: url.href, headers: request.headers, size: raw.length });
    const head = { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' };
    if (answers.has(key)) {
      response.writeHead(200, head);
      response.end(answers.get(key));
      return;
    }
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
    const source = url.searchParams.get('source') ?? '';
    const dryRun = url.searchParams.get('dryRun') === 'true';
    const atomic = url.searchParams.get('atomic') === 'true';
    const type = request.headers['content-type'];
    const summary = { receipt: randomUUID(), kind: code, source, state: 'DONE', rows: 0 };
    for (const status of STATUSES) summary[status] = 0;
    summary.notes = [];
    const failed = [];
    response.writeHead(200, head);

    const place = `${source}/${code}`;
    const store = new Map(stores.get(place));
    const kept = [];
    let length = 0;
    let batch = '';
    const flush = async () => {
      if (length < 1e6) kept.push(batch);
      length += batch.length;
      const drained = new Promise((done) => response.once('drain', done));
      // A pause as of a server that writes to a database; the test runs in this process, too.
      await (response.write(batch) ? new Promise((done) => setTimeout(done, 4)) : drained);
      if (response.destroyed) return;
      batch = '';
    };
    if (type === XLSX && body.toString() !== WORKBOOK) {
      summary.state = 'FAILED';
      summary.error = vi
        ? { code: 'UNREADABLE', message: 'Không đọc được bảng tính này.' }
        : { code: 'UNREADABLE', message: 'The workbook cannot be read.' };
    } else {
      for (const record of recordsOf(type === XLSX ? TEMPLATE : body, type)) {
        if (record.externalId === 'CUT' && !cut) {
          cut = true;
          await flush();
          setTimeout(() => response.destroy(), 200);
          return;
        }
        summary.rows += 1;
        const { status, errors } = judge(record, store, vi, !dryRun);
        summary[status.toLowerCase()] += 1;
        if (errors.length > 0 && failed.length < 5000) failed.push({ record, errors });
        const { line, externalId } = record;
        const row = { row: summary.rows, line, externalId, status };
        batch += `${JSON.stringify(errors.length > 0 ? { ...row, errors } : row)}\n`;
        if (batch.length > 32_768) await flush();
      }
    }
    if (summary.state === 'DONE' && dryRun) summary.state = 'DRY_RUN';
    if (atomic && !dryRun && summary.rejected + summary.parked > 0) summary.state = 'ROLLED_BACK';
    if (url.searchParams.get('mode') === 'replace') {
      summary.notes.push({
        vi: 'Không có bản ghi nào bị thu hồi.',
        en: 'No record was withdrawn.',
      });
    }
    if (summary.state === 'DONE') stores.set(place, store);
    batch += `${JSON.stringify(summary)}\n`;
    await flush();
    if (length < 1e6) answers.set(key, kept.join(''));
    response.end();
    const name = /filename\*=UTF-8''(\S+)/.exec(request.headers['content-disposition'] ?? '');
    receipts.unshift({
      ...summary,
      ...(name ? { fileName: decodeURIComponent(name[1]) } : {}),
      receivedAt: new Date().toISOString(),
      failed,
    });
  }

  function json(response, value, status = 200, headers = {}) {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  }

  function error(response, [status, code, viText, enText], vi) {
    const headers = status === 429 ? { 'retry-after': '30' } : {};
    json(response, { error: { code, message: vi ? viText : enText } }, status, headers);
  }

  function file(response, name) {
    try {
      const path = join(DIST, normalize(`/${name}`));
      const content = readFileSync(path);
      response.writeHead(200, { 'content-type': MEDIA_TYPES[extname(path)] ?? 'text/plain' });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  }

  function attachment(response, content, name, type) {
    const disposition = `attachment; filename="${name}"`;
    response.writeHead(200, { 'content-type': type, 'content-disposition': disposition });
    response.end(content);
  }

  function onReceipt(request, response, receipt, rest) {
    if (rest.startsWith('failed.')) {
      const reasons = (errors) => errors.map((each) => `${each.path}: ${each.message}`).join('; ');
      const rows = receipt.failed.map(({ record, errors }) => {
        return `${record.text},"${reasons(errors).replaceAll('"', '""')}"`;
      });
      const content = `\uFEFF${HEADER},reasons\n${rows.join('\n')}\n`;
      return attachment(response, content, `${receipt.kind}-${rest}`, 'text/csv');
    }
    if (request.method === 'POST' && rest === 'undo') {
      stores.delete(`${receipt.source}/${receipt.kind}`);
      receipt.state = 'UNDONE';
    }
    if (request.method === 'POST' && rest === 'retry') {
      receipt.created += receipt.parked;
      receipt.parked = 0;
    }
    const { failed: _, ...shown } = receipt;
    return json(response, shown);
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://stub');
    const { pathname: path } = url;
    if (path === '/push') return file(response, 'push.html');
    if (path === '/playground/config.json') {
      const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
      return json(response, { title: 'IOC', headers, examples: [], viewAs: [] });
    }
    if (path.startsWith('/playground/')) return file(response, path.slice('/playground/'.length));
    if (!path.startsWith('/v1/push')) return response.writeHead(404).end();

    const vi = request.headers['accept-language'] === 'vi';
    const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    if ([undefined, 'expired', 'wrong-key'].includes(bearer)) {
      return error(response, REFUSALS.expired, vi);
    }
    const [first, second, third] = path.slice('/v1/push/'.length).split('/');
    if (!first) return json(response, { kinds: KINDS, ...(sources === null ? {} : { sources }) });
    if (first === 'receipts' && !second) {
      const own = receipts.filter(({ source }) => source === url.searchParams.get('source'));
      const shown = own.slice(0, 50).map(({ failed: _, ...receipt }) => receipt);
      return json(response, { receipts: shown });
    }
    if (first === 'receipts') {
      const receipt = receipts.find((each) => each.receipt === second);
      if (receipt !== undefined) return onReceipt(request, response, receipt, third ?? '');
    }
    if (request.method === 'GET' && second?.startsWith('template.')) {
      if (second.endsWith('csv')) {
        return attachment(response, TEMPLATE, `${first}-${second}`, 'text/csv; charset=utf-8');
      }
      // Only its beginning is a workbook's; the stub knows it again.
      return attachment(response, WORKBOOK, `${first}-${second}`, XLSX);
    }
    if (request.method === 'POST' && !second) {
      const refusal = REFUSALS[bearer];
      if (refusal === undefined) return void push(request, response, url, first);
      request.resume();
      request.on('end', () => error(response, refusal, vi));
      return undefined;
    }
    return error(response, [404, 'NOT_FOUND', 'Không có mục này.', 'There is no such thing.'], vi);
  });
  await new Promise((listening) => server.listen(port, '127.0.0.1', listening));
  const address = `http://127.0.0.1:${server.address().port}`;
  return {
    address,
    requests,
    receipts,
    close: () => server.closeAllConnections() ?? server.close(),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { address } = await startStub({ port: Number(process.argv[2] ?? 4600), token: 'good' });
  console.log(`${address}/push`);
}
