/** Builds the OpenAPI 3.1 document from the schemas of all routes. */

import type { SwaggerOptions } from '@fastify/swagger';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { OpenAPIV3_1 } from 'openapi-types';
import { packageVersion } from '../core/package.ts';
import { addLimits } from './bounds.ts';
import { headerRefs, requestHeaders, responseHeaders } from './headers.ts';
import { faults, titles } from './messages.ts';
import { type Access, NOTES, type Notes } from './notes.ts';

/** No file is larger; `docs/limits.md` has the limits of each format. */
const file = { type: 'string', format: 'binary', maxLength: 100 * 1024 * 1024 } as const;

/** Schemas of bodies by media type; other types are arbitrary bytes. */
const BODIES: Readonly<Record<string, OpenAPIV3_1.SchemaObject>> = {
  'text/csv': {
    type: 'string',
    maxLength: file.maxLength,
    examples: [
      '项目编号,项目名称,项目级别,签约日期,投资总额(亿元)\r\nHYRD-2020-0002,示例项目 0002,省级,2020-06-29,30\r\n',
    ],
  },
  'multipart/form-data': {
    type: 'object',
    properties: {
      file,
      mapping: {
        type: 'string',
        pattern: '^(?!none$)[a-z0-9][a-z0-9-]{0,63}$',
        maxLength: 64,
        description: 'Code of the stored mapping to use, instead of the parameter.',
        examples: ['world-bank'],
      },
    },
    required: ['file'],
    additionalProperties: false,
  },
};

/** A body that is a file, plain or as a part of a form. */
const fileBody = (types: readonly string[]): OpenAPIV3_1.RequestBodyObject => ({
  required: true,
  content: Object.fromEntries(types.map((type) => [type, { schema: BODIES[type] ?? file }])),
});

type Document = OpenAPIV3_1.Document;
type JsonSchema = OpenAPIV3_1.SchemaObject;
type PathOperation = OpenAPIV3_1.OperationObject & { [NOTES]?: Notes };

const toDocument = createJsonSchemaTransformObject({});

/**
 * @param tags the groups of operations in order, with their descriptions
 * @param problemCodes every code that a problem may have
 * @param open what may be used without a key
 */
export const swaggerOptions = (
  tags: Readonly<Record<string, string>>,
  problemCodes: readonly string[],
  open: readonly Access[],
): SwaggerOptions => ({
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Luodi',
      summary: 'Investment-project tracking: what was signed, for how much, and what has actually started.',
      description:
        'Every figure is computed from the projects on request, for any day (`asOf`). Dates are `2020-06-29`, timestamps RFC 3339 in UTC, amounts whole yuan. Unknown fields and parameters are rejected by name. Errors are `application/problem+json` in English or Chinese (`Accept-Language`).',
      version: packageVersion,
      contact: { name: 'Luodi' },
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This service.' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    security: [],
  },
  transform: createJsonSchemaTransform({ skipList: [] }),
  transformObject: (document) => complete(toDocument(document) as Document, problemCodes, open) as never,
});

/** Adds what zod cannot express, such as headers, and removes unused components. */
function complete(document: Document, problemCodes: readonly string[], open: readonly Access[]): Document {
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(path ?? {}) as PathOperation[]) {
      completeOperation(operation, open);
    }
  }
  const schemas = (document.components?.schemas ?? {}) as Record<string, JsonSchema>;
  for (const [name, schema] of Object.entries(schemas)) addLimits(schema, name);
  addCodes(schemas, problemCodes);
  const parameters = shareParameters(document);
  return dropUnused({ ...document, components: { schemas, parameters } as never });
}

/** Fills in the codes of errors, which the features declare. */
function addCodes(schemas: Record<string, JsonSchema>, problemCodes: readonly string[]): void {
  const faultCodes = Object.keys(faults).sort();
  const limit = (schema: JsonSchema | undefined, codes: readonly string[]) => {
    if (schema?.properties?.code) Object.assign(schema.properties.code, { enum: codes });
  };
  const { Problem, FileFault } = schemas;
  limit(Problem, [...new Set(problemCodes)].sort());
  limit((Problem?.properties?.errors as { items?: JsonSchema } | undefined)?.items, faultCodes);
  limit(FileFault, faultCodes);
}

