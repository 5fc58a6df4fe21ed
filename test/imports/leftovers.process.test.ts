/** What crashed or remote processes leave behind: imports to resume, reports, and orphaned files. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ImportRecord } from '../../src/features/imports/repository.ts';
import { importId } from '../../src/features/imports/uploads.ts';
import { type Body, expectProblem, instanceBeside, type TestApp, testApp } from '../support/app.ts';
import { until } from '../support/process.ts';
import { csv, endOf, filesIn, preview, projectRows } from './support.ts';

const NOBODY = 2 ** 30;
const SILENT_MS = 300_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let api: TestApp;
const instances: FastifyInstance[] = [];
beforeAll(async () => {
  api = await testApp();
});
afterEach(async () => {
  for (const instance of instances.splice(0)) await instance.close();
});
afterAll(() => api.close());

const ago = (milliseconds: number): string => new Date(api.clock.milliseconds() - milliseconds).toISOString();

/** Starts another instance, which takes over abandoned imports. */
async function start(folder = api.importDir): Promise<void> {
  const instance = await instanceBeside(api, api.database, { IMPORT_DIR: folder });
  instances.push(instance);
  await instance.listen({ host: '127.0.0.1', port: 0 });
}

const folderOf = (id: string): string => join(api.importDir, id);

function put(id: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folderOf(id), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folderOf(id), name), content);
}

/** An import of one row as left by another process. */
async function left(changes: Partial<ImportRecord>): Promise<string> {
  const id = importId(api.clock.milliseconds());
  const file = projectRows(1);
  const record: ImportRecord = {
    id,
    caller: null,
    actor: 'somebody',
    requestId: null,
    request: {
      mode: 'commit',
      entity: 'projects',
      mapping: null,
      name: null,
      bytes: file.length,
      regions: null,
    },
    status: 'running',
    file: null,
    rowsDone: 0,
    outcome: null,
    shown: null,
    problem: null,
    owner: null,
    createdAt: ago(0),
    seenAt: ago(0),
    finishedAt: null,
    bytes: 0,
    ...changes,
  };
  await api.database.write(async (tx) => void (await tx.insert(tx.tables.imports).values(record)));
  return id;
}

const read = async (id: string): Promise<Body> => (await api.get(`/v1/imports/${id}`)).body;

/** Lets a new instance take over and clean up; everything it handles is done when this resolves. */
async function lookedAt(): Promise<void> {
  const last = await left({ owner: owner({}) });
  await start();
  await endOf(api, last);
}

const owner = (of: Record<string, unknown>) => ({
  host: hostname(),
  pid: NOBODY,
  life: 'another',
  folder: api.importDir,
  deaths: 0,
  ...of,
});

describe('an import whose owner', () => {
  const fates: [
    what: string,
    of: Record<string, unknown> | null,
    silentMs: number,
    hasFile: boolean,
    status: string,
  ][] = [
    ['died here goes on', {}, 0, true, 'done'],
    ['died here with its files has failed', {}, 0, false, 'failed'],
    ['let go of it goes on', { pid: null }, 0, true, 'done'],
    [
      'let go of it elsewhere goes on where the folder is shared',
      { pid: null, host: 'elsewhere' },
      0,
      true,
      'done',
    ],
    ['let go of it elsewhere is waited for', { pid: null, host: 'elsewhere' }, 0, false, 'running'],
    ['died here, and had another folder, is waited for', { folder: '/elsewhere' }, 0, false, 'running'],
    [
      'had another folder and is not seen again has failed',
      { folder: '/elsewhere' },
      SILENT_MS + 1,
      false,
      'failed',
    ],
    ['is elsewhere is left alone', { host: 'elsewhere' }, 0, true, 'running'],
    [
      'is elsewhere and has fallen silent is gone on with',
      { host: 'elsewhere' },
      SILENT_MS + 1,
      true,
      'done',
    ],
    [
      'is elsewhere and has fallen silent with its files has failed',
      { host: 'elsewhere' },
      SILENT_MS + 1,
      false,
      'failed',
    ],
    ['lives is left alone', { pid: process.ppid }, 0, true, 'running'],
    [
      'has a number that another process has by now goes on',
      { pid: process.ppid },
      SILENT_MS + 1,
      true,
      'done',
    ],
    ['had the number of this process goes on', { pid: process.pid }, 0, true, 'done'],
    ['is nobody goes on', null, 0, true, 'done'],
    ['died, like five before, has failed', { deaths: 5 }, 0, true, 'failed'],
    ['let go of it after others had died goes on', { deaths: 5, pid: null }, 0, true, 'done'],
  ];

  it.each(fates)('%s', async (_, of, silentMs, hasFile, status) => {
    const id = await left({ owner: of && owner(of), seenAt: ago(silentMs) });
    if (hasFile)
      put(id, { file: projectRows(1), 'rows.ndjson': 'half a li', 'faults-000000000.ndjson': 'half' });
    await lookedAt();
    if (status !== 'running') await endOf(api, id);
    const now = await read(id);
    expect(now.status).toBe(status);
    if (status === 'done') expect(now).toMatchObject({ created: 1, committed: true });
    if (status === 'failed') {
      expect(now).toMatchObject({ committed: false, problem: { code: 'imports.interrupted' } });
      expect(now.finishedAt).not.toBeNull();
    }
    if (status !== 'running') await until(() => !existsSync(folderOf(id)));
    await api.database.write(async (tx) => void (await tx.delete(tx.tables.imports)));
    rmSync(folderOf(id), { recursive: true, force: true });
  });
});

