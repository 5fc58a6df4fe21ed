/** Revocation of a key with queued or running work: nothing more is done on its behalf. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { keyService } from '../../src/access/service.ts';
import { sendStream } from '../../src/http/files.ts';
import { createServer } from '../../src/http/server.ts';
import { byLuodi, record } from '../../src/log/service.ts';
import { commit, endOf, filesIn, preview, projectRows } from '../imports/support.ts';
import {
  type Answer,
  aProject,
  type Body,
  type Client,
  clientOf,
  clockOn,
  created,
  expectProblem,
  type TestApp,
  TODAY,
  testApp,
} from '../support/app.ts';
import { logOf } from '../support/change-log.ts';
import { concurrent } from '../support/engines.ts';
import { until } from '../support/process.ts';

const SLICE = 100;

let api: TestApp;
beforeAll(async () => {
  api = await testApp({ imports: { atOnce: SLICE, slice: SLICE, running: 1 } });
});
afterAll(() => api.close());
afterEach(() => vi.restoreAllMocks());

interface Suspect extends Client {
  id: string;
  actor: string;
}

async function aSuspect(role = 'admin'): Promise<Suspect> {
  const { id, key, name, prefix } = await created(api, '/v1/keys', { name: 'suspect', role });
  const client = clientOf(api.app, key);
  // Uses are recorded once a minute; this keeps the record out of what the test counts.
  await client.get('/v1/regions/430100');
  await api.database.write(async () => {});
  return { ...client, id, actor: `${name} (${prefix})` };
}

/** As by the command, or another instance. */
const revokeElsewhere = ({ id }: Suspect) => keyService(api).revoke(byLuodi('keys revoke'), id);

/** The changes made with a key after its revocation. */
async function afterTheEndOf({ id, actor }: Suspect): Promise<Body[]> {
  const log = await logOf(api);
  const end = log.findIndex((entry) => entry.entityId === id && entry.action === 'revoke');
  expect(end).toBeGreaterThan(0);
  return log.slice(end).filter((entry) => entry.actor === actor);
}

/** Makes requests wait for the writer, and revokes their key before any other write is done. */
async function whileItWaits(suspect: Suspect, asked: () => Promise<Answer>[]): Promise<Answer[]> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: isHeld, resolve: hold } = Promise.withResolvers<void>();
  const held = api.database.write(async (tx) => {
    hold();
    await released;
    const { apiKeys } = tx.tables;
    const at = api.clock.now();
    await tx.update(apiKeys).set({ revokedAt: at }).where(eq(apiKeys.id, suspect.id));
    await record(tx, byLuodi('test'), {
      entity: 'keys',
      entityId: suspect.id,
      action: 'revoke',
      at,
      fields: {},
    });
  });
  await isHeld;
  const writes = vi.spyOn(api.database, 'write');
  const answers = asked();
  await until(() => writes.mock.calls.length >= answers.length);
  release();
  await held;
  return Promise.all(answers);
}

// PGlite's single connection is taken by whoever holds the writer.
describe.runIf(concurrent)('a queued write whose key is revoked', () => {
  const keyed = () => ({ 'idempotency-key': randomUUID() });
  const anEvent = () => ({
    code: `e-${randomUUID().slice(0, 8)}`,
    name: '会',
    startsOn: TODAY,
    endsOn: TODAY,
  });

  it('is refused, whatever it is, and has no effect', async () => {
    const suspect = await aSuspect();
    const project = await created(api, '/v1/projects', aProject());
    const gone = await created(api, '/v1/projects', aProject());
    await api.delete(`/v1/projects/${gone.id}`);
    const event = await created(api, '/v1/events', anEvent());
    const before = await api.database.revision();
    const any = { 'if-match': '*' };
    const url = `/v1/projects/${project.id}`;
    const etag = { 'if-match': (await api.get(url)).etag };
    const answers = await whileItWaits(suspect, () => [
      suspect.post('/v1/projects', aProject()),
      suspect.post('/v1/projects', aProject(), keyed()),
      suspect.patch(url, { note: '改' }, etag),
      suspect.post(`${url}/funds`, { receivedOn: '2021-01-01', amountYuan: 5 }, keyed()),
      suspect.post(`/v1/projects/${gone.id}/restore`, undefined, keyed()),
      suspect.delete(`/v1/events/${event.code}`, any),
      suspect.post('/v1/keys', { name: 'heir', role: 'admin' }),
      commit(suspect, projectRows(3)),
    ]);
    for (const answer of answers) {
      expectProblem(answer, 401, 'access.revoked_key');
      expect(answer.headers['www-authenticate']).toContain('invalid_token');
    }
    expect((await api.database.revision()).seq).toBe(before.seq + 1);
    const { keptAnswers, imports } = api.database.read.tables;
    expect(await api.database.read.select().from(keptAnswers)).toEqual([]);
    expect(await api.database.read.select().from(imports)).toEqual([]);
    expect(filesIn(api)).toEqual([]);
  });
});

