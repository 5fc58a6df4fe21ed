/** Mappings: how to read a file with its own headings, units and codes. */
import * as z from 'zod';
import type { MessageValue } from '../../core/languages.ts';
import { cellText, day, soughtLine } from '../../http/fields.ts';
import type { FaultCode } from '../../http/messages.ts';
import { type Column, readColumns, type SheetTable } from '../columns.ts';
import { unitNames } from '../units.ts';
import { daysOfPeriods } from './days.ts';
import { changesAmounts } from './number-formats.ts';

/** The message of a zod error is a fault code; `validation.ts` looks it up. */
const fault = (code: FaultCode): FaultCode => code;

const heading = soughtLine(300);
const text = cellText(2_000);

export const roundings = ['down', 'up', 'half_up'] as const;
export type Rounding = (typeof roundings)[number];

const DECIMAL = /^(?=.*[1-9])\d{1,15}(\.\d{1,15})?$/;
const decimal = z.string().regex(DECIMAL, { error: fault('not_a_factor') });

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** A text, or a list of several. */
const oneOrMore = <T extends z.ZodType>(one: T, most: number) =>
  z.union([one, z.array(one).min(1).max(most)]);

export const padSides = ['left', 'right'] as const;

/** Year, month and day in the orders that are in use; optionally followed by a time of day to discard. */
const DATE_FORMAT = /^(YYYY([-/.]?)MM\2DD|MM([-/.])DD\3YYYY|DD([-/.])MM\4YYYY)( hh:mm)?$/;

