/** Converts zod issues to faults, and lets Fastify validate with zod. */
import type { FastifyInstance, FastifySchemaCompiler } from 'fastify';
import * as z from 'zod';
import type { Clock } from '../core/clock.ts';
import type { Language, Message, MessageValue } from '../core/languages.ts';
import { isUntilToday } from './as-of.ts';
import { type FaultCode, faults as faultMessages, typeNames } from './messages.ts';
import { type Fault, invalid, type Problem, refuse } from './problems.ts';

type Issue = z.core.$ZodIssue;

/** What a fault says about each of zod's checks; a schema's own message, if it is a fault code, comes first. */
function describe(issue: Issue): { code: FaultCode; values?: Record<string, MessageValue> } {
  if (issue.code === 'invalid_type' && issue.input === undefined) return { code: 'required' };
  if (issue.message in faultMessages) {
    const values =
      issue.code === 'custom' ? (issue.params as Record<string, MessageValue> | undefined) : undefined;
    return { code: issue.message as FaultCode, ...(values && { values }) };
  }
  switch (issue.code) {
    case 'invalid_type':
      return { code: 'wrong_type', values: { expected: typeName(issue.expected) } };
    case 'invalid_union':
      return { code: 'wrong_type', values: { expected: anyOf(issue.errors.flat()) } };
    case 'too_small':
      return {
        code: bound(issue.origin, 'too_short', 'too_few', 'too_small'),
        values: { min: Number(issue.minimum) },
      };
    case 'too_big':
      return {
        code: bound(issue.origin, 'too_long', 'too_many', 'too_large'),
        values: { max: Number(issue.maximum) },
      };
    case 'invalid_value':
      if (issue.input === undefined) return { code: 'required' };
      return { code: 'not_a_choice', values: { choices: issue.values.map(String).join(', ') } };
    default:
      return { code: 'wrong_type', values: { expected: issue.code } };
  }
}

const typeName = (type: string): Message =>
  typeNames[type as keyof typeof typeNames] ?? { en: type, zh: type };

/** The types that a value of several may have. */
function anyOf(issues: readonly Issue[]): Message {
  const names = issues.flatMap((issue) => (isMistyped(issue) ? [typeName(issue.expected)] : []));
  const listed = (language: Language, or: string) =>
    [...new Set(names.map((name) => name[language]))].join(or);
  return { en: listed('en', ' or '), zh: listed('zh', '或') };
}

/** Whether a whole value is of another type, not just a part of it. */
const isMistyped = (issue: Issue): issue is Extract<Issue, { code: 'invalid_type' }> =>
  issue.code === 'invalid_type' && issue.path.length === 0;

/** What is wrong with a value of several types, if it has one of them. */
function withinUnion(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const [meant, ...others] = issue.errors.filter((issues) => !issues.some(isMistyped));
  if (!meant || others.length > 0) return [issue];
  return meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

const bound = (origin: string, text: FaultCode, list: FaultCode, number: FaultCode): FaultCode =>
  origin === 'string' ? text : origin === 'array' ? list : number;

type Place = (path: readonly PropertyKey[]) => Pick<Fault, 'pointer' | 'parameter'>;

const inBody: Place = (path) => ({ pointer: pointerTo(path) });
const inQuery: Place = (path) => ({ parameter: String(path[0] ?? '') });

/** A JSON Pointer (RFC 6901). */
export const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');

/** What the service works out itself: refused as input with a reason of its own. */
const readOnly = new Set<string>();

/** Says which fields those are: of a resource, all that neither creating nor changing it takes. */
export function addReadOnly(resource: z.ZodObject, ...inputs: readonly z.ZodObject[]): void {
  for (const field of Object.keys(resource.shape)) {
    if (!inputs.some(({ shape }) => field in shape)) readOnly.add(field);
  }
}

/** One fault per field and code: for a number beyond both the safe integers and the field's limit, the limit is reported. */
function toFaults(issues: readonly Issue[], place: Place): Fault[] {
  const faults = issues.flatMap(withinUnion).flatMap((issue): Fault[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        ...place([...issue.path, key]),
        code: place === inQuery ? 'unknown_parameter' : readOnly.has(key) ? 'read_only' : 'unknown_field',
      }));
    }
    return [{ ...place(issue.path), ...describe(issue) }];
  });
  const placeOf = (fault: Fault) => fault.pointer ?? fault.parameter;
  // Of a value of another type nothing else is said: a text in place of a list is not also too long.
  const mistyped = new Set(faults.filter(({ code }) => code === 'wrong_type').map(placeOf));
  const placed = faults
    .filter((fault) => fault.code === 'wrong_type' || !mistyped.has(placeOf(fault)))
    .map((fault) => [`${placeOf(fault)} ${fault.code}`, fault] as const);
  return [...new Map(placed).values()];
}

