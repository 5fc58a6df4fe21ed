/** Attempts to fill the disk with uploads and reports. */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { commit, csv, endOf, preview, projectRows } from '../imports/support.ts';
import {
  type Answer,
  type Body,
  type Client,
  clientOf,
  created,
  expectProblem,
  type TestApp,
  testApp,
} from '../support/app.ts';

let api: TestApp;

const aKey = async (): Promise<Client> =>
  clientOf(api.app, (await created(api, '/v1/keys', { name: 'sender', role: 'editor' })).key);

const HEADINGS = ['项目编号', '项目名称', '项目级别', '签约日期', '投资总额(亿元)'];
/** Each row has three faults: no name, an invalid level, an invalid day. */
const faulty = (rows: number): string =>
  csv(HEADINGS, ...Array.from({ length: rows }, (_, i) => [`F-${i}`, '', '国家级', '2020-02-30', '1']));
const FAULTS = 3;

const begin = (client: Client, file: string): Promise<Answer> =>
  preview(client, file, { headers: { prefer: 'respond-async' } });

const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((bytes, found) => bytes + (found.isFile() ? found.size : 0), 0);

describe('the report of an import', () => {
  const reported = 100;
  beforeAll(async () => {
    api = await testApp({ imports: { reported, atOnce: 30, slice: 30 } });
  });
  afterAll(() => api.close());

  const linesOf = async (import_: Body, lang = 'en'): Promise<string[]> =>
    (await api.get(`${import_.links.faults}?format=csv&lang=${lang}`)).text.trimEnd().split('\r\n');

  it('lists the first faults, and counts the others by code', async () => {
    const { body } = await preview(api, faulty(50));
    expect(body.faultCount).toBe(50 * FAULTS);
    const left = Object.values(body.unreported) as number[];
    expect(left.reduce((sum, count) => sum + count)).toBe(50 * FAULTS - reported);
    const [, ...lines] = await linesOf(body);
    expect(lines).toHaveLength(reported + left.length);
    expect(lines.slice(0, FAULTS).every((line) => line.startsWith(',2,'))).toBe(true);
    for (const [code, count] of Object.entries(body.unreported)) {
      const said = lines.find(
        (line) =>
          line.includes(`${count} more faults with this code; the report lists only the first 100 faults`) &&
          line.endsWith(code),
      );
      expect(said, code).toBeDefined();
    }
    expect((await linesOf(body, 'zh')).at(-1)).toContain('报告只列出前 100 处错误');
    expect((await api.get(`${body.links.faults}?format=xlsx`)).status).toBe(200);
  });

  it('is the same for an import in slices', async () => {
    const good = projectRows(90).trimEnd();
    const { body } = await endOf(
      api,
      (
        await commit(api, `${good}\r\n${faulty(50).split('\r\n').slice(1).join('\r\n')}`, {
          query: { partial: true },
          headers: { prefer: 'respond-async' },
        })
      ).body.id,
    );
    expect(body).toMatchObject({ status: 'done', created: 90, faultCount: 50 * FAULTS });
    const left = Object.values(body.unreported) as number[];
    expect(left.reduce((sum, count) => sum + count)).toBe(50 * FAULTS - reported);
    expect(await linesOf(body)).toHaveLength(1 + reported + left.length);
  });

  it('does not mention others if it lists all', async () => {
    const { body } = await preview(api, faulty(10));
    expect(body.unreported).toEqual({});
    expect(await linesOf(body)).toHaveLength(1 + 10 * FAULTS);
  });

  it('is stored compressed; an uncompressed one of an earlier version is still read', async () => {
    const { body } = await preview(api, faulty(30));
    const folder = join(api.importDir, body.id);
    expect(readdirSync(folder)).toEqual(['faults-000000000.ndjson.gz']);
    const file = join(folder, 'faults-000000000.ndjson.gz');
    const text = gunzipSync(readFileSync(file)).toString();
    expect(statSync(file).size).toBeLessThan(text.length / 5);
    const lines = await linesOf(body);
    rmSync(file);
    writeFileSync(join(folder, 'faults-000000000.ndjson'), text);
    expect(await linesOf(body)).toEqual(lines);
  });

  it('that is truncated is read as far as possible', async () => {
    const { body } = await preview(api, faulty(30));
    const file = join(api.importDir, body.id, 'faults-000000000.ndjson.gz');
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, whole.length - 100));
    expect((await linesOf(body)).length).toBeLessThan(1 + 30 * FAULTS);
  });
});

