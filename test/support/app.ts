/** The whole service on a fresh database, with a client that checks every response against the contract. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { expect } from 'vitest';
import { buildApp, type Dependencies } from '../../src/app.ts';
import type { RunCommand } from '../../src/backup/children.ts';
import { type Calendar, clockIn } from '../../src/core/clock.ts';
import { type Config, readConfig } from '../../src/core/config.ts';
import type { Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open.ts';
import type { NewProject } from '../../src/features/projects/schema.ts';
import { createLogger } from '../../src/http/logging.ts';
import { checkAgainstContract, isEndless, isJson } from './contract.ts';
import { adminKey, freshDatabase } from './engines.ts';
import { hasKey } from './process.ts';

/** A clock controlled by a test. */
export interface TestClock extends Calendar {
  /** @param moment RFC 3339 */
  set(moment: string): void;
}

/** A clock at noon in Shanghai on a day. */
export function clockOn(day: string): TestClock {
  let milliseconds = Date.parse(`${day}T04:00:00Z`);
  const clock = clockIn('Asia/Shanghai', () => milliseconds);
  return {
    ...clock,
    set: (moment) => {
      milliseconds = Date.parse(moment);
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of a body by looking into it.
export type Body = any;

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Parsed if it is JSON; undefined if empty. */
  body: Body;
  text: string;
  bytes: Buffer;
  /** The ETag; fails if there is none. */
  etag: string;
}

type Headers = Record<string, string>;

export interface Client {
  request(method: string, url: string, body?: unknown, headers?: Headers): Promise<Answer>;
  get(url: string, headers?: Headers): Promise<Answer>;
  post(url: string, body?: unknown, headers?: Headers): Promise<Answer>;
  /** Sends the current ETag unless one is given. */
  patch(url: string, body: unknown, headers?: Headers): Promise<Answer>;
  delete(url: string, headers?: Headers): Promise<Answer>;
}

export interface TestApp extends Client {
  app: FastifyInstance;
  database: Database;
  /** URL of the database. */
  url: string;
  /** Folder of uploaded files. */
  importDir: string;
  /** Log output, one JSON line each. */
  logged: readonly string[];
  clock: TestClock;
  close(): Promise<void>;
}

export const TODAY = '2026-11-22';

/** The configuration of the services under test. */
export const testConfig = (differing: Partial<Config> = {}): Dependencies['config'] => ({
  ...readConfig({}),
  // Tests send hundreds of invalid keys and block the event loop, unlike any other client.
  FAILED_KEYS_LIMIT: 0,
  OVERLOAD_DELAY: 0,
  ...differing,
});

/** @param today the initial day of the clock */
export async function testApp({
  today = TODAY,
  config = {},
  imports = {},
  run,
  more = async () => {},
}: {
  today?: string;
  config?: Partial<Config>;
  imports?: Dependencies['imports'];
  run?: RunCommand;
  more?: FastifyPluginAsync;
} = {}): Promise<TestApp> {
  const { url, remove } = await freshDatabase();
  const database = await openDatabase(url);
  const clock = clockOn(today);
  const logged: string[] = [];
  const importDir = mkdtempSync(join(tmpdir(), 'luodi-imports-'));
  const app = await buildApp({
    config: testConfig({ IMPORT_DIR: importDir, ...config }),
    database,
    clock,
    logger: createLogger('trace', { write: (line) => logged.push(line) }),
    imports,
    ...(run && { run }),
    more,
  });
  await app.ready();
  return {
    app,
    database,
    url,
    importDir,
    logged,
    clock,
    ...clientOf(app),
    close: async () => {
      await app.close();
      await database.close();
      await remove();
      rmSync(importDir, { recursive: true, force: true });
      expectNoSecrets(logged);
    },
  };
}

/** Another instance of a service, on the same database unless another is given. */
export const instanceBeside = (
  { clock }: Pick<TestApp, 'clock'>,
  database: Database,
  config?: Partial<Config>,
  imports: Dependencies['imports'] = {},
  columnLimits: Dependencies['columnLimits'] = {},
): Promise<FastifyInstance> =>
  buildApp({
    config: testConfig(config),
    database,
    clock,
    logger: createLogger('silent'),
    imports,
    columnLimits,
  });

/** The keys sent by the tests of this process. */
const sent = new Set<string>();

/** Checked at the end of every service under test: no log line, of any level, contains a key. */
function expectNoSecrets(logged: readonly string[]): void {
  // Without the public prefix, in case a key is truncated.
  const secrets = [...sent].map((key) => key.slice(12)).filter((secret) => secret.length > 8);
  const revealing = logged.filter((line) => hasKey(line) || secrets.some((secret) => line.includes(secret)));
  expect(revealing).toEqual([]);
}

/** @param key sent with every request that has none of its own; null for no key */
export function clientOf(app: FastifyInstance, key: string | null = adminKey()): Client {
  if (key !== null) sent.add(key);
  const request: Client['request'] = async (method, url, body, headers = {}) => {
    const endless = isEndless(method, url);
    const response = await app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(key !== null && { authorization: `Bearer ${key}` }),
        // A string body is a file.
        ...(typeof body === 'string' && { 'content-type': 'text/csv' }),
        ...headers,
      },
      ...(body !== undefined && { payload: body as object }),
      payloadAsStream: endless,
    });
    const type = String(response.headers['content-type'] ?? '');
    const written = endless ? await textOf(response.stream(), type) : response.body;
    const parsed = isJson(type) && written !== '' ? JSON.parse(written) : undefined;
    const applied = response.headers['preference-applied'];
    checkAgainstContract(method, url, response.statusCode, type, parsed, applied);
    return {
      status: response.statusCode,
      headers: response.headers as Answer['headers'],
      body: parsed,
      text: written,
      bytes: endless ? Buffer.from(written) : response.rawPayload,
      etag: String(response.headers.etag ?? ''),
    };
  };
  const current = async (url: string): Promise<Headers> => ({ 'if-match': (await request('GET', url)).etag });
  return {
    request,
    get: (url, headers) => request('GET', url, undefined, headers),
    post: (url, body, headers) => request('POST', url, body, headers),
    patch: async (url, body, headers) => request('PATCH', url, body, headers ?? (await current(url))),
    delete: async (url, headers) => request('DELETE', url, undefined, headers ?? (await current(url))),
  };
}