/** Moves what several operations share to the components. Of parameters with one name, the most common is moved. */
function shareParameters(document: Document): OpenAPIV3_1.ComponentsObject['parameters'] {
  const lists = Object.values(document.paths ?? {}).flatMap((path) =>
    (Object.values(path ?? {}) as PathOperation[]).map(({ parameters = [] }) => parameters),
  );
  const uses = new Map<string, number>();
  for (const text of lists.flat().map((parameter) => JSON.stringify(parameter))) {
    uses.set(text, (uses.get(text) ?? 0) + 1);
  }
  const shared: Record<string, OpenAPIV3_1.ParameterObject> = {};
  const names = new Map<string, string>();
  for (const [text, count] of [...uses].toSorted(([, a], [, b]) => b - a)) {
    const parameter = JSON.parse(text) as OpenAPIV3_1.ParameterObject;
    if (count < 2 || parameter.name in shared) continue;
    shared[parameter.name] = parameter;
    names.set(text, parameter.name);
  }
  for (const parameters of lists) {
    for (const [i, parameter] of parameters.entries()) {
      const name = names.get(JSON.stringify(parameter));
      if (name) parameters[i] = { $ref: `#/components/parameters/${name}` };
    }
  }
  return Object.fromEntries(Object.entries(shared).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function completeOperation(operation: PathOperation, open: readonly Access[]): void {
  const notes = operation[NOTES];
  delete operation[NOTES];
  const access = notes?.access ?? 'open';
  if (access === 'open') operation.security = [];
  else operation.security = open.includes(access) ? [{}, { key: [] }] : [{ key: [] }];
  // Parameters declared only to be refused with their own error are not documented.
  const parameters = ((operation.parameters ?? []) as OpenAPIV3_1.ParameterObject[]).filter(
    ({ name, schema = {} }) => !('not' in schema) && !notes?.hidden.includes(name),
  );
  if (notes?.guarded) parameters.push(requestHeaders.ifMatch);
  if (notes?.replaces) {
    parameters.push(requestHeaders.ifMatchToReplace, requestHeaders.ifNoneMatchToCreate);
  }
  if (notes?.retryable) parameters.push(requestHeaders.idempotencyKey);
  if (notes?.resumable) parameters.push(requestHeaders.lastEventId);
  if (notes?.mayGoOn) parameters.push(requestHeaders.preferAsync);
  if (notes?.mayBeMinimal) parameters.push(requestHeaders.preferMinimal);
  if (notes?.takes) operation.requestBody = fileBody(notes.takes);
  if (notes?.conditional) parameters.push(requestHeaders.ifNoneMatch);
  if (notes?.asKnown === 'records') parameters.push(requestHeaders.revision);
  if (parameters.length > 0) operation.parameters = parameters.map(completed);
  const announced = notes?.deprecated
    ? headerRefs('Deprecation', 'Sunset', ...(notes.deprecated.link ? (['Link'] as const) : []))
    : {};
  for (const [status, response] of Object.entries(operation.responses ?? {})) {
    const answer = response as OpenAPIV3_1.ResponseObject;
    if (Number(status) >= 400) {
      const name = problemName(status);
      (operation.responses as Record<string, unknown>)[status] = notes?.deprecated
        ? { ...problemResponses[name], headers: { ...problemResponses[name]?.headers, ...announced } }
        : { $ref: `#/components/responses/${name}` };
      continue;
    }
    const shows = status !== '204' || notes?.mayBeMinimal;
    const tagged =
      shows &&
      (notes?.conditional || notes?.guarded || notes?.replaces || (notes?.mayBeMinimal && status !== '200'));
    answer.headers = {
      ...headerRefs(
        ...(tagged ? (['ETag'] as const) : []),
        ...(notes?.mayBeMinimal && status !== '200' ? (['Preference-Applied'] as const) : []),
        ...(notes?.paged && status === '200' ? (['Link'] as const) : []),
        ...(notes && notes.access !== 'open'
          ? (['RateLimit', 'RateLimit-Policy', 'X-Luodi-Revision'] as const)
          : []),
        'Access-Control-Allow-Origin',
      ),
      ...announced,
    } as NonNullable<typeof answer.headers>;
  }
}

const securitySchemes = {
  key: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key, `luodi_…`. What may be read without one depends on the service (`ANONYMOUS_READ`).',
  },
};

const problemName = (status: string): string => `Problem${status}`;

/** The problem responses. */
const problemResponses = Object.fromEntries(
  Object.entries(titles).map(([status, { en }]) => [
    problemName(status),
    {
      description: en,
      headers: headerRefs(
        ...(['429', '503', '507'].includes(status) ? (['Retry-After'] as const) : []),
        'RateLimit',
        'RateLimit-Policy',
        'Access-Control-Allow-Origin',
      ),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]),
);

/**
 * Moves example and description to the parameter; lists are comma-separated. Documentation pages prefill the example of
 * a parameter and do not show that of its schema; an optional one must stay empty, so its example is in the text.
 */
function completed(parameter: OpenAPIV3_1.ParameterObject): OpenAPIV3_1.ParameterObject {
  const { example: given, schema: described, ...others } = parameter;
  const { example: own, examples, description, ...schema } = (described ?? {}) as JsonSchema;
  addLimits(schema, parameter.name);
  // zod drops `examples` of preprocessed schemas (lists, numbers in queries), but not `example`.
  const example = own ?? examples?.[0] ?? given;
  const text = parameter.description ?? description;
  const isList = schema.type === 'array';
  const shown =
    example === undefined
      ? {}
      : parameter.required
        ? { example }
        : {
            description: `${text} Example: \`${example}\`.`,
            schema: { ...schema, examples: [isList ? [example].flat() : example] },
          };
  return {
    ...others,
    ...(text && { description: text }),
    ...(schema.deprecated && { deprecated: true }),
    ...(isList && { style: 'form', explode: parameter.in === 'query' && isFlags(schema) }),
    schema,
    ...shown,
  } as OpenAPIV3_1.ParameterObject;
}

const isFlags = (schema: OpenAPIV3_1.SchemaObject): boolean =>
  'items' in schema && (schema.items as OpenAPIV3_1.SchemaObject).type === 'boolean';

/**
 * zod registers each named schema twice, for input (with a suffix) and output. Removes unused ones, and suffixes that are
 * then unnecessary.
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
  visit(document.components?.parameters ?? {});
  visit(responses);
  const texts = JSON.stringify([document.paths, responses]);
  const headers = Object.fromEntries(
    Object.entries(responseHeaders).filter(([name]) => texts.includes(`#/components/headers/${name}"`)),
  );
  const kept = Object.fromEntries([...used].sort().map((name) => [name, schemas[name]]));
  const pruned = JSON.stringify({
    ...document,
    components: {
      schemas: kept,
      parameters: document.components?.parameters,
      headers,
      responses,
      securitySchemes,
    },
  });
  const shortened = pruned.replace(/"(#\/components\/schemas\/)?(\w+)Input"/g, (whole, prefix = '', name) =>
    used.has(`${name}Input`) && !used.has(name) ? `"${prefix}${name}"` : whole,
  );
  return JSON.parse(shortened);
}