describe('files and reports together', () => {
  const KIB = 1024;
  const quotaBytes = 400 * KIB;
  const file = faulty(200);
  beforeEach(async () => {
    api = await testApp({ imports: { quotaBytes, textBytes: 60 * KIB, workbookBytes: 60 * KIB, kept: 40 } });
  });
  afterEach(() => api.close());

  /**
   * The size of import records; that of the last one is known only when it has ended, and counts for the
   * next.
   */
  async function onRecord(last: Body, isCounted = (_: { caller: string | null }) => true) {
    const { imports } = api.database.read.tables;
    const rows = (await api.database.read.select().from(imports)).filter(isCounted);
    const sum = (of: typeof rows) => of.reduce((total, { bytes }) => total + bytes, 0);
    return { count: rows.length, all: sum(rows), before: sum(rows.filter(({ id }) => id !== last.id)) };
  }

  it('of one key use at most a quarter of the space: its oldest are deleted first, those of others stay', async () => {
    const { id, key } = await created(api, '/v1/keys', { name: 'flooding', role: 'editor' });
    const [flooding, other] = [clientOf(api.app, key), await aKey()];
    const others = (await preview(other, file)).body;
    const first = (await preview(flooding, file)).body;
    let last: Body = first;
    for (let i = 0; i < 12; i++) last = (await preview(flooding, file)).body;
    const gone = await flooding.get(`/v1/imports/${first.id}`);
    expectProblem(gone, 404, 'imports.not_found');
    expect(gone.body.detail).toContain('the oldest go first');
    expectProblem(await flooding.get(`${first.links.faults}?format=csv`), 404, 'imports.not_found');
    expect(existsSync(join(api.importDir, first.id))).toBe(false);
    for (const { links } of [others, last]) {
      expect((await api.get(`${links.faults}?format=csv`)).status).toBe(200);
    }
    const { count, all, before } = await onRecord(last, ({ caller }) => caller === id);
    expect(count).toBeGreaterThan(1);
    expect(before).toBeLessThanOrEqual(quotaBytes / 4);
    expect(all).toBeGreaterThan(quotaBytes / 4 / 2);
  });

  it('of all keys together never exceed the limit, with any number of keys', async () => {
    for (let key = 0; key < 6; key++) {
      const client = await aKey();
      for (let i = 0; i < 4; i++) {
        const answer = await preview(client, file);
        expect(answer.status).toBe(200);
        const { all, before } = await onRecord(answer.body);
        expect(before).toBeLessThanOrEqual(quotaBytes);
        expect(bytesIn(api.importDir)).toBeLessThanOrEqual(all);
      }
    }
  });

  it('that are small are counted as well', async () => {
    const client = await aKey();
    const ids = [];
    for (let i = 10; i < 22; i++) {
      api.clock.set(`2026-11-22T05:00:${i}.000Z`);
      ids.push((await preview(client, projectRows(1))).body.id);
    }
    const { items } = (await client.get('/v1/imports?limit=50')).body;
    expect(items.map(({ id }: Body) => id)).toEqual(ids.slice(-10).reverse());
  });

  it('of unfinished imports are never deleted: a file without room is refused, with the limit concerned', async () => {
    const { database } = api;
    const unfinished = async (caller: string | null, bytes: number) =>
      database.write(async (tx) => {
        const at = api.clock.now();
        await tx.insert(tx.tables.imports).values({
          id: randomUUID(),
          caller,
          actor: 'somebody',
          request: { mode: 'preview', entity: 'projects', mapping: null, name: null, bytes, regions: null },
          status: 'running',
          rowsDone: 0,
          owner: { host: 'elsewhere', pid: 1, life: 'another', folder: '', deaths: 0 },
          createdAt: at,
          seenAt: at,
          bytes,
        });
      });
    const { id, key } = await created(api, '/v1/keys', { name: 'sender', role: 'editor' });
    const client = clientOf(api.app, key);
    const kept = (await preview(client, file)).body;
    await unfinished(id, 98 * KIB);
    const own = await preview(client, file);
    expectProblem(own, 429, 'imports.quota_of_key');
    expect(own.headers['retry-after']).toMatch(/^\d+$/);
    expect((await api.get(`${kept.links.faults}?format=csv`)).status).toBe(200);
    expect((await preview(api, file)).status).toBe(200);
    await unfinished(null, 300 * KIB);
    const all = await preview(api, file);
    expectProblem(all, 507, 'imports.quota');
    expect(all.headers['retry-after']).toMatch(/^\d+$/);
    expect(all.body.detail).toContain('IMPORT_QUOTA');
    expect((await api.get(`${kept.links.faults}?format=csv`)).status).toBe(200);
    expect(readdirSync(api.importDir).length).toBe(2);
    const { imports } = database.read.tables;
    expect(
      (await database.read.select().from(imports)).filter(({ status }) => status === 'running'),
    ).toHaveLength(2);
  });
});

describe('the places for uploads', () => {
  beforeAll(async () => {
    api = await testApp({ imports: { running: 1, ofOneKey: 3 } });
  });
  afterAll(() => api.close());

  it('cannot all be taken by one key, and become available again when its imports have ended', async () => {
    const [flooding, other] = [await aKey(), await aKey()];
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const stream = api.database.stream.bind(api.database);
    vi.spyOn(api.database, 'stream').mockImplementationOnce(async function* (work, input) {
      await released;
      yield* stream(work, input);
    });
    const ids: string[] = [(await begin(api, projectRows(1))).body.id];
    for (let i = 0; i < 3; i++) ids.push((await begin(flooding, projectRows(1))).body.id);
    const refused = await begin(flooding, projectRows(1));
    expectProblem(refused, 429, 'imports.too_many_of_key');
    expect(refused.headers['retry-after']).toBe('10');
    expect(refused.body.detail).toContain('3 active imports');
    ids.push((await begin(other, projectRows(1))).body.id);
    release();
    for (const id of ids) expect((await endOf(api, id)).body.status).toBe('done');
    expect((await begin(flooding, projectRows(1))).status).toBe(202);
  });
});
