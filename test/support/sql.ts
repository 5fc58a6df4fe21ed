/** Raw SQL, for states and checks that are beyond the features. */
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import type { Database, Reader, Transaction } from '../../src/database/database.ts';
import { GENESIS } from '../../src/database/revision.ts';
import { hashOf } from '../../src/log/service.ts';
import { engine } from './engines.ts';

type Row = Record<string, unknown>;

const statement = (sql: string) => ({ toSQL: () => ({ sql, params: [] }) }) as unknown as PromiseLike<Row[]>;

/** Runs a statement in a transaction of the service. */
export const perform = (tx: Transaction, sql: string): Promise<void> =>
  tx.perform(`test ${sql}`, {}, () => statement(sql));

/** Runs a statement with a reader. */
export const query = (reader: Reader, sql: string): Promise<Row[]> =>
  reader.prepared(`test ${sql}`, {}, () => statement(sql));

/** A connection that bypasses the service. */
export interface Connection {
  rows(sql: string): Promise<Row[]>;
  close(): Promise<void>;
}

export async function connect(url: string): Promise<Connection> {
  if (engine === 'sqlite') {
    const client = new Sqlite(url.slice('file:'.length), { timeout: 5_000 });
    return {
      rows: async (sql) => {
        const prepared = client.prepare(sql);
        if (prepared.reader) return prepared.all() as Row[];
        prepared.run();
        return [];
      },
      close: async () => void client.close(),
    };
  }
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return { rows: async (sql) => (await client.query(sql)).rows, close: () => client.end() };
}

/**
 * Returns the change log after verifying it: gapless numbers from 1, each entry with its own hash and that of
 * the previous one, and the revision equal to the last entry.
 */
export async function provenLog(
  database: Database,
): Promise<{ seq: number; entity: string; entityId: string }[]> {
  return database.snapshot(async (reader) => {
    const { changes, revision } = reader.tables;
    const entries = await reader.select().from(changes).orderBy(changes.seq);
    let last = { seq: 0, hash: GENESIS, at: '' };
    for (const { hash, ...entry } of entries) {
      if (entry.seq !== last.seq + 1) throw new Error(`${entry.seq} follows ${last.seq}`);
      if (entry.previousHash !== last.hash) throw new Error(`${entry.seq} is not chained to ${last.seq}`);
      if (entry.at < last.at) throw new Error(`${entry.seq} is from before ${last.seq}`);
      if (hashOf(entry) !== hash) throw new Error(`${entry.seq} is not what its hash says`);
      last = { seq: entry.seq, hash, at: entry.at };
    }
    const [now] = await reader.select({ seq: revision.seq, hash: revision.hash }).from(revision);
    if (now?.seq !== last.seq || now.hash !== last.hash) {
      throw new Error(`The revision is ${now?.seq}, the last entry ${last.seq}`);
    }
    return entries;
  });
}
