/** Files for imports, and how to send them. */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Body, Client, TestApp } from '../support/app.ts';
import { luodi, type Running, until } from '../support/process.ts';

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

let made = 1000;
/** A code that no other test uses; all are of one length, so that tables of them look the same. */
export const aCode = (): string => `IMP-${process.pid}-${++made}`;

interface Command {
  /** Of the database. */
  url: string;
  /** Where it runs, and keeps what it needs meanwhile. */
  folder: string;
  stdin?: string | Buffer;
}

/** `luodi import`, as a process of its own, signalled as a terminal does. */
export const luodiImport = (args: readonly string[], { url, folder, ...options }: Command): Running =>
  luodi(['import', ...args], {
    env: { DATABASE_URL: url, TMPDIR: folder },
    cwd: folder,
    asGroup: true,
    ...options,
  });

/** What it reports with `--json`: a line for each file. */
export const reportsIn = (stdout: string): Body[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** An import as it is when it has ended. */
export const endOf = (client: Client, id: string): Promise<Answer> =>
  until(async () => {
    const answer = await client.get(`/v1/imports/${id}`);
    return answer.body.status === 'running' ? undefined : answer;
  });

/** What lies where files come in, but for reports on faults. */
export const filesIn = ({ importDir }: Pick<TestApp, 'importDir'>): string[] =>
  existsSync(importDir)
    ? readdirSync(importDir).flatMap((id) => {
        const files = readdirSync(join(importDir, id));
        const others = files.filter((name) => !name.startsWith('faults-'));
        return files.length === 0 ? [id] : others.map((name) => `${id}/${name}`);
      })
    : [];

/** A CSV file of new projects, with more columns where wanted. */
export function projectRows(count: number, headings: string[] = [], cells: string[] = []): string {
  const given = ['项目编号', '项目名称', '项目级别', '签约日期', '投资总额(亿元)', ...headings];
  const rows = Array.from({ length: count }, () =>
    [aCode(), '示例项目', '省级', '2020-06-29', '1', ...cells].join(','),
  );
  return [given.join(','), ...rows, ''].join('\r\n');
}
