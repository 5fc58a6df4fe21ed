/** Pages in Debian's Chromium, and what they must not do. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { mustRun, pathOf } from './programs.ts';

/** In CI it must be there. */
export const hasChromium = mustRun('chromium');
export const WITHOUT_CHROMIUM = 'in Chromium, which is not installed (chromium): left to CI';

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: pathOf('chromium') ?? 'chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });

export interface WatchedPage {
  page: Page;
  /** Requests to other hosts, violations of the policy, errors. */
  offences: string[];
}

/** @param address of the only host that the page may talk to */
export async function watchedPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const offences: string[] = [];
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(150_000);
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== address) offences.push(`request: ${request.url()}`);
  });
  page.on('pageerror', (error) => offences.push(`error: ${error}`));
  page.on('console', (message) => {
    if (message.type() === 'error') offences.push(`console: ${message.text()}`);
  });
  await page.exposeFunction('offend', (what: string) => offences.push(what));
  await page.addInitScript(`document.addEventListener('securitypolicyviolation',
    ({ effectiveDirective, sourceFile }) => offend('policy: ' + effectiveDirective + ' ' + sourceFile))`);
  return { page, offences };
}
