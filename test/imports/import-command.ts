/** Common code for tests of `luodi import`: a database, a folder of files, and the command as a process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { type Body, type Client, clientOf, clockOn, instanceBeside, TODAY } from '../support/app.ts';
import { freshDatabase, type TestDatabase } from '../support/engines.ts';
import { type Ended, endAll, type Running } from '../support/process.ts';
import { luodiImport } from './support.ts';

export const HEADINGS = ['项目编号', '项目名称', '项目级别', '签约日期', '投资总额(亿元)'];
export const row = (code: string, ...cells: string[]): string[] => [
  code,
  '示例',
  '省级',
  '2020/6/29',
  '3.5',
  ...cells,
];

/** To be called once per test file. */
export function importCommand() {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.remove());

  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'luodi-imports-'));
  });
  afterEach(async () => {
    await endAll();
    rmSync(folder, { recursive: true, force: true });
  });

  const begin = (args: readonly string[], stdin?: string | Buffer): Running =>
    luodiImport(args, { url: database.url, folder, ...(stdin !== undefined && { stdin }) });

  /**
   * Sends requests to a service on the same database. PGlite accepts one connection: no other process may use
   * it meanwhile.
   */
  async function ask<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const opened = await openDatabase(database.url);
    const app = await instanceBeside({ clock: clockOn(TODAY) }, opened);
    try {
      return await work(clientOf(app));
    } finally {
      await app.close();
      await opened.close();
    }
  }

  return {
    url: (): string => database.url,
    folder: (): string => folder,
    write: (name: string, content: string | Buffer): void => writeFileSync(join(folder, name), content),
    begin,
    run: (...args: string[]): Promise<Ended> => begin(args).ended,
    ask,
    project: (code: string): Promise<Body> =>
      ask(async (client) => (await client.get(`/v1/projects?code=${code}`)).body.items[0]),
  };
}
