/** Metadata of operations, and how the zod schemas become one OpenAPI 3.1 document. */

import type { SwaggerOptions } from '@fastify/swagger';
import type { FastifySchema } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { OpenAPIV3_1 } from 'openapi-types';
import * as z from 'zod';
import { packageVersion } from '../core/package.ts';
import { titles } from './messages.ts';
import { ProblemBody } from './problems.ts';
import { replacingParameters } from './replacing.ts';

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
    /** The media types besides that one in which the same may be had. */
    also?: Readonly<Record<string, { schema: z.ZodType }>>;
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
}

const ifMatch = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description: 'The ETag of the version you read; 412 if it has changed since.',
  schema: { type: 'string' },
  example: '"8Vv1qkQ5nqJkYlHq2x0cVqf0aGM"',
};

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'A new value for each operation, such as a UUID. Repeating the request within 24 hours returns the first response, with `Idempotency-Replayed: true`, and has no second effect. Refused with a different request (422), while the first is in progress (409), and if too many responses are stored for the API key (429).',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
  example: '5b0c1f5d-0f6f-4c35-91d8-a3c7b8b6a4c1',
};

const lastEventId = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  description:
    'Id of the last event you have; takes precedence over `after`. Browsers send it automatically.',
  schema: { type: 'integer', minimum: 0 },
  example: 12,
};

const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The ETag of an earlier response; 304 without a body if it is still current.',
  schema: { type: 'string' },
  example: '"1207-x1pAq8bXQmBqQ0m9v7dYwA"',
};

const prefer = {
  name: 'Prefer',
  in: 'header',
  required: false,
  description:
    'With `respond-async` the response is an immediate 202 with the `Location` of the import (RFC 7240).',
  schema: { type: 'string' },
  example: 'respond-async',
};

const file = { type: 'string', format: 'binary' } as const;

/** How a body of a type looks, where that is not just any bytes. */
const BODIES: Readonly<Record<string, OpenAPIV3_1.SchemaObject>> = {
  'text/csv': {
    type: 'string',
    examples: [
      '项目编号,项目名称,项目级别,签约日期,投资总额(亿元)\r\nHYRD-2020-0002,示例项目 0002,省级,2020-06-29,30\r\n',
    ],
  },
  'multipart/form-data': {
    type: 'object',
    properties: { file },
    required: ['file'],
    additionalProperties: false,
  },
};

/** A body that is a file, plain or as the only part of a form. */
const fileBody = (types: readonly string[]): OpenAPIV3_1.RequestBodyObject => ({
  required: true,
  content: Object.fromEntries(types.map((type) => [type, { schema: BODIES[type] ?? file }])),
});

const etag: OpenAPIV3_1.HeaderObject = {
  description: 'Identifies this version of the response.',
  schema: { type: 'string' },
};

/** The schema of a route: what validates it and what the document says about it. */
export function operation<
  Body extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Params extends z.ZodType = z.ZodUndefined,
  Success extends z.ZodType = z.ZodUndefined,
>(about: Operation<Body, Query, Params, Success>) {
  const { success, conditional = false, guarded = false, retryable = false, resumable = false } = about;
  const problems = new Set<ProblemStatus>([
    ...ALWAYS,
    ...PROBLEMS_OF[about.access],
    ...(about.body || about.takes || guarded ? WITH_BODY : []),
    ...(about.created ? ([412, 428] as const) : []),
    ...(guarded ? ([404, 412, 428] as const) : []),
    ...(retryable ? ([409] as const) : []),
    ...(success.also ? ([406] as const) : []),
    ...(about.problems ?? []),
  ]);
  const responses: Record<number, unknown> = {};
  const { schema, status = 200, description, type = 'application/json', also } = success;
  responses[status] = schema
    ? { description, content: { [type]: { schema }, ...also } }
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
    description: about.description ?? `${about.summary}.`,
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
      paged: about.query !== undefined && 'cursor' in shapeOf(about.query),
    },
  } as unknown as FastifySchema & { body: Body; querystring: Query; params: Params };
}

const PROBLEMS_OF: Record<Access, readonly ProblemStatus[]> = {
  open: [],
  statistics: [401, 429],
  read: [401, 429],
  edit: [401, 403, 429],
  administer: [401, 403, 429],
};

const NOTES = 'x-notes';

interface Notes {
  retryable: boolean;
  resumable: boolean;
  takes: readonly string[] | undefined;
  mayGoOn: boolean;
  replaces: boolean;
  access: Access;
  conditional: boolean;
  guarded: boolean;
  paged: boolean;
}

/** What `operation` said of a route; undefined of one that is not in the document. */
export const notesOf = (schema: unknown): Notes | undefined =>
  (schema as { [NOTES]?: Notes } | undefined)?.[NOTES];

const shapeOf = (schema: z.ZodType): object => ('shape' in schema ? (schema.shape as object) : {});

type Document = OpenAPIV3_1.Document;
type PathOperation = OpenAPIV3_1.OperationObject & { [NOTES]?: Notes };

const toDocument = createJsonSchemaTransformObject({});

/** The options of @fastify/swagger that make the document. */
/** @param tags what operations are grouped by, in this order, and what each group is about */
export const swaggerOptions = (tags: Readonly<Record<string, string>>): SwaggerOptions => ({
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Luodi',
      summary: 'Investment-project tracking: what was signed, for how much, and what has actually started.',
      description:
        'Every figure is computed from the projects on request, for any day (`asOf`). Dates are `2020-06-29`, timestamps RFC 3339 in UTC, amounts whole yuan. Unknown fields and parameters are rejected by name. Errors are `application/problem+json` in English or Chinese (`Accept-Language`).',
      version: packageVersion,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This service.' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    security: [],
  },
  transform: createJsonSchemaTransform({ skipList: [] }),
  transformObject: (document) => complete(toDocument(document) as Document) as never,
});