export const MappedSource = z
  .strictObject({
    from: oneOrMore(heading, 10)
      .optional()
      .meta({
        description:
          'Heading of the column; case, spaces and full-width forms are ignored. Of two rows of headings the lower one, or both: `投资额 / 合同引资额`. In JSON the path of the value, like `address.region`. Texts, codes, days and lists may be put together from several columns, see `join`.',
        examples: ['Project Id', ['年', '月', '日']],
      }),
    join: text
      .max(20)
      .optional()
      .meta({
        description:
          'Text between the values of several columns: by default `-` in codes and days, a line break in lists, a space in texts. Texts and lists leave out empty cells; a day may end with the year or the month (see `days`); a code needs all of its parts.',
        examples: ['-'],
      }),
    constant: z
      .union([text, z.number(), z.boolean()])
      .optional()
      .meta({ description: 'The same value in every row, in the form the API uses, instead of `from`.' }),
    unit: z.enum(unitNames).optional().meta({
      description:
        'Unit of the amounts, whatever the heading says: `yuan`, `qian` (10³), `wan` (10⁴), `baiwan` (10⁶), `yi` (10⁸) or `shiyi` (10⁹ yuan).',
    }),
    factor: decimal
      .optional()
      .meta({ description: 'Decimal number that amounts are multiplied by, exactly.', examples: ['1.09'] }),
    currency: z
      .string()
      .refine((code) => currencies.has(code), { error: fault('not_a_currency'), abort: true })
      .refine((code) => code !== 'CNY', { error: fault('own_currency') })
      .meta({ pattern: '^[A-Z]{3}$' })
      .optional()
      .meta({
        description:
          'Currency of the amounts (ISO 4217), converted at `rate`. Cells may show its name or sign, and no other. A `unit` then counts in this currency. The investment of a project also fills `contractAmount` and `contractCurrency`, unless the mapping has either.',
        examples: ['USD'],
      }),
    rate: decimal.optional().meta({
      description:
        'Yuan for one unit of `currency`; amounts are converted exactly, then rounded by `rounding`.',
      examples: ['7.1'],
    }),
    rateOn: day.optional().meta({
      description: 'Day of the rate, for the reader: it is part of the report of the import.',
      examples: ['2023-05-01'],
    }),
    strip: oneOrMore(
      text.max(100).refine((given) => !changesAmounts(given), { error: fault('changes_amounts') }),
      20,
    )
      .optional()
      .meta({
        description:
          'Texts to remove from the beginning and the end of an amount or a number, whatever their case. Not digits, signs, currencies or units, which say how much it is.',
        examples: [['约', '左右', 'approx.']],
      }),
    separator: oneOrMore(text.min(1).max(10), 10)
      .optional()
      .meta({
        description:
          'Texts between the values of a list, in addition to line breaks and, between names, `;`, `；`, `、` and `，`. A legal form such as `Ltd.` stays with the name before it.',
        examples: [',', [',', ' / ']],
      }),
    cut: z
      .int()
      .min(1)
      .max(300)
      .optional()
      .meta({ description: 'Number of characters of a code to keep, from its beginning.', examples: [6] }),
    pad: z
      .strictObject({
        to: z.int().min(2).max(64).meta({ description: 'Number of digits.' }),
        side: z.enum(padSides).meta({ description: 'Where the zeros are added.' }),
      })
      .optional()
      .meta({
        description:
          'Fills codes of digits up with zeros, after `cut`: `1101` becomes `110100`, or `7` becomes `007`.',
        examples: [{ to: 6, side: 'right' }],
      }),
    prefix: text
      .min(1)
      .max(64)
      .optional()
      .meta({
        description:
          'Text before a code, after `cut` and `pad`, so that the serial numbers of two lists differ; or before a list.',
        examples: ['2024-'],
      }),
    rounding: z.enum(roundings).optional().meta({
      description:
        'Rounding of fractions of a yuan: `down` truncates, `up` rounds away from zero, `half_up` to the nearest yuan. Without it a fraction is a fault.',
    }),
    dates: z
      .array(z.string().regex(DATE_FORMAT, { error: fault('not_a_date_format') }))
      .min(1)
      .max(10)
      .optional()
      .meta({
        description:
          'Formats of dates written as text; the first that fits applies: year, month and day separated by `-`, `/`, `.` or nothing; ` hh:mm` at the end ignores a time of day, which otherwise is a fault. Dates with the year first need no format.',
        examples: [['MM/DD/YYYY']],
      }),
    days: z.enum(daysOfPeriods).optional().meta({
      description: 'On which of its days a month or a year counts; without it such a text is a fault.',
    }),
    empty: z
      .array(text)
      .min(1)
      .max(100)
      .optional()
      .meta({
        description: 'Texts that mean an empty cell; all others are read as usual.',
        examples: [['NA', '未开工']],
      }),
    codes: z
      .record(text, text.nullable())
      .optional()
      .meta({
        description:
          'The value for each text in the column, after `strip`, `cut`, `pad` and `prefix`; null for no value.',
        examples: [{ Active: 'provincial' }],
      }),
    otherwise: text.nullable().optional().meta({
      description: 'The value for texts that are not in `codes`. Without it such a text is a fault.',
    }),
    when: z
      .strictObject({ column: heading, in: z.array(text).min(1).max(1_000) })
      .optional()
      .meta({
        description:
          'Sets a value only if another column has one of these texts; an empty text means an empty cell.',
      }),
  })
  .refine((source) => (source.from === undefined) !== (source.constant === undefined), {
    error: fault('from_or_constant'),
  })
  .meta({ id: 'MappedSource', description: 'Source of the values of a field.' });
export type MappedSource = z.infer<typeof MappedSource>;

/** Kinds of fields as far as settings differ: an amount of any currency is a code to the service. */
type SettingKind = Column['kind'] | 'decimal';

const settingKind = ({ kind, form }: Column): SettingKind => (form === 'decimal' ? 'decimal' : kind);

const JOINED = ['text', 'code', 'day', 'list'] as const;

