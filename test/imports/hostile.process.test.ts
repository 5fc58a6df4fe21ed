/** Malicious files: each is refused with a specific error, and other requests are answered meanwhile. */
import { readdirSync, readFileSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../support/app.ts';
import { until } from '../support/process.ts';
import { type TestServer, testServer } from '../support/server.ts';
import { row, workbook, workbookEntries } from '../support/workbooks.ts';
import { zip } from '../support/zip.ts';
import { commit, filesIn, preview, projectRows, TYPES } from './support.ts';

const MIB = 1024 * 1024;

let api: TestServer;
beforeAll(async () => {
  api = await testServer();
});
afterAll(() => api.close());

const rows = row(1, ['项目编号']) + row(2, ['A-1']);
const SHEET = 'xl/worksheets/sheet1.xml';

/** An empty worksheet of hundreds of megabytes, compressed to a few hundred kilobytes. */
function bomb(): Buffer {
  const content = Buffer.alloc(300 * MIB, ' ');
  content.write(`<?xml version="1.0"?><worksheet><sheetData>${rows}`);
  const packed = { bytes: deflateRawSync(content, { level: 9 }), size: content.length, crc: crc32(content) };
  const others = workbookEntries({ sheets: [{ rows }] }).filter(({ name }) => name !== SHEET);
  return zip([...others, { name: SHEET, content: '', packed }]);
}

const sharedTexts = (): Buffer =>
  workbook({
    sheets: [{ rows }],
    texts: `<?xml version="1.0"?><sst>${'<si><t>x</t></si>'.repeat(4_001_000)}</sst>`,
  });

const columns = `<row r="3">${'<c><v>1</v></c>'.repeat(10_000)}</row>`;

const hostile: [what: string, file: () => Buffer | string, status: number, code: string, query?: object][] = [
  ['a zip bomb', bomb, 413, 'imports.zip_too_large'],
  ['millions of shared texts', sharedTexts, 413, 'imports.zip_too_large'],
  ['10 000 columns', () => workbook({ sheets: [{ rows: rows + columns }] }), 422, 'imports.too_many_columns'],
  [
    'macros',
    () => workbook({ sheets: [{ rows }], more: [{ name: 'xl/vbaProject.bin', content: 'x' }] }),
    422,
    'imports.macro_workbook',
  ],
  [
    'only half of a zip',
    () => workbook({ sheets: [{ rows }] }).subarray(0, 400),
    422,
    'imports.damaged_workbook',
  ],
  ['a zip that is no workbook', () => zip([{ name: 'a.txt', content: 'a' }]), 422, 'imports.unknown_format'],
  [
    'the content of an old workbook',
    () => Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(9_000)]),
    422,
    'imports.old_or_locked_workbook',
  ],
  ['text where a workbook is said', () => projectRows(1), 422, 'imports.wrong_format', { format: 'xlsx' }],
  [
    'a workbook where text is said',
    () => workbook({ sheets: [{ rows }] }),
    422,
    'imports.wrong_format',
    { format: 'csv' },
  ],
  [
    'a picture',
    () => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(5_000)]),
    422,
    'imports.unknown_format',
  ],
  [
    'a quotation mark that is never closed',
    () => `项目编号,项目名称\r\nA,"${'x'.repeat(90 * MIB)}`,
    422,
    'imports.unclosed_quote',
    { format: 'csv' },
  ],
  [
    'one line of NDJSON without end',
    () => `{"code":"${'x'.repeat(20 * MIB)}`,
    422,
    'imports.record_too_large',
    { format: 'ndjson' },
  ],
];

/** The longest latency of other requests, in milliseconds. */
async function longestWhile(work: Promise<unknown>): Promise<number> {
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
  });
  let longest = 0;
  while (!isOver) {
    const began = performance.now();
    expect((await api.agent.get('/livez')).status).toBe(200);
    longest = Math.max(longest, performance.now() - began);
  }
  await over;
  return longest;
}

const failures = (): string[] =>
  api.logged.filter((line) => {
    const { level, status = 0 } = JSON.parse(line);
    return level >= 60 || status >= 500;
  });

describe('a file with', () => {
  it.each(hostile)('%s is refused', async (_, made, status, code, query = {}) => {
    const file = made();
    const headers = { 'content-type': 'application/octet-stream' };
    const sending = commit(api, file, { query: { ...query, filename: 'a.csv' }, headers });
    const longest = await longestWhile(sending);
    const answer = await sending;
    // Large files are answered before they have been read.
    if (answer.status === 202) {
      const end = await until(async () => {
        const { body } = await api.get(`/v1/imports/${answer.body.id}`);
        return body.status === 'running' ? undefined : body;
      });
      expect(end).toMatchObject({ status: 'refused', committed: false, problem: { code } });
    } else expectProblem(answer, status, code);
    // The target is much lower, but the machine may be busy.
    expect(longest).toBeLessThan(10_000);
    await until(() => filesIn(api).length === 0);
    expect(failures()).toEqual([]);
  });

  it('a cell in the last row and column is read, within bounded time', async () => {
    const far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>';
    const answer = await preview(api, workbook({ sheets: [{ rows: rows + far }] }), { format: 'xlsx' });
    expect(answer.body).toMatchObject({ status: 'done', rows: 1 });
  });
});

describe('the reading process', () => {
  /** The processes started by this one. */
  const readers = (): number[] =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => said(pid, 'cmdline').includes('read-job'))
      .filter((pid) => said(pid, 'status').includes(`PPid:\t${process.pid}\n`))
      .map(Number);

  const said = (pid: string, what: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${what}`, 'utf8');
    } catch {
      // The process has ended.
      return '';
    }
  };

  it('can be killed from outside: the file is refused, and the next one is read', async () => {
    const headers = { 'content-type': TYPES.csv, prefer: 'respond-async' };
    const { body } = await preview(api, projectRows(50_000), { headers });
    const [pid] = await until(() => (readers().length > 0 ? readers() : undefined));
    process.kill(pid as number, 'SIGKILL');
    const end = await until(async () => {
      const now = (await api.get(`/v1/imports/${body.id}`)).body;
      return now.status === 'running' ? undefined : now;
    });
    expect(end).toMatchObject({ status: 'refused', problem: { code: 'imports.out_of_memory' } });
    // It is logged for the operator.
    expect(api.logged.some((line) => line.includes('The reading process ended with SIGKILL'))).toBe(true);
    await until(() => filesIn(api).length === 0);
    expect((await preview(api, projectRows(1))).body).toMatchObject({ status: 'done', rows: 1 });
    expect(failures()).toEqual([]);
  });

  it('ends when its import is cancelled', async () => {
    const headers = { 'content-type': TYPES.csv, prefer: 'respond-async' };
    const { body } = await preview(api, projectRows(50_000), { headers });
    await until(() => readers().length > 0);
    expect((await api.post(`/v1/imports/${body.id}/cancel`)).body.status).toBe('cancelled');
    await until(() => readers().length === 0);
  });
});
