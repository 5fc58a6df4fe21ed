/** Clients that three generators make of the document: their code compiles strictly, and each does the same work. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../openapi/clients/flow.ts';
import { adminKey } from '../support/engines.ts';
import { projectFolder } from '../support/process.ts';
import { type TestServer, testServer } from '../support/server.ts';

const run = promisify(execFile);
const folder = join(projectFolder, 'openapi/clients');

// CI has the generators, and fails where it has not.
const hasGenerators =
  process.env.CI !== undefined || existsSync(join(projectFolder, 'openapi/node_modules/orval'));
if (!hasGenerators) it.skip('are not generated: `npm ci --prefix openapi` installs what generates them');

interface More {
  follow(baseUrl: string, key: string, code: string): Promise<string[]>;
  download(baseUrl: string, key: string, code: string): Promise<[number, string]>;
}

type Flow = (baseUrl: string, key: string, code: string) => Promise<Outcome>;

describe.runIf(hasGenerators)('a generated client', () => {
  let api: TestServer;
  beforeAll(async () => {
    api = await testServer();
    const env = { ...process.env, LUODI_URL: api.address };
    await run('npm', ['run', 'clients', '--prefix', 'openapi'], { cwd: projectFolder, env });
  });
  afterAll(() => api.close());

  it('compiles strictly', async () => {
    const compiler = join(projectFolder, 'node_modules/.bin/tsc');
    const { stdout } = await run(compiler, ['-p', folder]).catch((error) => error);
    expect(stdout).toBe('');
  });

  async function built(client: string) {
    const outfile = join(folder, `generated/${client}.mjs`);
    const entryPoints = [join(folder, `${client}.ts`)];
    await build({ entryPoints, outfile, bundle: true, format: 'esm', logLevel: 'silent' });
    return import(pathToFileURL(outfile).href);
  }

  it.each(['openapi-fetch', 'hey-api', 'orval'])('of %s does its work', async (client) => {
    const { flow } = (await built(client)) as { flow: Flow };
    const code = `CLIENT-${client}`;
    expect(await flow(api.address, adminKey(), code)).toEqual({
      created: code,
      listed: 1,
      changedTo: '2020-09-15',
      tooLate: 'request.changed_meanwhile',
      fundsInPlace: 20_000_000,
      started: 1,
      percent: 100,
    } satisfies Outcome);
  });

  it('of hey-api follows changes, and has files', async () => {
    const { follow, download } = (await built('hey-api-more')) as More;
    const code = 'CLIENT-more';
    expect(await follow(api.url, adminKey(), code)).toEqual([`${code} create`, `${code} change`]);
    expect(await download(api.url, adminKey(), code)).toEqual([2, 'PK']);
  });
});
