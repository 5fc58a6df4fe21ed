/** `fields`: an answer with only some of the fields of a resource. */
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { listOf } from './fields.ts';

/** Of the names that a fault repeats; whoever sends more can see them. */
const SHOWN = 100;

/** The `fields` parameter of an operation that answers with a resource, or a page of them. */
export function fieldsField(resource: z.ZodObject) {
  const names = Object.keys(resource.shape);
  // Not an enum, whose faults would neither name what is wrong nor stay one.
  return listOf(z.string().meta({ enum: names }))
    .superRefine((given = [], context) => {
      const unknown = given.filter((name) => !names.includes(name));
      if (unknown.includes('')) context.addIssue({ code: 'custom', message: 'empty', input: given });
      else if (unknown.length > 0) {
        const params = { names: unknown.join(', ').slice(0, SHOWN), choices: names.join(', ') };
        context.addIssue({ code: 'custom', message: 'not_a_field', params, input: given });
      }
    })
    .meta({
      description:
        'Only these fields of each record, in the order of the record; the response then lacks all others, also those that its schema requires.',
      example: names.slice(0, 2),
    });
}

/** What `fields` asks for; undefined where it asks for everything. */
function namesIn({ query }: FastifyRequest): ReadonlySet<string> | undefined {
  const { fields } = query as { fields?: readonly string[] };
  return fields && new Set(fields);
}

function only(names: ReadonlySet<string>, resource: object): object {
  const some: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(resource)) if (names.has(name)) some[name] = value;
  return some;
}

/** A resource as the request asks for it. */
export function projected(request: FastifyRequest, resource: object): object {
  const names = namesIn(request);
  return names ? only(names, resource) : resource;
}

/** The same for a page, or for another answer about many, of which nobody can ask for fields. */
export function projectedPage(request: FastifyRequest, body: object): object {
  const names = namesIn(request);
  if (!names) return body;
  const { items } = body as { items: readonly object[] };
  return { ...body, items: items.map((item) => only(names, item)) };
}
