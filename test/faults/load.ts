/** Mixed load: imports, exports, streams of changes, figures and writes at the same time, at a given pace. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './service.ts';

/** Rows of an import. They are the same projects each time, so that the database hardly grows. */
const ROWS = 2_000;
const STREAMS = 20;
/** After so many entries a reader of changes leaves, and another one comes. */
const ENTRIES = 500;

interface Kind {
  clients: number;
  /** Milliseconds between the end of a request of a client and the next one. */
  pause: number;
  send(service: Service, signal: AbortSignal): Promise<unknown>;
}

let made = 0;
const next = (): number => ++made;

/** Few enough that the answers that are kept for reuse are soon as many as they will be. */
const DAYS = 60;

const day = (n: number): string =>
  new Date(Date.UTC(2012, 0, 1 + 60 * (n % DAYS))).toISOString().slice(0, 10);

const project = (code: string) => ({
  code,
  name: `项目 ${code}`,
  level: 'county',
  signedOn: day(code.length * 7),
  investmentYuan: (1 + (next() % 900)) * 1_000_000,
});

const rows = () =>
  Array.from({ length: ROWS }, (_, i) => JSON.stringify(project(`LOAD-IMPORT-${i}`))).join('\n');

/** @throws for a status that is not expected */
async function sent(
  { url, headers }: Service,
  method: string,
  path: string,
  { body, signal }: { body?: string; signal: AbortSignal },
): Promise<Response> {
  const type = path.startsWith('/v1/imports') ? 'application/x-ndjson' : 'application/json';
  const response = await fetch(url + path, {
    method,
    signal,
    headers: {
      ...headers,
      'accept-encoding': 'identity',
      ...(body !== undefined && { 'content-type': type, 'idempotency-key': randomUUID() }),
    },
    ...(body !== undefined && { body }),
  });
  // Where much is asked at once, 503 and 409 (a project that changes meanwhile) say to try again.
  if (!response.ok && ![503, 409].includes(response.status))
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}

async function read(response: Response): Promise<void> {
  for await (const _ of response.body ?? []);
}

const get =
  (path: () => string): Kind['send'] =>
  async (service, signal) =>
    read(await sent(service, 'GET', path(), { signal }));

const formats = ['csv', 'xlsx', 'ndjson'];
const figures = [
  () => `/v1/statistics/summary?asOf=${day(next())}`,
  () => `/v1/statistics/breakdown?by=region,industry&asOf=${day(next())}`,
  () => '/v1/statistics/timeline',
];

export const kinds: Record<string, Kind> = {
  imports: {
    clients: 1,
    pause: 8_000,
    send: async (service, signal) =>
      read(await sent(service, 'POST', '/v1/imports?mode=commit', { body: rows(), signal })),
  },
  exports: { clients: 2, pause: 3_000, send: get(() => `/v1/projects?format=${formats[next() % 3]}`) },
  figures: { clients: 4, pause: 1_000, send: get(() => (figures[next() % 3] as () => string)()) },
  lists: { clients: 4, pause: 500, send: get(() => `/v1/projects?limit=50&q=${next() % 10}`) },
  creates: {
    clients: 4,
    pause: 1_000,
    send: async (service, signal) => {
      const body = JSON.stringify(project(`LOAD-${randomUUID()}`));
      await read(await sent(service, 'POST', '/v1/projects', { body, signal }));
    },
  },
  streams: {
    clients: STREAMS,
    pause: 5_000,
    send: async (service, signal) => {
      const response = await sent(service, 'GET', `/v1/changes/stream?after=${next() % 500}`, { signal });
      let bytes = 0;
      for await (const part of response.body as AsyncIterable<Uint8Array>) {
        bytes += part.byteLength;
        if (bytes > ENTRIES * 1_000) break;
      }
    },
  },
};

/** @returns what ends it, with the number of answered requests of each kind @throws what a client did not expect */
export function startLoad(service: Service): () => Promise<Record<string, number>> {
  const end = new AbortController();
  const answered: Record<string, number> = {};
  const clients = Object.entries(kinds).flatMap(([name, { clients, pause, send }]) =>
    Array.from({ length: clients }, async () => {
      answered[name] = 0;
      while (!end.signal.aborted) {
        try {
          await send(service, end.signal);
        } catch (error) {
          if (end.signal.aborted) return;
          throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
        }
        answered[name] += 1;
        await sleep(pause, undefined, { signal: end.signal }).catch(() => {});
      }
    }),
  );
  const all = Promise.all(clients);
  all.catch(() => end.abort());
  return async () => {
    end.abort();
    await all;
    return answered;
  };
}
