import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tables } from '../../../src/features/imports/importable.ts';
import type { ExportedProject } from '../../../src/features/projects/batches.ts';
import { levels } from '../../../src/features/projects/schema.ts';
import { columns, rowMaker } from '../../../src/features/projects/sheet.ts';
import { columnHeadings, readColumns } from '../../../src/sheets/columns.ts';
import { encodings, writeCsv } from '../../../src/sheets/csv.ts';
import { isMark } from '../../../src/sheets/reading/cells.ts';
import type { ReadRow } from '../../../src/sheets/reading/rows.ts';
import type { Sheet } from '../../../src/sheets/sheet.ts';
import { unitNames } from '../../../src/sheets/units.ts';
import { writeXlsx } from '../../../src/sheets/xlsx.ts';
import { reading } from '../../support/reading.ts';
import { runs } from '../../support/runs.ts';

/**
 * Texts that the service accepts, with many difficult ones; without private use characters, which GB18030
 * lacks in part.
 */
const character = fc.oneof(
  fc.constantFrom(...'=+-@\'",;\t<>&_x000D_中文＝＋－＠；（）€'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
);
const trimmed = (text: string) => text.normalize('NFC').trim();
const isPlain = (text: string) => text !== '' && !/(?![\t\n\r])\p{Cc}|\p{Co}/u.test(text);
const textOf = (unit: fc.Arbitrary<string>) =>
  fc.string({ unit, minLength: 1, maxLength: 12 }).map(trimmed).filter(isPlain);
const line = textOf(character).filter((text) => !/[\t\n\r\u0085]/.test(text));
const paragraph = textOf(fc.oneof(character, fc.constantFrom('\n', '\r', '\r\n', '\t')));
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

const day = fc
  .integer({ min: Date.UTC(1900, 0, 1) / 86_400_000, max: Date.UTC(2099, 11, 31) / 86_400_000 })
  .map((number) => new Date(number * 86_400_000).toISOString().slice(0, 10));
const slug = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}$/).filter((code) => code !== 'none');
const yuan = fc.integer({ min: 1, max: 1_000_000_000_000 });
const investor = fc.record({
  id: fc.uuid(),
  // One that is called like a mark for nobody is nobody.
  name: line.filter((name) => !isMark(name, 'list')),
  socialCreditCode: orNull(fc.constantFrom('91350100M000100Y43', '914300007121077927')),
});

const project: fc.Arbitrary<ExportedProject> = fc.record({
  id: fc.uuid(),
  code: fc.stringMatching(/^[A-Za-z0-9._-]{1,12}$/),
  name: line,
  nameEn: orNull(line),
  description: orNull(paragraph),
  event: orNull(slug),
  level: fc.constantFrom(...levels),
  region: orNull(fc.stringMatching(/^[1-9]\d{5}$/)),
  zone: orNull(slug),
  industry: orNull(fc.stringMatching(/^([A-Z]|\d{2})$/)),
  investors: fc.array(investor, { maxLength: 3 }),
  owner: orNull(line),
  contractAmount: orNull(fc.stringMatching(/^\d{1,20}(\.\d{1,6})?$/)),
  contractCurrency: orNull(fc.stringMatching(/^[A-Z]{3}$/)),
  investmentYuan: yuan,
  investmentEstimated: fc.boolean(),
  contractedFundsYuan: orNull(fc.integer({ min: 0, max: 1_000_000_000_000 })),
  signedOn: day,
  registeredOn: orNull(day),
  startedOn: orNull(day),
  completedOn: orNull(day),
  productionOn: orNull(day),
  suspendedOn: orNull(day),
  resumedOn: orNull(day),
  terminatedOn: orNull(day),
  agreedStartOn: orNull(day),
  agreedProductionOn: orNull(day),
  note: orNull(paragraph),
  operatingStatus: fc.constantFrom('signed', 'suspended'),
  fundsInPlaceYuan: fc.integer({ min: 0, max: 1_000_000_000_000 }),
  sameYear: fc.boolean(),
  overdue: fc.subarray(['start', 'production']),
  version: fc.integer({ min: 1, max: 1_000 }),
  createdAt: fc.constant('2020-07-01T01:00:00.000Z'),
  updatedAt: fc.constant('2020-07-01T01:00:00.000Z'),
  archivedAt: fc.constant(null),
}) as fc.Arbitrary<ExportedProject>;

/** The expected values of a sheet. Texts of the service are trimmed, and lists are lines. */
function expected({ investors, ...own }: ExportedProject): Record<string, unknown> {
  const codes = investors.map(({ socialCreditCode }) => socialCreditCode ?? '');
  const all: Record<string, unknown> = {
    ...own,
    investors: investors.length > 0 ? investors.map(({ name }) => name) : null,
    investorCodes: codes.some(Boolean) ? codes : null,
  };
  return Object.fromEntries(
    readColumns(tables.projects).flatMap(({ field }) => (all[field] === null ? [] : [[field, all[field]]])),
  );
}

const fieldsOf = (rows: readonly ReadRow[]) => {
  expect(rows.flatMap(({ faults }) => faults)).toEqual([]);
  return rows.map(({ fields }) => fields);
};

const bytesOf = (parts: AsyncIterable<Uint8Array>): Promise<Buffer> => buffer(parts);

const unique = (projects: ExportedProject[]) => [...new Map(projects.map((one) => [one.code, one])).values()];
const projects = fc.array(project, { minLength: 1, maxLength: 8 }).map(unique);

describe('what an export writes', () => {
  it('is read back exactly, as CSV in both encodings and as xlsx, in both languages and every unit', async () => {
    await fc.assert(
      fc.asyncProperty(
        projects,
        fc.constantFrom('zh' as const, 'en' as const),
        fc.constantFrom(...unitNames),
        fc.constantFrom(...encodings),
        async (given, language, unit, encoding) => {
          const sheet = (): Sheet => ({
            name: '项目',
            headings: columnHeadings(columns, language, unit),
            rows: [given.map(rowMaker(language, unit))],
          });
          const wanted = given.map(expected);
          const csv = await reading(await bytesOf(writeCsv(sheet(), encoding)), {
            encoding: encoding === 'gb18030' ? encoding : null,
          });
          expect(fieldsOf(csv.rows)).toEqual(wanted);
          const xlsx = await reading(await bytesOf(writeXlsx(sheet())));
          expect(fieldsOf(xlsx.rows)).toEqual(wanted);
          for (const { head } of [csv, xlsx]) {
            expect(head.columns.map(({ field }) => field)).toEqual(
              readColumns(tables.projects).map(({ field }) => field),
            );
            expect(head.warnings).toEqual([]);
          }
        },
      ),
      { numRuns: runs(60) },
    );
  });

  it('is read back exactly as NDJSON, with the ids of the investors', async () => {
    await fc.assert(
      fc.asyncProperty(projects, async (given) => {
        const lines = given.map(({ investors, ...own }) =>
          JSON.stringify({ ...own, investors: investors.map(({ id, name }) => ({ id, name })) }),
        );
        const text = [...lines, JSON.stringify({ end: true, count: given.length, revision: 7 }), ''].join(
          '\n',
        );
        const { rows } = await reading(text);
        const own = readColumns(tables.projects).map(({ field }) => field);
        const wanted = given.map((one) => ({
          ...Object.fromEntries(
            Object.entries(one).filter(([field]) => own.includes(field) && field !== 'investors'),
          ),
          investorIds: one.investors.map(({ id }) => id),
        }));
        expect(fieldsOf(rows)).toEqual(wanted);
      }),
      { numRuns: runs(30) },
    );
  });
});