describe('an import whose key is revoked', () => {
  const begin = async (client: Client, rows: number, mode = commit): Promise<string> => {
    const answer = await mode(client, projectRows(rows), {
      headers: { prefer: 'respond-async', 'idempotency-key': randomUUID() },
    });
    expect(answer.status, answer.text).toBe(202);
    return answer.body.id;
  };
  const refused = { status: 'cancelled', problem: { code: 'imports.key_refused' } };

  /** Runs something right before the nth load of an import gets its turn. */
  function beforeLoad(nth: number, happens: () => Promise<unknown>): void {
    const load = api.database.load.bind(api.database);
    let loads = 0;
    vi.spyOn(api.database, 'load').mockImplementation(async function* (work, input) {
      if (++loads === nth) await happens();
      yield* load(work, input);
    });
  }

  it.each([1, 3])(
    'elsewhere ends before its next slice, number %i, and keeps those before it',
    async (nth) => {
      const suspect = await aSuspect('editor');
      beforeLoad(nth, () => revokeElsewhere(suspect));
      const id = await begin(suspect, 5 * SLICE);
      const { body } = await endOf(api, id);
      const kept = (nth - 1) * SLICE;
      expect(body).toMatchObject({ ...refused, rows: kept, created: kept, committed: nth > 1 });
      expect(body.problem.detail).toContain(`${kept} rows`);
      expect(await afterTheEndOf(suspect)).toEqual([]);
      await until(() => filesIn(api).length === 0);
    },
  );

  it('while all its rows are unchanged ends as well', async () => {
    const file = projectRows(2 * SLICE);
    expect((await commit(api, file)).body.created).toBe(2 * SLICE);
    const suspect = await aSuspect('editor');
    beforeLoad(1, () => revokeElsewhere(suspect));
    const answer = await commit(suspect, file);
    expectProblem(answer, 403, 'imports.key_refused');
    const { body } = await api.get(String(answer.headers.location));
    expect(body).toMatchObject({ ...refused, rows: 0 });
  });

  it('ends immediately here, together with all other imports of the key, including waiting ones', async () => {
    const suspect = await aSuspect('editor');
    const other = await begin(api, 30 * SLICE);
    const waiting = [await begin(suspect, SLICE), await begin(suspect, SLICE, preview)];
    expect((await api.post(`/v1/keys/${suspect.id}/revoke`)).status).toBe(200);
    for (const id of waiting) expect((await endOf(api, id)).body).toMatchObject({ ...refused, rows: 0 });
    expect((await endOf(api, other)).body).toMatchObject({ status: 'done', created: 30 * SLICE });
    expect(await afterTheEndOf(suspect)).toEqual([]);
  });

  it('or has expired while it waited does not start', async () => {
    const expiresAt = '2026-11-22T04:00:01.000Z';
    const { key } = await created(api, '/v1/keys', { name: 'short', role: 'editor', expiresAt });
    const other = await begin(api, 30 * SLICE);
    const id = await begin(clientOf(api.app, key), SLICE);
    api.clock.set(expiresAt);
    expect((await endOf(api, id)).body).toMatchObject({ ...refused, rows: 0 });
    expect((await endOf(api, other)).body.status).toBe('done');
  });
});

describe('a file that is being downloaded', () => {
  it('is cut off if the reader’s key becomes invalid, and does not look complete', async () => {
    const app = createServer({
      logger: pino({ level: 'silent' }),
      bodyLimit: 1_024,
      trustProxy: [],
      clock: clockOn(TODAY),
    });
    let holds = true;
    let isEnded = false;
    app.decorateRequest('stillHolds', async () => holds);
    app.get('/', (_, reply) => {
      async function* parts() {
        try {
          for (;;) yield await new Promise<Buffer>((give) => setTimeout(() => give(Buffer.from('1')), 10));
        } finally {
          isEnded = true;
        }
      }
      return sendStream(reply, parts());
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const socket = connect(Number(new URL(app.listeningOrigin).port), '127.0.0.1');
    let received = '';
    socket.setEncoding('latin1').on('data', (text) => {
      received += text;
      holds = false;
    });
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'close');
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
    expect(received).not.toMatch(/\r\n0\r\n\r\n$/);
    await until(() => isEnded);
    await app.close();
  });
});
