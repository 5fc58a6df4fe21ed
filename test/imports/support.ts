/** Builds and uploads files for imports. */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Body, Client, TestApp } from '../support/app.ts';
import { luodi, type Running, until } from '../support/process.ts';

export const TYPES = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
};

type Query = Readonly<Record<string, string | number | boolean>>;

interface Sent {
  query?: Query;
  format?: keyof typeof TYPES;
  headers?: Record<string, string>;
}

/** Uploads a file as a preview. */
export const preview = (
  client: Client,
  file: string | Buffer,
  { query, format = 'csv', headers }: Sent = {},
) => send(client, file, { ...query, mode: 'preview' }, { 'content-type': TYPES[format], ...headers });

/** Uploads a file as a commit, with a new idempotency key each time. */
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

/** A CSV file. Cells are written verbatim, including any quotes. */
export const csv = (headings: readonly string[], ...rows: (readonly string[])[]): string =>
  [headings, ...rows].map((cells) => cells.join(',')).join('\r\n');

let made = 1000;
/** A unique code; all have the same length, so that tables of them look the same. */
export const aCode = (): string => `IMP-${process.pid}-${++made}`;

interface Command {
  /** URL of the database. */
  url: string;
  /** Its working and temporary folder. */
  folder: string;
  stdin?: string | Buffer;
}

/** `luodi import` as a process, which receives signals as from a terminal. */
export const luodiImport = (args: readonly string[], { url, folder, ...options }: Command): Running =>
  luodi(['import', ...args], {
    env: { DATABASE_URL: url, TMPDIR: folder },
    cwd: folder,
    asGroup: true,
    ...options,
  });

/** Its `--json` reports: one line per file. */
export const reportsIn = (stdout: string): Body[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** An import once it has ended. */
export const endOf = (client: Client, id: string): Promise<Answer> =>
  until(async () => {
    const answer = await client.get(`/v1/imports/${id}`);
    return answer.body.status === 'running' ? undefined : answer;
  });

/** The files in the upload folder, except fault reports. */
export const filesIn = ({ importDir }: Pick<TestApp, 'importDir'>): string[] =>
  existsSync(importDir)
    ? readdirSync(importDir).flatMap((id) => {
        const files = readdirSync(join(importDir, id));
        const others = files.filter((name) => !name.startsWith('faults-'));
        return files.length === 0 ? [id] : others.map((name) => `${id}/${name}`);
      })
    : [];

/** A CSV file of new projects, optionally with more columns. */
export function projectRows(count: number, headings: string[] = [], cells: string[] = []): string {
  const given = ['项目编号', '项目名称', '项目级别', '签约日期', '投资总额(亿元)', ...headings];
  const rows = Array.from({ length: count }, () =>
    [aCode(), '示例项目', '省级', '2020-06-29', '1', ...cells].join(','),
  );
  return [given.join(','), ...rows, ''].join('\r\n');
}
