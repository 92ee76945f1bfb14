// Tests the playground of a running server in a real browser: it must load without a request to
// another host, and the response to its first example must have data.
//
//   BASE_URL    where the server listens (default http://127.0.0.1:4000)
//   CHROMIUM    the browser (default /usr/bin/chromium)
//   SCREENSHOT  where to save a picture of the page after the query (default: none is saved)
import { chromium } from 'playwright-core';

const baseUrl = new URL(process.env.BASE_URL ?? 'http://127.0.0.1:4000');
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const screenshot = process.env.SCREENSHOT;
const timeout = 30_000;

/** A failed expectation; any other error means that the check itself failed. */
class Finding extends Error {}

function isForeign(address) {
  const url = new URL(address);
  return !['data:', 'blob:'].includes(url.protocol) && url.host !== baseUrl.host;
}

/** Whether a request is a query of the visitor and not the introspection of the page. */
function isVisitorsQuery(request) {
  return (
    new URL(request.url()).pathname === '/graphql' &&
    request.method() === 'POST' &&
    request.postDataJSON()?.operationName !== 'IntrospectionQuery'
  );
}

async function check(page, requests, errors) {
  await page.goto(new URL('/playground', baseUrl).href, { timeout });

  const connected = page.locator('.header-status.connected');
  const failed = page.locator('.notice.error');
  await connected.or(failed).first().waitFor({ timeout });
  if (await failed.isVisible()) {
    throw new Finding(`The page could not read the schema: ${await failed.innerText()}`);
  }

  const example = page
    .getByRole('region', { name: 'Ví dụ / Examples' })
    .getByRole('button')
    .first();
  await example.click({ timeout });
  const exampleName = (await example.locator('.example-name').innerText()).trim();

  const answered = page.waitForResponse((response) => isVisitorsQuery(response.request()), {
    timeout,
  });
  await page.locator('.graphiql-execute-button').click({ timeout });
  const response = await answered;
  const answer = await response.json();
  if (answer.errors !== undefined) {
    throw new Finding(`"${exampleName}" was answered with ${JSON.stringify(answer.errors)}.`);
  }
  if (answer.data === undefined || answer.data === null) {
    throw new Finding(`"${exampleName}" was answered without data (status ${response.status()}).`);
  }
  await page.locator('.result-window').getByText('"data"').first().waitFor({ timeout });

  const sentHeaders = await response.request().allHeaders();
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  const credential = sentHeaders.authorization;
  if (credential !== undefined && stored.includes(credential)) {
    throw new Finding('The credential was written to the local storage of the browser.');
  }

  if (screenshot) await page.screenshot({ path: screenshot });

  const foreign = requests.filter(isForeign);
  if (foreign.length > 0) throw new Finding(`The page asked other hosts: ${foreign.join(', ')}.`);
  if (errors.length > 0) throw new Finding(`The console has errors: ${errors.join(' | ')}`);
  return exampleName;
}

const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // Requests to other hosts fail, so that the page runs as on a machine without a network.
    `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${baseUrl.hostname}`,
  ],
});
try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const requests = [];
  const errors = [];
  context.on('request', (request) => requests.push(request.url()));
  context.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  context.on('weberror', (webError) => errors.push(String(webError.error())));

  const page = await context.newPage();
  const exampleName = await check(page, requests, errors);
  console.log(
    `The playground loaded with ${requests.length} requests, all to ${baseUrl.host}, ` +
      `and "${exampleName}" was answered with data.`,
  );
} catch (error) {
  console.error(error instanceof Finding ? error.message : `The check broke off: ${error}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