/** The kinds of fields to which a setting is limited. */
const PARTICULAR: Readonly<Partial<Record<keyof MappedSource, readonly SettingKind[]>>> = {
  unit: ['money'],
  factor: ['money'],
  rounding: ['money'],
  currency: ['money'],
  rate: ['money'],
  rateOn: ['money'],
  strip: ['money', 'decimal', 'integer'],
  dates: ['day'],
  days: ['day'],
  separator: ['list'],
  join: JOINED,
  cut: ['code'],
  pad: ['code'],
  prefix: ['code', 'list'],
};

/** What a setting makes no sense without. */
const NEEDED: Readonly<Partial<Record<keyof MappedSource, keyof MappedSource>>> = {
  currency: 'rate',
  rate: 'currency',
  rateOn: 'rate',
  strip: 'from',
  separator: 'from',
  cut: 'from',
  pad: 'from',
  prefix: 'from',
};

interface SourceFault {
  setting: keyof MappedSource;
  message: FaultCode;
  params?: Record<string, MessageValue>;
}

/** The settings of a source that its field does not take, or that lack another. */
function settingFaults(source: MappedSource, column: Column): SourceFault[] {
  const isGiven = (setting: keyof MappedSource) => source[setting] !== undefined;
  const kind = settingKind(column);
  const given = (Object.keys(source) as (keyof MappedSource)[]).filter(isGiven);
  const faults = given.flatMap((setting): SourceFault[] => {
    if (!(PARTICULAR[setting]?.includes(kind) ?? true)) return [{ setting, message: 'not_for_this_field' }];
    const needed = NEEDED[setting];
    if (needed === undefined || isGiven(needed)) return [];
    return [{ setting, message: 'needs_setting', params: { setting: needed } }];
  });
  const isJoined = Array.isArray(source.from) && source.from.length > 1;
  if (source.join !== undefined && !isJoined) {
    faults.push({ setting: 'join', message: 'needs_setting', params: { setting: 'from: […, …]' } });
  }
  if (isJoined && !(JOINED as readonly SettingKind[]).includes(kind)) {
    faults.push({ setting: 'from', message: 'not_for_this_field' });
  }
  return faults;
}

/** @param tables the possible tables; the first one is the default */
export const mappingOf = <Name extends string>(
  tables: Readonly<Record<Name, SheetTable>>,
  example: object,
) => {
  const names = Object.keys(tables) as [Name, ...Name[]];
  return z
    .strictObject({
      entity: z
        .enum(names)
        .default(names[0] as never)
        .meta({ description: 'What the rows are.' }),
      sheet: z
        .union([soughtLine(100), z.int().min(1).max(1_000)])
        .optional()
        .meta({
          description:
            'Name of the worksheet, or its position among the visible ones, counted from 1; by default the first with the headings.',
          examples: ['项目', 2],
        }),
      headingRow: z.int().min(1).max(1_000).optional().meta({
        description:
          'Row of the headings, counted from 1, or one of them if there are several; by default detected.',
      }),
      rows: soughtLine(300).optional().meta({
        description:
          'In JSON: path of the array with the rows, like `data.items`; by default the file is it.',
      }),
      fields: z.record(z.string(), MappedSource).meta({
        description: 'The source of each field. Columns not used by any field are ignored.',
      }),
    })
    .superRefine(({ entity, fields }, context) => {
      const columns = new Map(readColumns(tables[entity as Name]).map((column) => [column.field, column]));
      const issue = (path: string[], message: FaultCode, params?: Record<string, MessageValue>) =>
        context.addIssue({ code: 'custom', path: ['fields', ...path], message, ...(params && { params }) });
      for (const [field, source] of Object.entries(fields)) {
        const column = columns.get(field);
        if (!column) issue([field], 'not_a_choice', { choices: [...columns.keys()].join(', ') });
        else {
          for (const { setting, message, params } of settingFaults(source, column)) {
            issue([field, setting], message, params);
          }
        }
      }
    })
    .meta({
      id: 'Mapping',
      description: 'How to read a file with its own headings, units and codes.',
      examples: [example],
    });
};

export type Mapping = z.infer<ReturnType<typeof mappingOf<string>>>;
