/** `luodi export` as a process. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { aProject, type Client, clientOf, clockOn, created, instanceBeside, TODAY } from '../support/app.ts';
import { freshDatabase, type TestDatabase } from '../support/engines.ts';
import { type Ended, endAll, luodi, until } from '../support/process.ts';
import { insertCopies } from '../support/world.ts';

const DAY = '2021-12-31';

/** Queries, as options and as a query string. */
const ASKED: [string[], string][] = [
  [['--format', 'csv'], 'format=csv&lang=en'],
  [
    ['--format', 'csv', '--lang', 'zh', '--unit', 'yi', '--encoding', 'gb18030', '--sort=-investmentYuan'],
    'format=csv&lang=zh&unit=yi&encoding=gb18030&sort=-investmentYuan',
  ],
  [
    ['--format', 'xlsx', '--filter', 'region=430100', '--filter', 'region=430200', '--filter', 'q=长沙'],
    'format=xlsx&lang=en&region=430100,430200&q=%E9%95%BF%E6%B2%99',
  ],
  [
    ['--format', 'ndjson', '--filter', 'started=true', '--filter', 'event=none'],
    'format=ndjson&started=true&event=none',
  ],
  [['--format', 'ndjson', '--archived'], 'format=ndjson&archived=true'],
];

let place: TestDatabase;
const answers = new Map<string, Buffer>();
let revision: number;
beforeAll(async () => {
  place = await freshDatabase();
  const database = await openDatabase(place.url);
  const clock = clockOn(TODAY);
  const app = await instanceBeside({ clock }, database);
  const client: Client = clientOf(app);
  const project = (fields: object) => created(client, '/v1/projects', aProject(fields));
  await project({ code: 'A', name: '长沙甲', region: '430100', startedOn: '2020-07-01' });
  await project({ code: 'B', name: '=乙', region: '430200', investmentYuan: 5 });
  await project({ code: 'C', name: '长沙丙', region: '430121', startedOn: '2022-07-01' });
  const { id } = await project({ code: 'D' });
  await client.delete(`/v1/projects/${id}`);
  for (const [, query] of ASKED) {
    const answer = await client.get(`/v1/projects?asOf=${DAY}&${query}`);
    expect(answer.status).toBe(200);
    answers.set(query, answer.bytes);
  }
  ({ seq: revision } = await database.revision());
  await app.close();
  await database.close();
});
afterAll(() => place.remove());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'luodi-export-'));
});
afterEach(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

const begin = (args: readonly string[], url = place.url) =>
  luodi(['export', ...args], { env: { DATABASE_URL: url }, cwd: folder });

const run = (...args: string[]): Promise<Ended> => begin(args).ended;

describe('luodi export', () => {
  it.each(ASKED)('%j writes the same bytes as the list', async (options, query) => {
    const { code, stdout, stderr } = await run(...options, '--as-of', DAY, '-o', 'out', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const expected = answers.get(query) as Buffer;
    expect(readFileSync(join(folder, 'out')).equals(expected)).toBe(true);
    expect(readdirSync(folder)).toEqual(['out']);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ file: 'out', asOf: DAY, revision, bytes: expected.length });
    expect(report.seconds).toBeGreaterThan(0);
    if (query.includes('ndjson')) {
      expect(report.rows).toBe(expected.toString().trimEnd().split('\n').length - 1);
      expect(report.rows).toBe(1);
    }
  });

  it('writes only the file to standard output if it is not a terminal', async () => {
    const args = ['--format', 'csv', '--as-of', DAY];
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(answers.get('format=csv&lang=en')?.toString());
    const told = await run(...args, '--json');
    expect(told.stdout).toBe(stdout);
    expect(JSON.parse(told.stderr)).toMatchObject({ file: null, rows: 3, bytes: Buffer.byteLength(stdout) });
  });

  it('replaces a file only if told to', async () => {
    writeFileSync(join(folder, 'kept.csv'), 'precious');
    const args = ['--format', 'csv', '--as-of', DAY, '--output', 'kept.csv'];
    expect(await run(...args)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'luodi: kept.csv already exists; --force replaces it\n',
    });
    expect(readFileSync(join(folder, 'kept.csv'), 'utf8')).toBe('precious');
    const forced = await run(...args, '--force');
    expect(forced.stdout).toMatch(/^kept\.csv: 3 projects as of 2021-12-31, revision \d+, 0\.0 MB in /);
    const written = readFileSync(join(folder, 'kept.csv'));
    expect(written.equals(answers.get('format=csv&lang=en') as Buffer)).toBe(true);
  });

  it('names every invalid option', async () => {
    const { code, stdout, stderr } = await run(
      ...['--format', 'pdf', '--as-of', '2099-01-01', '--sort', 'price', '--lang', 'de'],
      ...['--filter', 'region=43', '--filter', 'colour=red', '--filter', 'minInvestment=x'],
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const lines = stderr.trimEnd().split('\n').slice(1);
    const named = lines.map((line) => /^ {2}(--[a-z-]+( [a-zA-Z]+)?):/.exec(line)?.[1]);
    expect(named.sort()).toEqual([
      '--as-of',
      '--filter colour',
      '--filter minInvestment',
      '--filter region',
      '--format',
      '--lang',
      '--sort',
    ]);
  });

  it.each<[string, string[], string]>([
    ['an option without a use', ['--format', 'ndjson', '--unit', 'yi'], '--unit: does not apply to ndjson'],
    ['a filter without a value', ['--format', 'csv', '--filter', 'region'], '--filter takes NAME=VALUE'],
    ['an option as a filter', ['--format', 'csv', '--filter', 'asOf=2020-01-01'], 'use --as-of'],
    ['no format', [], "required option '--format <format>' not specified"],
    [
      'a folder that is not there',
      ['--format', 'csv', '-o', 'no/such/folder'],
      'The export is not complete: ENOENT',
    ],
  ])('refuses %s', async (_, args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('creates no database if there is none', async () => {
    const { code, stderr } = await begin(['--format', 'csv'], 'file:./nothing.db').ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'luodi: There is no database at ./nothing.db\n' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('an interrupted export', () => {
  let large: TestDatabase;
  beforeAll(async () => {
    large = await freshDatabase();
    const database = await openDatabase(large.url);
    const app = await instanceBeside({ clock: clockOn(TODAY) }, database);
    await created(clientOf(app), '/v1/projects', aProject({ code: 'O', description: 'x'.repeat(5_000) }));
    await insertCopies({ database }, { code: 'O' }, 20_000);
    await app.close();
    await database.close();
  });
  afterAll(() => large.remove());

  it.each(['SIGTERM', 'SIGINT'] as const)('by %s leaves nothing', async (signal) => {
    const running = begin(['--format', 'xlsx', '-o', 'large.xlsx'], large.url);
    await until(() => readdirSync(folder).length > 0);
    running.signal(signal);
    expect(await running.ended).toEqual({
      code: 1,
      stdout: '',
      stderr: 'luodi: The export is not complete: it was interrupted\n',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('by the end of its process never looks complete', async () => {
    const running = begin(['--format', 'xlsx', '-o', 'large.xlsx'], large.url);
    await until(() => readdirSync(folder).length > 0);
    running.signal('SIGKILL');
    expect((await running.ended).code).toBeNull();
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\.large\.xlsx\.\d+\.part$/)]);
  });
});
