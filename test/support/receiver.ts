/** A receiver of webhooks, which answers as a test says. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Body } from './app.ts';

export interface Received {
  headers: IncomingHttpHeaders;
  text: string;
  body: Body;
}

export interface Receiver {
  url: string;
  /** All messages so far. */
  received: Received[];
  /** The numbers of the entries of all messages that were accepted. */
  readonly told: number[];
  /** How messages are answered from now on; with 204 at first. @param nth how many came before */
  answers(how: (response: ServerResponse, nth: number, message: Received) => void): void;
  close(): Promise<void>;
}

export const accepting = (response: ServerResponse): void => void response.writeHead(204).end();

export const answering =
  (status: number, headers: Record<string, string> = {}, body = '') =>
  (response: ServerResponse): void =>
    void response.writeHead(status, headers).end(body);

export const seqsIn = ({ body }: Received): number[] =>
  (body.data.entries ?? []).map(({ seq }: { seq: number }) => seq);

/** @param port a free one if left out */
export async function receiver(port = 0): Promise<Receiver> {
  const received: Received[] = [];
  const told: number[] = [];
  let answer: Parameters<Receiver['answers']>[0] = accepting;
  const server = createServer(async (request, response) => {
    const written = await text(request);
    const message = { headers: request.headers, text: written, body: JSON.parse(written) };
    received.push(message);
    response.once('finish', () => {
      if (response.statusCode < 300) told.push(...seqsIn(message));
    });
    answer(response, received.length - 1, message);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/luodi`,
    received,
    told,
    answers: (how) => {
      answer = how;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
