/** API schemas of imports. */
import * as z from 'zod';
import type { Catalogue } from '../../catalogues/catalogue.ts';
import { inputSchemas } from '../../catalogues/input-schemas.ts';
import { flag, line, link, slug } from '../../http/fields.ts';
import { type ReadFormat, readTypes } from '../../http/media-types.ts';
import { encodings } from '../../sheets/csv.ts';
import { daysOfPeriods } from '../../sheets/reading/days.ts';
import { unitSources } from '../../sheets/reading/rows.ts';
import { unitNames } from '../../sheets/units.ts';
import { importEntities, Mapping } from './importable.ts';

export const modes = ['preview', 'commit'] as const;
export const fileFormats = Object.keys(readTypes) as [ReadFormat, ...ReadFormat[]];
export const statuses = ['running', 'done', 'refused', 'failed', 'cancelled'] as const;
export const phases = ['waiting', 'reading', 'checking', 'writing'] as const;

/** The parameters of an uploaded file. */
export const ImportQuery = z.strictObject({
  mode: z.enum(modes).default('preview').meta({
    description:
      '`preview` shows what the file would do and writes nothing; `commit` writes, and needs an `Idempotency-Key`.',
    example: 'preview',
  }),
  entity: z.enum(importEntities).optional().meta({
    description: 'Type of the rows: `projects` unless a mapping says otherwise.',
    example: 'projects',
  }),
  lang: z.enum(['zh', 'en']).optional().meta({
    description: 'Language of the messages; by default that of `Accept-Language`.',
    example: 'zh',
  }),
  unit: z.enum(unitNames).optional().meta({
    description:
      'Unit of amounts if neither their heading nor a line above the headings gives one: `yuan` (default), `qian` (10³), `wan` (10⁴), `baiwan` (10⁶), `yi` (10⁸) or `shiyi` (10⁹ yuan).',
    example: 'yi',
  }),
  days: z.enum(daysOfPeriods).optional().meta({
    description:
      'On which of its days a month or a year counts, where the file gives no day (`2023年5月`, `2023`): the `first` or the `last`. Without it such a cell is a fault.',
    example: 'first',
  }),
  encoding: z.enum(encodings).optional().meta({
    description: 'Encoding of `csv`; detected by default.',
    example: 'gb18030',
  }),
  format: z.enum(fileFormats).optional().meta({
    description: 'Format of the file, overriding `Content-Type`.',
    example: 'csv',
  }),
  empty: z.enum(['keep', 'clear']).optional().meta({
    description: 'Meaning of an empty cell: `keep` (default) keeps the value, `clear` removes it.',
    example: 'keep',
  }),
  partial: flag.meta({
    description:
      'Writes the valid rows of a file with faulty ones; otherwise one faulty row refuses the file.',
    example: true,
  }),
  createEnterprises: flag.meta({
    description: 'Creates unknown investors by name.',
    example: true,
  }),
  mapping: slug.optional().meta({
    description: 'Code of the stored mapping to use.',
    example: 'world-bank-lists',
  }),
  filename: line(255).optional().meta({
    description: 'Name of the file, for messages; not needed with multipart.',
    example: '项目.xlsx',
  }),
});
export type ImportQuery = z.infer<typeof ImportQuery>;

export const FileFault = z
  .object({
    sheet: z.string().nullable().meta({ description: 'Worksheet; null for formats without worksheets.' }),
    row: z.int().meta({ description: 'Row of the sheet, or line of the file, counted from 1.' }),
    column: z
      .string()
      .nullable()
      .meta({ description: 'A, B … AA; null for the whole row, and for a column that is missing.' }),
    heading: z.string().nullable().meta({ description: 'Heading of the column.' }),
    field: z.string().nullable().meta({ description: 'Field of the API.' }),
    value: z.string().nullable().meta({ description: 'Text of the cell, up to 100 characters.' }),
    code: z.string().meta({ description: 'Stable, machine-readable code.', examples: ['not_a_day'] }),
    message: z.string().meta({ description: 'The problem, in the language of the request.' }),
  })
  .meta({ id: 'FileFault', description: 'A faulty cell, or row.' });
export type FileFault = z.infer<typeof FileFault>;

const RecognisedColumn = z.object({
  column: z.string().nullable(),
  heading: z.string(),
  field: z.string(),
  unit: z.enum(unitNames).optional().meta({ description: 'For amounts: the unit in which they were read.' }),
  unitFrom: z.enum(unitSources).optional().meta({
    description:
      'Where the unit is from: the `heading`, a line `above` the headings, the `mapping`, the `parameter` `unit`; `default` is yuan.',
  }),
  currency: z.string().optional().meta({
    description: 'For amounts converted by a mapping: their currency, which `unit` then counts.',
  }),
  rate: z.string().optional().meta({ description: 'The yuan for one unit of `currency`.' }),
  rateOn: z.iso.date().optional().meta({ description: 'The day of the rate, if the mapping gives it.' }),
});

export const ImportedFile = z
  .object({
    name: z.string().nullable(),
    bytes: z.int(),
    format: z.enum(fileFormats).nullable(),
    sheet: z.string().nullable().meta({ description: 'The worksheet read.' }),
    otherSheets: z.array(z.string()).meta({ description: 'The worksheets not read.' }),
    encoding: z.string().nullable(),
    headingRow: z.int().nullable(),
    columns: z.array(RecognisedColumn).meta({ description: 'Recognized columns, with their fields.' }),
    ignored: z
      .array(z.object({ column: z.string().nullable(), heading: z.string() }))
      .meta({ description: 'Columns not read.' }),
    warnings: z
      .array(
        z.object({
          row: z.int().nullable(),
          column: z.string().nullable(),
          code: z.string(),
          message: z.string(),
        }),
      )
      .meta({ description: 'Values that may have been read differently than expected.' }),
  })
  .meta({ id: 'ImportedFile', description: 'What was detected about a file.' });

