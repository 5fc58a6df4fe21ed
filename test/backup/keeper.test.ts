/** Backups that the service keeps by itself. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeBase, untold } from '../../src/backup/base.ts';
import type { RunCommand } from '../../src/backup/children.ts';
import { backupsIn } from '../../src/backup/folder.ts';
import { backupKeeper, type Keeper } from '../../src/backup/keeper.ts';
import { backupMetrics } from '../../src/backup/metrics.ts';
import { inScratch } from '../../src/backup/restoring.ts';
import { loggedEntities as entities } from '../../src/contributions.ts';
import { thisProcess } from '../../src/jobs/owners.ts';
import { restoringWorks } from '../../src/workers/works.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { contentIn, differences } from '../support/backups.ts';
import { concurrent } from '../support/engines.ts';
import { until } from '../support/process.ts';
import { writeEvent } from '../support/works.ts';

const limits = { claimMs: 20, lookMs: 5, retryMs: 20 };

// PGlite accepts one connection.
describe.runIf(concurrent)('a keeper', () => {
  let api: TestApp;
  let folder: string;
  let keepers: Keeper[];
  /** What was run and told, in order. */
  let events: string[];
  /** Commands that fail. */
  let failing: Set<string>;
  beforeEach(async () => {
    api = await testApp();
    folder = join(mkdtempSync(join(tmpdir(), 'luodi-keeper-')), 'backups');
    [keepers, events, failing] = [[], [], new Set()];
  });
  afterEach(async () => {
    for (const keeper of keepers) await keeper.stop();
    await api.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const context = () => ({
    ...restoringWorks(api.clock),
    steps: untold,
    signal: new AbortController().signal,
  });
  const restored = async (): Promise<string[]> => {
    let differing: string[] = ['nothing'];
    await inScratch(folder, context(), async (database) => {
      differing = differences(await contentIn(database), await contentIn(api.database));
    });
    return differing;
  };

  function keeper(name = ''): Keeper {
    const run: RunCommand = async ([command, where]) => {
      expect(where).toBe(folder);
      events.push(`${name}${command}`);
      if (failing.has(command as string)) throw new Error(`${command} fails`);
      if (command === 'backup') return makeBase(api.database, folder, api.clock.now(), context());
      const { head } = await inScratch(folder, context(), async () => {});
      return { revision: head.seq };
    };
    // Of another host, since two of one process are one.
    const me = { ...thisProcess(folder), host: `${name}host` };
    const { database, clock } = api;
    const one = backupKeeper({ database, clock, folder, entities, run, limits, me });
    one.start({
      made: () => events.push(`${name}made`),
      proved: () => events.push(`${name}proved`),
      failed: (_, what) => events.push(`${name}${what} failed`),
    });
    keepers.push(one);
    return one;
  }

  const happened = (what: string, times = 1) =>
    until(() => events.filter((one) => one === what).length >= times);
  const written = async (one: Keeper) => {
    const { seq } = await api.database.revision();
    await until(async () => (await one.state()).written?.revision === seq);
  };

  it('makes a base, proves it at once, and appends every entry', async () => {
    const one = keeper();
    await happened('proved');
    expect(events).toEqual(['backup', 'made', 'prove', 'proved']);
    const { base, proof, backupFailedAt, proofFailedAt } = await one.state();
    const { seq: revision } = await api.database.revision();
    const at = api.clock.now();
    expect({ base, proof }).toEqual({ base: { revision, at }, proof: { revision, at } });
    expect({ backupFailedAt, proofFailedAt }).toEqual({ backupFailedAt: null, proofFailedAt: null });
    for (let i = 0; i < 3; i++) await writeEvent(api.database, `kept-${i}`);
    await written(one);
    expect(await restored()).toEqual([]);
  });

  it('has what was written until it was stopped, and continues the base when started again', async () => {
    const one = keeper();
    await happened('proved');
    await writeEvent(api.database, 'just-before');
    await one.stop();
    expect(await restored()).toEqual([]);
    await writeEvent(api.database, 'in-between');
    const other = keeper();
    await written(other);
    expect(events).toEqual(['backup', 'made', 'prove', 'proved']);
    expect(await restored()).toEqual([]);
  });

  it('proves the base with its entries when the day is over, and makes the next one', async () => {
    const one = keeper();
    await happened('proved');
    await writeEvent(api.database, 'in-a-segment');
    await written(one);
    const { seq } = await api.database.revision();
    api.clock.set('2026-11-23T05:00:00Z');
    await happened('made', 2);
    expect(events.slice(4)).toEqual(['prove', 'proved', 'backup', 'made']);
    const state = await one.state();
    expect(state.proof).toEqual({ revision: seq, at: '2026-11-23T05:00:00.000Z' });
    expect(state.base).toEqual({ revision: seq, at: '2026-11-23T05:00:00.000Z' });
    await writeEvent(api.database, 'after-the-next');
    await written(one);
    const { bases, segments } = await backupsIn(folder);
    expect(bases.length).toBe(2);
    expect(segments.at(-1)?.stem).toBe(bases.at(-1)?.stem);
    expect(await restored()).toEqual([]);
  });

  it('makes another base where the folder has those of another database', async () => {
    const other = await testApp();
    for (let i = 0; i < 3; i++) await writeEvent(other.database, `other-${i}`);
    await makeBase(other.database, folder, '2026-11-01T00:00:00.000Z', context());
    await other.close();
    keeper();
    await happened('proved');
    expect((await backupsIn(folder)).bases.length).toBe(2);
    expect(await restored()).toEqual([]);
  });

  it('is one of several, and another one goes on when it stops', async () => {
    const first = keeper('first ');
    await happened('first proved');
    const second = keeper('second ');
    await writeEvent(api.database, 'of-the-first');
    await written(first);
    expect(first.condition().isOwner).toBe(true);
    expect(second.condition().isOwner).toBe(false);
    expect((await second.state()).base).toEqual((await first.state()).base);
    await first.stop();
    await until(() => second.condition().isOwner);
    await writeEvent(api.database, 'of-the-second');
    await written(second);
    expect(events.filter((one) => one.startsWith('second'))).toEqual([]);
    expect(await restored()).toEqual([]);
  });

  it('tells a proof that fails, goes on, and proves the next base', async () => {
    failing.add('prove');
    const one = keeper();
    await happened('proof failed');
    expect((await one.state()).proofFailedAt).toBe(api.clock.now());
    await writeEvent(api.database, 'nevertheless');
    await written(one);
    failing.clear();
    api.clock.set('2026-11-23T05:00:00Z');
    await happened('proved');
    await happened('made', 2);
    expect((await one.state()).proofFailedAt).toBeNull();
    expect(one.condition().failures).toBe(1);
  });

  it('tells a backup that fails, goes on appending, and tries again', async () => {
    const one = keeper();
    await happened('proved');
    failing.add('backup');
    api.clock.set('2026-11-23T05:00:00Z');
    await happened('backup failed');
    expect((await one.state()).backupFailedAt).toBe('2026-11-23T05:00:00.000Z');
    await writeEvent(api.database, 'nevertheless');
    await written(one);
    failing.clear();
    api.clock.set('2026-11-23T06:00:00Z');
    await happened('made', 2);
    expect((await one.state()).backupFailedAt).toBeNull();
  });

  it('tells a monitor', async () => {
    const one = keeper();
    await happened('proved');
    const samples = await backupMetrics(one, api.database.revision)();
    const now = api.clock.milliseconds() / 1_000;
    expect(Object.fromEntries(samples.map(({ name, value }) => [name, value]))).toEqual({
      luodi_backup_base_timestamp_seconds: now,
      luodi_backup_proof_timestamp_seconds: now,
      luodi_backup_lag_entries: 0,
      luodi_backup_owner: 1,
      luodi_backup_failures_total: 0,
    });
  });

  it('cannot be where its folder cannot be made, and says so', async () => {
    const own = folder;
    folder = '/dev/null/backups';
    const one = keeper();
    await happened('backup failed');
    expect(one.condition().failures).toBeGreaterThan(0);
    expect(readdirSync('/dev').includes('null')).toBe(true);
    await one.stop();
    // What is deleted afterwards; older versions of Node fail to delete what cannot be there.
    folder = own;
  });
});
