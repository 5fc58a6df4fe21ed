/** `luodi import` beside other users of the database, and when interrupted. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Body, Client } from '../support/app.ts';
import { concurrent, engine } from '../support/engines.ts';
import { served, start, until } from '../support/process.ts';
import { HEADINGS, importCommand, row } from './import-command.ts';
import { aCode, csv } from './support.ts';

const { url, folder, write, begin, run, ask, project } = importCommand();

// PGlite accepts one connection.
describe.skipIf(!concurrent)('an import beside other processes', () => {
  const ROWS = 40_000;
  const large = (): string => csv(HEADINGS, ...Array.from({ length: ROWS }, (_, i) => row(`LARGE-${i}`)));

  const latest = async (client: Client): Promise<Body> =>
    (await client.get('/v1/imports?limit=1')).body.items[0];
  const total = async (client: Client): Promise<number> =>
    (await client.get('/v1/projects?limit=1')).body.page.total;

  it.each<[string, (report: Body) => boolean]>([
    ['as soon as it has begun', () => true],
    ['while it writes', ({ file }) => file.columns.length > 0],
  ])('that is interrupted %s leaves nothing', async (_, isTime) => {
    write('large.csv', large());
    await ask(async (client) => {
      const before = await total(client);
      const last = (await latest(client))?.id;
      const running = begin(['large.csv']);
      await until(async () => {
        const report = await latest(client);
        return report && report.id !== last && isTime(report);
      });
      running.signal('SIGINT');
      const { code, stdout, stderr } = await running.ended;
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: 'luodi: The import is not complete: it was interrupted\n',
      });
      expect(stdout).toMatch(/^large\.csv: Interrupted; 0 rows were completed\.\n/);
      expect(await latest(client)).toMatchObject({ status: 'cancelled', committed: false });
      expect(await total(client)).toBe(before);
    });
    expect(readdirSync(folder())).toEqual(['large.csv']);
  });

  it('that is killed while writing leaves nothing incomplete', async () => {
    write('large.csv', large());
    await ask(async (client) => {
      const before = await total(client);
      const last = (await latest(client))?.id;
      const running = begin(['large.csv']);
      await until(async () => {
        const report = await latest(client);
        return report && report.id !== last && report.file.columns.length > 0;
      });
      running.signal('SIGKILL');
      expect((await running.ended).code).toBeNull();
      expect(await total(client)).toBe(before);
    });
  });

  it('can share the database with a running service', async () => {
    const code = aCode();
    write('file.csv', csv(HEADINGS, row(code)));
    const { address } = await served({
      DATABASE_URL: url(),
      ANONYMOUS_READ: 'all',
      IMPORT_DIR: folder(),
    });
    const found = async () => (await fetch(`${address}/v1/projects?code=${code}`)).json() as Promise<Body>;
    expect((await found()).page.total).toBe(0);
    expect((await run('file.csv')).code).toBe(0);
    expect((await found()).items).toMatchObject([{ code, name: '示例' }]);
  });
});

if (engine === 'sqlite') {
  describe('a database locked by another process', () => {
    const holder = fileURLToPath(new URL('../support/holder.ts', import.meta.url));
    const hold = async (milliseconds: number): Promise<void> => {
      const { stdout } = start(holder, [url().slice('file:'.length), String(milliseconds)]);
      await until(() => stdout().includes('held'));
    };

    it('is waited for', async () => {
      const code = aCode();
      write('file.csv', csv(HEADINGS, row(code)));
      await hold(4_000);
      const { code: exit, stderr } = await run('file.csv');
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
      expect(await project(code)).toBeDefined();
    });

    it('is waited for some seconds only, with the reason in one line', async () => {
      write('file.csv', csv(HEADINGS, row(aCode())));
      await hold(60_000);
      const { code, stdout, stderr } = await run('file.csv');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^luodi: .*(locked|busy).*\n$/);
      expect(readdirSync(folder())).toEqual(['file.csv']);
    });
  });
}
