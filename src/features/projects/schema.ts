/** API schemas of projects and their funds. */
import * as z from 'zod';
import { asOfField } from '../../http/as-of.ts';
import {
  code,
  day,
  flag,
  industryCode,
  line,
  MAX_YUAN,
  paragraph,
  regionCode,
  slug,
  uuid,
  yuan,
} from '../../http/fields.ts';
import { fieldsField } from '../../http/projection.ts';
import { operatingStatuses } from './lifecycle.ts';

export const levels = ['provincial', 'municipal', 'county'] as const;

/** The project in the examples of the document, marked as fictional. */
const example = {
  code: 'HYRD-2020-0001',
  name: '示例项目 0001',
  nameEn: 'Sample project 0001',
  event: 'hyrd-2020',
  level: 'provincial',
  region: '430100',
  industry: '39',
  investmentYuan: 3_000_000_000,
  signedOn: '2020-06-29',
  startedOn: '2020-09-15',
};

const { code: _, ...withoutCode } = example;

const described = <T extends z.ZodType>(schema: T, description: string): T =>
  schema.meta({ ...schema.meta(), description }) as T;

/** All fields that a client may give. The values of `dates` are days, actual ones not after today. */
const fields = {
  code: described(code, 'Unique; never changes. Case-sensitive.'),
  name: described(line(300), 'Name of the project.'),
  nameEn: described(line(300).nullable(), 'Name in English.'),
  description: described(paragraph(10_000).nullable(), 'What is built; may contain line breaks.'),
  event: described(
    slug.nullable(),
    'Code of the event where the project was signed; null if outside an event.',
  ),
  level: described(z.enum(levels), 'Level of government that counts the project as its own.'),
  region: described(regionCode.nullable(), 'GB/T 2260 code of its province, prefecture or county.'),
  zone: described(slug.nullable(), 'Code of the development zone.'),
  industry: described(industryCode.nullable(), 'GB/T 4754 section letter or two-digit division.'),
  investorIds: described(
    z
      .array(uuid)
      .max(20)
      .refine((ids) => new Set(ids).size === ids.length, { error: 'duplicate' }),
    'Ids of the investing enterprises, the lead first.',
  ),
  owner: described(line(200).nullable(), 'The unit responsible for follow-up.'),
  contractAmount: described(
    z
      .string()
      .regex(/^\d{1,20}(\.\d{1,6})?$/, { error: 'not_an_amount' })
      .nullable(),
    'Amount as printed in the contract, as a decimal string; for information only.',
  ),
  contractCurrency: described(
    z
      .string()
      .regex(/^[A-Z]{3}$/, { error: 'not_a_currency' })
      .nullable(),
    'Currency of contractAmount, ISO 4217.',
  ),
  investmentYuan: described(yuan(1), 'Total investment by contract, whole yuan.'),
  investmentEstimated: described(
    z.boolean(),
    'Whether the amount is an estimate because it was not disclosed.',
  ),
  contractedFundsYuan: described(
    yuan(0).nullable(),
    'The part of the investment that comes from outside, whole yuan; null if unknown.',
  ),
  signedOn: described(day, 'Day of signing.'),
  registeredOn: described(day.nullable(), 'Day on which the project company was registered.'),
  startedOn: described(day.nullable(), 'Day on which construction of permanent works began.'),
  completedOn: described(day.nullable(), 'Day of completion; needs startedOn.'),
  productionOn: described(day.nullable(), 'Day on which production began; needs startedOn.'),
  suspendedOn: described(day.nullable(), 'Day on which work was suspended.'),
  resumedOn: described(day.nullable(), 'Day on which work was resumed; needs suspendedOn.'),
  terminatedOn: described(day.nullable(), 'Day on which the contract ended.'),
  agreedStartOn: described(day.nullable(), 'Start agreed in the contract; may be in the future.'),
  agreedProductionOn: described(
    day.nullable(),
    'Start of production agreed in the contract; may be in the future.',
  ),
  note: described(paragraph(10_000).nullable(), 'Other remarks; may contain line breaks.'),
};

const { code: codeField, name, level, signedOn, investmentYuan, ...optional } = fields;

/** Request body of `POST /v1/projects`. */
export const NewProject = z
  .strictObject({
    code: codeField,
    name,
    level,
    signedOn,
    investmentYuan,
    ...z.object(optional).partial().shape,
  })
  .meta({
    id: 'NewProject',
    description: 'A project to create. Fields left out are unknown: null, no investors, not estimated.',
    // Not the one that there is.
    examples: [{ ...example, code: 'EXAMPLE-2020-0001' }],
  });
export type NewProject = z.infer<typeof NewProject>;

