/** As in a container with a read-only root: the service only writes where its data is. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../support/app.ts';
import { bundled } from '../support/bundle.ts';
import { imageEnv } from '../support/dockerfile.ts';
import { endAll, luodi, served, until } from '../support/process.ts';

/** `nobody`, who owns nothing here. */
const UID = 65_534;

/** Whether that user may run the service in its folder. */
const isPossible = (): boolean =>
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, [bundled('cli'), '--version'], { uid: UID, gid: UID, cwd: '/' }).status === 0;

// Only root can run it as another user; CI is root, and its folders are readable by others.
describe.skipIf(!process.env.CI && !isPossible())(
  'a service that may only write where its data is (run by root)',
  () => {
    let root: string;
    const inRoot = (name: string) => join(root, name);
    /** Excludes the compile cache of other processes that run at the same time. */
    const all = (folder: string): string[] =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => !name.startsWith('compiled'))
        .sort();

    beforeAll(() => {
      root = mkdtempSync(join(tmpdir(), 'luodi-read-only-'));
      for (const name of ['app', 'tmp', 'data']) mkdirSync(inRoot(name));
      for (const path of [dirname(root), root, inRoot('app'), inRoot('tmp')]) chmodSync(path, 0o755);
      chownSync(inRoot('data'), UID, UID);
    });
    afterAll(async () => {
      await endAll();
      rmSync(root, { recursive: true, force: true });
    });

    it('records, imports and exports files, shows its documentation and stops cleanly', async () => {
      const env = {
        ...Object.fromEntries(
          Object.entries(imageEnv).map(([name, value]) => [name, value.replace('/data', inRoot('data'))]),
        ),
        ...{ HOST: '127.0.0.1', PORT: '0', TMPDIR: inRoot('tmp'), HOME: inRoot('app') },
        // As in the image, where no compile cache can be stored.
        NODE_COMPILE_CACHE: '',
      };
      const options = { uid: UID, cwd: inRoot('app') };
      const program = dirname(bundled('cli'));
      const before = all(program);

      const made = await luodi(['keys', 'create', '--name', 'admin', '--role', 'admin'], { ...options, env })
        .ended;
      expect(made).toMatchObject({ code: 0 });
      const service = await served(env, options);
      const headers = { authorization: `Bearer ${made.stdout.trim()}` };
      const get = (path: string) => fetch(service.address + path, { headers });

      const rows = Array.from({ length: 500 }, (_, i) => `X-${i},示例,省级,2020-06-29,1`);
      const body = ['项目编号,项目名称,项目级别,签约日期,投资总额(亿元)', ...rows].join('\r\n');
      const sent = await fetch(`${service.address}/v1/imports`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'text/csv', prefer: 'respond-async', 'idempotency-key': 'a' },
        body,
      });
      expect(sent.status).toBe(202);
      const place = String(sent.headers.get('location'));
      const end = await until(async () => {
        const { status, created }: Body = await (await get(place)).json();
        return status === 'running' ? undefined : { status, created };
      });
      expect(end).toEqual({ status: 'done', created: 500 });
      const paths = [
        ...['/v1/projects?format=xlsx', '/v1/projects?format=csv', '/v1/imports/template'],
        ...['/v1/statistics/breakdown?by=region', '/v1/quality', '/docs/', '/readyz'],
      ];
      for (const path of paths) {
        const answer = await get(path);
        expect(answer.status, path).toBe(200);
        await answer.arrayBuffer();
      }
      service.signal('SIGTERM');
      const { code, stderr } = await service.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

      expect([all(inRoot('app')), all(inRoot('tmp')), all(program)]).toEqual([[], [], before]);
      expect(all(inRoot('data'))).toEqual(expect.arrayContaining(['imports', 'luodi.db']));
    });
  },
);
