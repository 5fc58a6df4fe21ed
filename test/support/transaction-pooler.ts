/**
 * A pooler in front of PostgreSQL with a single session, lent to a client until its transaction ends, like PgBouncer
 * with `pool_mode=transaction`. It knows simple queries and `trust`, which is enough for a start.
 */
import { connect, createServer, type Socket } from 'node:net';
import type { Fake } from './fake-postgres.ts';

const READY = 'Z'.charCodeAt(0);
const TERMINATE = 'X'.charCodeAt(0);
const IDLE = 'I'.charCodeAt(0);

/** Splits a stream into messages: a letter, a length, the rest. */
function messages(each: (message: Buffer) => void): (part: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (part) => {
    rest = Buffer.concat([rest, part]);
    while (rest.length >= 5 && rest.length >= rest.readUInt32BE(1) + 1) {
      const end = rest.readUInt32BE(1) + 1;
      each(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}

export async function transactionPooler(port: number): Promise<Fake> {
  const sockets = new Set<Socket>();
  let session: Socket | undefined;
  /** What the session said when it was opened: each client gets it. */
  const greeting: Buffer[] = [];
  let isOpen = false;
  let served: Socket | undefined;
  const waiting: { client: Socket; message: Buffer }[] = [];

  function serveNext(): void {
    const next = waiting.shift();
    served = next?.client;
    if (next) session?.write(next.message);
  }

  function open(startup: Buffer, client: Socket): void {
    session = connect(port, '127.0.0.1', () => session?.write(startup));
    sockets.add(session);
    session.on(
      'data',
      messages((message) => {
        if (!isOpen) greeting.push(Buffer.from(message));
        else served?.write(message);
        if (message[0] !== READY) return;
        if (!isOpen) client.write(Buffer.concat(greeting));
        isOpen = true;
        if (message[5] === IDLE) serveNext();
      }),
    );
  }

  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => {});
    client.once('data', (startup) => {
      if (isOpen) client.write(Buffer.concat(greeting));
      else open(startup, client);
      client.on(
        'data',
        messages((message) => {
          if (message[0] === TERMINATE) return;
          if (served === client) return void session?.write(message);
          waiting.push({ client, message: Buffer.from(message) });
          if (!served) serveNext();
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
