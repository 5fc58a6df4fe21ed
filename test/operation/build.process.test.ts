/** The production bundle of `npm run build`: the service in a few files that start fast and are complete. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../support/engines.ts';
import { endAll, projectFolder, start, until } from '../support/process.ts';

describe('the built service', () => {
  let folder: string;
  let database: TestDatabase;

  beforeAll(async () => {
    const builds = join(projectFolder, 'dist');
    mkdirSync(builds, { recursive: true });
    folder = mkdtempSync(join(builds, 'test-'));
    // The project's own `dist` may be in use, so the script that clears it is skipped.
    const build = ['run', 'build', '--ignore-scripts', '--', `--outdir=${folder}`];
    await promisify(execFile)('npm', build, { cwd: projectFolder });
    database = await freshDatabase();
  });
  afterAll(async () => {
    await endAll();
    await database?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('fills a database, computes figures, shows its documentation and stops cleanly', async () => {
    const env = { DATABASE_URL: database.url, PORT: '0' };
    const service = start(join(folder, 'cli.js'), ['demo'], { env });
    const address = await until(() => /listening at (http:\/\/[\d.:]+)/.exec(service.stdout())?.[1]);
    const summary = await fetch(`${address}/v1/statistics/summary?event=hyrd-2020&asOf=2022-08-31`);
    expect(await summary.json()).toMatchObject({ projectCount: 319, startedCount: 266 });
    const formats = { csv: /^text\/csv/, ndjson: /ndjson/, xlsx: /spreadsheetml/ };
    for (const [format, type] of Object.entries(formats)) {
      const file = await fetch(`${address}/v1/projects?format=${format}&event=hyrd-2020`);
      expect(file.headers.get('content-type')).toMatch(type);
      expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
    }
    const chinese = await fetch(`${address}/v1/statistics/summary?format=csv&encoding=gb18030&lang=zh`);
    expect(new TextDecoder('gb18030').decode(await chinese.arrayBuffer())).toContain('开工率');
    for (const path of [
      '/',
      '/dashboard/main.js',
      '/openapi.json',
      '/docs/',
      '/docs/static/swagger-ui-bundle.js',
      '/readyz',
    ]) {
      const answer = await fetch(address + path);
      expect(answer.status, path).toBe(200);
      await answer.arrayBuffer();
    }
    const key = /Bearer (luodi_\S+)/.exec(service.stdout())?.[1];
    const form = new FormData();
    form.append('file', new Blob(['项目编号,项目名称\r\nHYRD-2020-0001,改名']), '项目.csv');
    const imported = await fetch(`${address}/v1/imports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: form,
    });
    expect(await imported.json()).toMatchObject({ status: 'done', changed: 1, file: { name: '项目.csv' } });
    service.signal('SIGTERM');
    const { code, stdout, stderr } = await service.ended;
    expect(code, stdout).toBe(0);
    expect(stderr).not.toContain('rror');
  });

  it('exports a file on the command line', async () => {
    const place = await freshDatabase();
    const args = ['export', '--format', 'ndjson'];
    const { code, stdout } = await start(join(folder, 'cli.js'), args, { env: { DATABASE_URL: place.url } })
      .ended;
    expect({ code, last: JSON.parse(stdout) }).toMatchObject({ code: 0, last: { end: true, count: 0 } });
    await place.remove();
  });

  it('imports a file on the command line', async () => {
    const place = await freshDatabase();
    const stdin = '项目编号,项目名称,项目级别,签约日期,投资总额(亿元)\r\nX-1,示例,省级,2020-06-29,3.5\r\n';
    const options = { env: { DATABASE_URL: place.url }, stdin };
    const { code, stdout } = await start(join(folder, 'cli.js'), ['import', '-', '--json'], options).ended;
    expect({ code, stdout: JSON.parse(stdout) }).toMatchObject({ code: 0, stdout: { created: 1 } });
    const faulty = { ...options, stdin: stdin.replace('2020-06-29', '昨天') };
    const refused = await start(join(folder, 'cli.js'), ['import', '-'], faulty).ended;
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('must be a valid date') });
    await place.remove();
  });

  it('refuses to run without a writable database, in one line', async () => {
    const env = { DATABASE_URL: 'file:/proc/luodi.db', PORT: '0' };
    const { code, stderr } = await start(join(folder, 'cli.js'), ['serve'], { env }).ended;
    expect(code).not.toBe(0);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
