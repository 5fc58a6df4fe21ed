/** Clients that write, repeat what was not acknowledged, and know what must be there in the end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './service.ts';

/** Each of so many writes is an import of so many rows. */
const EVERY = 20;
const ROWS = 50;

/** Answers that mean "again": unavailable, and the first attempt is still in progress. */
const AGAIN = [409, 429, 503];

const NDJSON = 'application/x-ndjson';

interface Write {
  path: string;
  type: string;
  codes: string[];
  body: string;
}

const project = (code: string) => ({
  code,
  name: `项目 ${code}`,
  level: 'county',
  signedOn: '2020-06-29',
  investmentYuan: 1_000_000,
});

function writeOf(name: string, isImport: boolean): Write {
  if (!isImport)
    return {
      path: '/v1/projects',
      type: 'application/json',
      codes: [name],
      body: JSON.stringify(project(name)),
    };
  const codes = Array.from({ length: ROWS }, (_, row) => `${name}-${row}`);
  return {
    path: '/v1/imports?mode=commit',
    type: NDJSON,
    codes,
    body: codes.map((code) => JSON.stringify(project(code))).join('\n'),
  };
}

export class Writers {
  /** What was sent and not acknowledged yet, by its `Idempotency-Key`. */
  readonly #open = new Map<string, Write>();
  /** The acknowledged projects: id by code; null where an import does not say it. */
  readonly #acknowledged = new Map<string, string | null>();
  readonly #name: string;
  #made = 0;
  #refused = 0;

  /** @param name the beginning of all codes */
  constructor(name: string) {
    this.#name = name;
  }

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  /** How often the service said "again". */
  get refused(): number {
    return this.#refused;
  }

  /** Sends a write once; it stays open unless it is acknowledged. */
  async #send({ url, headers }: Service, key: string, write: Write): Promise<void> {
    const { path, type, codes, body } = write;
    try {
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { ...headers, 'content-type': type, 'idempotency-key': key },
        body,
      });
      let answer = (await response.json()) as { id: string; status: string };
      while (type === NDJSON && response.ok && answer.status === 'running') {
        await sleep(50);
        answer = (await (await fetch(`${url}/v1/imports/${answer.id}`, { headers })).json()) as typeof answer;
      }
      if (AGAIN.includes(response.status) || (type === NDJSON && answer.status === 'failed')) {
        this.#refused += 1;
        await sleep(50);
        return;
      }
      if (!response.ok || (type === NDJSON && answer.status !== 'done'))
        throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
      for (const code of codes) this.#acknowledged.set(code, type === NDJSON ? null : answer.id);
      this.#open.delete(key);
    } catch (error) {
      // The connection was cut; anything else is a fault of the service.
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
      await sleep(50);
    }
  }

  /** Has clients write until the returned function is called, or their connection is cut. */
  start(service: Service, clients = 16): () => Promise<void> {
    let isOver = false;
    const all = Promise.all(
      Array.from({ length: clients }, async () => {
        while (!isOver) {
          const number = ++this.#made;
          const key = `${this.#name}-${number}`;
          const write = writeOf(key, number % EVERY === 0);
          this.#open.set(key, write);
          await this.#send(service, key, write);
        }
      }),
    );
    all.catch(() => {});
    return async () => {
      isOver = true;
      await all;
    };
  }

  /** Repeats what was not acknowledged, until it is. */
  async settle(service: Service): Promise<void> {
    while (this.#open.size > 0)
      await Promise.all([...this.#open].map(([key, write]) => this.#send(service, key, write)));
  }

  /** @throws unless exactly what was acknowledged is there, each once */
  async check({ url, headers }: Service): Promise<void> {
    const found = new Map<string, string>();
    for (let path: string | null = '/v1/projects?limit=500&sort=code'; path; ) {
      const response: Response = await fetch(url + path, { headers });
      const { items, page } = (await response.json()) as {
        items: { id: string; code: string }[];
        page: { nextCursor: string | null };
      };
      for (const { id, code } of items) {
        if (found.has(code)) throw new Error(`${code} is there twice`);
        found.set(code, id);
      }
      path =
        page.nextCursor && `/v1/projects?limit=500&sort=code&cursor=${encodeURIComponent(page.nextCursor)}`;
    }
    for (const [code, id] of this.#acknowledged) {
      if (!found.has(code)) throw new Error(`${code} was acknowledged and is lost`);
      if (id !== null && found.get(code) !== id)
        throw new Error(`${code} is another project than acknowledged`);
    }
    for (const code of found.keys())
      if (!this.#acknowledged.has(code)) throw new Error(`${code} is there though nobody asked for it`);
  }
}
