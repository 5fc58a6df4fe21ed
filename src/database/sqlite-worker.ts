/** The thread's side of `SqliteThread`. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import type { LoadWork, StreamWork } from './database.ts';
import { shapeCache } from './prepared.ts';
import { BUSY_TIMEOUT_MS, type Client, openReader, streamReaderOn } from './sqlite-reader.ts';
import type { Answer, Demand, Question, Streamed } from './sqlite-thread.ts';

const client = openReader(workerData.file);
// Not mapped into memory, as short reads have it: what a whole file takes would count as this process's.
client.pragma('cache_size = -16384');
const prepare = shapeCache<Sqlite.Statement>();

parentPort?.on('message', (question: Question) => {
  if ('sql' in question) parentPort?.postMessage(answer(question));
  else void give(question.port, 'stream' in question ? read(question) : write(question));
});

function answer({ id, sql, params }: Extract<Question, { sql: string }>): Answer {
  try {
    const statement = prepare(sql, () => client.prepare(sql));
    if (statement.reader) return { id, rows: statement.raw().all(...params) as unknown[][] };
    statement.run(...params);
    return { id, rows: [] };
  } catch (error) {
    return { id, error: described(error) };
  }
}

/** A work of `Database.stream`, in a transaction that ends with it. */
async function* read({ stream, input }: { stream: string; input: unknown }): AsyncGenerator<unknown, void> {
  const { run } = (await import(stream)) as StreamWork<unknown, unknown>;
  client.exec('begin');
  try {
    yield* run(streamReaderOn(client), input);
  } finally {
    client.exec('commit');
  }
}

/** How long a load waits for another process that writes. */
const LOAD_GIVE_UP_MS = 60_000;

/** A work of `Database.load`: committed when it ends by itself, else undone. */
async function* write({ load, input }: { load: string; input: unknown }): AsyncGenerator<unknown, void> {
  const work = (await import(load)) as LoadWork<unknown, unknown>;
  const { beginWhenFree, logOn, prepareForWriting, transactionOn } = await import('./sqlite-writer.ts');
  const writer: Client = new Sqlite(workerData.file, { timeout: BUSY_TIMEOUT_MS });
  try {
    prepareForWriting(writer);
    writer.pragma('foreign_keys = ON');
    // Rows go to a dozen places in indexes: with SQLite's 2 MB each of them is read again and again.
    writer.pragma('cache_size = -32768');
    await beginWhenFree(() => void writer.exec('begin immediate'), performance.now() + LOAD_GIVE_UP_MS);
    const kept = logOn(writer);
    const log = kept.read();
    const { seq } = log;
    yield* work.load(transactionOn(writer, log), input);
    if (log.seq !== seq) kept.write(log);
    writer.exec('commit');
  } finally {
    // With the connection goes what was not committed.
    writer.close();
  }
}

/** Gives the parts of a work over a port, one for each that is asked for. What a work ends with is done before its end is told. */
async function give(port: MessagePort, parts: AsyncGenerator<unknown, void>): Promise<void> {
  const say = (message: Streamed, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);
  const demands = queueOf<Demand>(port);
  try {
    while ((await demands()) === 'next') {
      const { done, value } = await parts.next();
      if (done) return say({ end: true });
      if (value instanceof Uint8Array) {
        const part = ownBytes(value);
        say({ part }, [part.buffer]);
      } else say({ part: value });
    }
    await parts.return();
    say({ end: true });
  } catch (error) {
    say({ error: described(error) });
  } finally {
    port.close();
  }
}

/** Bytes that can move to another thread without a copy: small buffers share their memory with others. */
const ownBytes = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.byteLength === bytes.buffer.byteLength ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);

/** Takes messages one at a time, in the order of their arrival. */
function queueOf<Message>(port: MessagePort): () => Promise<Message> {
  const arrived: Message[] = [];
  let take: ((message: Message) => void) | null = null;
  port.on('message', (message: Message) => {
    if (!take) return void arrived.push(message);
    const give = take;
    take = null;
    give(message);
  });
  return () => {
    const first = arrived.shift();
    if (first !== undefined) return Promise.resolve(first);
    return new Promise((resolve) => {
      take = resolve;
    });
  };
}

function described(error: unknown): { message: string; code: string } {
  const { message, code } = error as InstanceType<typeof Sqlite.SqliteError>;
  return { message, code };
}
