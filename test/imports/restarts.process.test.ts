/** Imports whose service is stopped or killed while they run. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { type Answer, type Body, clientOf, expectProblem, instanceBeside, testApp } from '../support/app.ts';
import { bundled } from '../support/bundle.ts';
import { adminKey, concurrent, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { endAll, type Running, start, until } from '../support/process.ts';
import { provenLog } from '../support/sql.ts';
import { expectVerified } from '../support/verified.ts';
import { commit, endOf, filesIn, preview, projectRows } from './support.ts';

const ROWS = 6_000;
const SLICE = 100;

const AUTHORIZATION = { authorization: `Bearer ${adminKey()}` };

// PGlite lives in this process, not in the one that is killed.
if (concurrent) {
  describe('an import', () => {
    let place: TestDatabase;
    let folder: string;
    beforeEach(async () => {
      place = await freshDatabase();
      folder = mkdtempSync(join(tmpdir(), 'luodi-imports-'));
    });
    afterEach(async () => {
      await endAll();
      await place.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    async function service(limits: object): Promise<Running & { address: string }> {
      const process = start(bundled('imports-service'), [place.url, folder, JSON.stringify(limits)]);
      const address = await until(() => {
        if (process.stderr()) throw new Error(process.stderr());
        return /Server listening at (http:\/\/[\d.]+:\d+)/.exec(process.stdout())?.[1];
      });
      return { ...process, address };
    }

    const read = async (address: string, id: string): Promise<Body> =>
      (await fetch(`${address}/v1/imports/${id}`, { headers: AUTHORIZATION })).json();

    async function begin(address: string, file: string): Promise<string> {
      const answer = await fetch(`${address}/v1/imports?mode=commit`, {
        method: 'POST',
        headers: {
          ...AUTHORIZATION,
          'content-type': 'text/csv',
          'idempotency-key': randomUUID(),
          prefer: 'respond-async',
        },
        body: file,
      });
      expect(answer.status).toBe(202);
      return ((await answer.json()) as Body).id;
    }

    const scenarios: [what: string, limits: object, kept: (rows: number) => boolean][] = [
      ['in the middle of its one transaction', {}, (rows) => rows === 0],
      [
        'between two slices',
        { atOnce: SLICE, slice: SLICE },
        (rows) => rows > 0 && rows < ROWS && rows % SLICE === 0,
      ],
    ];
    const signals: NodeJS.Signals[] = ['SIGTERM', 'SIGKILL'];
    const cases = scenarios.flatMap((scenario) => signals.map((signal) => [signal, ...scenario] as const));

    it.each(cases)(
      'that is interrupted by %s %s leaves nothing incomplete, and is resumed',
      async (signal, _, limits, isKept) => {
        const first = await service(limits);
        const id = await begin(first.address, projectRows(ROWS));
        await until(async () => {
          const { status, progress } = await read(first.address, id);
          if (status !== 'running') throw new Error(`It ended too early: ${status}`);
          return progress.phase === 'writing' && progress.rowsDone > SLICE;
        });
        first.signal(signal);
        const { code, stderr } = await first.ended;
        expect({ code, stderr }).toEqual({ code: signal === 'SIGTERM' ? 0 : null, stderr: '' });

        const between = await openDatabase(place.url);
        const log = await provenLog(between);
        expect(isKept(log.filter(({ entity }) => entity === 'projects').length)).toBe(true);
        const { imports } = between.read.tables;
        expect(await between.read.select({ status: imports.status }).from(imports)).toEqual([
          { status: 'running' },
        ]);
        await between.close();

        const second = await service(limits);
        const done = await until(async () => {
          const now = await read(second.address, id);
          return now.status === 'running' ? undefined : now;
        });
        expect(done).toMatchObject({
          status: 'done',
          committed: true,
          rows: ROWS,
          created: ROWS,
          refused: 0,
        });
        expect(done).toMatchObject({ changed: 0, unchanged: 0, progress: { rowsDone: ROWS } });
        second.signal('SIGTERM');
        await second.ended;

        const after = await openDatabase(place.url);
        await expectVerified(after);
        const entries = (await provenLog(after)).filter(({ entity }) => entity === 'projects');
        expect(new Set(entries.map(({ entityId }) => entityId)).size).toBe(ROWS);
        expect(entries).toHaveLength(ROWS);
        await after.close();
      },
    );
  });
}

describe('an import whose instance ends', () => {
  it('is immediately resumed by another one that shares its folder', async () => {
    const api = await testApp();
    const settings = { IMPORT_DIR: api.importDir };
    const first = await instanceBeside(api, api.database, settings);
    const headers = { prefer: 'respond-async', 'idempotency-key': randomUUID() };
    const { body } = await commit(clientOf(first), projectRows(2_000), { headers });
    await first.close();
    expect((await api.get(`/v1/imports/${body.id}`)).body).toMatchObject({ status: 'running', rows: 0 });
    expect(filesIn(api)).toContain(`${body.id}/file`);
    const second = await instanceBeside(api, api.database, settings);
    await second.listen({ host: '127.0.0.1', port: 0 });
    expect((await endOf(api, body.id)).body).toMatchObject({ status: 'done', created: 2_000 });
    await until(() => filesIn(api).length === 0);
    await expectVerified(api.database);
    await second.close();
    await api.close();
  });

  it('is not resumed with another file', async () => {
    const api = await testApp();
    const instance = await instanceBeside(api, api.database, { IMPORT_DIR: api.importDir });
    const answers: Promise<Answer>[] = [];
    instance.addHook('preClose', async () => void answers.push(preview(clientOf(instance), projectRows(1))));
    await instance.close();
    expectProblem((await answers[0]) as Answer, 503, 'service.unavailable');
    expect(filesIn(api)).toEqual([]);
    await api.close();
  });
});
