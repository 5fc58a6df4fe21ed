/** Makes one migrated and seeded database of each kind, which every test file copies. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyService } from '../../src/access/service.ts';
import { byLuodi } from '../../src/changes/service.ts';
import { clockIn } from '../../src/clock.ts';
import { openDatabase } from '../../src/database/database.ts';
import { seedReferences } from '../../src/references/seed.ts';
import { ADMIN_KEY, administer, TEMPLATE } from './engines.ts';

/** @returns the key of an administrator, `tests` */
async function seeded(url: string): Promise<string> {
  const database = await openDatabase(url);
  const dependencies = { database, clock: clockIn('Asia/Shanghai') };
  await seedReferences(dependencies);
  const { key } = await keyService(dependencies).create(byLuodi('tests'), { name: 'tests', role: 'admin' });
  await database.close();
  return key;
}

export default async function setup(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'luodi-templates-'));
  const file = join(folder, 'template.db');
  process.env[ADMIN_KEY.sqlite] = await seeded(`file:${file}`);
  process.env[TEMPLATE.sqlite] = file;

  const server = process.env.TEST_POSTGRES_URL;
  const template = `luodi_template_${process.pid}`;
  if (server) {
    await administer(`create database ${template}`);
    const url = new URL(server);
    url.pathname = template;
    process.env[ADMIN_KEY.postgres] = await seeded(url.href);
    process.env[TEMPLATE.postgres] = template;
  } else {
    if (process.env.CI) throw new Error('CI tests a real PostgreSQL: TEST_POSTGRES_URL must name one.');
    process.stdout.write(
      'No TEST_POSTGRES_URL: the Postgres tests run on PGlite, PostgreSQL in this process.\n',
    );
    const pglite = join(folder, 'pglite.tar.gz');
    await makePgliteTemplate(pglite);
    process.env[TEMPLATE.pglite] = pglite;
  }
  return async () => {
    rmSync(folder, { recursive: true, force: true });
    if (server) await administer(`drop database if exists ${template} with (force)`);
  };
}

async function makePgliteTemplate(file: string): Promise<void> {
  const { PGlite } = await import('@electric-sql/pglite');
  const { PGLiteSocketServer } = await import('@electric-sql/pglite-socket');
  const db = await PGlite.create();
  const server = new PGLiteSocketServer({ db, port: 0, host: '127.0.0.1' });
  await server.start();
  const port = server.getServerConn().split(':').at(-1);
  process.env[ADMIN_KEY.postgres] = await seeded(`postgres://postgres@127.0.0.1:${port}/postgres?pool=1`);
  await server.stop();
  writeFileSync(file, Buffer.from(await (await db.dumpDataDir('gzip')).arrayBuffer()));
  await db.close();
}