/** The faults of something that is no request, in the words of one. */
export const faultsOfIssues = (issues: readonly Issue[]): Fault[] => toFaults(issues, inBody);

/** A body on its way from the validator, which knows no request. */
class CheckedBody {
  readonly sound: unknown;
  readonly faults: readonly Fault[];

  constructor(sound: unknown, faults: readonly Fault[]) {
    this.sound = sound;
    this.faults = faults;
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The service refuses `request.faults` itself, together with those that it finds. */
    gathersFaults?: true;
  }
  interface FastifyRequest {
    /** What is wrong with the body, from which the fields with faults are missing. */
    faults: readonly Fault[];
  }
}

const NONE: readonly Fault[] = [];

export function gatherFaults(app: FastifyInstance): void {
  app.decorateRequest('faults');
  app.addHook('preHandler', (request, _, done) => {
    const { body } = request;
    const isChecked = body instanceof CheckedBody;
    request.faults = isChecked ? body.faults : NONE;
    if (isChecked) request.body = body.sound;
    const isFaulty = request.faults.length > 0 && !request.routeOptions.config.gathersFaults;
    done(isFaulty ? invalid(request.faults) : undefined);
  });
}

/** For what takes no body: an object without fields says nothing either. @throws Problem 422 naming each field */
export function refuseFields(body: unknown): void {
  refuse(
    Object.keys(body ?? {}).map((field) => ({ pointer: pointerTo([field]), code: 'unknown_field' as const })),
  );
}

/** Validates with zod. The clock says which days are still to come: no query asks for figures of one of them. */
export const validatorFor =
  (clock: Clock): FastifySchemaCompiler<z.ZodType> =>
  ({ schema, httpPart }) =>
    httpPart === 'body' ? (body) => validateBody(schema, body) : (value) => checkQuery(schema, value, clock);

/** The parameters of a question as the schema makes them, or the problem with all their faults. */
export function checkQuery<T>(
  schema: z.ZodType<T>,
  value: unknown,
  clock: Clock,
): { value: T } | { error: Problem } {
  const parsed = schema.safeParse(value, { reportInput: true });
  const faults = parsed.success ? [] : toFaults(parsed.error.issues, inQuery);
  const today = clock.today();
  for (const [parameter, day] of daysIn(schema, value)) {
    if (day > today && !faults.some((fault) => fault.parameter === parameter))
      faults.push({ parameter, code: 'after_today', values: { today } });
  }
  return faults.length > 0 ? { error: invalid(faults) } : { value: parsed.data as T };
}

/** The parameters that give a day of figures. */
function daysIn(schema: z.ZodType, value: unknown): [name: string, day: string][] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(value as object).filter(
    ([name, given]) =>
      typeof given === 'string' &&
      /^\d/.test(given) &&
      Object.hasOwn(schema.shape, name) &&
      isUntilToday(schema.shape[name]),
  );
}

function validateBody(schema: z.ZodType, body: unknown) {
  const isRecord = typeof body === 'object' && body !== null && !Array.isArray(body);
  if (!(schema instanceof z.ZodObject) || !isRecord) {
    const parsed = schema.safeParse(body, { reportInput: true });
    return parsed.success
      ? { value: parsed.data }
      : { error: invalid(toFaults(parsed.error.issues, inBody)) };
  }
  const { sound, faults } = checked(schema, body as Record<string, unknown>);
  return { value: faults.length > 0 ? new CheckedBody(sound, faults) : sound };
}

/** What a body gives: the fields that are right, and the faults of the others. */
export function checked<Schema extends z.ZodObject>(
  schema: Schema,
  body: Readonly<Record<string, unknown>>,
): { sound: z.infer<Schema>; faults: Fault[] } {
  const parsed = schema.safeParse(body, { reportInput: true });
  if (parsed.success) return { sound: parsed.data, faults: [] };
  const faults = toFaults(parsed.error.issues, inBody);
  return { sound: soundFields(schema, body) as z.infer<Schema>, faults };
}

/** The fields that are right by themselves. */
function soundFields(schema: z.ZodObject, body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const sound: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(schema.shape)) {
    const parsed = z.safeParse(field, body[name]);
    if (parsed.success && parsed.data !== undefined) sound[name] = parsed.data;
  }
  return sound;
}
