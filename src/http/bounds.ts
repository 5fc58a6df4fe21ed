/**
 * The limits that schemas of the document leave unsaid: those that follow from a format, and those of what responses
 * contain. Tests hold every response against the document, and so against these.
 */
import type { OpenAPIV3_1 } from 'openapi-types';

type Schema = OpenAPIV3_1.SchemaObject & { maximum?: number; minimum?: number; const?: unknown };

/** Node refuses longer heads of requests; links repeat no more than a request had in it. */
export const MAX_URL = 16_384;

const CHARACTERS_BY_FORMAT: Readonly<Record<string, number>> = {
  date: 10,
  'date-time': 64,
  uuid: 36,
  'uri-reference': 2 * MAX_URL,
};

/** By the name of the field or parameter. */
const CHARACTERS: Readonly<Record<string, number>> = {
  actor: 200,
  answer: 1_000,
  code: 64,
  column: 300,
  contractAmount: 27,
  contractCurrency: 3,
  country: 4,
  county: 6,
  currency: 3,
  dates: 40,
  detail: 20_000,
  difference: 40,
  division: 4,
  en: 2_000,
  encoding: 20,
  enterpriseName: 200,
  entityId: 64,
  event: 64,
  events: 64,
  factor: 31,
  field: 100,
  fields: 1_000,
  figures: 100,
  filter: 2_000,
  forEvent: 64,
  formula: 1_000,
  hash: 64,
  heading: 32_767,
  id: 200,
  industry: 4,
  // Longer than Node accepts over a connection: tests send longer URLs without one.
  instance: 1_048_576,
  investor: 36,
  investorCountry: 4,
  key: 32_767,
  mapping: 64,
  memberId: 200,
  // A message may repeat a value, or list the choices.
  message: 40_000,
  name: 300,
  nameEn: 300,
  newEnterprises: 300,
  nextCursor: 2_000,
  note: 2_000,
  otherSheets: 32_767,
  outreach: 64,
  parameter: 4 * MAX_URL,
  parent: 6,
  parts: 200,
  period: 7,
  // As long as the name of an unknown field in a body.
  pointer: 4_194_304,
  prefix: 40,
  previousHash: 64,
  printed: 2_000,
  projectId: 36,
  rate: 31,
  region: 6,
  regions: 6,
  requestId: 64,
  rounded: 40,
  rule: 200,
  secret: 100,
  sheet: 32_767,
  signedMonth: 7,
  signedYear: 4,
  socialCreditCode: 18,
  sum: 40,
  text: 100_000,
  title: 300,
  token: 60,
  type: 200,
  unit: 64,
  unreported: 100,
  value: 32_767,
  zh: 2_000,
  zone: 64,
};

/** Elements of a list, by the name of the field. Pages and other lists of items have at most 500. */
const ELEMENTS: Readonly<Record<string, number>> = {
  ages: 10_000,
  by: 3,
  causes: 20,
  changes: 20,
  channels: 20,
  cohorts: 20,
  columns: 200,
  comparison: 20,
  dimensions: 50,
  errors: 1_000,
  faults: 1_000,
  fields: 100,
  figures: 100,
  guests: 20,
  highlights: 20,
  ignored: 1_000,
  investors: 20,
  // A timeline has one item for each month from 1900 on.
  items: 2_400,
  measures: 100,
  missing: 20,
  names: 100,
  newEnterprises: 100,
  otherSheets: 10_000,
  others: 100,
  outreach: 100,
  overdue: 2,
  parts: 1_000,
  rankings: 200,
  reasons: 20,
  regions: 200,
  sentences: 100,
  targets: 20,
  top500: 3,
  warnings: 1_000,
  zoneLevels: 2,
  zones: 500,
};

const MAX_INT32 = 2 ** 31 - 1;

const typesOf = ({ type }: Schema): readonly unknown[] => [type].flat();

/** Adds the limits to a schema and all that it contains. @param name of the field that it describes */
export function addLimits(node: unknown, name = ''): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const one of node) addLimits(one, name);
    return;
  }
  const schema = node as Schema;
  const types = typesOf(schema);
  if (types.includes('integer')) {
    schema.minimum ??= Number.MIN_SAFE_INTEGER;
    schema.maximum ??= Number.MAX_SAFE_INTEGER;
    schema.format ??= Math.max(-schema.minimum, schema.maximum) > MAX_INT32 ? 'int64' : 'int32';
  }
  if (types.includes('string') && !schema.enum && schema.const === undefined) {
    const limit = CHARACTERS_BY_FORMAT[schema.format ?? ''] ?? CHARACTERS[name];
    if (limit !== undefined) schema.maxLength ??= limit;
  }
  if (types.includes('array')) {
    const limit = ELEMENTS[name];
    if (limit !== undefined) (schema as { maxItems?: number }).maxItems ??= limit;
  }
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') {
      for (const [field, property] of Object.entries(value as object)) addLimits(property, field);
    } else if (!['example', 'examples', 'default', 'enum', 'const'].includes(key)) {
      addLimits(value, name);
    }
  }
}
