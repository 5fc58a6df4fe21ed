/** Validates the cells of a row against a schema. */
import * as z from 'zod';
import type { Fault } from '../http/problems.ts';
import { checked } from '../http/validation.ts';

/**
 * The valid fields of a row, and the faults of the others. A field without a value is undefined or missing.
 * @param found the faults known so far: a cell that could not be read is not reported as missing too
 */
export function checkedRow<Schema extends z.ZodObject>(
  schema: Schema,
  fields: Readonly<Record<string, unknown>>,
  found: readonly Fault[],
): { sound: z.infer<Schema>; faults: Fault[] } {
  const known = checkerOf(schema)(fields);
  if (known) return { sound: known as z.infer<Schema>, faults: [...found] };
  const { sound, faults } = checked(schema, defined(fields));
  const unread = new Set(found.map(({ pointer }) => pointer));
  const others = faults.filter(({ pointer }) => !unread.has(pointer));
  // Null here is an empty cell, which is reported as missing rather than as a wrong type.
  const worded = others.map((fault): Fault => {
    const { pointer = '' } = fault;
    return fields[pointer.slice(1)] === null ? { pointer, code: 'required' } : fault;
  });
  return { sound, faults: [...found, ...worded] };
}

/** The fields without undefined ones. */
export const defined = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;

/** Returns the values of a row if each is valid and none is missing; otherwise undefined. */
type Checker = (fields: Readonly<Record<string, unknown>>) => Record<string, unknown> | undefined;

const checkers = new WeakMap<z.ZodObject, Checker>();

function checkerOf(schema: z.ZodObject): Checker {
  const made = checkers.get(schema) ?? checkerFor(schema);
  checkers.set(schema, made);
  return made;
}

/** Limits of the cache per field: number of values, and their length. */
const REMEMBERED = 2_000;
const REMEMBERED_CHARACTERS = 64;

/**
 * Checks field by field with a cache of valid values: most values of a file repeat, and running the whole
 * schema would take a quarter of an import's time.
 */
function checkerFor(schema: z.ZodObject): Checker {
  const fields = Object.entries(schema.shape).map(
    ([name, field]) => [name, field, z.safeParse(field, undefined)] as const,
  );
  const isMoreThanItsFields =
    (schema.def.checks ?? []).length > 0 || fields.some(([, , absent]) => absent.data !== undefined);
  if (isMoreThanItsFields) return () => undefined;
  const required = fields.filter(([, , absent]) => !absent.success).map(([name]) => name);
  const checks = new Map(fields.map(([name, field]) => [name, remembering(field)]));
  return (fields) => {
    const sound: Record<string, unknown> = {};
    for (const name in fields) {
      const value = fields[name];
      const parsed = value === undefined ? ABSENT : checks.get(name)?.(value);
      if (!parsed?.success) return undefined;
      sound[name] = parsed.data;
    }
    return required.every((name) => sound[name] !== undefined) ? sound : undefined;
  };
}

const ABSENT = { success: true, data: undefined } as const;

function remembering(field: z.core.$ZodType): (value: unknown) => z.ZodSafeParseResult<unknown> {
  const right = new Map<unknown, z.ZodSafeParseSuccess<unknown>>();
  return (value) => {
    const known = right.get(value);
    if (known) return known;
    const parsed = z.safeParse(field, value);
    const isShort =
      typeof value === 'boolean' || (typeof value === 'string' && value.length <= REMEMBERED_CHARACTERS);
    if (parsed.success && isShort && right.size < REMEMBERED) right.set(value, parsed);
    return parsed;
  };
}
