/** What happens to the file of a running service: deleted, replaced, overwritten, damaged. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adminKey, engine, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { endAll, luodi, type Running, served, until } from '../support/process.ts';

let place: TestDatabase;
let file: string;

const env = () => ({ DATABASE_URL: place.url });

interface Answered {
  status: number;
  code?: string;
  detail?: string;
}

async function ask(service: { address: string }, path: string, body?: object): Promise<Answered> {
  const response = await fetch(`${service.address}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${adminKey()}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { ...((await response.json()) as object), status: response.status };
}

let made = 0;

/** Creates events. @returns the codes of those that were acknowledged, and the last answer */
async function create(service: { address: string }, count: number) {
  const codes: string[] = [];
  let last: Answered = { status: 0 };
  for (let i = 0; i < count; i++) {
    const code = `fault-${++made}`;
    const event = { code, name: '活动', startsOn: '2020-06-29', endsOn: '2020-06-30' };
    last = await ask(service, '/v1/events', event);
    if (last.status === 201) codes.push(code);
  }
  return { codes, last };
}

async function expectRefused(service: Running & { address: string }, detail: RegExp): Promise<void> {
  let ready: Answered = { status: 0 };
  await until(async () => {
    ready = await ask(service, '/readyz');
    return ready.status === 503 && detail.test(ready.detail ?? '');
  });
  expect(ready.code).toBe('service.database_changed');
  const { codes, last } = await create(service, 3);
  expect(codes).toEqual([]);
  expect(last).toMatchObject({ status: 503, code: 'service.database_changed' });
  expect(await ask(service, '/livez')).toMatchObject({ status: 200 });
  await until(() => service.stdout().includes('the database is not in order'));
}

/** Of each line that says so, one; and no stack trace. */
function expectToldOnce({ stdout }: Running): void {
  const told = stdout()
    .split('\n')
    .filter((line) => line.includes('the database is not in order'));
  expect(told).toHaveLength(1);
  expect(stdout()).not.toContain('"stack"');
}

async function expectWhole(codes: readonly string[]): Promise<void> {
  const { code, stderr, stdout } = await luodi(['verify'], { env: env() }).ended;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toContain('The change log is intact');
  const service = await served(env());
  for (const one of codes) expect((await ask(service, `/v1/events/${one}`)).status, one).toBe(200);
  service.signal('SIGTERM');
  expect((await service.ended).code).toBe(0);
}

if (engine === 'sqlite') {
  describe('a service whose database file', () => {
    beforeEach(async () => {
      place = await freshDatabase();
      file = place.url.slice('file:'.length);
    });
    afterEach(async () => {
      await endAll();
      await place.remove();
    });

    it('is moved away writes nothing, and goes on when it is back', async () => {
      const service = await served(env());
      const { codes } = await create(service, 3);
      renameSync(file, `${file}.away`);
      const { last } = await create(service, 1);
      expect(last).toMatchObject({ status: 503, code: 'service.database_changed' });
      await expectRefused(service, /is missing/);
      renameSync(`${file}.away`, file);
      await until(async () => (await ask(service, '/readyz')).status === 200);
      codes.push(...(await create(service, 3)).codes);
      expect(codes).toHaveLength(6);
      expectToldOnce(service);
      service.signal('SIGTERM');
      expect((await service.ended).code).toBe(0);
      await expectWhole(codes);
    });

    it.each(['wal', 'shm'])('loses its -%s writes nothing', async (name) => {
      const service = await served(env());
      await create(service, 3);
      rmSync(`${file}-${name}`);
      await expectRefused(service, /is missing/);
      expectToldOnce(service);
    });

    it('is replaced by an older one writes nothing, and leaves the older one whole', async () => {
      copyFileSync(file, `${file}.older`);
      const service = await served(env());
      await create(service, 20);
      renameSync(`${file}.older`, file);
      const { last } = await create(service, 1);
      expect(last).toMatchObject({ status: 503, code: 'service.database_changed' });
      await expectRefused(service, /was replaced/);
      expectToldOnce(service);
      service.signal('SIGTERM');
      expect((await service.ended).code).toBe(0);
      await expectWhole([]);
    });

    it('is overwritten by an older one writes nothing', async () => {
      copyFileSync(file, `${file}.older`);
      const earlier = await served(env());
      await create(earlier, 20);
      earlier.signal('SIGTERM');
      await earlier.ended;
      const service = await served(env());
      await create(service, 1);
      // By another process: this one must not close the file of a database.
      execFileSync('cp', [`${file}.older`, file]);
      await expectRefused(service, /was overwritten/);
      await until(() => service.stdout().includes('test.db: overwritten'));
      expect(service.stdout()).not.toContain('"stack"');
    });

    it('is touched by another program goes on as soon as all has been checked', async () => {
      const service = await served(env());
      await create(service, 3);
      execFileSync('touch', [file]);
      await until(async () => (await create(service, 1)).codes.length === 1);
      expect((await ask(service, '/readyz')).status).toBe(200);
      service.signal('SIGTERM');
      expect((await service.ended).code).toBe(0);
    });

    it('is damaged is not ready, and says so once', async () => {
      const pages = pagesOf('zones');
      utimesSync(file, LONG_AGO, LONG_AGO);
      const service = await served(env());
      damageUnseen(pages);
      expect((await ask(service, '/readyz')).status).toBe(200);
      expect(await ask(service, '/v1/zones')).toMatchObject({
        status: 503,
        code: 'service.database_damaged',
      });
      expect(await ask(service, '/readyz')).toMatchObject({ code: 'service.database_damaged' });
      expect((await create(service, 1)).last).toMatchObject({
        status: 503,
        code: 'service.database_damaged',
      });
      await until(() => service.stdout().includes('the database is not in order'));
      expectToldOnce(service);
    });

    it('is damaged fails luodi verify in one line, wherever that is', async () => {
      copyFileSync(file, `${file}.whole`);
      for (const table of ['regions', 'revision', 'changes', '__drizzle_migrations', 'project_grams_data']) {
        copyFileSync(`${file}.whole`, file);
        damage(pagesOf(table));
        const { code, stderr } = await luodi(['verify'], { env: env() }).ended;
        expect({ table, code }).toEqual({ table, code: 1 });
        expect(stderr).toMatch(/^luodi: .*\n$/);
      }
    });
  });
}

const PAGE = 4_096;

/** In seconds. */
const LONG_AGO = 1_000_000_000;

/** The numbers of the pages of a table, from 1. */
function pagesOf(table: string): number[] {
  const client = new Sqlite(file);
  const pages = client.prepare('select pageno from dbstat where name = ?').pluck().all(table) as number[];
  client.close();
  return pages;
}

/** The same for an open file, by another process and without a trace, as a failing disk does. */
function damageUnseen(pages: readonly number[]): void {
  const positions = pages.map((page) => (page - 1) * PAGE);
  const script = `
    const { openSync, utimesSync, writeSync } = require('node:fs');
    const [file, positions, time] = JSON.parse(process.argv[1]);
    const open = openSync(file, 'r+');
    for (const position of positions) writeSync(open, Buffer.alloc(16, 0xff), 0, 16, position);
    utimesSync(file, time, time);
  `;
  execFileSync(process.execPath, ['-e', script, JSON.stringify([file, positions, LONG_AGO])]);
}

/** Overwrites the heads of pages of a file that nobody has open. */
function damage(pages: readonly number[]): void {
  expect(pages).not.toEqual([]);
  const bytes = readFileSync(file);
  for (const page of pages) bytes.fill(0xff, (page - 1) * PAGE, (page - 1) * PAGE + 16);
  writeFileSync(file, bytes);
}
