// Tests the page /push in a real browser: without arguments against the stub of this folder, with
// them against a running server, where the cases that need the stub are left out.
//
//   node e2e/push.mjs                                    after `npm run build`
//   node e2e/push.mjs http://127.0.0.1:4000 TOKEN [SOURCE]
//
//   CHROMIUM     the browser (default /usr/bin/chromium)
//   SCREENSHOTS  a folder for pictures of the page (default: none are saved)
//   ONLY         a part of the name of the only case to run
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { chromium } from 'playwright-core';

import { startStub } from './push-stub.mjs';

const [realAddress, realToken, realSource] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const { SCREENSHOTS, ONLY } = process.env;
const timeout = 15_000;
const folder = mkdtempSync(join(tmpdir(), 'push-'));

/** A failed expectation; any other error means that the check itself failed. */
class Finding extends Error {}

function expect(condition, message) {
  if (!condition) throw new Finding(message);
}

function equal(found, expected, what) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  expect(a === b, `${what}: found ${a}, expected ${b}.`);
}

function file(name, content) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const HEADER = 'externalId,title,organization,due,priority';
const csvOf = (rows) => `\uFEFF${[HEADER].concat(rows).join('\n')}\n`;
const csv = (...rows) => csvOf(rows);

const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--enable-precise-memory-info',
    // Requests to other hosts fail, so that the page runs as on a machine without a network.
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  ],
});

/** Opens the page in a browser of its own, and watches what must never happen. */
async function open(address, { locale = 'vi-VN', search = '', init, failing = [] } = {}) {
  const viewport = { width: 1366, height: 768 };
  const context = await browser.newContext({ locale, viewport, acceptDownloads: true });
  context.setDefaultTimeout(timeout);
  const faults = [];
  context.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (!['data:', 'blob:'].includes(protocol) && origin !== new URL(address).origin) {
      faults.push(`request to ${request.url()}`);
    }
  });
  context.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    // The browser reports every refused request; the case says which it expects.
    if (failing.some((pattern) => pattern.test(message.text()))) return;
    faults.push(message.text());
  });
  context.on('weberror', (error) => faults.push(String(error.error())));
  await context.addInitScript(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  if (init) await context.addInitScript(init);
  const page = await context.newPage();
  await page.goto(`${address}/push${search}`);
  await page
    .locator('#page-problem .problem, #work:visible, #credential:visible')
    .first()
    .waitFor();
  const done = async () => {
    faults.push(...(await page.evaluate(() => window.violations)));
    await context.close();
    expect(faults.length === 0, `The browser reported: ${faults.join(' | ')}`);
  };
  return { page, done };
}

