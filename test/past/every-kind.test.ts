/** Every kind of entry can be undone: each table is, row by row, what it was. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Content } from '../../src/backup/digests.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { differences, expectEveryKind, knownHistory, someOf } from '../support/backups.ts';
import { pastContent } from '../support/past-content-work.ts';
import { runs } from '../support/runs.ts';

let api: TestApp;
let known: Map<number, Content>;
beforeAll(async () => {
  api = await testApp();
  known = await knownHistory(api, 100);
});
afterAll(() => api.close());

it('every kind of resource and action was there', () => expectEveryKind(api.database));

it('each table is what it was', async () => {
  for (const seq of someOf(known, runs(60))) {
    let past: Content | undefined;
    for await (const part of api.database.stream(pastContent, seq)) if ('tables' in part) past = part;
    expect(differences(past as Content, known.get(seq) as Content), `at ${seq}`).toEqual([]);
  }
});
