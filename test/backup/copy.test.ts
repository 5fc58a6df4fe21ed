/** A copy answers as its original does, on either engine. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untold } from '../../src/backup/base.ts';
import { copyDatabase, followInto } from '../../src/backup/copy.ts';
import { loggedEntities } from '../../src/contributions.ts';
import { openDatabase } from '../../src/database/open.ts';
import { hashAt } from '../../src/database/revision.ts';
import { restoringWorks } from '../../src/workers/works.ts';
import { type Client, clientOf, created, instanceBeside, type TestApp, testApp } from '../support/app.ts';
import { addressOf, asking, essence, FIGURES, FILES, LISTS } from '../support/asking.ts';
import { contentIn, differences } from '../support/backups.ts';
import { concurrent, emptyDatabase } from '../support/engines.ts';
import { historyIn, roll } from '../support/histories.ts';
import { runs } from '../support/runs.ts';
import { expectVerified } from '../support/verified.ts';
import { populate, writeEvent } from '../support/works.ts';

const STEPS = 150;

// PGlite accepts one connection.
describe.runIf(concurrent)('a copy', () => {
  let api: TestApp;
  let folder: string;
  let addresses: string[];
  const context = (signal = new AbortController().signal) => ({
    ...restoringWorks(api.clock),
    steps: untold,
    signal,
  });
  beforeAll(async () => {
    api = await testApp();
    folder = mkdtempSync(join(tmpdir(), 'luodi-copy-'));
    await populate(api.database);
    const { take, keys } = historyIn(api);
    const [steps = []] = fc.sample(fc.array(roll, { minLength: STEPS, maxLength: STEPS }), 1);
    for (const step of steps) await take(step);
    const many = runs(1_000);
    const [asked = []] = fc.sample(fc.array(asking, { minLength: many, maxLength: many }), 1);
    addresses = [
      ...Object.values(LISTS),
      ...FIGURES,
      ...FILES,
      '/v1/keys',
      '/v1/changes?limit=500',
      '/v1/changes/head',
      ...asked.map((one) => addressOf(one, keys)).filter((address) => address !== null),
    ];
  });
  afterAll(async () => {
    await api.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What a service answers to all that is asked. */
  async function answersOf(client: Client): Promise<Map<string, string>> {
    const answers = new Map<string, string>();
    for (const address of addresses) answers.set(address, essence(address, await client.get(address)));
    return answers;
  }

  /** What a copy answers, once it is verified. */
  async function answersIn(url: string): Promise<Map<string, string>> {
    const database = await openDatabase(url);
    await expectVerified(database);
    const app = await instanceBeside(api, database);
    await app.ready();
    const answers = await answersOf(clientOf(app));
    await app.close();
    await database.close();
    return answers;
  }

  it('has the same figures, lists, files, log and keys, in a file and beyond it', async () => {
    const original = await answersOf(api);
    expect([...original.values()].filter((answer) => answer.startsWith('{')).length).toBeGreaterThan(50);
    // The other engine, or another file of the same one; and back.
    const file = `file:${join(folder, 'copy.db')}`;
    expect(await copyDatabase(api.database, file, context())).toMatchObject(await api.database.revision());
    expect(await answersIn(file)).toEqual(original);
    const back = await emptyDatabase();
    const copy = await openDatabase(file);
    await copyDatabase(copy, back.url, context());
    await copy.close();
    expect(await answersIn(back.url)).toEqual(original);
    await back.remove();
  });

  it('follows its original', async () => {
    const place = await emptyDatabase();
    const from = await copyDatabase(api.database, place.url, context());
    await populate(api.database).catch(() => {});
    for (let i = 0; i < 300; i++) await writeEvent(api.database, `followed-${i}`);
    // Somebody tells it, and is ahead of the copy.
    const webhook = await created(api, '/v1/webhooks', { name: '推送', url: 'https://example.org/' });
    const ahead = { owner: { pid: process.pid }, cursor: 1_000_000 };
    const ofWebhook = { id: webhook.id, secret: webhook.secret };
    await api.database.write(async (tx) => {
      const { webhookStates } = tx.tables;
      await tx.update(webhookStates).set(ahead).where(eq(webhookStates.id, webhook.id));
    });
    const stopped = context(AbortSignal.abort());
    const last = await followInto(api.database, place.url, from, loggedEntities, stopped);
    expect(last).toMatchObject(await api.database.revision());
    const copy = await openDatabase(place.url);
    expect(differences(await contentIn(copy), await contentIn(api.database))).toEqual([]);
    await expectVerified(copy);
    const states = await copy.read.select().from(copy.read.tables.webhookStates);
    expect(states).toContainEqual(expect.objectContaining({ ...ofWebhook, owner: null, cursor: last.seq }));
    // Entries whose commit was not heard of are there, and not appended again.
    const unheard = last.seq - 50;
    const hash = String(await hashAt(api.database.read, unheard));
    const again = await followInto(
      api.database,
      place.url,
      { seq: unheard, hash },
      loggedEntities,
      context(AbortSignal.abort()),
    );
    expect(again).toEqual(last);
    expect(await copy.revision()).toEqual(await api.database.revision());
    // Somebody writes to the copy, too early.
    await writeEvent(copy, 'too-early');
    await copy.close();
    await writeEvent(api.database, 'later');
    await expect(followInto(api.database, place.url, last, loggedEntities, stopped)).rejects.toThrow(
      `entry ${last.seq + 2}: the entry is missing`,
    );
    await place.remove();
  });

  it('is not followed by a database that is another one', async () => {
    const file = `file:${join(folder, 'followed.db')}`;
    const { seq } = await copyDatabase(api.database, file, context());
    await writeEvent(api.database, 'one-more');
    const other = { seq, hash: '0'.repeat(64) };
    await expect(
      followInto(api.database, file, other, loggedEntities, context(AbortSignal.abort())),
    ).rejects.toThrow(`entry ${seq + 1} does not follow the ${seq} that was copied`);
  });

  it('is refused where there is something, and leaves no part when it is stopped', async () => {
    await expect(copyDatabase(api.database, api.url, context())).rejects.toThrow(
      /already exists; nothing was changed$|^The target is not empty: .*; nothing was changed$/,
    );
    const empty = mkdtempSync(join(folder, 'stopped-'));
    await expect(
      copyDatabase(api.database, `file:${join(empty, 'a.db')}`, context(AbortSignal.abort())),
    ).rejects.toThrow();
    expect(readdirSync(empty)).toEqual([]);
  });
});
