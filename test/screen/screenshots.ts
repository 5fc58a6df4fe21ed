/** `npm run screenshots`: pictures of the demo for the documentation, from Debian's Chromium with a Chinese typeface. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser } from '../support/browser.ts';
import { occupiedPort, projectFolder, until } from '../support/process.ts';

const PUBLISHED = 'event=hyrd-2020&asOf=2022-08-31';
const pictures = [
  { name: 'overview-zh', query: `lang=zh&${PUBLISHED}`, width: 1440, height: 1190 },
  { name: 'overview-en', query: `lang=en&${PUBLISHED}`, width: 1440, height: 1190 },
  {
    name: 'past-zh',
    query: `lang=zh&${PUBLISHED}&compareWith=previousMonth`,
    width: 1440,
    height: 700,
    past: true,
  },
  { name: 'wall', query: `lang=zh&${PUBLISHED}&wall`, width: 1920, height: 1080 },
];

const folder = mkdtempSync(join(tmpdir(), 'luodi-screenshots-'));
const images = join(projectFolder, 'docs', 'images');
mkdirSync(images, { recursive: true });
const { port, free } = await occupiedPort();
await free();
const address = `http://127.0.0.1:${port}`;
const env = {
  ...process.env,
  DATABASE_URL: `file:${join(folder, 'demo.db')}`,
  PORT: String(port),
  ANONYMOUS_READ: 'all',
};
const demo = spawn(process.execPath, ['src/cli.ts', 'demo'], { cwd: projectFolder, env });
let output = '';
demo.stdout.setEncoding('utf8').on('data', (text: string) => {
  output += text;
});
const browser = await openBrowser();
try {
  await until(() => output.includes('Server listening'));
  const { seq } = (await (await fetch(`${address}/v1/changes/head`)).json()) as { seq: number };
  for (const { name, query, width, height, past = false } of pictures) {
    const page = await browser.newPage({
      viewport: { width, height },
      locale: 'zh-CN',
      reducedMotion: 'reduce',
    });
    await page.goto(`${address}/?${query}${past ? `&revision=${seq}` : ''}`);
    await page.locator('.chart canvas').first().waitFor();
    await page.locator('.before b').first().waitFor();
    await page.waitForLoadState('load');
    await page.locator(past ? '.past' : '.live.live').waitFor();
    await page.screenshot({ path: join(images, `${name}.png`) });
    await page.close();
    process.stdout.write(`docs/images/${name}.png\n`);
  }
} finally {
  await browser.close();
  demo.kill();
  await once(demo, 'exit');
  rmSync(folder, { recursive: true, force: true });
}