describe('a report', () => {
  const faulty = csv(
    ['项目编号', '项目名称', '项目级别', '签约日期', '投资总额(亿元)'],
    ['X', '', '省级', '', '1'],
  );

  it('is kept for seven days with its import, and deleted with it', async () => {
    const { body } = await preview(api, faulty);
    expect(readdirSync(folderOf(body.id))).toEqual(['faults-000000000.ndjson.gz']);
    const moment = api.clock.now();
    api.clock.set(ago(-7 * DAY_MS + HOUR_MS));
    await lookedAt();
    expect((await api.get(`${body.links.faults}?format=csv`)).status).toBe(200);
    api.clock.set(ago(-2 * HOUR_MS));
    await start();
    await until(async () => (await api.get(`/v1/imports/${body.id}`)).status === 404);
    await until(() => !existsSync(folderOf(body.id)));
    expectProblem(await api.get(`${body.links.faults}?format=csv`), 404, 'imports.not_found');
    api.clock.set(moment);
  });

  it('that is not here is reported as elsewhere or deleted', async () => {
    const { body } = await preview(api, faulty);
    rmSync(folderOf(body.id), { recursive: true });
    const answer = await api.get(`${body.links.faults}?format=csv`);
    expectProblem(answer, 404, 'imports.report_gone');
    expect(answer.body.detail).toContain('7 days');
    expect((await read(body.id)).faults).toEqual(body.faults);
  });
});

describe('a folder', () => {
  it('of a file without an import is deleted after an hour; other files stay', async () => {
    const now = api.clock.milliseconds();
    const [old, young] = [importId(now - 2 * HOUR_MS), importId(now - HOUR_MS / 2)];
    put(old, { arriving: 'half a fi' });
    put(young, { arriving: 'half a fi' });
    put('notes', { 'of-the-operator.txt': 'stays' });
    await lookedAt();
    await until(() => !existsSync(folderOf(old)));
    expect(filesIn(api)).toEqual([`${young}/arriving`, 'notes/of-the-operator.txt']);
    rmSync(folderOf(young), { recursive: true });
    rmSync(folderOf('notes'), { recursive: true });
  });

  it('of an import whose process died right after its end keeps only its report', async () => {
    const outcome = {
      rows: 1,
      created: 0,
      changed: 0,
      unchanged: 0,
      refused: 1,
      conflicts: 0,
      faultCount: 1,
    };
    const moment = api.clock.now();
    api.clock.set(ago(2 * HOUR_MS));
    const ended = { status: 'done', finishedAt: api.clock.now() };
    const [faulty, good] = [await left({ ...ended, outcome }), await left(ended)];
    api.clock.set(moment);
    for (const id of [faulty, good])
      put(id, { file: 'a', 'rows.ndjson': 'a', 'faults-000000000.ndjson': '{}\n' });
    await lookedAt();
    await until(() => filesIn(api).length === 0);
    expect(readdirSync(api.importDir)).toEqual([faulty]);
  });
});
