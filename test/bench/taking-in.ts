/** What an import of 100 000 projects costs the figures of a million others. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { importSheet, keyFor, timeOf, untilReady } from './calls.ts';
import { smallDatabase } from './exports.ts';
import { sheetOf, usualColumnsOf } from './imports.ts';
import { startService } from './processes.ts';
import type { Row, Setting } from './sections.ts';

/** Asks again and again until stopped. @returns the longest answer, in milliseconds */
function longest(url: () => string, pause: number): () => Promise<number> {
  let most = 0;
  let isAsking = true;
  const ended = (async () => {
    while (isAsking) {
      most = Math.max(most, await timeOf(url()));
      await sleep(pause);
    }
  })();
  return async () => {
    isAsking = false;
    await ended;
    return most;
  };
}

export async function takingIn(setting: Setting, million: string): Promise<Row[]> {
  const sheet = usualColumnsOf(await sheetOf(await smallDatabase(setting)));
  // Codes are unique.
  const others = Buffer.from(sheet.toString().replaceAll('MADE-UP-', 'IMPORTED-'));
  const file = join(setting.folder, 'taking-in.db');
  copyFileSync(million, file);
  const key = await keyFor(file);
  const service = await startService(file, { IMPORT_DIR: join(setting.folder, 'imports') }, 'both');
  await untilReady(service, 0);
  let day = 0;
  const figure = () => {
    const asOf = new Date(Date.UTC(2010, 0, ++day)).toISOString().slice(0, 10);
    return `${service.url}/v1/statistics/summary?level=provincial&asOf=${asOf}`;
  };
  const usual = await timeOf(figure());
  const livez = longest(() => `${service.url}/livez`, 20);
  const figures = longest(figure, 100);
  const began = performance.now();
  const { created } = await importSheet(service, key, others);
  const imported = performance.now() - began;
  const first = await timeOf(figure());
  const [slowLivez, slowFigure] = await Promise.all([livez(), figures()]);
  await service.stop();
  const row = (name: string, mine: number, limit: string, ratio: number): Row => ({
    name: `an import of ${created} projects (${(imported / 1_000).toFixed(1)} s) into a million: ${name}`,
    ours: `${mine.toFixed(0)} ms`,
    yardstick: limit,
    ratio,
    target: { most: 1 },
  });
  return [
    row(
      'the first figure after it',
      first,
      `a tenth of it; usually ${usual.toFixed(0)} ms`,
      first / (imported / 10),
    ),
    row('the longest figure meanwhile', slowFigure, `a tenth of it`, slowFigure / (imported / 10)),
    row('the longest /livez meanwhile', slowLivez, '300 ms', slowLivez / 300),
  ];
}
