/** The service as run by an operator: a process that starts, answers, and shuts down cleanly. */
import { existsSync, statSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import type { NewProject } from '../../src/features/projects/schema.ts';
import { projectService } from '../../src/features/projects/service.ts';
import { aProject, clockOn, TODAY } from '../support/app.ts';
import { adminKey, concurrent, engine, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { endAll, luodi, occupiedPort, served, until } from '../support/process.ts';
import { connect, provenLog } from '../support/sql.ts';
import { insertCopies } from '../support/world.ts';

const SECRET = 'luodi_hunter2';

const authorization = () => ({ authorization: `Bearer ${adminKey()}` });

interface Line {
  level: number;
  time: string;
  msg: string;
  requestId?: string;
  url?: string;
  status?: number;
}

/** The log. @throws if a line is not JSON */
const logOf = (stdout: string): Line[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** A request whose body is sent manually, on its own connection. */
function open(address: string, path: string): { request: ClientRequest; answer: Promise<IncomingMessage> } {
  const asked = request(`${address}${path}`, {
    method: 'POST',
    agent: false,
    headers: { ...authorization(), 'content-type': 'application/json' },
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    asked.on('response', resolve).on('error', reject);
  });
  return { request: asked, answer };
}

async function bodyOf(answer: IncomingMessage): Promise<{ code?: string }> {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  return JSON.parse(text);
}

describe('luodi serve', () => {
  let place: TestDatabase;
  /** The same database, with a password if the URL may have one. */
  let env: { DATABASE_URL: string; ANONYMOUS_READ: string };
  beforeEach(async () => {
    place = await freshDatabase();
    let { url } = place;
    if (engine === 'postgres') {
      const secret = new URL(url);
      secret.password = SECRET;
      url = secret.href;
    }
    env = { DATABASE_URL: url, ANONYMOUS_READ: 'all' };
  });
  afterEach(async () => {
    await endAll();
    await place.remove();
  });

  const post = (address: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${address}/v1/projects`, {
      method: 'POST',
      headers: { ...authorization(), 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  it('starts, responds, exits with 0 on a signal, and serves the same data after a restart', async () => {
    const first = await served(env);
    expect((await fetch(`${first.address}/readyz`)).status).toBe(200);
    const made = await post(first.address, aProject());
    expect(made.status).toBe(201);
    const project = (await made.json()) as { id: string };
    const revision = await (await fetch(`${first.address}/v1/statistics/summary`)).json();
    first.signal('SIGTERM');
    expect(await first.ended).toMatchObject({ code: 0, stderr: '' });

    const second = await served(env);
    const read = await fetch(`${second.address}/v1/projects/${project.id}`);
    expect(await read.json()).toEqual(project);
    expect(read.headers.get('etag')).toBe(made.headers.get('etag'));
    expect(await (await fetch(`${second.address}/v1/statistics/summary`)).json()).toEqual(revision);
    second.signal('SIGINT');
    expect(await second.ended).toMatchObject({ code: 0, stderr: '' });
    if (engine === 'sqlite') {
      const wal = `${place.url.slice('file:'.length)}-wal`;
      expect(existsSync(wal) ? statSync(wal).size : 0).toBe(0);
    }
    const database = await openDatabase(place.url);
    await provenLog(database);
    await database.close();
  });

  it('completes running requests when told to stop, and accepts no new ones', async () => {
    const service = await served(env);
    const project = aProject();
    const text = JSON.stringify(project);
    const { request: slow, answer } = open(service.address, '/v1/projects');
    slow.write(text.slice(0, 20));
    await sleep(200);
    service.signal('SIGTERM');
    await until(() => service.stdout().includes('"stopping"'));
    await sleep(200);
    await expect(post(service.address, aProject())).rejects.toThrow();
    slow.end(text.slice(20));
    const answered = await answer;
    expect(answered.statusCode).toBe(201);
    expect((await bodyOf(answered)).code).toBe(project.code);
    const { code, stderr } = await service.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

    const again = await served(env);
    const list = await fetch(`${again.address}/v1/projects?code=${project.code}`);
    expect(((await list.json()) as { page: { total: number } }).page.total).toBe(1);
  });

  it('goes on for STOP_DELAY, and tells proxies to ask others', async () => {
    const service = await served({ ...env, STOP_DELAY: '60000' });
    expect((await fetch(`${service.address}/readyz`)).headers.get('connection')).toBe('keep-alive');
    service.signal('SIGTERM');
    await until(() => service.stdout().includes('"stopping"'));
    const ready = await fetch(`${service.address}/readyz`);
    expect({ status: ready.status, code: ((await ready.json()) as { code: string }).code }).toEqual({
      status: 503,
      code: 'service.stopping',
    });
    const made = await post(service.address, aProject());
    expect(made.status).toBe(201);
    expect(made.headers.get('connection')).toBe('close');
    expect((await fetch(`${service.address}/livez`)).status).toBe(200);
  });

  /** Texts of 30 MB in total: more than the buffers between two processes can hold. */
  async function fillWithTexts(): Promise<void> {
    const database = await openDatabase(place.url);
    const caller = { actor: 'test', requestId: null, regions: null };
    const project = aProject({ description: 'a'.repeat(10_000) });
    await projectService({ database, clock: clockOn(TODAY) }).create(caller, project as NewProject);
    await insertCopies({ database }, { code: String(project.code) }, 3_000);
    await database.close();
  }

  it.each([
    ['of which most is still to come', fillWithTexts, '/v1/projects?format=ndjson', 1],
    ['that is only being made', async () => {}, '/docs/static/swagger-ui-bundle.js', 20],
  ])(
    'disconnects a client that does not read a response %s, and still ends cleanly',
    async (_, prepare, path, times) => {
      await prepare();
      const service = await served(env);
      const socket = createConnection(Number(new URL(service.address).port), '127.0.0.1');
      socket.on('error', () => {}).pause();
      socket.write(`GET ${path} HTTP/1.1\r\nHost: luodi\r\n\r\n`.repeat(times));
      await sleep(500);
      service.signal('SIGTERM');
      const { code, stdout } = await service.ended;
      socket.destroy();
      expect(code, stdout).toBe(0);
      expect(logOf(stdout).at(-1)).toMatchObject({ msg: 'log of changes', when: 'at stop' });
    },
  );

  it('logs a JSON line for every request if configured, with its id and without secrets', async () => {
    const service = await served({ ...env, LOG_LEVEL: 'debug' });
    const headers = { cookie: `session=${SECRET}` };
    const plain = await fetch(`${service.address}/v1/regions`, { headers });
    const named = await post(service.address, aProject(), {
      ...headers,
      'x-request-id': 'given-by-the-client',
    });
    expect(named.headers.get('x-request-id')).toBe('given-by-the-client');
    const refused = await post(
      service.address,
      { code: '' },
      { ...headers, 'x-request-id': 'not fit\tfor a log' },
    );
    const missing = await fetch(`${service.address}/v1/nothing`, { headers });
    service.signal('SIGTERM');
    const { stdout, stderr } = await service.ended;

    const requests = logOf(stdout).filter(({ msg }) => msg === 'request');
    expect(requests).toEqual([
      expect.objectContaining({ method: 'GET', url: '/v1/regions', status: 200 }),
      expect.objectContaining({ method: 'POST', status: 201, requestId: 'given-by-the-client' }),
      expect.objectContaining({ method: 'POST', status: 422 }),
      expect.objectContaining({ method: 'GET', url: '/v1/nothing', status: 404 }),
    ]);
    for (const [i, answer] of [plain, named, refused, missing].entries()) {
      expect(requests[i]?.requestId).toBe(answer.headers.get('x-request-id'));
      expect(requests[i]?.requestId).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
    }
    expect(new Set(requests.map(({ requestId }) => requestId)).size).toBe(4);
    for (const { time, level } of logOf(stdout)) {
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(level).toBeGreaterThan(0);
    }
    expect(stdout + stderr).not.toContain(SECRET);
    expect(stdout + stderr).not.toContain(adminKey());
  });

  it('by default logs writes and failures, but no successful reads', async () => {
    const service = await served(env);
    await fetch(`${service.address}/v1/regions`);
    await post(service.address, aProject());
    await fetch(`${service.address}/v1/nothing`);
    service.signal('SIGTERM');
    const requests = logOf((await service.ended).stdout).filter(({ msg }) => msg === 'request');
    expect(requests).toEqual([
      expect.objectContaining({ method: 'POST', status: 201 }),
      expect.objectContaining({ method: 'GET', status: 404 }),
    ]);
  });

  it('logs nothing if set to silent', async () => {
    const { port, free } = await occupiedPort();
    await free();
    const service = luodi(['serve'], { env: { ...env, PORT: String(port), LOG_LEVEL: 'silent' } });
    await until(
      () =>
        fetch(`http://127.0.0.1:${port}/livez`).then(
          ({ ok }) => ok,
          () => false,
        ),
      20_000,
    );
    service.signal('SIGTERM');
    expect(await service.ended).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  if (engine === 'postgres' && concurrent) {
    it('survives the loss of all connections, including those in use', async () => {
      const service = await served(env);
      const aside = await connect(place.url);
      // The write is waiting for this lock when its connection is cut.
      await aside.rows('begin');
      await aside.rows('select seq from revision where id = 1 for update');
      const cut = post(service.address, aProject());
      await until(async () => {
        const waiting = await aside.rows(
          "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        return waiting.length > 0;
      });
      await aside.rows(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      const answer = await cut;
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      await aside.rows('rollback');
      await until(async () => (await fetch(`${service.address}/readyz`)).ok);
      expect((await post(service.address, aProject())).status).toBe(201);
      await aside.close();
      service.signal('SIGTERM');
      expect(await service.ended).toMatchObject({ code: 0, stderr: '' });
    });
  }
});