/** What `PUT /v1/projects/by-code/{code}` takes. */
export const ReplacedProject = NewProject.partial({ code: true }).meta({
  id: 'ReplacedProject',
  description:
    'All of a project. Fields left out are unknown, as in a new one. The code may be given, if it is that of the path.',
  examples: [withoutCode],
});
export type ReplacedProject = z.infer<typeof ReplacedProject>;

/** Request body of `PATCH /v1/projects/{id}`: a merge patch (RFC 7396) whose `null` clears a field. */
export const ProjectChanges = z
  .strictObject({
    ...z.object(fields).partial().shape,
    investorIds: fields.investorIds.nullable().optional(),
  })
  .meta({
    id: 'ProjectChanges',
    description:
      'The fields to change (RFC 7396): null clears a field, absent fields stay. The code may be given but not changed.',
    examples: [{ startedOn: '2020-09-15' }],
  });
export type ProjectChanges = z.infer<typeof ProjectChanges>;

export const Investor = z.object({ id: z.uuid(), name: z.string() }).meta({ id: 'Investor' });

const { investorIds: __, ...answered } = fields;

/** A project in a response: the stored fields, and those derived for the requested day. */
export const Project = z
  .object({
    id: described(z.uuid(), 'Assigned by the service.'),
    ...answered,
    investors: described(z.array(Investor), 'The investing enterprises, the lead first.'),
    operatingStatus: described(z.enum(operatingStatuses), 'Status on the day, derived from the dates.'),
    fundsInPlaceYuan: described(z.int(), 'Sum of the ledger entries up to the day, whole yuan.'),
    sameYear: described(
      z.boolean(),
      'Signed, started and in production by the day, all in one calendar year.',
    ),
    overdue: described(
      z.array(z.enum(['start', 'production'])),
      'Agreed dates missed by the day: start or production.',
    ),
    version: described(z.int(), 'Version number, from 1.'),
    createdAt: described(z.iso.datetime(), 'When it was recorded.'),
    updatedAt: described(z.iso.datetime(), 'When it was last changed.'),
    archivedAt: described(
      z.iso.datetime().nullable(),
      'When it was archived because it was entered by mistake.',
    ),
  })
  .meta({
    id: 'Project',
    description: 'An investment project. Amounts are whole yuan, days are `2020-06-29`.',
    examples: [
      {
        id: '0190a1b2-0000-7000-8000-000000000002',
        ...example,
        description: null,
        zone: null,
        investors: [{ id: '0190a1b2-0000-7000-8000-000000000001', name: '示例企业 001' }],
        owner: '示例单位 03',
        contractAmount: null,
        contractCurrency: null,
        investmentEstimated: false,
        contractedFundsYuan: 2_500_000_000,
        registeredOn: '2020-08-03',
        completedOn: null,
        productionOn: null,
        suspendedOn: null,
        resumedOn: null,
        terminatedOn: null,
        agreedStartOn: '2020-12-31',
        agreedProductionOn: '2022-12-31',
        note: '示例 / an example',
        operatingStatus: 'under_construction',
        fundsInPlaceYuan: 1_200_000_000,
        sameYear: false,
        overdue: ['production'],
        version: 3,
        createdAt: '2020-07-01T01:00:00.000Z',
        updatedAt: '2021-04-01T02:30:00.000Z',
        archivedAt: null,
      },
    ],
  });
export type Project = z.infer<typeof Project>;

export const archivedField = flag.meta({ description: 'List only archived projects.', example: true });

/** The parameters of reading one. */
export const ReadQuery = z.strictObject({
  asOf: asOfField,
  archived: archivedField,
  fields: fieldsField(Project),
});

/** Request body of `POST /v1/projects/{id}/funds`. */
export const NewFundsEntry = z
  .strictObject({
    receivedOn: described(day, 'Day on which the funds were received, not after today.'),
    amountYuan: described(
      z
        .int()
        .min(-MAX_YUAN)
        .max(MAX_YUAN)
        .refine((amount) => amount !== 0, { error: 'zero_amount' }),
      'Whole yuan; negative for a correction or money returned. The balance may not be negative on any day.',
    ),
    note: paragraph(2_000).nullable().optional(),
  })
  .meta({ id: 'NewFundsEntry', examples: [{ receivedOn: '2021-03-31', amountYuan: 120_000_000 }] });
export type NewFundsEntry = z.infer<typeof NewFundsEntry>;

export const FundsEntry = z
  .object({
    id: z.uuid(),
    receivedOn: z.iso.date(),
    amountYuan: described(z.int(), 'Whole yuan.'),
    note: z.string().nullable(),
  })
  .meta({
    id: 'FundsEntry',
    description: 'An entry in the ledger of funds received.',
    examples: [
      {
        id: '0190a1b2-0000-7000-8000-000000000003',
        receivedOn: '2021-03-31',
        amountYuan: 120_000_000,
        note: null,
      },
    ],
  });
export type FundsEntry = z.infer<typeof FundsEntry>;