async function picture(page, name) {
  if (!SCREENSHOTS) return;
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

async function chooseFile(page, path) {
  await page.locator('#file').setInputFiles(path);
  await page.locator('#file-chosen:visible, #file-problem .problem').first().waitFor();
}

async function send(page) {
  await page.locator('#send').click();
  await page.locator('#result:visible').waitFor();
}

async function counts(page) {
  const cells = page.locator('#result [data-status]');
  const pairs = await cells.evaluateAll((all) => {
    return all.map((cell) => [cell.dataset.status, Number(cell.textContent.replace(/\D/g, ''))]);
  });
  return Object.fromEntries(pairs.filter(([, count]) => count > 0));
}

async function downloaded(page, act) {
  const waiting = page.waitForEvent('download');
  await act();
  const download = await waiting;
  return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

async function withStub(options, run) {
  const stub = await startStub({ token: 'good', ...options });
  try {
    await run(stub);
  } finally {
    stub.close();
  }
}

/** The stub in a process of its own, so that its work does not keep this one from watching. */
async function withBusyStub(run) {
  const stub = fileURLToPath(new URL('push-stub.mjs', import.meta.url));
  const child = spawn(process.execPath, [stub, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = await once(child.stdout, 'data');
    await run({ address: new URL(String(line).trim()).origin });
  } finally {
    child.kill();
  }
}

const MIXED = csv(
  'NV-1,Sửa đường Láng,00004,15/03/2026,Cao',
  'NV-2,,00004,ngày mai,Cao',
  'NV-3,OLD,00004,2026-03-15,',
  'NV-4,"Trồng cây, phố Huế",99999,,',
  'NV-5,Nạo vét mương,00004,2026-04-01,',
);
const REFUSED = [/^Failed to load resource: the server responded with a status of 4\d\d/];

const stubCases = {
  async 'Vietnamese: failed rows, their download, mended and sent again'() {
    await withStub({}, async ({ address }) => {
      const { page, done } = await open(address);
      equal(await page.locator('h1').innerText(), 'Gửi dữ liệu', 'heading');
      equal(await page.locator('html').getAttribute('lang'), 'vi', 'language of the page');
      await picture(page, '1-start');

      await page.locator('#kind-search').fill('nhiem vu');
      equal(await page.locator('.kind').count(), 2, 'kinds found without marks');
      await page.getByRole('radio', { name: 'Nhiệm vụ được giao' }).check();
      await page.locator('#columns summary').click();
      await page.getByRole('cell', { name: 'HIGH (Cao)' }).waitFor();
      await picture(page, '2-chosen');
      await page.locator('#columns summary').click();
      const template = await downloaded(page, () => page.locator('#template-csv').click());
      equal(template.name, 'tasks.csv', 'name of the template');
      expect(template.content.toString().includes(HEADER), 'The template has no header.');

      await chooseFile(page, file('nhiệm vụ.csv', MIXED));
      await page.locator('#send').click();
      const missing = await page.locator('#source-problem').innerText();
      equal(missing, 'Hãy cho biết nguồn trước.', 'without a source');
      await page.locator('#source-input').selectOption('bar');
      await send(page);
      equal(
        await page.locator('#result-title').innerText(),
        '2 trên 5 dòng cần bạn xem lại',
        'title',
      );
      equal(await counts(page), { CREATED: 2, STALE: 1, PARKED: 1, REJECTED: 1 }, 'counts');
      const rejected = page.locator('.failed-rows tbody tr').first();
      const reasons = await rejected.locator('li').allInnerTexts();
      equal(reasons.length, 2, 'reasons of the row');
      expect(reasons[0].startsWith('Tên nhiệm vụ: không có giá trị'), `reason ${reasons[0]}`);
      equal(await rejected.locator('td').first().innerText(), '3', 'line of the row');
      await picture(page, '3-result');

      const failed = await downloaded(page, () => page.locator('#result .primary').click());
      equal(failed.name, 'tasks-failed.csv', 'name of the failed rows');
      expect(failed.content.toString().includes('NV-4'), 'The parked row is not in the download.');

      const mended = csv('NV-2,Sửa cầu,00004,2026-03-15,Cao', 'NV-4,"Trồng cây, phố Huế",00004,,');
      await chooseFile(page, file('tasks-failed.csv', mended));
      await send(page);
      equal(await page.locator('#result-title').innerText(), 'Đã nhận đủ 2 dòng', 'title');
      const rows = page.locator('#receipts tbody tr');
      await rows.nth(1).waitFor();
      const names = await rows.locator('.external').allInnerTexts();
      equal(names, ['tasks-failed.csv', 'nhiệm vụ.csv'], 'receipts');

      await rows.nth(1).getByRole('button', { name: 'Thử lại dòng tạm giữ' }).click();
      await page.getByText('Còn tạm giữ: 0').waitFor();
      await rows.nth(1).getByRole('button', { name: 'Hoàn tác' }).click();
      await page.getByRole('button', { name: 'Không, giữ nguyên' }).click();
      equal(await page.getByText('Đã hoàn tác').count(), 0, 'undone without consent');
      await rows.nth(1).getByRole('button', { name: 'Hoàn tác' }).click();
      await page.getByRole('button', { name: 'Có, hoàn tác' }).click();
      await page.getByText('Đã hoàn tác lần gửi').waitFor();
      await done();
    });
  },

  async 'English: from the browser, by the switch, remembered'() {
    await withStub({ sources: ['bar'] }, async ({ address, requests }) => {
      const { page, done } = await open(address, { locale: 'en-GB', search: '?kind=tasks' });
      equal(await page.locator('h1').innerText(), 'Send data', 'heading');
      await page.getByRole('button', { name: 'Tiếng Việt' }).click();
      equal(await page.locator('h1').innerText(), 'Gửi dữ liệu', 'heading after the switch');
      await page.reload();
      await page.getByRole('heading', { name: 'Gửi dữ liệu', exact: true }).waitFor();
      await page.getByRole('button', { name: 'English' }).click();

      await chooseFile(page, file('tasks.csv', MIXED));
      await send(page);
      const reason = await page.locator('.failed-rows li').first().innerText();
      expect(reason.startsWith('Title: found no value'), `reason ${reason}`);
      equal(requests[0].headers['accept-language'], 'en', 'language of the request');
      for (const status of ['Unchanged', 'Older than known', 'Parked']) {
        await page.getByRole('rowheader', { name: status }).waitFor();
      }
      const table = page.locator('#result .counts');
      expect((await table.innerText()).includes('newer version'), 'STALE is not explained.');
      await page.getByRole('button', { name: 'Tiếng Việt' }).click();
      await table.getByText('phiên bản mới hơn').waitFor();
      await done();
    });
  },

  async 'a trial is unmistakable, and is followed by the real sending'() {
    await withStub({ sources: ['bar'] }, async ({ address, requests }) => {
      const { page, done } = await open(address, { search: '?kind=tasks' });
      await page.locator('#option-dry').check();
      await page.locator('#option-replace').check();
      await page.locator('#dry-band').waitFor();
      await chooseFile(page, file('trial.csv', csv('NV-1,Sửa đường,00004,,', 'NV-2,Cầu,00004,,')));
      equal(await page.locator('#send').innerText(), 'Thử, không ghi', 'button');
      await send(page);
      await page.locator('#result .dry-band').waitFor();
      expect((await page.title()).startsWith('Chỉ thử'), 'The title does not say it.');
      equal(await counts(page), { CREATED: 2 }, 'counts of the trial');
      await picture(page, '4-trial');

      await page.getByRole('button', { name: 'Gửi thật ngay' }).click();
      await page.getByText('Hãy xác nhận ở bước 3').waitFor();
      await page.locator('#replace-understood').check();
      await send(page);
      await page.getByRole('heading', { name: 'Đã nhận đủ 2 dòng' }).waitFor();
      equal(await page.locator('.dry-band:visible').count(), 0, 'bands after the real sending');
      equal(await counts(page), { CREATED: 2 }, 'counts of the real sending');
      const queries = requests.map(({ url }) => new URL(url).search);
      const real = '?source=bar&mode=replace';
      equal(queries, ['?source=bar&dryRun=true&mode=replace', real], 'requests');
      expect(requests[0].key !== requests[1].key, 'The trial and the sending share a key.');
      await done();
    });
  },

  async 'all or nothing, and a file that fails as a whole'() {
    await withStub({ sources: ['bar'] }, async ({ address }) => {
      const { page, done } = await open(address, { search: '?kind=tasks' });
      await page.locator('#option-atomic').check();
      await chooseFile(page, file('atomic.csv', MIXED));
      await send(page);
      await page.getByRole('heading', { name: 'Không có gì được ghi' }).waitFor();
      const workbook = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.from('xl/workbook.xml')]);
      await chooseFile(page, file('book.xlsx', workbook));
      await send(page);
      await page.getByRole('heading', { name: 'Tệp không được chấp nhận' }).waitFor();
      await page.getByText('Không đọc được bảng tính này.').waitFor();
      await done();
    });
  },

  async 'without a credential: a wrong key, then a right one, kept in this tab only'() {
    await withStub({ token: null, sources: ['bar'] }, async ({ address }) => {
      const { page, done } = await open(address, { failing: REFUSED });
      const key = page.getByRole('textbox', { name: 'Khóa API' });
      await key.fill('hai từ');
      await key.press('Enter');
      await page.getByText('Đây không phải là khóa').waitFor();
      await key.fill('expired');
      await key.press('Enter');
      await page.getByText('Khóa không hợp lệ hoặc đã hết hạn.').waitFor();
      await picture(page, '5-unauthorized');
      expect(await key.evaluate((element) => element === document.activeElement), 'no focus');
      await key.fill('Bearer good-1234');
      await key.press('Enter');
      await page.locator('#work:visible').waitFor();
      await page.getByText('Khóa có đuôi …1234').waitFor();
      const stored = await page.evaluate(() => [
        JSON.stringify({ ...localStorage }) + document.cookie + location.href,
        sessionStorage.getItem('push.key'),
      ]);
      equal(stored[1], 'good-1234', 'key in the session');
      expect(!stored[0].includes('good-1234'), 'The key was written elsewhere.');
      await page.reload();
      await page.locator('#work:visible').waitFor();
      await done();
    });
  },

  async 'refusals in plain words'() {
    const refusals = {
      expired: 'Khóa không hợp lệ hoặc đã hết hạn.',
      other: 'Khóa này không có quyền làm việc đó.',
      busy: 'Yêu cầu này trùng với một việc khác.',
      small: 'Tệp quá lớn.',
      eager: 'Hãy chờ 30 giây rồi thử lại.',
    };
    for (const [token, words] of Object.entries(refusals)) {
      await withStub({ token, sources: ['bar'] }, async ({ address }) => {
        const { page, done } = await open(address, { search: '?kind=tasks', failing: REFUSED });
        if (token !== 'expired') {
          await chooseFile(page, file('refused.csv', MIXED));
          await send(page);
        }
        await page.getByText(words).waitFor();
        await page.getByText('Thông báo của nền tảng:').waitFor();
        await done();
      });
    }
  },

  async 'a broken connection is repeated with the same key, and writes nothing twice'() {
    await withStub({ sources: ['bar'] }, async ({ address, requests }) => {
      const failing = [/ERR_INCOMPLETE_CHUNKED_ENCODING/];
      const { page, done } = await open(address, { search: '?kind=tasks', failing });
      await chooseFile(page, file('cut.csv', csv('NV-1,Một,00004,,', 'CUT,Hai,00004,,')));
      await send(page);
      await page.getByText('Kết nối bị đứt sau khi 1 dòng đã được trả lời.').waitFor();
      await page.getByRole('button', { name: 'Thử lại', exact: true }).click();
      await page.getByRole('heading', { name: 'Đã nhận đủ 2 dòng' }).waitFor();
      await page.locator('#send').click();
      await page.locator('[data-status=UNCHANGED]', { hasText: '2' }).waitFor();
      const [first, second, third] = requests.map(({ key }) => key);
      equal(second, first, 'key of the repetition');
      expect(third !== first, 'A new attempt has the old key.');
      await done();
    });
  },

  async 'no server'() {
    const stub = await startStub({ token: 'good', sources: ['bar'] });
    const failing = [/ERR_CONNECTION_REFUSED/];
    const { page, done } = await open(stub.address, { search: '?kind=tasks', failing });
    await chooseFile(page, file('alone.csv', MIXED));
    stub.close();
    await send(page);
    await page.locator('#result').getByText('Không kết nối được tới nền tảng.').waitFor();
    await done();
  },

  async 'a wrong type of file is refused in words, a compressed one is sent'() {
    await withStub({ sources: ['bar'] }, async ({ address, requests }) => {
      const { page, done } = await open(address, { search: '?kind=tasks' });
      for (const [name, content, words] of [
        ['a.pdf', '%PDF-1.7', 'Đây là tệp PDF.'],
        ['a.csv', 'PK\x03\x04 xl/workbook.xml', 'Nội dung là bảng tính Excel'],
        ['a.xls', Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), 'Excel kiểu cũ'],
        ['a.csv', '', 'Tệp trống.'],
      ]) {
        await chooseFile(page, file(name, content));
        await page.locator('#file-problem').getByText(words).waitFor();
        equal(await page.locator('#send:visible').count(), 0, 'buttons to send');
      }
      await chooseFile(page, file('a.csv.gz', gzipSync(csv('NV-1,Một,00004,,'))));
      await send(page);
      await page.getByRole('heading', { name: 'Đã nhận đủ 1 dòng' }).waitFor();
      equal(requests[0].headers['content-encoding'], 'gzip', 'encoding');
      equal(requests[0].headers['content-type'], 'text/csv', 'type');
      await done();
    });
  },

  async 'dropped on the page'() {
    await withStub({ sources: ['bar'] }, async ({ address }) => {
      const { page, done } = await open(address, { search: '?kind=tasks' });
      const transfer = await page.evaluateHandle((content) => {
        const data = new DataTransfer();
        data.items.add(new File([content], 'dropped.csv'));
        return data;
      }, MIXED);
      await page.dispatchEvent('#drop', 'drop', { dataTransfer: transfer });
      await page.locator('#file-name', { hasText: 'dropped.csv' }).waitFor();
      await send(page);
      equal(await page.locator('.failed-rows tbody tr').count(), 2, 'failed rows');
      await done();
    });
  },

  async 'with the keyboard alone'() {
    await withStub({ sources: null }, async ({ address }) => {
      const { page, done } = await open(address, { locale: 'en-US' });
      // Asked for early: the browser must know it before the dialog opens.
      const choosing = page.waitForEvent('filechooser');
      const tab = async (id) => {
        for (let presses = 0; presses < 40; presses += 1) {
          await page.keyboard.press('Tab');
          const ring = await page.evaluate((id) => {
            const { activeElement } = document;
            if (activeElement?.id !== id && activeElement?.value !== id) return null;
            return getComputedStyle(activeElement).outlineStyle;
          }, id);
          if (ring === null) continue;
          return expect(ring !== 'none', `${id} does not show that it has the focus.`);
        }
        throw new Finding(`The tab key does not reach ${id}.`);
      };
      await tab('kind-search');
      await page.keyboard.type('tasks');
      await tab('tasks');
      await page.keyboard.press('Space');
      await tab('template-xlsx');
      const template = await downloaded(page, () => page.keyboard.press('Enter'));
      equal(template.name, 'tasks.xlsx', 'name of the template');
      await tab('source-input');
      await page.keyboard.type('bar');
      await tab('option-dry');
      await page.keyboard.press('Space');
      await tab('file-choose');
      await page.keyboard.press('Enter');
      await (await choosing).setFiles(file('keys.csv', MIXED));
      await page.locator('#send:focus').waitFor();
      await page.keyboard.press('Enter');
      await page.locator('#result-title:focus').waitFor();
      const spoken = await page.locator('#announcer').innerText();
      equal(spoken, 'Trial: 2 of 5 rows would need your attention', 'announcement');
      await done();
    });
  },

  async 'a million rows: the page stays free, and keeps a thousand'() {
    await withBusyStub(async ({ address }) => {
      const init = () => {
        window.longest = 0;
        window.seen = new Set();
        let before = performance.now();
        const tick = () => {
          const now = performance.now();
          window.longest = Math.max(window.longest, now - before);
          before = now;
          const text = document.getElementById('progress-phase')?.textContent;
          if (text) window.seen.add(text);
          setTimeout(tick);
        };
        setTimeout(tick);
      };
      const { page, done } = await open(address, { search: '?kind=tasks&source=bar', init });
      const rows = Array.from({ length: 1_000_000 }, (_, index) => {
        return `NV-${index},${index % 100 === 0 ? '' : `Việc ${index}`},00004,2026-03-15,`;
      });
      await chooseFile(page, file('million.csv', csvOf(rows)));
      await page.evaluate(() => (window.longest = 0));
      const started = Date.now();
      await page.locator('#send').click();
      await page.locator('#progress-counts li').first().waitFor({ timeout: 120_000 });
      await picture(page, '6-progress');
      await page.locator('#result:visible').waitFor({ timeout: 120_000 });
      const seconds = (Date.now() - started) / 1000;
      const { longest, seen, heap } = await page.evaluate(() => ({
        longest: window.longest,
        seen: [...window.seen],
        heap: performance.memory.usedJSHeapSize / 1e6,
      }));
      equal(await counts(page), { CREATED: 990_000, REJECTED: 10_000 }, 'counts');
      equal(await page.locator('.failed-rows tbody tr').count(), 1000, 'rows on screen');
      await page.getByText('Chỉ hiện 1.000 dòng đầu trên 10.000 dòng').waitFor();
      expect(longest < 500, `The page was busy for ${longest} ms.`);
      expect(heap < 100, `The page holds ${heap} MB.`);
      expect(
        ['Đang nén', 'Đang gửi', 'trên khoảng 1.000.000'].every((words) =>
          seen.some((text) => text.includes(words)),
        ),
        `The progress was only ${seen.slice(0, 5).join(' | ')}.`,
      );
      console.log(`    ${seconds} s, busy ${Math.round(longest)} ms, heap ${Math.round(heap)} MB`);
      await picture(page, '7-million');
      await done();
    });
  },

  async 'stopped by the visitor'() {
    await withBusyStub(async ({ address }) => {
      const failing = [/ERR_|aborted/i];
      const { page, done } = await open(address, { search: '?kind=tasks&source=bar', failing });
      const rows = Array.from({ length: 300_000 }, (_, index) => `NV-${index},Việc,00004,,`);
      await chooseFile(page, file('stopped.csv', csvOf(rows)));
      await page.locator('#send').click();
      await page.locator('#cancel').click();
      await page.getByText('Bạn đã dừng việc gửi.').waitFor();
      await done();
    });
  },

  async 'contrast, names and a narrow screen'() {
    await withStub({ sources: ['bar'] }, async ({ address }) => {
      const { page, done } = await open(address, { search: '?kind=tasks' });
      await page.locator('#option-dry').check();
      await page.locator('#option-replace').check();
      await chooseFile(page, file('looks.csv', MIXED));
      await send(page);
      await page.locator('#receipts tbody tr').first().waitFor();
      equal(await page.evaluate(poorContrasts), [], 'texts with too little contrast');
      equal(await page.evaluate(nameless), [], 'controls without a name');
      for (const width of [1024, 600, 380]) {
        await page.setViewportSize({ width, height: 700 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide <= width, `At ${width} pixels the page is ${wide} wide.`);
      }
      await picture(page, '8-narrow');
      await done();
    });
  },
};

/** Texts whose contrast with their background is below 4.5 (WCAG 2.2, level AA). */
function poorContrasts() {
  const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const background = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      // The band is striped: its lighter stripe counts.
      if (at.classList.contains('dry-band')) return [106, 71, 158];
      const [r, g, b, alpha = 1] = channels(style.backgroundColor);
      if (alpha > 0.5) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.closest(':disabled, noscript')) continue;
    const light = luminance(channels(getComputedStyle(element).color));
    const dark = luminance(background(element));
    const ratio = (Math.max(light, dark) + 0.05) / (Math.min(light, dark) + 0.05);
    if (ratio < 4.5) poor.push(`${element.textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return poor;
}

/** Controls that a screen reader cannot name. */
function nameless() {
  const controls = [...document.querySelectorAll('button, input, select, progress, section')];
  return controls
    .filter((control) => control.checkVisibility() && control.id !== 'file')
    .filter((control) => {
      const labelledBy = control.getAttribute('aria-labelledby');
      const label = labelledBy ? document.getElementById(labelledBy)?.textContent : null;
      const named = control.labels?.length > 0 || control.getAttribute('aria-label') || label;
      return !named && !(control.tagName === 'BUTTON' && control.textContent.trim());
    })
    .map((control) => control.outerHTML.slice(0, 80));
}

/** Opens the page of a real server with the given key. */
async function openReal(options = {}) {
  const { page, done } = await open(realAddress, options);
  const change = page.locator('#credential-change');
  if (await change.isVisible()) await change.click();
  const use = async (token) => {
    await page.locator('#credential-key').fill(token);
    await page.locator('#credential-key').press('Enter');
  };
  return { page, done, use };
}

async function realSourceOn(page) {
  const input = page.locator('#source-input');
  if ((await input.evaluate((element) => element.tagName)) === 'INPUT') {
    await input.fill(realSource ?? 'e2e');
    await input.press('Enter');
    return input.blur();
  }
  const values = await input.locator('option').evaluateAll((all) => all.map(({ value }) => value));
  const value = realSource ?? values.find((each) => each !== '');
  return input.selectOption(value);
}

const realCases = {
  async 'every kind has templates, which are answered (a trial)'() {
    const { page, done, use } = await openReal();
    await use(realToken);
    await page.locator('#work:visible').waitFor();
    const kinds = page.locator('.kind');
    const count = await kinds.count();
    expect(count > 0, 'There is no kind.');
    await picture(page, 'real-1-start');
    for (let at = 0; at < count; at += 1) {
      await kinds.nth(at).getByRole('radio').check();
      if (at === 0) await realSourceOn(page);
      await page.locator('#option-dry').check();
      for (const type of ['csv', 'xlsx']) {
        const template = await downloaded(page, () => page.locator(`#template-${type}`).click());
        await chooseFile(page, file(template.name, template.content));
        equal(await page.locator('#file-problem .problem').count(), 0, `${template.name} refused`);
        await send(page);
        const title = page.locator('#result-title');
        expect((await title.count()) === 1, await page.locator('#result').innerText());
        expect(
          await page.locator('#result .dry-band').isVisible(),
          `${template.name} was no trial: ${await title.innerText()}`,
        );
        equal(await page.locator('#result.bad').count(), 0, `${template.name} failed`);
        console.log(
          `    ${template.name}: ${await title.innerText()} ${JSON.stringify(await counts(page))}`,
        );
      }
    }
    await picture(page, 'real-2-result');
    await done();
  },

  async 'rows without values are answered with reasons (a trial)'() {
    const { page, done, use } = await openReal({ locale: 'en-US' });
    await use(realToken);
    await page.locator('#work:visible').waitFor();
    await page.getByRole('radio').first().check();
    await realSourceOn(page);
    await page.locator('#option-dry').check();
    await chooseFile(page, file('broken.ndjson', '{}\n{}\n'));
    await send(page);
    await page.locator('.failed-rows tbody tr').nth(1).waitFor();
    const reasons = await page.locator('.failed-rows li').allInnerTexts();
    expect(
      reasons.every((reason) => reason.trim() !== ''),
      'A reason is empty.',
    );
    console.log(`    ${reasons.slice(0, 2).join(' | ')}`);
    await picture(page, 'real-3-failed');
    await done();
  },

  async 'a wrong key is refused in words'() {
    const { page, done, use } = await openReal({ failing: REFUSED });
    await use('wrong-key');
    await page.getByText('Khóa không hợp lệ hoặc đã hết hạn.').waitFor();
    await done();
  },
};

if (realAddress !== undefined && realToken === undefined) {
  console.error('usage: node e2e/push.mjs [http://127.0.0.1:PORT TOKEN [SOURCE]]');
  process.exit(2);
}
let run = 0;
try {
  const cases = Object.entries(realAddress === undefined ? stubCases : realCases);
  for (const [name, check] of cases.filter(([name]) => !ONLY || name.includes(ONLY))) {
    try {
      await check();
      run += 1;
      console.log(`ok  ${name}`);
    } catch (error) {
      console.error(`BAD ${name}\n    ${error instanceof Finding ? error.message : error}`);
      process.exitCode = 1;
    }
  }
  if (process.exitCode === undefined) console.log(`All ${run} cases of the page /push passed.`);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
