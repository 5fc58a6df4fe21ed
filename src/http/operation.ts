/** The definition of an operation: its schemas, and metadata for the document and the hooks. */
import type { FastifySchema } from 'fastify';
import * as z from 'zod';
import { type Deprecation, deprecationInWords } from './deprecation.ts';
import { type Files, fileKinds, undocumentedIn } from './formats.ts';
import { definitionsField, Known, knownFields } from './known.ts';
import { formatOfType, mediaTypes } from './media-types.ts';
import { titles } from './messages.ts';
import type { FileRoute } from './notes.ts';
import { type Access, NOTES } from './notes.ts';
import { capitalised } from './nouns.ts';
import { ProblemBody } from './problems.ts';

type ProblemStatus = keyof typeof titles;

/** Statuses of every operation. */
const ALWAYS: readonly ProblemStatus[] = [400, 408, 414, 422, 431, 500, 503];
const WITH_BODY: readonly ProblemStatus[] = [413, 415];

/** The query of an operation that takes no parameters. */
export const NoQuery = z.strictObject({});

/** Media types of PATCH bodies. */
export const MERGE_PATCH = ['application/merge-patch+json', 'application/json'];

interface Operation<Body, Query, Params, Success> {
  id: string;
  access: Access;
  /** One of the document's tags. */
  tag: string;
  summary: string;
  description?: string;
  params?: Params;
  query?: Query;
  body?: Body;
  /** Media types of the body; JSON by default. */
  consumes?: string[];
  /** The successful response; 204 has no schema. */
  success: {
    status?: 200 | 201 | 204;
    description: string;
    schema?: Success;
    /** Its media type; JSON by default. */
    type?: string;
    files?: Files;
  };
  /** Problem statuses besides those of every operation. */
  problems?: readonly ProblemStatus[];
  /** Whether it supports `If-None-Match`. */
  conditional?: boolean;
  /** Whether it requires `If-Match`. */
  guarded?: boolean;
  /** Whether it accepts an `Idempotency-Key`. */
  retryable?: boolean;
  /** Whether it accepts a `Last-Event-ID`. */
  resumable?: boolean;
  /** Whether it may be authorized by a token in its address (`token`). */
  takesToken?: boolean;
  /** The media types of a body that is a file. */
  takes?: readonly string[];
  /** Description of the 201 response of a PUT, which creates or replaces depending on its condition. */
  created?: string;
  /** Description of the 202 response, if the work may continue after it. */
  accepted?: string;
  /** Parameters that are accepted but not documented, because they are for another format. */
  hidden?: readonly string[];
  /**
   * Whether it can be answered as it was known: with `known`, and links that stay in that past. Figures always say
   * what they know, and have a permalink; records only if asked.
   */
  asKnown?: 'figures' | 'records';
  /** Where clients should use something else from now on, and since when. */
  deprecated?: Deprecation;
}

type Schema<Body, Query, Params> = FastifySchema & { body: Body; querystring: Query; params: Params };

/** The schema of a route, for validation and for the document. */
export function operation<
  Body extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Params extends z.ZodType = z.ZodUndefined,
  Success extends z.ZodType = z.ZodUndefined,
