/** A service that keeps backups of itself. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { adminKey, emptyDatabase, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { endAll, luodi, served, until } from '../support/process.ts';
import { connect } from '../support/sql.ts';
import { writeEvent } from '../support/works.ts';

describe('a service with BACKUP_DIR', () => {
  let place: TestDatabase;
  let folder: string;
  beforeEach(async () => {
    place = await freshDatabase();
    folder = mkdtempSync(join(tmpdir(), 'luodi-kept-'));
  });
  afterEach(async () => {
    await endAll();
    await place.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = () => served({ DATABASE_URL: place.url, BACKUP_DIR: folder });
  const get = async (url: string) =>
    (await fetch(url, { headers: { authorization: `Bearer ${adminKey()}` } })).text();
  const bases = () => readdirSync(folder).filter((name) => name.endsWith('.db.zst'));

  it('makes a backup, proves it, tells so, and continues it after a restart', async () => {
    const service = await start();
    const backups = async () => JSON.parse(await get(`${service.address}/readyz?verbose`)).backups;
    await until(async () => (await backups())?.proof);
    expect(bases().length).toBe(1);
    const { base, proof, ...failures } = await backups();
    expect(proof.revision).toBe(base.revision);
    expect(failures).toMatchObject({ backupFailedAt: null, proofFailedAt: null });
    expect(JSON.parse(await get(`${service.address}/readyz`)).backups).toBeUndefined();
    expect(await get(`${service.address}/metrics`)).toMatch(/^luodi_backup_proof_timestamp_seconds \d+/m);
    for (const said of ['backup made', 'backup proved']) {
      await until(() => service.stdout().includes(`"msg":"${said}"`));
    }

    const database = await openDatabase(place.url);
    await writeEvent(database, 'while-it-runs');
    service.signal('SIGTERM');
    expect((await service.ended).code).toBe(0);
    const again = await start();
    await writeEvent(database, 'after-the-restart');
    const { seq } = await database.revision();
    await database.close();
    const appended = async () => JSON.parse(await get(`${again.address}/readyz?verbose`)).backups?.written;
    await until(async () => (await appended())?.revision === seq);
    again.signal('SIGKILL');
    await again.ended;
    expect(bases().length).toBe(1);
    const other = await emptyDatabase();
    const { code, stdout } = await luodi(['restore', folder, '--json'], { env: { DATABASE_URL: other.url } })
      .ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ revision: seq, entries: 2 });
    await other.remove();
  });

  it('proves nothing of a backup that is of another state', async () => {
    const env = { DATABASE_URL: place.url };
    const prove = async () => luodi(['prove', folder, '--json'], { env }).ended;
    expect((await luodi(['backup', folder], { env }).ended).code).toBe(0);
    expect(JSON.parse((await prove()).stdout)).toMatchObject({ entries: 0 });
    expect((await prove()).code).toBe(0);
    // A project that nobody entered.
    const aside = await connect(place.url);
    await aside.rows(`insert into projects (id, code, name, level, investment_yuan, investment_estimated, signed_on, version,
      created_at, updated_at, search_text) values ('0190a1b2-0000-7000-8000-00000000000f', 'F', 'F', 'county', 1, false,
      '2020-06-29', 1, '2020-06-29T00:00:00.000Z', '2020-06-29T00:00:00.000Z', 'f')`);
    await aside.close();
    const differing = await prove();
    expect(differing.code).toBe(1);
    expect(differing.stderr).toMatch(/^luodi: the figures of the backup are not those of the database: /);
    const other = await freshDatabase();
    const database = await openDatabase(other.url);
    await writeEvent(database, 'elsewhere');
    await database.close();
    rmSync(folder, { recursive: true, force: true });
    expect((await luodi(['backup', folder], { env: { DATABASE_URL: other.url } }).ended).code).toBe(0);
    await other.remove();
    const foreign = await prove();
    expect(foreign.code).toBe(1);
    expect(foreign.stderr).toMatch(/^luodi: the entry \d+ of the backup is not that of the database\n$/);
  });
});