/** Reads all of an error, and nothing of an endless response. */
async function textOf(stream: Readable, type: string): Promise<string> {
  if (isJson(type)) return text(stream);
  stream.destroy();
  return '';
}

let made = 0;

/** The input for a project with a unique code; a test gives only the fields that matter to it. */
export const aProject = (fields: Partial<NewProject> = {}): NewProject => ({
  code: `TEST-${process.pid}-${++made}`,
  name: '测试项目',
  level: 'provincial',
  signedOn: '2020-06-29',
  investmentYuan: 100_000_000,
  ...fields,
});

/** Creates a resource and returns it. @throws unless it was created */
export async function created(client: Client, path: string, body: unknown): Promise<Body> {
  const answer = await client.post(path, body);
  if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
  return answer.body;
}

/**
 * @param faults `[pointer or parameter, code]` of each fault, in any order; if given, there must be no others
 */
export function expectProblem(
  answer: Answer,
  status: number,
  code: string,
  faults?: [string, string][],
): void {
  expect({ status: answer.status, code: answer.body?.code, text: answer.text }).toMatchObject({
    status,
    code,
  });
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  if (!faults) return;
  const given = (answer.body.errors ?? []).map((e: Body) => [e.pointer ?? e.parameter, e.code].join(' '));
  expect(given.sort()).toEqual(faults.map((fault) => fault.join(' ')).sort());
}
