/** The page at `/` of a running demo, in a browser. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Body } from '../support/app.ts';
import { openBrowser, type WatchedPage, watchedPage } from '../support/browser.ts';
import { freshDatabase, type TestDatabase } from '../support/engines.ts';
import { luodi, occupiedPort, type Running, until } from '../support/process.ts';

export const AS_PUBLISHED = 'event=hyrd-2020&asOf=2022-08-31';

export interface Demo {
  address: string;
  key: string;
  browser: Browser;
  running: Running;
  /** @returns the JSON of a path, read with the key unless another is given */
  get(path: string): Promise<Body>;
  send(method: string, path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Opens the page and waits for its first figure. */
  open(query: string, options?: BrowserContextOptions): Promise<WatchedPage>;
  /** Closes the pages that were opened; fails if one of them did what no page may. */
  closePages(): Promise<void>;
  close(): Promise<void>;
}

export async function startDemo(ANONYMOUS_READ = 'all'): Promise<Demo> {
  const database: TestDatabase = await freshDatabase();
  const { port, free } = await occupiedPort();
  await free();
  const address = `http://127.0.0.1:${port}`;
  const running = luodi(['demo'], {
    env: { DATABASE_URL: database.url, PORT: String(port), ANONYMOUS_READ },
  });
  await until(() => running.stdout().includes('Server listening'));
  const key = /Bearer (luodi_\w+)/.exec(running.stdout())?.[1] as string;
  const browser = await openBrowser();
  const headers = { authorization: `Bearer ${key}` };
  let opened: WatchedPage[] = [];
  return {
    address,
    key,
    browser,
    running,
    get: async (path) => (await fetch(address + path, { headers })).json(),
    send: (method, path, body, more) =>
      fetch(address + path, {
        method,
        headers: { ...headers, 'content-type': 'application/json', ...more },
        body: JSON.stringify(body),
      }),
    open: async (query, options) => {
      const watched = await watchedPage(browser, address, { locale: 'zh-CN', ...options });
      opened.push(watched);
      await watched.page.goto(`${address}/?${query}`);
      return watched;
    },
    closePages: async () => {
      const pages = opened;
      opened = [];
      for (const { page, offences } of pages) {
        expect(offences).toEqual([]);
        await page.close();
      }
    },
    close: async () => {
      await browser.close();
      running.signal('SIGTERM');
      await running.ended;
      await database.remove();
    },
  };
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @returns what axe finds wrong with the page, each as `rule: element` */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // Through the debugger, which the page's policy does not concern.
  await page.evaluate(axe);
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** The text of an element without the white space around and within it. */
export const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).first().innerText()).replace(/\s+/g, ' ').trim();