>(about: Operation<Body, Query, Params, Success>): Schema<Body, Query, Params> {
  const { success, conditional = false, guarded = false, retryable = false, resumable = false } = about;
  const query = about.query && queryAsKnown(about.query, about.asKnown);
  const problems = new Set<ProblemStatus>([
    ...ALWAYS,
    ...PROBLEMS_OF[about.access],
    ...(about.body || about.takes || guarded ? WITH_BODY : []),
    ...(about.created ? ([412, 428] as const) : []),
    ...(guarded ? ([404, 412, 428] as const) : []),
    ...(retryable ? ([409] as const) : []),
    ...(success.files ? ([406] as const) : []),
    ...(about.asKnown === 'figures' ? ([410] as const) : []),
    ...(about.problems ?? []),
  ]);
  const responses: Record<number, unknown> = {};
  const { status = 200, description, type = 'application/json', files } = success;
  const schema =
    about.asKnown === 'records' && type === 'application/json'
      ? recordAsKnown(success.schema)
      : success.schema;
  const changes = guarded || retryable || about.created !== undefined;
  // An import tells how it went; nobody can do without that.
  const mayBeMinimal = changes && schema !== undefined && about.accepted === undefined;
  responses[status] = schema
    ? { description, content: { [type]: { schema } } }
    : z.null().meta({ description });
  if (about.created) responses[201] = { description: about.created, content: { [type]: { schema } } };
  if (about.accepted) responses[202] = { description: about.accepted, content: { [type]: { schema } } };
  if (mayBeMinimal && status === 200) responses[204] = z.null().meta({ description: MINIMAL });
  if (conditional) responses[304] = z.null().meta({ description: 'Not modified.' });
  for (const problem of [...problems].sort((a, b) => a - b)) {
    responses[problem] = {
      description: titles[problem].en,
      content: { 'application/problem+json': { schema: ProblemBody } },
    };
  }
  return {
    operationId: about.id,
    tags: [about.tag],
    summary: about.summary,
    description: [
      about.description ?? `${about.summary}.`,
      ...(about.deprecated ? [deprecationInWords(about.deprecated)] : []),
    ].join('\n\n'),
    ...(about.deprecated && { deprecated: true }),
    ...(about.params && { params: about.params }),
    ...(query && { querystring: query }),
    ...(about.body && { body: about.body, consumes: about.consumes ?? ['application/json'] }),
    response: responses,
    // For `openapi.ts` and for hooks, not for Fastify.
    [NOTES]: {
      retryable,
      resumable,
      takesToken: about.takesToken ?? false,
      takes: about.takes,
      mayGoOn: about.accepted !== undefined,
      mayBeMinimal,
      replaces: about.created !== undefined,
      access: about.access,
      conditional,
      asKnown: about.asKnown,
      guarded,
      paged: status === 200 && about.query !== undefined && 'cursor' in shapeOf(about.query),
      deprecated: about.deprecated,
      hidden: about.hidden ?? (files ? undocumentedIn(formatOfType(type) ?? 'json', files.shared) : []),
      files: files?.formats.map((format) => fileRoute(about, format, files)) ?? [],
    },
  } as unknown as Schema<Body, Query, Params>;
}

/** A file format of an operation as a separate operation. */
function fileRoute<B extends z.ZodType, Q extends z.ZodType, P extends z.ZodType, S extends z.ZodType>(
  about: Operation<B, Q, P, S>,
  format: FileRoute['format'],
  { description, shared }: Files,
): FileRoute {
  const { name, schema } = fileKinds[format];
  return {
    format,
    schema: operation({
      ...about,
      id: `${about.id.replace(/^(list|read)/, 'export')}${capitalised(format)}`,
      tag: 'files',
      summary: `${about.summary} as ${name}`,
      description,
      success: { description: `The file. ${description}`, schema, type: mediaTypes[format] },
      hidden: undocumentedIn(format, shared),
    }),
  };
}

/** The parameters of an operation that can be answered as it was known. */
function queryAsKnown(query: z.ZodType, asKnown: 'figures' | 'records' | undefined): z.ZodType {
  if (!asKnown || !(query instanceof z.ZodObject)) return query;
  return query.safeExtend({
    ...knownFields,
    ...(asKnown === 'figures' && { definitionsVersion: definitionsField }),
  });
}

const recordsAsKnown = new WeakMap<z.ZodType, z.ZodType>();

/** A record, with what is known of it if that was asked; a page has a field for it. */
function recordAsKnown(schema: z.ZodType | undefined): z.ZodType | undefined {
  if (!(schema instanceof z.ZodObject) || 'known' in schema.shape) return schema;
  const made = recordsAsKnown.get(schema);
  if (made) return made;
  const { id, ...meta } = schema.meta() ?? {};
  const extended = schema.safeExtend({ known: Known.optional() }).meta({ ...meta, id: `${id}AsKnown` });
  recordsAsKnown.set(schema, extended);
  return extended;
}

const MINIMAL = 'Done; without a body, as `Prefer: return=minimal` asked.';

const PROBLEMS_OF: Record<Access, readonly ProblemStatus[]> = {
  open: [],
  statistics: [401, 429],
  read: [401, 429],
  key: [401, 429],
  edit: [401, 403, 429],
  administer: [401, 403, 429],
};

const shapeOf = (schema: z.ZodType): object => ('shape' in schema ? (schema.shape as object) : {});
