/** The worker's side of `SqliteThread`. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import type { LoadWork, StreamReader, StreamWork } from './database.ts';
import { shapeCache } from './prepared.ts';
import { BUSY_TIMEOUT_MS, type Client, openReader, streamReaderOn } from './sqlite-reader.ts';
import { sqliteShadows } from './sqlite-shadow.ts';
import type { Answer, Commands, Question, SqliteThread, ThreadData } from './sqlite-thread.ts';
import { described, give } from './thread-parts.ts';

const { file, writes } = workerData as ThreadData;
const client = writes ? await openWriter() : openReader(file);
// No memory mapping, unlike for short reads: scanning a whole file would count as memory of this process.
client.pragma('cache_size = -16384');
const prepare = shapeCache<Sqlite.Statement>();
const statementFor = (sql: string): Sqlite.Statement => prepare(sql, () => client.prepare(sql));

const shadows = sqliteShadows(client);

async function openWriter(): Promise<Client> {
  const { prepareForWriting } = await import('./sqlite-writer.ts');
  const writer = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS });
  prepareForWriting(writer);
  writer.pragma('foreign_keys = ON');
  return writer;
}

// A thread that has nothing to do would keep the garbage of its last work until the next one.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const IDLE_MS = 500;
let idle: NodeJS.Timeout | undefined;

parentPort?.on('message', (question: Question) => {
  if ('id' in question) return parentPort?.postMessage(answer(question));
  clearTimeout(idle);
  const work = give(question.port, 'stream' in question ? read(question) : write(question));
  void work.finally(() => {
    idle = setTimeout(collectGarbage, IDLE_MS);
  });
});

/** Rows per message. */
const AT_ONCE = 200;

/** Rows not yet requested, by the id of their query. */
const left = new Map<number, unknown[][]>();

function answer(question: Extract<Question, { id: number }>): Answer {
  const { id } = question;
  try {
    const rows = allRowsFor(question);
    const isRest = rows.length > AT_ONCE;
    if (isRest) left.set(id, rows.slice(AT_ONCE));
    return { id, rows: isRest ? rows.slice(0, AT_ONCE) : rows, isRest };
  } catch (error) {
    return { id, error: described(error) };
  }
}

function allRowsFor(question: Extract<Question, { id: number }>): unknown[][] {
  const { id } = question;
  if ('sql' in question) return rowsOf(question.sql, question.params);
  if ('commands' in question) return perform(question.commands);
  const rows = left.get(id) ?? [];
  left.delete(id);
  return rows;
}

function rowsOf(sql: string, params: unknown[]): unknown[][] {
  const statement = statementFor(sql);
  if (statement.reader) return statement.raw().all(...params) as unknown[][];
  statement.run(...params);
  return [];
}

function perform({ texts, runs }: Commands): [] {
  const statements = texts.map(statementFor);
  for (const { text, params } of runs) statements[text]?.run(...params);
  return [];
}

/** A work of `Database.stream`, in a transaction of its own. */
async function* read({ stream, input }: { stream: string; input: unknown }): AsyncGenerator<unknown, void> {
  const { run } = (await import(stream)) as StreamWork<unknown, unknown>;
  yield* inSnapshot((reader) => run(reader, input));
}

async function* inSnapshot(
  work: (reader: StreamReader) => AsyncIterable<unknown>,
): AsyncGenerator<unknown, void> {
  client.exec('begin');
  try {
    yield* work({ ...streamReaderOn(client), shadows });
  } finally {
    client.exec('commit');
  }
}

/** Reused, because starting a thread takes longer than most loads. */
let writer: SqliteThread | undefined;

/** A work of `Database.load`: committed when it completes, otherwise rolled back. */
async function* write({ load, input }: { load: string; input: unknown }): AsyncGenerator<unknown, void> {
  const { loaded, writingThread } = await import('./sqlite-load.ts');
  const work = (await import(load)) as LoadWork<unknown, unknown>;
  writer = writer?.usable ? writer : writingThread(file);
  yield* loaded(writer, (tx) => inSnapshot((before) => work.load(tx, before, input)));
}
