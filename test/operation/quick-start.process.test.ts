/** Runs the instructions for newcomers in the documentation, against a separate demo. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { variables } from '../../src/core/config.ts';
import { documentAt, examplesIn, sectionOf } from '../support/documents.ts';
import { freshDatabase, type TestDatabase } from '../support/engines.ts';
import { endAll, occupiedPort, projectFolder, type Running, start, until } from '../support/process.ts';

const blocks = examplesIn(sectionOf(documentAt('README.md'), 'Quick start'));
const shell = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);
const [install, summary, more, change, test] = shell as [string, string, string, string, string];

describe('the quick start of README', () => {
  let database: TestDatabase;
  let demo: Running;
  let port: number;

  const run = async (script: string): Promise<string> => {
    const local = script.replaceAll('localhost:3000', `127.0.0.1:${port}`);
    const KEY = /Bearer (luodi_\w+)/.exec(demo.stdout())?.[1];
    const env = { ...process.env, KEY };
    return (await promisify(execFile)('sh', ['-euc', local], { maxBuffer: 1e8, env })).stdout;
  };

  const startDemo = async (): Promise<Running> => {
    // From source, as `npm run demo` does.
    const env = { DATABASE_URL: database.url, PORT: String(port) };
    const running = start(`${projectFolder}/src/cli.ts`, ['demo'], { env });
    const alive = () =>
      fetch(`http://127.0.0.1:${port}/livez`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until(alive);
    await until(() => running.stdout().includes('Server listening'));
    return running;
  };

  beforeAll(async () => {
    database = await freshDatabase();
    const found = await occupiedPort();
    port = found.port;
    await found.free();
    demo = await startDemo();
  });
  afterAll(async () => {
    await endAll();
    await database?.remove();
  });

  it('installs, starts the demo and runs tests with existing commands', () => {
    expect(install).toBe('npm ci\nnpm run demo');
    expect(test).toBe('npm ci && npm test');
    const { scripts } = JSON.parse(readFileSync(`${projectFolder}/package.json`, 'utf8'));
    expect(scripts).toMatchObject({ demo: 'node src/cli.ts demo', test: 'vitest run' });
  });

  it('prints the URL of the demo and example requests before the log begins', async () => {
    const stdout = demo.stdout();
    expect(stdout).toContain(`http://127.0.0.1:${port}`);
    expect(stdout.match(/^ {2}curl /gm)).toHaveLength(3);
    expect(demo.stdout().indexOf('curl')).toBeLessThan(demo.stdout().indexOf('Server listening'));
  });

  it('returns the published figures shown in README', async () => {
    const answer = JSON.parse(await run(summary));
    const shown = JSON.parse(blocks.find(({ language }) => language === 'json')?.text ?? '');
    expect(answer).toMatchObject(shown);
    expect(answer).toMatchObject({ projectCount: 319, startedCount: 266, operatingRate: { percent: 83.4 } });
  });

  it('lists quality findings as documented', async () => {
    const [asked, answered] = examplesIn(documentAt('docs/attention.md')).map(({ text }) => text) as [
      string,
      string,
    ];
    const { items, ...answer } = JSON.parse(await run(asked));
    const { items: rules, ...shown } = JSON.parse(answered);
    expect(answer).toMatchObject(shown);
    for (const rule of rules) expect(items).toContainEqual(expect.objectContaining(rule));
    expect(items).toHaveLength(rules.length + 10);
  });

  it('shows the progress of a cluster as documented', async () => {
    const [asked, answered] = examplesIn(documentAt('docs/clusters.md')).map(({ text }) => text) as [
      string,
      string,
    ];
    expect(JSON.parse(await run(asked))).toMatchObject(JSON.parse(answered));
  });

  it('compares a printed figure with the computed one as documented', async () => {
    const [asked, answered] = examplesIn(documentAt('docs/published-figures.md')).map(({ text }) => text) as [
      string,
      string,
    ];
    const [reconcile, print] = asked.split('\n') as [string, string];
    expect(JSON.parse(await run(reconcile))).toMatchObject({ total: 7, agreeing: 7, disagreeing: 0 });
    expect(JSON.parse(await run(print))).toMatchObject(JSON.parse(answered));
    expect(JSON.parse(await run(reconcile))).toMatchObject({ total: 8, disagreeing: 1 });
  });

  it('runs the other examples, and refuses the faulty one with all faults', async () => {
    for (const line of more.split('\n')) {
      const answer = JSON.parse(await run(line));
      if (!line.includes('POST')) expect(answer).toHaveProperty('items');
      else
        expect(answer.errors.map((e: { code: string }) => e.code).sort()).toEqual(['not_a_day', 'too_small']);
    }
  });

  it('exports files as the documents show', async () => {
    const [files] = examplesIn(documentAt('docs/exports.md')).map(({ text }) => text.split('\n')) as [
      string[],
    ];
    const folder = mkdtempSync(join(tmpdir(), 'luodi-exports-'));
    for (const line of files) {
      const written = await run(`cd ${folder}; ${line}`);
      if (line.includes('tail')) expect(JSON.parse(written)).toMatchObject({ end: true, count: 319 + 88 });
    }
    const starts = readdirSync(folder).map((name) => {
      const start = readFileSync(join(folder, name)).subarray(0, 2).toString('latin1');
      return `${name.split('.').at(-1)} ${start}`;
    });
    rmSync(folder, { recursive: true });
    // A workbook is a zip file; CSV in GB18030 begins with a heading (项).
    expect(starts.sort()).toEqual(['csv \xcf\xee', 'xlsx PK', 'xlsx PK', 'xlsx PK']);
  });

  it('writes the briefing as the documents show', async () => {
    const page = documentAt('docs/briefing.md');
    const [lines] = examplesIn(page).map(({ text }) => text.split('\n')) as [string[]];
    const quoted = [...page.matchAll(/^> (.*)$/gm)].map(([, line]) => line);
    for (const [i, line] of lines.entries()) expect(await run(line)).toContain(quoted[i]);
  });

  it('creates a project by its code as the documents show, once', async () => {
    const put = examplesIn(documentAt('docs/api.md')).find(({ text }) => text.includes('by-code'));
    expect(JSON.parse(await run(put?.text ?? ''))).toMatchObject({ code: 'ERP-0001', version: 1 });
    expect(JSON.parse(await run(put?.text ?? ''))).toMatchObject({ code: 'request.exists_already' });
  });

  it('gives a token for the stream as the documents show, which opens one', async () => {
    const post = examplesIn(documentAt('docs/api.md')).find(({ text }) => text.includes('stream-tokens'));
    const { token } = JSON.parse(await run(post?.text ?? ''));
    const open = () => fetch(`http://127.0.0.1:${port}/v1/changes/stream?token=${token}`);
    const stream = await open();
    expect([stream.status, (await open()).status]).toEqual([200, 401]);
    await stream.body?.cancel();
  });

  it('gives another figure after a start date has changed', async () => {
    const changed = JSON.parse(await run(change));
    expect(changed).toMatchObject({ code: 'HYRD-2020-0007', startedOn: '2022-08-31' });
    expect(JSON.parse(await run(summary)).startedCount).toBe(267);
  });

  it('serves the same data after a restart', async () => {
    demo.signal('SIGTERM');
    expect((await demo.ended).code).toBe(0);
    demo = await startDemo();
    expect(JSON.parse(await run(summary)).startedCount).toBe(267);
  });
});

describe('the page about configuration', () => {
  it('has all variables with their defaults and allowed values', () => {
    for (const [name, { default: standard, description, allowed }] of Object.entries(variables)) {
      const value = standard === '' ? '' : `\`${standard}\``;
      expect(documentAt('docs/configuration.md')).toContain(
        `| \`${name}\` | ${value} | ${description} Allowed: ${allowed}. |`,
      );
    }
  });
});
