/** The documentation page in a browser: whoever opens an operation and sends it gets 200, offline. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasChromium, openBrowser, WITHOUT_CHROMIUM, watchedPage } from '../support/browser.ts';
import { isEndless, openapi } from '../support/contract.ts';
import { freshDatabase, type TestDatabase } from '../support/engines.ts';
import { endAll, luodi, occupiedPort, type Running, until } from '../support/process.ts';
import { type Operation, operations, requiredQuery } from './operations.ts';

if (!hasChromium) it.skip(WITHOUT_CHROMIUM);

/** One operation of each kind: `test/contract/collection.test.ts` sends all of them. */
const isChosen = ({ method, template, operationId, tags: [tag] }: Operation): boolean =>
  method === 'GET' &&
  !isEndless(method, template) &&
  // None is in the demo: imports are only kept for days.
  !template.startsWith('/v1/imports/{') &&
  (tag === 'files' ? operationId.startsWith('exportProjects') : true) &&
  (operationId.endsWith('History') ? operationId === 'listProjectHistory' : true);

/** What readers open first, and one catalogue: the others are alike, and a page takes seconds. */
const OPEN = ['projects', 'statistics', 'quality', 'events', 'published-figures', 'changes', 'files'];
const LOCKED = ['keys'];

const groups = Map.groupBy(operations.filter(isChosen), ({ tags: [tag] }) => tag as string);
describe.skipIf(!hasChromium)('the documentation', () => {
  let database: TestDatabase;
  let demo: Running;
  let address: string;
  let browser: Browser;
  let page: Page;
  /** What the page must not do. */
  let offences: string[];

  beforeAll(async () => {
    database = await freshDatabase();
    const { port, free } = await occupiedPort();
    await free();
    address = `http://127.0.0.1:${port}`;
    const env = { DATABASE_URL: database.url, PORT: String(port), ANONYMOUS_READ: 'all' };
    demo = luodi(['demo'], { env });
    await until(() => demo.stdout().includes('Server listening'));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await endAll();
    await database?.remove();
  });

  beforeEach(async () => {
    ({ page, offences } = await watchedPage(browser, address));
    await page.goto(`${address}/docs`);
    await page.locator('.opblock-tag').first().waitFor();
  });
  afterEach(() => page.close());

  const opened = async (tag: string): Promise<void> => {
    await page.locator(`.opblock-tag[data-tag="${tag}"]`).click();
  };

  /** Opens an operation and sends it as it is. @returns the status that the page shows, and the request */
  async function send(tag: string, { operationId, template }: Operation) {
    const block = page.locator(`#operations-${tag}-${operationId}`);
    await block.locator('.opblock-summary-control').click();
    const path = new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    const sent = page.waitForRequest((request) => path.test(new URL(request.url()).pathname));
    await block.locator('.execute').click();
    const status = block.locator('.live-responses-table tbody .response-col_status').first();
    return { shown: (await status.innerText()).trim().split(/\s/)[0], request: await sent };
  }

  it('shows its groups in the order of use', async () => {
    const shown = await page
      .locator('.opblock-tag')
      .evaluateAll((elements) => elements.map((element) => element.getAttribute('data-tag')));
    expect(shown).toEqual((openapi as unknown as { tags: { name: string }[] }).tags.map(({ name }) => name));
    expect(offences).toEqual([]);
  });

  it.each(OPEN)('sends what reads %s as it is, and gets 200', async (tag) => {
    await opened(tag);
    expect(groups.get(tag)?.length).toBeGreaterThan(0);
    for (const operation of groups.get(tag) ?? []) {
      const { shown, request } = await send(tag, operation);
      expect(shown, operation.operationId).toBe('200');
      const query = Object.fromEntries(new URL(request.url()).searchParams);
      expect(query, operation.operationId).toEqual(requiredQuery(operation));
      expect(request.headers()).not.toHaveProperty('authorization');
    }
    expect(offences).toEqual([]);
  });

  it.each(LOCKED)('sends what reads %s with the key that is entered', async (tag) => {
    const key = /Bearer (luodi_\w+)/.exec(demo.stdout())?.[1] as string;
    await page.locator('.btn.authorize').click();
    await page.locator('.auth-container input').fill(key);
    await page.locator('.auth-btn-wrapper .authorize').click();
    await page.locator('.auth-btn-wrapper .btn-done').click();
    await opened(tag);
    for (const operation of groups.get(tag) ?? []) {
      const { shown, request } = await send(tag, operation);
      expect(shown, operation.operationId).toBe('200');
      expect(request.headers().authorization).toBe(`Bearer ${key}`);
    }
    expect(offences).toEqual([]);
  });
});