/** Adds what zod cannot say: headers, examples where the standard wants them; drops what nothing refers to. */
function complete(document: Document): Document {
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(path ?? {}) as PathOperation[]) {
      completeOperation(operation);
    }
  }
  return dropUnused(document);
}

function completeOperation(operation: PathOperation): void {
  const notes = operation[NOTES];
  delete operation[NOTES];
  if (notes && notes.access !== 'open') {
    operation.security =
      notes.access === 'statistics' || notes.access === 'read' ? [{ key: [] }, {}] : [{ key: [] }];
  }
  // What a query names only to refuse it for a reason of its own is no parameter.
  const parameters = ((operation.parameters ?? []) as OpenAPIV3_1.ParameterObject[]).filter(
    ({ schema = {} }) => !('not' in schema),
  );
  for (const parameter of parameters) completeParameter(parameter);
  if (notes?.guarded) parameters.push(ifMatch as OpenAPIV3_1.ParameterObject);
  if (notes?.replaces) parameters.push(...(replacingParameters as readonly OpenAPIV3_1.ParameterObject[]));
  if (notes?.retryable) parameters.push(idempotencyKey as OpenAPIV3_1.ParameterObject);
  if (notes?.resumable) parameters.push(lastEventId as OpenAPIV3_1.ParameterObject);
  if (notes?.mayGoOn) parameters.push(prefer as OpenAPIV3_1.ParameterObject);
  if (notes?.takes) operation.requestBody = fileBody(notes.takes);
  if (notes?.conditional) parameters.push(ifNoneMatch as OpenAPIV3_1.ParameterObject);
  if (parameters.length > 0) operation.parameters = parameters;
  for (const [status, response] of Object.entries(operation.responses ?? {})) {
    const answer = response as OpenAPIV3_1.ResponseObject;
    if (Number(status) >= 400) {
      (operation.responses as Record<string, OpenAPIV3_1.ReferenceObject>)[status] = {
        $ref: `#/components/responses/${problemName(status)}`,
      };
      continue;
    }
    const tagged =
      Number(status) < 400 &&
      status !== '204' &&
      (notes?.conditional || notes?.guarded || notes?.replaces || (status === '201' && notes?.retryable));
    if (tagged) {
      answer.headers = {
        ETag: etag,
        ...(notes?.paged &&
          status === '200' && {
            Link: { description: 'The next page, `rel="next"` (RFC 8288).', schema: { type: 'string' } },
          }),
      };
    }
  }
}

const securitySchemes = {
  key: {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key, `luodi_…`. The operator may allow reading without a key (`ANONYMOUS_READ`).',
  },
};

const problemName = (status: string): string => `Problem${status}`;

/** The answers of refusal, each described once. */
const problemResponses = Object.fromEntries(
  Object.entries(titles).map(([status, { en }]) => [
    problemName(status),
    {
      description: en,
      ...(['429', '503', '507'].includes(status) && {
        headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } },
      }),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]),
);

/** The example and description stand on the parameter; a list is one parameter with commas. */
function completeParameter(parameter: OpenAPIV3_1.ParameterObject): void {
  const schema = (parameter.schema ?? {}) as OpenAPIV3_1.SchemaObject;
  // zod drops `examples` of what it converts (a list, a number in a query), but not `example`.
  const example = schema.example ?? schema.examples?.[0];
  if (example !== undefined) {
    parameter.example = example;
    delete schema.example;
    delete schema.examples;
  }
  if (schema.description) {
    parameter.description ??= schema.description;
    delete schema.description;
  }
  if (schema.type === 'array') {
    parameter.style = 'form';
    parameter.explode = parameter.in === 'query' && isFlags(schema);
  }
}

const isFlags = (schema: OpenAPIV3_1.SchemaObject): boolean =>
  'items' in schema && (schema.items as OpenAPIV3_1.SchemaObject).type === 'boolean';

/**
 * zod registers each named schema for input and, with a suffix, for output. Unused ones are removed, and so is a suffix
 * that is then not needed to tell two apart.
 */
function dropUnused(document: Document): Document {
  const schemas = document.components?.schemas ?? {};
  const paths = JSON.stringify(document.paths);
  const responses = Object.fromEntries(
    Object.entries(problemResponses).filter(([name]) => paths.includes(`#/components/responses/${name}"`)),
  );
  const used = new Set<string>();
  const visit = (node: unknown): void => {
    for (const [, name] of JSON.stringify(node).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (name === undefined || used.has(name)) continue;
      used.add(name);
      visit(schemas[name]);
    }
  };
  visit(document.paths);
  visit(responses);
  const kept = Object.fromEntries([...used].sort().map((name) => [name, schemas[name]]));
  const pruned = JSON.stringify({
    ...document,
    components: { schemas: kept, responses, securitySchemes },
  });
  const shortened = pruned.replace(/"(#\/components\/schemas\/)?(\w+)Input"/g, (whole, prefix = '', name) =>
    used.has(`${name}Input`) && !used.has(name) ? `"${prefix}${name}"` : whole,
  );
  return JSON.parse(shortened);
}
