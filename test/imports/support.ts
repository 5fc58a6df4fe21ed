/** Files for imports, and how to send them. */
import { randomUUID } from 'node:crypto';
import type { Answer, Client } from '../support/app.ts';

export const TYPES = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ndjson: 'application/x-ndjson',
};

type Query = Readonly<Record<string, string | number | boolean>>;

interface Sent {
  query?: Query;
  format?: keyof typeof TYPES;
  headers?: Record<string, string>;
}

/** Sends a file to be looked at. */
export const preview = (
  client: Client,
  file: string | Buffer,
  { query, format = 'csv', headers }: Sent = {},
) => send(client, file, { ...query, mode: 'preview' }, { 'content-type': TYPES[format], ...headers });

/** Sends a file to be written, each time as another request. */
export const commit = (
  client: Client,
  file: string | Buffer,
  { query, format = 'csv', headers }: Sent = {},
) =>
  send(
    client,
    file,
    { ...query, mode: 'commit' },
    { 'content-type': TYPES[format], 'idempotency-key': randomUUID(), ...headers },
  );

const send = (
  client: Client,
  file: string | Buffer,
  query: Query,
  headers: Record<string, string>,
): Promise<Answer> =>
  client.post(`/v1/imports?${new URLSearchParams(query as Record<string, string>)}`, file, headers);

/** A CSV file. Cells are written as they are; what needs quotes brings them. */
export const csv = (headings: readonly string[], ...rows: (readonly string[])[]): string =>
  [headings, ...rows].map((cells) => cells.join(',')).join('\r\n');

let made = 0;
/** A code that no other test uses. */
export const aCode = (): string => `IMP-${process.pid}-${++made}`;
