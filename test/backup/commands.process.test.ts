/** `luodi backup`, `luodi restore` and `luodi copy` as processes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { endAll, luodi, until } from '../support/process.ts';
import { runs } from '../support/runs.ts';
import { writeEvent } from '../support/works.ts';

/** Mounts a file system with room for a part of a new database. */
const mount = (folder: string) =>
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', folder], { stdio: 'ignore' });

/** Whether that is possible, as it is for root outside of most containers. */
function tmpfsAt(parent: string): boolean {
  const folder = mkdtempSync(join(parent, 'luodi-mount-'));
  try {
    mount(folder);
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('a backup or copy', () => {
  let place: TestDatabase;
  let folder: string;
  beforeEach(async () => {
    place = await freshDatabase();
    folder = mkdtempSync(join(tmpdir(), 'luodi-backup-'));
  });
  afterEach(async () => {
    await endAll();
    await place.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (args: string[], url = place.url, env = {}) =>
    luodi(args, { env: { DATABASE_URL: url, ...env } });
  const bases = () => readdirSync(folder).filter((name) => name.endsWith('.db.zst'));
  const json = async (args: string[], url?: string) => {
    const { code, stdout, stderr } = await run([...args, '--json'], url).ended;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    return JSON.parse(stdout);
  };

  it('is made, restored elsewhere, and verified', async () => {
    const made = await json(['backup', folder]);
    const [name] = bases() as [string];
    expect(made).toMatchObject({
      file: join(folder, name),
      revision: expect.any(Number),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      bytes: statSync(join(folder, name)).size,
      deleted: [],
    });
    // It contains hashes of keys.
    expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
    const other = await emptyDatabase();
    const restored = await json(['restore', folder], other.url);
    expect(restored).toMatchObject({ base: made.file, revision: made.revision, hash: made.hash, entries: 0 });
    const verified = await run(['verify'], other.url).ended;
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('The data matches it') });
    const again = await run(['restore', folder], other.url).ended;
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/^luodi: .*(already exists; nothing was changed|is not empty)/);
    await other.remove();
  });

  it('follows until it is stopped, and is restored to any entry', async () => {
    const running = run(['backup', folder, '--follow']);
    await until(() => running.stdout().includes('.db.zst'));
    const database = await openDatabase(place.url);
    const numbers: number[] = [];
    for (let i = 0; i < 5; i++) numbers.push(await writeEvent(database, `followed-${i}`));
    await database.close();
    const isThere = (name: string) => name.endsWith('.ndjson') && statSync(join(folder, name)).size > 0;
    await until(() => readdirSync(folder).some(isThere));
    running.signal('SIGTERM');
    expect((await running.ended).code).toBe(0);
    for (const seq of [numbers[2], numbers[4]] as number[]) {
      const other = await emptyDatabase();
      const to = ['restore', folder, '--to', String(seq)];
      expect(await json(to, other.url)).toMatchObject({
        revision: seq,
        entries: seq - (numbers[0] as number) + 1,
      });
      await other.remove();
    }
  });

  it('that is killed at any time leaves nothing that looks like one', async () => {
    for (let round = 0; round < runs(20); round++) {
      const running = run(['backup', folder]);
      await sleep(Math.random() * 900);
      running.signal('SIGKILL');
      await running.ended;
    }
    const whole = bases().sort();
    for (const name of whole) {
      const other = await emptyDatabase();
      await json(['restore', join(folder, name)], other.url);
      await other.remove();
    }
    const { file } = await json(['backup', folder]);
    expect(bases().sort()).toEqual([...new Set([...whole, basename(file)])].sort());
  });

  it('that is stopped leaves nothing', async () => {
    const running = run(['backup', folder]);
    await until(() => readdirSync(folder).length > 0);
    running.signal('SIGTERM');
    const { code, stderr } = await running.ended;
    // It may just have been finished.
    if (code !== 0) {
      expect(stderr).toContain('luodi: The backup is not complete: it was interrupted');
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('is copied into another database, and follows until it is stopped', async () => {
    const file = `file:${join(folder, 'copy.db')}`;
    const running = run(['copy', '--to', file, '--follow', '--json']);
    await until(() => running.stdout().includes('revision'));
    const database = await openDatabase(place.url);
    for (let i = 0; i < 5; i++) await writeEvent(database, `followed-${i}`);
    const { seq: revision, hash } = await database.revision();
    await database.close();
    running.signal('SIGTERM');
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    const told = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(told.at(-1)).toMatchObject({ revision, hash });
    const verified = await run(['verify'], file).ended;
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining(hash) });
    const again = await run(['copy', '--to', file]).ended;
    expect(again.code).toBe(1);
    expect(again.stderr).toBe(`luodi: ${join(folder, 'copy.db')} already exists; nothing was changed\n`);
    const itself = await run(['copy', '--to', place.url]).ended;
    expect(itself.code).toBe(1);
    expect(itself.stderr).toContain('--to names the same database as DATABASE_URL');
  });

  it('is deleted with --prune when it is old', async () => {
    await json(['backup', folder]);
    // Names tell seconds apart.
    await until(async () => {
      await json(['backup', folder]);
      return bases().length === 2;
    });
    const env = { BACKUP_KEEP: '1', BACKUP_KEEP_DAYS: '0' };
    const { stdout } = await run(['backup', folder, '--prune', '--json'], place.url, env).ended;
    const { file, deleted } = JSON.parse(stdout);
    expect(deleted.length).toBeGreaterThan(0);
    expect(bases()).toEqual([basename(file)]);
  });

  it.each([
    [['backup', '/dev/null/nowhere'], /^luodi: no backup was written to \/dev\/null\/nowhere: ENOTDIR/],
    [['copy', '--to', 'mysql://host/db'], /^luodi: The URL of a database must start with file: or postgres:/],
    [['restore', '/nowhere'], /^luodi: \/nowhere cannot be read: ENOENT/],
    [['restore', '/tmp', '--to', 'yesterday'], /^luodi: --to takes the number of an entry, a time/],
    [['restore', '/tmp', '--to', '2021-02-30'], /^luodi: --to takes the number of an entry, a time/],
    [['restore', '/tmp', '--to', '2021-02-03T04:05'], /^luodi: --to takes the number of an entry, a time/],
  ])('is refused by name: %s', async (args, reason) => {
    const other = args[0] !== 'restore' ? place : await emptyDatabase();
    const { code, stdout, stderr } = await run(args, other.url).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(reason);
  });

  it.runIf(tmpfsAt(tmpdir()))('is refused where there is no room, and leaves nothing', async () => {
    const small = mkdtempSync(join(tmpdir(), 'luodi-small-'));
    mount(small);
    try {
      const backup = await run(['backup', join(small, 'backups')]).ended;
      expect(backup.code).toBe(1);
      expect(backup.stderr).toMatch(/^luodi: .*(database or disk is full|ENOSPC)/);
      expect(readdirSync(join(small, 'backups'))).toEqual([]);
      await json(['backup', folder]);
      const restore = await run(['restore', folder], `file:${join(small, 'restored.db')}`).ended;
      expect(restore.code).toBe(1);
      expect(restore.stderr).toContain('ENOSPC');
      const copy = await run(['copy', '--to', `file:${join(small, 'copy.db')}`]).ended;
      expect(copy.code).toBe(1);
      expect(copy.stderr).toMatch(/full|ENOSPC/);
      expect(readdirSync(small)).toEqual(['backups']);
    } finally {
      execFileSync('umount', [small]);
    }
  });

  it('is refused where there is no database', async () => {
    const { code, stderr } = await run(['backup', folder], 'file:/tmp/there-is-none/luodi.db').ended;
    expect(code).toBe(1);
    expect(stderr).toBe('luodi: There is no database at /tmp/there-is-none/luodi.db\n');
  });
});
