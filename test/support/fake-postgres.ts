/** Faulty servers in the place of PostgreSQL, for tests of the start-up. */
import { createServer, type Socket } from 'node:net';

export interface Fake {
  port: number;
  close(): Promise<void>;
}

async function listen(onConnection: (socket: Socket) => void): Promise<Fake> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
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

/** Answers the first message with an error, as PostgreSQL does for a wrong password or database. */
export const refusing = (code: string, message: string): Promise<Fake> =>
  listen((socket) => {
    socket.once('data', () => {
      const fields = Buffer.from(`SFATAL\0C${code}\0M${message}\0\0`);
      const head = Buffer.alloc(5);
      head.write('E');
      head.writeInt32BE(fields.length + 4, 1);
      socket.end(Buffer.concat([head, fields]));
    });
  });

/** Accepts the connection and never responds. */
export const silent = (): Promise<Fake> => listen(() => {});

/** Accepts the connection and closes it. */
export const hangingUp = (): Promise<Fake> => listen((socket) => socket.destroy());
