/** Files uploaded in forms. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem, type TestApp, testApp } from '../support/app.ts';
import { csv, filesIn } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp({ imports: { textBytes: 100_000 } });
});
afterAll(() => api.close());

const FILE = csv(['code', 'name', 'nameEn', 'parent'], ['439999', '示例', 'Sample', '430000']);

const part = (disposition: string, content: string, type = 'text/csv'): string =>
  `--x\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: ${type}\r\n\r\n${content}\r\n`;
const fileNamed = (name: string, content = FILE, type?: string): string =>
  part(`name="file"; filename="${name}"`, content, type);
const END = '--x--\r\n';

const send = (form: string | Buffer, type = 'multipart/form-data; boundary=x') =>
  api.post('/v1/imports?mode=preview&entity=regions', form, { 'content-type': type });

describe('a form', () => {
  it.each([
    ['as browsers name it', '项目 (1).csv', '项目 (1).csv'],
    ['with its folder', 'C:\\Users\\张\\区划.csv', '区划.csv'],
    ['that climbs', '../../etc/区划.csv', '区划.csv'],
    ['with control characters', 'a\u0000b\u001b[31mc\u007f\u0085.csv', 'ab[31mc.csv'],
    ['that turns what follows it around', 'a\u202evsc.exe', 'avsc.exe'],
    ['of nothing', '', null],
    ['that is endless', `${'长'.repeat(3_000)}.csv`, '长'.repeat(255)],
  ])('keeps the file name %s', async (_, given, kept) => {
    const answer = await send(fileNamed(given) + END);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toMatchObject({ rows: 1, file: { name: kept, format: 'csv' } });
    expect((await api.get(`/v1/imports/${answer.body.id}`)).body.file.name).toBe(kept);
    expect(filesIn(api)).toEqual([]);
  });

  it.each(['application/vnd.ms-excel', 'application/octet-stream', 'text/plain'])(
    'with a file named %s is previewed',
    async (type) => {
      expect((await send(fileNamed('a.csv', FILE, type) + END)).body).toMatchObject({ rows: 1 });
    },
  );

  it('from our own client arrives', async () => {
    const form = new FormData();
    form.append('file', new File([FILE], '区划.csv', { type: 'text/csv' }));
    const answer = await api.post('/v1/imports?mode=preview&entity=regions', form);
    expect(answer.body).toMatchObject({ rows: 1, file: { name: '区划.csv' } });
  });

  it.each([
    ['without anything', END],
    ['of nothing at all', ''],
    ['without a file', part('name="note"', 'text', 'text/plain') + END],
    ['with a field before its file', part('name="note"', 'text', 'text/plain') + fileNamed('a.csv') + END],
    ['with a field after its file', fileNamed('a.csv') + part('name="note"', 'text', 'text/plain') + END],
    ['with two files', fileNamed('a.csv') + fileNamed('b.csv') + END],
    ['with files without end', fileNamed('a.csv').repeat(2_000) + END],
    ['that ends in the middle of its file', fileNamed('a.csv')],
    ['that ends in the middle of its head', '--x\r\nContent-Disposition: form-da'],
    ['that ends in the middle of a second file', `${fileNamed('a.csv')}${fileNamed('b.csv').slice(0, 90)}`],
    ['with other boundaries', fileNamed('a.csv').replaceAll('--x', '--y') + END.replaceAll('x', 'y')],
    ['that is none', FILE],
    ['with a head of 100 000 bytes', `--x\r\nContent-Disposition: ${'a'.repeat(100_000)}\r\n\r\n${END}`],
  ])('%s is refused, and leaves nothing', async (_, form) => {
    expectProblem(await send(form), 422, 'imports.no_file');
    expect(filesIn(api)).toEqual([]);
  });

  it.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    `multipart/form-data; boundary=${'x'.repeat(500)}`,
  ])('as %s is refused', async (type) => {
    expectProblem(await send(fileNamed('a.csv') + END, type), 422, 'imports.no_file');
  });

  it('with an empty file is refused', async () => {
    expectProblem(await send(fileNamed('a.csv', '') + END), 422, 'imports.empty_file');
    expect(filesIn(api)).toEqual([]);
  });

  it('with a file that is too large is refused', async () => {
    expectProblem(await send(fileNamed('a.csv', 'a'.repeat(300_000)) + END), 413, 'imports.too_large');
    expect(filesIn(api)).toEqual([]);
  });
});
