/** Files uploaded in forms. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { created, expectProblem, type TestApp, testApp } from '../support/app.ts';
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

  describe('with a mapping', () => {
    const field = (value: string) => part('name="mapping"', value, 'text/plain');
    const MAPPED = csv(['nr', 'titel', 'titre', 'oben'], ['439998', '示例', 'Sample', '430000']);
    beforeAll(async () => {
      const names = { code: 'nr', name: 'titel', nameEn: 'titre', parent: 'oben' };
      const fields = Object.fromEntries(Object.entries(names).map(([name, from]) => [name, { from }]));
      for (const code of ['form', 'other']) {
        await created(api, '/v1/mappings', { code, name: code, definition: { entity: 'regions', fields } });
      }
    });

    it.each([
      ['before its file', field('form') + fileNamed('a.csv', MAPPED)],
      ['after its file', fileNamed('a.csv', MAPPED) + field('form')],
    ])('%s is read by it', async (_, form) => {
      const { status, body } = await send(form + END);
      expect(status).toBe(200);
      expect(body).toMatchObject({ rows: 1, created: 1, file: { columns: [{ heading: 'nr' }, {}, {}, {}] } });
    });

    it('that is not stored, or no code, is refused, and leaves nothing', async () => {
      expectProblem(
        await send(field('nowhere') + fileNamed('a.csv', MAPPED) + END),
        404,
        'mappings.not_found',
      );
      const answer = await send(field('No code') + fileNamed('a.csv', MAPPED) + END);
      expectProblem(answer, 422, 'request.invalid');
      expect(answer.body.errors).toEqual([
        expect.objectContaining({ pointer: '/mapping', code: 'not_a_slug' }),
      ]);
      expect(filesIn(api)).toEqual([]);
    });

    it('that differs from the parameter is refused; the same is not', async () => {
      const to = (parameter: string) =>
        api.post(
          `/v1/imports/form?mode=preview&entity=regions&mapping=${parameter}`,
          field('form') + fileNamed('a.csv', MAPPED) + END,
          { 'content-type': 'multipart/form-data; boundary=x', 'accept-language': 'zh-CN' },
        );
      const answer = await to('other');
      expectProblem(answer, 422, 'request.invalid');
      expect(answer.body.errors[0]).toMatchObject({
        pointer: '/mapping',
        message: '与同名参数不一致，只需给出其中之一',
      });
      expect((await to('form')).body).toMatchObject({ created: 1 });
    });

    it('given twice is refused', async () => {
      expectProblem(
        await send(field('form') + field('form') + fileNamed('a.csv', MAPPED) + END),
        422,
        'imports.no_file',
      );
    });

    it('is part of what is repeated with an Idempotency-Key', async () => {
      const headers = {
        'content-type': 'multipart/form-data; boundary=x',
        'idempotency-key': 'form-mapping-1',
      };
      const commitWith = (code: string) =>
        api.post(
          '/v1/imports?mode=commit&entity=regions',
          field(code) + fileNamed('a.csv', MAPPED) + END,
          headers,
        );
      expect((await commitWith('form')).body).toMatchObject({ created: 1, committed: true });
      expect((await commitWith('form')).headers['idempotency-replayed']).toBe('true');
      expect((await commitWith('other')).status).toBe(422);
    });
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
