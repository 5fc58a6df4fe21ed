/** Mappings: how to read a file with its own headings, units and codes. */
import * as z from 'zod';
import type { MessageValue } from '../../core/languages.ts';
import { cellText, soughtLine } from '../../http/fields.ts';
import type { FaultCode } from '../../http/messages.ts';
import { readColumns, type SheetTable } from '../columns.ts';
import { unitNames } from '../units.ts';
import { daysOfPeriods } from './days.ts';

/** The message of a zod error is a fault code; `validation.ts` looks it up. */
const fault = (code: FaultCode): FaultCode => code;

const heading = soughtLine(300);
const text = cellText(2_000);

export const roundings = ['down', 'up', 'half_up'] as const;
export type Rounding = (typeof roundings)[number];

/** Year, month and day in the orders that are in use; optionally followed by a time of day to discard. */
const DATE_FORMAT = /^(YYYY([-/.]?)MM\2DD|MM([-/.])DD\3YYYY|DD([-/.])MM\4YYYY)( hh:mm)?$/;

export const MappedSource = z
  .strictObject({
    from: heading.optional().meta({
      description:
        'Heading of the column; case, spaces and full-width forms are ignored. Of two rows of headings the lower one, or both: `投资额 / 合同引资额`. In JSON the path of the value, like `address.region`.',
    }),
    constant: z
      .union([text, z.number(), z.boolean()])
      .optional()
      .meta({ description: 'The same value in every row, in the form the API uses, instead of `from`.' }),
    unit: z.enum(unitNames).optional().meta({
      description:
        'Unit of the amounts, whatever the heading says: `yuan`, `qian` (10³), `wan` (10⁴), `baiwan` (10⁶), `yi` (10⁸) or `shiyi` (10⁹ yuan).',
    }),
    factor: z
      .string()
      .regex(/^(?=.*[1-9])\d{1,15}(\.\d{1,15})?$/, { error: fault('not_a_factor') })
      .optional()
      .meta({ description: 'Decimal number that amounts are multiplied by, exactly.', examples: ['7.1'] }),
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
        description: 'The value for each text in the column; null for no value.',
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

/** The kind of field to which a setting is limited. */
const PARTICULAR = { unit: 'money', factor: 'money', rounding: 'money', dates: 'day', days: 'day' } as const;

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
      sheet: soughtLine(100).optional().meta({
        description: 'Name of the worksheet; by default the first with the headings.',
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
      const kinds = new Map(readColumns(tables[entity as Name]).map(({ field, kind }) => [field, kind]));
      const issue = (path: string[], message: FaultCode, params?: Record<string, MessageValue>) =>
        context.addIssue({ code: 'custom', path: ['fields', ...path], message, ...(params && { params }) });
      for (const [field, source] of Object.entries(fields)) {
        const kind = kinds.get(field);
        if (kind === undefined) issue([field], 'not_a_choice', { choices: [...kinds.keys()].join(', ') });
        for (const [setting, itsKind] of Object.entries(PARTICULAR)) {
          if (setting in source && kind !== undefined && kind !== itsKind) {
            issue([field, setting], 'not_for_this_field');
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
