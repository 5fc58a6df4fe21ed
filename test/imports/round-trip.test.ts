/**
 * Exports can be re-imported: without changes they have no effect; changes made in another program are the
 * only ones applied.
 */
import ExcelJs from 'exceljs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Unit } from '../../src/sheets/units.ts';
import { type Body, created, type TestApp } from '../support/app.ts';
import { world } from '../support/arbitraries.ts';
import type { ModelWorld } from '../support/model.ts';
import { runs } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';
import { counts, socialCreditCode } from './rows.ts';
import { commit, preview, TYPES } from './support.ts';

const SIZE = 25;

let api: TestApp;
beforeAll(async () => {
  api = await worldApp();
});
afterAll(() => api.close());

/** A world with difficult texts, and with a social credit code for every other investor. */
const written = fc.tuple(
  world(SIZE),
  fc.array(
    fc.constantFrom(
      '=1+1',
      "'quoted",
      'a,"b"',
      '二\n行',
      '1E5',
      '2020-06-29',
      'TRUE',
      '007',
      '－1',
      '𠮷野家€',
      '-',
    ),
    { minLength: SIZE, maxLength: SIZE },
  ),
);

async function replace([given, notes]: [ModelWorld, string[]]): Promise<Body[]> {
  const ids = await replaceWorld(api, given);
  for (const [i, { id }] of given.investors.entries()) {
    if (i % 2 > 0) continue;
    const answer = await api.patch(`/v1/enterprises/${id}`, { socialCreditCode: socialCreditCode(i) });
    expect(answer.status).toBe(200);
  }
  const shown = given.projects
    .map((one, i) => [one, notes[i]] as const)
    .filter(([{ archived }]) => !archived);
  for (const [{ code }, note] of shown.slice(0, 5)) {
    await api.patch(`/v1/projects/${ids.get(code)}`, { note, owner: note?.replace('\n', ' ') });
  }
  return wholeList();
}

const wholeList = async (): Promise<Body[]> => (await api.get('/v1/projects?limit=500&sort=code')).body.items;

const languages = fc.constantFrom('zh', 'en');
const units = fc.constantFrom<Unit[]>('yuan', 'wan', 'yi');
const files = fc.oneof(
  fc.record({ format: fc.constant('csv' as const), encoding: fc.constantFrom('utf-8', 'gb18030') }),
  fc.record({ format: fc.constant('xlsx' as const) }),
  fc.record({ format: fc.constant('ndjson' as const) }),
);

const exported = (options: Record<string, string>) => api.get(`/v1/projects?${new URLSearchParams(options)}`);

describe('an export of random projects', () => {
  it('changes nothing when re-imported, in any format, language, unit and encoding', async () => {
    await fc.assert(
      fc.asyncProperty(
        written,
        fc.array(fc.tuple(files, languages, units, fc.constantFrom('keep', 'clear')), {
          minLength: 2,
          maxLength: 2,
        }),
        async (given, ways) => {
          const list = await replace(given);
          for (const [file, lang, unit, empty] of ways) {
            const shape = file.format === 'ndjson' ? {} : { lang, unit };
            const { bytes } = await exported({ ...file, ...shape });
            const { body } = await preview(api, bytes, { format: file.format, query: { empty, lang: 'en' } });
            expect([file, lang, unit, body.faults]).toEqual([file, lang, unit, []]);
            expect(body).toMatchObject({ status: 'done', ...counts({ unchanged: list.length }) });
            expect(body.file.format).toBe(file.format);
          }
        },
      ),
      { ...PROPERTY, numRuns: runs(8) },
    );
  });

  it('with its rows in another order, without versions and in part, changes nothing either', async () => {
    await fc.assert(
      fc.asyncProperty(written, languages, async (given, lang) => {
        const list = await replace(given);
        const workbook = new ExcelJs.Workbook();
        await workbook.xlsx.load((await exported({ format: 'xlsx', lang })).bytes as never);
        const sheet = workbook.worksheets[0] as ExcelJs.Worksheet;
        const rows = (sheet.getRows(2, list.length) ?? []).map((row) => row.values as ExcelJs.CellValue[]);
        const other = new ExcelJs.Workbook().addWorksheet('x');
        const kept = (sheet.getRow(1).values as string[])
          .map((_, i) => i)
          .filter((i) => i > 0 && i % 3 !== 2);
        for (const row of [sheet.getRow(1).values as ExcelJs.CellValue[], ...rows.toReversed()]) {
          other.addRow(kept.map((i) => row[i]));
        }
        const bytes = Buffer.from(await other.workbook.xlsx.writeBuffer());
        const { body } = await preview(api, bytes, { format: 'xlsx', query: { empty: 'clear' } });
        expect(body.faults).toEqual([]);
        expect(body).toMatchObject(counts({ unchanged: list.length }));
      }),
      { ...PROPERTY, numRuns: runs(3) },
    );
  });
});

