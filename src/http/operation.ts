/** What a route says of itself: its schemas, and what the document and the hooks know of it. */
import type { FastifySchema } from 'fastify';
import * as z from 'zod';
import { type Deprecation, deprecationInWords } from './deprecation.ts';
import { type FileOperation, type Files, fileOperations, formatOf, hiddenIn } from './formats.ts';
import { titles } from './messages.ts';
import { ProblemBody } from './problems.ts';

type ProblemStatus = keyof typeof titles;

/** What every operation may answer, whatever it does. */
const ALWAYS: readonly ProblemStatus[] = [400, 408, 414, 422, 431, 500, 503];
const WITH_BODY: readonly ProblemStatus[] = [413, 415];

/**
 * Who may use an operation: `open` means everybody; `statistics` and `read` everybody if ANONYMOUS_READ allows it, else
 * any key; the others a key with that role or a higher one.
 */
export type Access = 'open' | 'statistics' | 'read' | 'edit' | 'administer';

/** The query of an operation that takes no parameters. */
export const NoQuery = z.strictObject({});

/** What a PATCH may be sent as. */
export const MERGE_PATCH = ['application/merge-patch+json', 'application/json'];

interface Operation<Body, Query, Params, Success> {
  id: string;
  access: Access;
  /** One of those that the document has. */
  tag: string;
  summary: string;
  description?: string;
  params?: Params;
  query?: Query;
  body?: Body;
  /** What the body may be sent as; JSON unless told otherwise. */
  consumes?: string[];
  /** The answer of success: its status, what it is, its schema. 204 has none. */
  success: {
    status?: 200 | 201 | 204;
    description: string;
    schema?: Success;
    /** What it comes as; JSON unless told otherwise. */
    type?: string;
    files?: Files;
  };
  /** The statuses of problems besides those that every operation has. */
  problems?: readonly ProblemStatus[];
  /** Whether a client may ask for it only if it changed. */
  conditional?: boolean;
  /** Whether If-Match is needed. */
  guarded?: boolean;
  /** Whether it takes an Idempotency-Key. */
  retryable?: boolean;
  /** Whether it takes a Last-Event-ID. */
  resumable?: boolean;
  /** The media types of a body that is a file. */
  takes?: readonly string[];
  /** What 201 means of a PUT, which creates or replaces as its condition says. */
  created?: string;
  /** What 202 means, where what is asked for may go on after the answer. */
  accepted?: string;
  /** Parameters that are validated, and not in the document: those for another format. */
  hidden?: readonly string[];
  /** Where clients should use something else from now on, and since when. */
  deprecated?: Deprecation;
}

type Schema<Body, Query, Params> = FastifySchema & { body: Body; querystring: Query; params: Params };

/** The schema of a route: what validates it and what the document says about it. */
export function operation<
  Body extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Params extends z.ZodType = z.ZodUndefined,
  Success extends z.ZodType = z.ZodUndefined,
>(about: Operation<Body, Query, Params, Success>): Schema<Body, Query, Params> {
  const { success, conditional = false, guarded = false, retryable = false, resumable = false } = about;
  const problems = new Set<ProblemStatus>([
    ...ALWAYS,
    ...PROBLEMS_OF[about.access],
    ...(about.body || about.takes || guarded ? WITH_BODY : []),
    ...(about.created ? ([412, 428] as const) : []),
    ...(guarded ? ([404, 412, 428] as const) : []),
    ...(retryable ? ([409] as const) : []),
    ...(success.files ? ([406] as const) : []),
    ...(about.problems ?? []),
  ]);
  const responses: Record<number, unknown> = {};
  const { schema, status = 200, description, type = 'application/json', files } = success;
  responses[status] = schema
    ? { description, content: { [type]: { schema } } }
    : z.null().meta({ description });
  if (about.created) responses[201] = { description: about.created, content: { [type]: { schema } } };
  if (about.accepted) responses[202] = { description: about.accepted, content: { [type]: { schema } } };
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
    ...(about.query && { querystring: about.query }),
    ...(about.body && { body: about.body, consumes: about.consumes ?? ['application/json'] }),
    response: responses,
    // Read by `complete` below and by the hooks that act on it; not for Fastify.
    [NOTES]: {
      retryable,
      resumable,
      takes: about.takes,
      mayGoOn: about.accepted !== undefined,
      replaces: about.created !== undefined,
      access: about.access,
      conditional,
      guarded,
      paged: status === 200 && about.query !== undefined && 'cursor' in shapeOf(about.query),
      deprecated: about.deprecated,
      hidden: about.hidden ?? (files ? hiddenIn(formatOf(type), files.shared) : []),
      files: files ? fileOperations(files).map((one) => fileOperation(about, one, files)) : [],
    },
  } as unknown as Schema<Body, Query, Params>;
}

/** One of the files of an operation, as an operation of its own. */
const fileOperation = <B extends z.ZodType, Q extends z.ZodType, P extends z.ZodType, S extends z.ZodType>(
  about: Operation<B, Q, P, S>,
  { extension, suffix, name, type, schema, hidden }: FileOperation,
  { description }: Files,
) => ({
  extension,
  schema: operation({
    ...about,
    id: about.id.replace(/^(list|read)/, 'export') + suffix,
    tag: 'files',
    summary: `${about.summary} as ${name}`,
    description,
    success: { description: `The file. ${description}`, schema, type },
    hidden,
  }),
});

const PROBLEMS_OF: Record<Access, readonly ProblemStatus[]> = {
  open: [],
  statistics: [401, 429],
  read: [401, 429],
  edit: [401, 403, 429],
  administer: [401, 403, 429],
};

/** Where the document finds them until it is complete. */
export const NOTES = 'x-notes';

export interface Notes {
  retryable: boolean;
  resumable: boolean;
  takes: readonly string[] | undefined;
  mayGoOn: boolean;
  replaces: boolean;
  access: Access;
  conditional: boolean;
  guarded: boolean;
  paged: boolean;
  deprecated: Deprecation | undefined;
  hidden: readonly string[];
  files: readonly { extension: string; schema: FastifySchema }[];
}

/** What `operation` said of a route; undefined of one that is not in the document. */
export const notesOf = (schema: unknown): Notes | undefined =>
  (schema as { [NOTES]?: Notes } | undefined)?.[NOTES];

const shapeOf = (schema: z.ZodType): object => ('shape' in schema ? (schema.shape as object) : {});
