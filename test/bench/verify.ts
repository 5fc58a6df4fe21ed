/** Time to verify a million projects against their log. */
import { join } from 'node:path';
import { root, run } from './processes.ts';
import type { Row, Setting } from './sections.ts';

const WANTED_SECONDS = 180;

export async function verify(setting: Setting): Promise<Row[]> {
  const file = await setting.madeUp(1_000_000);
  const began = performance.now();
  await run([join(root, 'dist/cli.js'), 'verify'], { DATABASE_URL: `file:${file}` });
  const seconds = (performance.now() - began) / 1_000;
  return [
    {
      name: 'a million: verify',
      ours: `${seconds.toFixed(0)} s`,
      yardstick: `${WANTED_SECONDS} s`,
      ratio: seconds / WANTED_SECONDS,
      target: { most: 1 },
    },
  ];
}