/** Edits by a clerk: a heading in either language, a cell, and the resulting value of the project. */
const edits = [
  { field: 'name', headings: ['项目名称', 'Name'], cell: '改名', value: '改名' },
  { field: 'note', headings: ['备注', 'Note'], cell: '=不是公式', value: '=不是公式' },
  { field: 'region', headings: ['行政区划', 'Region'], cell: '长沙县', value: '430121' },
  { field: 'level', headings: ['项目级别', 'Level'], cell: '县级', value: 'county' },
  {
    field: 'registeredOn',
    headings: ['注册日期', 'Registered'],
    cell: new Date('2021-02-28T00:00:00Z'),
    value: '2021-02-28',
  },
  {
    field: 'investmentYuan',
    headings: ['投资总额(亿元)', 'Investment (100 million yuan)'],
    cell: 10_000,
    value: 1_000_000_000_000,
  },
  {
    field: 'investmentEstimated',
    headings: ['投资额为估算', 'Investment estimated'],
    cell: true,
    value: true,
  },
] as const;

describe('an export changed in another program', () => {
  it('changes only the edited cells, and is a conflict after other changes', async () => {
    await fc.assert(
      fc.asyncProperty(
        written,
        fc.constantFrom(0, 1),
        fc.array(fc.tuple(fc.nat(SIZE - 1), fc.constantFrom(...edits)), { minLength: 1, maxLength: 8 }),
        async (given, language, chosen) => {
          const list = await replace(given);
          const options = {
            format: 'xlsx',
            sort: 'code',
            unit: 'yi',
            lang: ['zh', 'en'][language] as string,
          };
          const workbook = new ExcelJs.Workbook();
          await workbook.xlsx.load((await exported(options)).bytes as never);
          const sheet = workbook.worksheets[0] as ExcelJs.Worksheet;
          const headings = sheet.getRow(1).values as string[];
          const after = list.map((project): Body => ({ ...project }));
          for (const [at, { field, headings: names, cell, value }] of chosen) {
            const i = at % list.length;
            const column = headings.indexOf(names[language]);
            expect(column).toBeGreaterThan(0);
            sheet.getRow(i + 2).getCell(column).value = cell;
            after[i][field] = value;
          }
          const changed = after.filter((one, i) => JSON.stringify(one) !== JSON.stringify(list[i]));
          const bytes = Buffer.from(await workbook.xlsx.writeBuffer());
          const { body } = await commit(api, bytes, { format: 'xlsx' });
          expect(body.faults ?? body.errors).toEqual([]);
          expect(body).toMatchObject(
            counts({ changed: changed.length, unchanged: list.length - changed.length }),
          );
          const isChanged = new Set(changed.map(({ code }) => code));
          const derived = (one: Body) => ({ ...one, version: 0, updatedAt: '', operatingStatus: '' });
          const now = await wholeList();
          expect(now.map(derived)).toEqual(after.map(derived));
          expect(now.map(({ version }) => version)).toEqual(
            list.map(({ code, version }) => (isChanged.has(code) ? version + 1 : version)),
          );

          // The same sheet with another change: its versions are outdated where the first one changed
          // something.
          const [first] = changed;
          if (!first) return;
          const row = list.findIndex(({ code }) => code === first.code) + 2;
          sheet.getRow(row).getCell(headings.indexOf(edits[1].headings[language])).value = '又改';
          const again = Buffer.from(await workbook.xlsx.writeBuffer());
          const conflict = await preview(api, again, { format: 'xlsx' });
          expect(conflict.body).toMatchObject(
            counts({ refused: 1, conflicts: 1, unchanged: list.length - 1 }),
          );
          expect(conflict.body.faults).toMatchObject([{ row, field: 'version', code: 'changed_since' }]);
        },
      ),
      { ...PROPERTY, numRuns: runs(5) },
    );
  });

  it('is accepted in every format as new projects of another service', async () => {
    const enterprise = await created(api, '/v1/enterprises', { name: '搬家企业' });
    const project = await created(api, '/v1/projects', {
      code: 'MOVED',
      name: '搬家项目',
      level: 'county',
      signedOn: '2020-06-29',
      investmentYuan: 123_456_789,
      investorIds: [enterprise.id],
      startedOn: '2020-07-01',
      note: '=a\n"b"',
    });
    for (const format of ['csv', 'xlsx'] as const) {
      const { bytes, headers } = await exported({ format, code: 'MOVED', lang: 'zh', unit: 'yi' });
      expect(String(headers['content-type'])).toContain(TYPES[format]);
      const elsewhere = await worldApp();
      const answer = await commit(elsewhere, bytes, { format, query: { createEnterprises: true } });
      expect(answer.body).toMatchObject(counts({ created: 1 }));
      const { items } = (await elsewhere.get('/v1/projects?code=MOVED')).body;
      const own = ({ id: _, createdAt: __, updatedAt: ___, investors, ...rest }: Body) => ({
        ...rest,
        investors: investors.map(({ name }: Body) => name),
      });
      expect(items.map(own)).toEqual([own(project)]);
      await elsewhere.close();
    }
  });
});
