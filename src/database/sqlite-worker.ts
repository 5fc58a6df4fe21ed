/** The thread's side of `SqliteThread`. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type Sqlite from 'better-sqlite3';
import type { StreamWork } from './database.ts';
import { shapeCache } from './prepared.ts';
import { openReader, streamReaderOn } from './sqlite-reader.ts';
import type { Answer, Demand, Question, Streamed } from './sqlite-thread.ts';

const client = openReader(workerData.file);
// Not mapped into memory, as short reads have it: what a whole file takes would count as this process's.
client.pragma('cache_size = -16384');
const prepare = shapeCache<Sqlite.Statement>();

parentPort?.on('message', (question: Question) => {
  if ('sql' in question) parentPort?.postMessage(answer(question));
  else void stream(question.stream, question.input, question.port);
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

/** Runs a work of `Database.stream`, in a transaction that ends with it, one part for each that is asked for. */
async function stream(module: string, input: unknown, port: MessagePort): Promise<void> {
  const say = (message: Streamed, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);
  const demands = queueOf<Demand>(port);
  try {
    const { run } = (await import(module)) as StreamWork<unknown, unknown>;
    client.exec('begin');
    try {
      const parts = run(streamReaderOn(client), input)[Symbol.asyncIterator]();
      while ((await demands()) === 'next') {
        const { done, value } = await parts.next();
        if (done) return say({ end: true });
        if (value instanceof Uint8Array) {
          const part = ownBytes(value);
          say({ part }, [part.buffer]);
        } else say({ part: value });
      }
      await parts.return?.();
      say({ end: true });
    } finally {
      client.exec('commit');
    }
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
