/** The thread's side of `SqliteThread`. */
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import { shapeCache } from './prepared.ts';
import type { Answer, Question } from './sqlite-thread.ts';

const client = new Sqlite(workerData.file, { timeout: 250 });
client.pragma('query_only = ON');
client.pragma('trusted_schema = OFF');
const prepare = shapeCache<Sqlite.Statement>();

parentPort?.on('message', ({ id, sql, params }: Question) => {
  parentPort?.postMessage(answer(id, sql, params));
});

function answer(id: number, sql: string, params: unknown[]): Answer {
  try {
    const statement = prepare(sql, () => client.prepare(sql));
    if (statement.reader) return { id, rows: statement.raw().all(...params) as unknown[][] };
    statement.run(...params);
    return { id, rows: [] };
  } catch (error) {
    const { message, code } = error as InstanceType<typeof Sqlite.SqliteError>;
    return { id, error: { message, code } };
  }
}
