/** Whatever was answered once is answered again: the model is what the service said at the time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBase, untold } from '../../src/backup/base.ts';
import { restore } from '../../src/backup/restoring.ts';
import { openDatabase } from '../../src/database/open.ts';
import { backupWorks, restoringWorks } from '../../src/workers/works.ts';
import { type Client, clientOf, instanceBeside, type TestApp, testApp } from '../support/app.ts';
import { addressOf, asking, essence } from '../support/asking.ts';
import { concurrent, emptyDatabase } from '../support/engines.ts';
import { historyIn, roll } from '../support/histories.ts';
import { runs } from '../support/runs.ts';

const STEPS = 200;
const ASKED_AFTER_EACH = 6;

describe('after any history', () => {
  let api: TestApp;
  const said: { address: string; seq: number; answer: string }[] = [];
  beforeAll(async () => {
    api = await testApp();
    const { take, keys, taken } = historyIn(api);
    const [steps] = fc.sample(fc.array(roll, { minLength: STEPS, maxLength: STEPS }), 1);
    const [asked] = fc.sample(
      fc.array(fc.array(asking, { minLength: ASKED_AFTER_EACH, maxLength: ASKED_AFTER_EACH }), {
        minLength: STEPS,
        maxLength: STEPS,
      }),
      1,
    );
    for (const [i, step] of (steps ?? []).entries()) {
      await take(step);
      const { seq } = await api.database.revision();
      if (seq === 0) continue;
      for (const one of asked?.[i] ?? []) {
        const address = addressOf(one, keys);
        if (address) said.push({ address, seq, answer: essence(address, await api.get(address)) });
      }
      // Pasts that are known already, as more is written.
      if (i % 10 === 9) await expectSaidAgain(api, 2, said[Math.floor(i / 50)]?.seq);
    }
    expect(taken.size).toBeGreaterThan(20);
  });
  afterAll(() => api.close());

  /** What was said at some revisions, asked again of a client. */
  async function expectSaidAgain(client: Client, revisions: number, always?: number): Promise<void> {
    const all = [...new Set(said.map(({ seq }) => seq))];
    const [shuffled = []] = fc.sample(fc.shuffledSubarray(all, { minLength: all.length }), 1);
    const some = [...(always ? [always] : []), ...shuffled.slice(0, revisions)];
    const differing: unknown[] = [];
    for (const revision of some) {
      for (const { address, seq, answer } of said) {
        if (seq !== revision) continue;
        const again = await client.get(`${address}${address.includes('?') ? '&' : '?'}revision=${seq}`);
        const now = essence(address, again);
        if (now !== answer) differing.push({ address, seq, was: answer, is: now });
      }
    }
    expect(differing.slice(0, 3)).toEqual([]);
  }

  it('every answer is given again, as it was known', () => expectSaidAgain(api, runs(100)));

  it('every answer is given again by another instance', async () => {
    const database = await openDatabase(api.url);
    const app = await instanceBeside(api, database);
    await app.ready();
    await expectSaidAgain(clientOf(app), runs(40));
    await app.close();
    await database.close();
  });

  // A second database, which PGlite does not have.
  it.runIf(concurrent)('every answer is given again after backup and restore', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'luodi-past-'));
    const place = await emptyDatabase();
    try {
      const works = { steps: untold, signal: new AbortController().signal };
      await makeBase(api.database, folder, api.clock.now(), { works: backupWorks, ...works });
      await restore(folder, place.url, null, { ...restoringWorks(api.clock), ...works });
      const database = await openDatabase(place.url);
      const app = await instanceBeside(api, database);
      await app.ready();
      await expectSaidAgain(clientOf(app), runs(40));
      await app.close();
      await database.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await place.remove();
    }
  });
});
