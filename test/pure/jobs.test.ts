import { describe, expect, it } from 'vitest';
import { clockIn } from '../../src/core/clock.ts';
import { limited } from '../../src/core/limited.ts';
import type { Database } from '../../src/database/database.ts';
import { isGone, ownerOf, stored, successor, thisProcess } from '../../src/jobs/owners.ts';
import { type Job, jobRunner } from '../../src/jobs/runner.ts';

const me = thisProcess('/here');

describe('the owner of a job', () => {
  it('is stored under the names of existing databases, and restored', () => {
    const owner = { ...me, crashes: 2 };
    expect(stored(owner)).toEqual({
      host: me.host,
      pid: me.pid,
      life: me.life,
      folder: '/here',
      deaths: 2,
    });
    expect(ownerOf({ owner: stored(owner) })).toEqual(owner);
  });

  it('stored by an older version has no crashes yet', () => {
    const { deaths: _, ...older } = stored(me);
    expect(ownerOf({ owner: older })?.crashes).toBe(0);
  });

  it.each([
    ['nobody', null, false, true],
    ['this process', me, true, false],
    ['a process that let go', { ...me, life: 'another', pid: null }, false, true],
    ['an earlier process with this number', { ...me, life: 'another' }, false, true],
    ['the process that started this one', { ...me, life: 'another', pid: process.ppid }, false, false],
    ['another host that is heard of', { ...me, life: 'another', host: 'elsewhere' }, false, false],
    ['another host that is silent', { ...me, life: 'another', host: 'elsewhere' }, true, true],
  ])('is gone if it is %s: %#', (_, owner, isSilent, expected) => {
    expect(isGone(owner, me, isSilent)).toBe(expected);
  });

  it('counts previous crashes, unless the last owner released the job', () => {
    const last = { ...me, life: 'another', crashes: 3 };
    expect(successor(last, me).crashes).toBe(4);
    expect(successor({ ...last, pid: null }, me).crashes).toBe(0);
    expect(successor(null, me).crashes).toBe(0);
  });
});

describe('a job', () => {
  it('ends once the database answers again, if it does not when its work is done', async () => {
    let record: Job = { id: 'one', caller: null, owner: null, seenAt: '' };
    let failures = 0;
    const find = async () => {
      if (failures-- > 0) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
      return record;
    };
    const database = { read: {}, write: (work: (tx: object) => unknown) => work({}) } as unknown as Database;
    const errors: unknown[] = [];
    const runner = jobRunner<Job, null, string>(
      { database, clock: clockIn('UTC') },
      {
        find,
        unfinished: async () => [record],
        update: async (_, __, changes) => {
          record = { ...record, ...changes };
        },
        folder: '/here',
        isHere: () => true,
        startProgress: () => null,
        run: async () => {
          failures = 2;
          return 'done';
        },
        endingOf: () => 'ended early',
        recordOf: async (ending) => ({ caller: ending }),
        tidy: async () => {},
      },
      (error) => errors.push(error),
      { running: 1, silentMs: 1_000, crashes: 5 },
    );
    record = { ...record, owner: runner.owner };
    runner.start(record);
    await runner.ended('one');
    expect(record).toMatchObject({ owner: null, caller: 'done' });
    expect(errors).toEqual([]);
  });
});

describe('limited concurrency', () => {
  it('runs a limited number at once, the others in order', async () => {
    const inTurn = limited(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const all = [0, 1, 2, 3].map((i) =>
      inTurn(() => {
        begun.push(i);
        return new Promise<void>((end) => ends.push(end));
      }),
    );
    await new Promise(setImmediate);
    expect(begun).toEqual([0, 1]);
    ends[1]?.();
    await all[1];
    await new Promise(setImmediate);
    expect(begun).toEqual([0, 1, 2]);
    ends[0]?.();
    ends[2]?.();
    await new Promise(setImmediate);
    expect(begun).toEqual([0, 1, 2, 3]);
    ends[3]?.();
    await Promise.all(all);
  });

  it('skips works aborted while waiting, and continues after failures', async () => {
    const inTurn = limited(1);
    const leaving = new AbortController();
    let fail = (_: Error) => {};
    const first = inTurn(() => new Promise((_, reject) => (fail = reject)));
    const second = inTurn(async () => 'second', leaving.signal);
    const third = inTurn(async () => 'third');
    leaving.abort(new Error('left'));
    await expect(second).rejects.toThrow('left');
    fail(new Error('failed'));
    await expect(first).rejects.toThrow('failed');
    await expect(third).resolves.toBe('third');
  });
});
