import * as z from 'zod';

/**
 * The schemas for creating and changing an entry with these fields. The named fields are required for
 * creating; all others, and all fields of a change, are optional.
 * @param example an entry as a client sends it
 * @param changed the field that the example of a change contains
 * @param another what the example of a new entry has instead, so that it can be created beside the first
 */
export function inputSchemas<Shape extends z.ZodRawShape>(
  id: string,
  fields: Shape,
  required: readonly (keyof Shape)[],
  example: Readonly<Record<string, unknown>>,
  changed = Object.keys(fields).find((field) => field !== 'code') as string,
  another: Readonly<Record<string, unknown>> = {},
) {
  const optional = Object.keys(fields).filter((field) => !required.includes(field));
  const partial = Object.fromEntries(optional.map((field) => [field, true])) as never;
  return {
    create: z
      .strictObject(fields)
      .partial(partial)
      .meta({ id: `New${id}`, examples: [{ ...example, ...another }] }) as unknown as z.ZodObject,
    changes: z
      .strictObject(fields)
      .partial()
      .meta({ id: `${id}Changes`, examples: [{ [changed]: example[changed] }] }) as unknown as z.ZodObject,
  };
}
