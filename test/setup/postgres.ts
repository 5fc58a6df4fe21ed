/**
 * Creates the PostgreSQL template database that every test file copies: on a server if one is configured,
 * otherwise with PGlite.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMIN_KEY, administer, TEMPLATE } from '../support/engines.ts';
import { seeded } from './seeded.ts';

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  // Already created for another project.
  if (process.env[TEMPLATE.postgres]) return undefined;
  const server = process.env.TEST_POSTGRES_URL;
  if (server) return setUpServer(server);
  if (process.env.CI) throw new Error('CI tests a real PostgreSQL: TEST_POSTGRES_URL must name one.');
  return setUpPglite();
}

async function setUpServer(server: string): Promise<() => Promise<void>> {
  const template = `luodi_template_${process.pid}`;
  await administer(`create database ${template}`);
  const url = new URL(server);
  url.pathname = template;
  process.env[ADMIN_KEY.postgres] = await seeded(url.href);
  process.env[TEMPLATE.postgres] = template;
  return () => administer(`drop database if exists ${template} with (force)`);
}

async function setUpPglite(): Promise<undefined> {
  process.stdout.write(
    'No TEST_POSTGRES_URL: the seam and what engines may answer differently run on PGlite, PostgreSQL in this process. ' +
      'The rest of PostgreSQL, and Node 22, are left to CI (.ci/run).\n',
  );
  const { PGlite } = await import('@electric-sql/pglite');
  const { PGLiteSocketServer } = await import('@electric-sql/pglite-socket');
  const folder = mkdtempSync(join(tmpdir(), 'templates-'));
  const db = await PGlite.create();
  const keep = async (variable: string) => {
    const file = join(folder, `${variable}.tar`);
    writeFileSync(file, Buffer.from(await (await db.dumpDataDir('none')).arrayBuffer()));
    process.env[variable] = file;
  };
  await keep(TEMPLATE.pgliteEmpty);
  const server = new PGLiteSocketServer({ db, port: 0, host: '127.0.0.1' });
  await server.start();
  const port = server.getServerConn().split(':').at(-1);
  process.env[ADMIN_KEY.postgres] = await seeded(`postgres://postgres@127.0.0.1:${port}/postgres?pool=1`);
  await server.stop();
  await keep(TEMPLATE.pglite);
  await db.close();
}