const ShownChange = z.object({
  row: z.int(),
  key: z.string().nullable().meta({ description: 'Code or name of the record created or changed.' }),
  effect: z.enum(['create', 'change']),
  fields: z.record(z.string(), z.object({ before: z.unknown().optional(), after: z.unknown().optional() })),
});

export const Import = z
  .object({
    id: z.uuid(),
    status: z.enum(statuses).meta({
      description:
        '`done`: completed as requested. `refused`: nothing was written, because of the file. `failed`: an error of the service. `cancelled`: by a client, or because the key that sent it is no longer valid.',
    }),
    mode: z.enum(modes),
    entity: z.enum(importEntities),
    partial: z.boolean(),
    committed: z.boolean().meta({ description: 'Whether anything was written.' }),
    progress: z.object({
      phase: z.enum(phases).nullable().meta({ description: 'Null once it has ended.' }),
      bytesRead: z.int(),
      bytes: z.int(),
      rowsRead: z.int(),
      rowsDone: z.int().meta({ description: 'Rows checked or written so far.' }),
      rowsRefused: z.int(),
    }),
    file: ImportedFile,
    rows: z.int().meta({ description: 'Rows processed: the sum of the next four.' }),
    created: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    refused: z.int(),
    conflicts: z
      .int()
      .meta({ description: 'Of the refused: rows whose record has changed since the export.' }),
    enterprisesCreated: z.int().meta({
      description: 'With `createEnterprises`: number of enterprises that are, or would be, created.',
    }),
    newEnterprises: z.array(z.string()).meta({ description: 'The names of the first 100 of these.' }),
    changes: z.array(ShownChange).meta({ description: 'The first 20 changes, field by field.' }),
    faultCount: z.int(),
    faults: z
      .array(FileFault)
      .meta({ description: 'The first 1,000 faults; `links.faults` has the first 10,000.' }),
    unreported: z
      .record(z.string(), z.int())
      .meta({ description: 'Number of faults beyond those 10,000, by code.' }),
    problem: z
      .object({ code: z.string(), detail: z.string() })
      .nullable()
      .meta({ description: 'Why the whole import was refused or failed.' }),
    actor: z.string().meta({ description: 'Who sent it, as in the change log.' }),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    links: z.object({ self: link, faults: link.nullable() }),
  })
  .meta({
    id: 'Import',
    description: 'An imported file, and what it did or would do.',
    examples: [
      {
        id: '0190a1b2-0000-7000-8000-000000000009',
        status: 'done',
        mode: 'preview',
        entity: 'projects',
        partial: false,
        committed: false,
        progress: { phase: null, bytesRead: 5120, bytes: 5120, rowsRead: 3, rowsDone: 3, rowsRefused: 1 },
        file: {
          name: '项目.xlsx',
          bytes: 5120,
          format: 'xlsx',
          sheet: '项目',
          otherSheets: [],
          encoding: null,
          headingRow: 1,
          columns: [
            { column: 'A', heading: '项目编号', field: 'code' },
            { column: 'B', heading: '开工日期', field: 'startedOn' },
          ],
          ignored: [],
          warnings: [],
        },
        rows: 3,
        created: 0,
        changed: 1,
        unchanged: 1,
        refused: 1,
        conflicts: 0,
        changes: [
          {
            row: 2,
            key: 'HYRD-2020-0001',
            effect: 'change',
            fields: { startedOn: { before: null, after: '2020-09-15' } },
          },
        ],
        enterprisesCreated: 0,
        newEnterprises: [],
        faultCount: 1,
        faults: [
          {
            sheet: '项目',
            row: 4,
            column: 'B',
            heading: '开工日期',
            field: 'startedOn',
            value: '2020年13月1日',
            code: 'not_a_day',
            message: '应为真实存在的日期，如 2020-06-29',
          },
        ],
        unreported: {},
        problem: null,
        actor: 'clerk (0190a1b2-0000-7000-8000-000000000007)',
        createdAt: '2026-11-22T04:00:00.000Z',
        finishedAt: '2026-11-22T04:00:01.000Z',
        links: {
          self: '/v1/imports/0190a1b2-0000-7000-8000-000000000009',
          faults: '/v1/imports/0190a1b2-0000-7000-8000-000000000009/faults',
        },
      },
    ],
  });
export type Import = z.infer<typeof Import>;

const mappingFields = {
  code: slug.meta({ description: 'Human-readable code of the mapping.', examples: ['world-bank-lists'] }),
  name: line(200).meta({ description: 'The files it is for.' }),
  definition: Mapping,
};

const mappingExample = {
  code: 'world-bank-lists',
  name: 'Project lists of the World Bank',
  definition: ((Mapping.meta()?.examples ?? []) as object[])[0],
};

export const StoredMapping = z.object(mappingFields).meta({
  id: 'StoredMapping',
  description: 'How to read files with other layouts; an import refers to it with `?mapping=`.',
  examples: [mappingExample],
});

export const mappings: Catalogue = {
  entity: 'mappings',
  key: 'code',
  item: StoredMapping,
  ...inputSchemas('StoredMapping', mappingFields, ['code', 'name', 'definition'], mappingExample, 'name', {
    code: 'example-lists',
  }),
  columns: Object.keys(mappingFields),
  references: {},
  referencedBy: [],
  sortedBy: ['name'],
  filters: {},
};
