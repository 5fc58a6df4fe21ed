/** Checks every response in tests against openapi/openapi.json. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

export interface OpenApi {
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: {
    schemas: Record<string, unknown>;
    parameters: Record<string, unknown>;
    responses?: Record<string, OpenApiResponse>;
  };
}

export interface OpenApiResponse {
  $ref?: string;
  description: string;
  headers?: Record<string, unknown>;
  content?: Record<string, { schema: object; example?: unknown; examples?: unknown }>;
}

export interface OpenApiOperation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  parameters?: {
    name: string;
    in: string;
    description?: string;
    example?: unknown;
    schema: { items?: { enum?: readonly string[] } };
  }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, OpenApiResponse>;
}

/** The document as it is. */
export const openapi: OpenApi = JSON.parse(
  readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'),
);

type Parameter = NonNullable<OpenApiOperation['parameters']>[number];

/** A parameter of an operation, which may be one of the components. */
function resolved(parameter: Parameter | { $ref: string }): Parameter {
  const found =
    '$ref' in parameter
      ? (openapi.components.parameters[parameter.$ref.split('/').at(-1) as string] as Parameter)
      : parameter;
  const { examples = [] } = found.schema as { examples?: unknown[] };
  return { ...found, example: found.example ?? examples[0] };
}

/** Every operation, with its parameters in place. */
export const paths: OpenApi['paths'] = Object.fromEntries(
  Object.entries(openapi.paths).map(([template, methods]) => [
    template,
    Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [
        method,
        { ...operation, ...(operation.parameters && { parameters: operation.parameters.map(resolved) }) },
      ]),
    ),
  ]),
);

const ajv = new Ajv2020({ strict: false, allErrors: true });
(formats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema(openapi as never, 'openapi');

const validators = new Map<string, ValidateFunction>();

/** A validator for a place in the document, by its JSON Pointer. */
function validatorAt(pointer: string, parts: Asked | null): ValidateFunction {
  const name = parts ? `${pointer} ${parts.asked}` : pointer;
  const known = validators.get(name);
  if (known) return known;
  const whole = { $ref: `openapi#${pointer}` };
  const some =
    parts &&
    (parts.name === 'fields' ? projection(whole, parts.asked) : withSome(whole, parts.asked, parts.all));
  const made = ajv.compile(some ?? whole);
  validators.set(name, made);
  return made;
}

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  required?: string[];
}

/** A schema whose references are to the document from outside of it. */
function schemaAt({ $ref }: Schema): Schema {
  const parts = String($ref).split('#/')[1]?.split('/') ?? [];
  const found = parts.reduce(
    (node, part) =>
      node[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')] as Record<string, unknown>,
    openapi as unknown as Record<string, unknown>,
  );
  return JSON.parse(JSON.stringify(found).replaceAll('"#/', '"openapi#/'));
}

/**
 * The schema of an answer with some fields only, of a resource or of all those of a page: what is named is as the whole
 * has it, and there wherever the whole has it; nothing else is there.
 */
function projection(schema: Schema, fields: readonly string[]): object {
  if (schema.$ref) return projection(schemaAt(schema), fields);
  const { properties = {}, required = [] } = schema;
  const { items, page } = properties;
  if (items && page) {
    const some = { ...items, items: projection(items.items as Schema, fields) };
    return { ...schema, properties: { ...properties, items: some } };
  }
  return {
    ...schema,
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => fields.includes(name))),
    required: required.filter((name) => fields.includes(name)),
    additionalProperties: false,
  };
}

/** The schema of figures with some measures only, and nothing else that it does not name. */
function withSome(schema: Schema, measures: readonly string[], all: readonly string[]): object {
  if (schema.$ref) return withSome(schemaAt(schema), measures, all);
  const { properties = {}, required = [] } = schema;
  const left = (name: string) => !all.includes(name) || measures.includes(name);
  const { items, total, comparison } = properties;
  return {
    ...schema,
    properties: {
      ...Object.fromEntries(Object.entries(properties).filter(([name]) => left(name))),
      ...(items && { items: { ...items, items: withSome(items.items as Schema, measures, all) } }),
      ...(total && { total: withSome(total, measures, all) }),
      ...(comparison && { comparison: withSome(comparison, measures, all) }),
    },
    required: required.filter(left),
    additionalProperties: false,
  };
}

/** What a request asks of an operation by a parameter that names parts of the answer; null where that is all. */
function partsAsked({ parameters = [] }: OpenApiOperation, url: string): Asked | null {
  for (const name of ['fields', 'measures'] as const) {
    const asked = new URL(url, 'http://localhost').searchParams.getAll(name);
    const known = parameters.find((parameter) => parameter.in === 'query' && parameter.name === name);
    if (!known || asked.length === 0) continue;
    const all = known.schema.items?.enum ?? [];
    return { name, asked: asked.flatMap((names) => names.split(',')), all };
  }
  return null;
}

interface Asked {
  name: 'fields' | 'measures';
  asked: readonly string[];
  /** What may be asked for. */
  all: readonly string[];
}

const escapePart = (part: string): string =>
  encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

const templates = Object.keys(openapi.paths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`),
}));

export function operationFor(
  method: string,
  url: string,
): { template: string; operation: OpenApiOperation } | null {
  const [path = ''] = url.split('?');
  // What is spelled out comes before a parameter in its place: a brace sorts after what addresses are made of.
  const found = templates
    .filter(({ pattern }) => pattern.test(path))
    .sort((a, b) => (a.template < b.template ? -1 : 1))[0];
  const operation = found && paths[found.template]?.[method.toLowerCase()];
  return found && operation ? { template: found.template, operation } : null;
}

/** Whether a successful response is endless. */
export function isEndless(method: string, url: string): boolean {
  const content = operationFor(method, url)?.operation.responses[200]?.content;
  return content !== undefined && 'text/event-stream' in content;
}

/** Whether a body is a single JSON text; newline-delimited JSON is not. */
export const isJson = (type: string): boolean => /^application\/([\w.-]+\+)?json\b/.test(type);

/** By `Accept` or `format` an operation answers what the operation of that format does. */
function inFormat(asked: NonNullable<ReturnType<typeof operationFor>>, media: string): typeof asked {
  for (const extension of ['', '.csv', '.ndjson', '.xlsx', '.md']) {
    const template = `${asked.template}${extension}`;
    const operation = paths[template]?.get;
    if (operation?.responses[200]?.content?.[media]) return { template, operation };
  }
  return asked;
}

/** Whether a body that the document declares was left out on request. @throws where it cannot have been */
function isMinimal(operation: OpenApiOperation, applied: unknown, status: number, place: string): boolean {
  const isTaken = operation.parameters?.some(
    ({ name, example }) => name === 'Prefer' && example === 'return=minimal',
  );
  const isApplied = String(applied).includes('return=minimal');
  const without = isTaken && status === 204;
  if (isApplied && !(without || (isTaken && status === 201))) {
    throw new Error(`${place} does not know return=minimal`);
  }
  if (without && !isApplied) throw new Error(`${place} has no body, and no return=minimal was applied`);
  return isApplied;
}

/**
 * @param applied the `Preference-Applied` of the answer
 * @throws when the answer is not what the document declares
 */
export function checkAgainstContract(
  method: string,
  url: string,
  status: number,
  type: string,
  body: unknown,
  applied: unknown = '',
): void {
  if (method === 'HEAD') {
    if (body !== undefined) throw new Error(`HEAD ${url} has a body`);
    return;
  }
  const asked = operationFor(method, url);
  if (!asked) {
    if (status >= 400) expectValid('/components/schemas/Problem', body, `${method} ${url}`);
    return;
  }
  const media = type.split(';')[0] ?? '';
  const { template, operation } = method === 'GET' && status === 200 ? inFormat(asked, media) : asked;
  const place = `${method} ${template} ${status}`;
  let pointer = `/paths/${escapePart(template)}/${method.toLowerCase()}/responses/${status}`;
  let response = operation.responses[status];
  if (!response) throw new Error(`${place} is not declared; it answered ${JSON.stringify(body)}`);
  if (response.$ref) {
    pointer = response.$ref.slice(1);
    response = openapi.components.responses?.[pointer.split('/').at(-1) as string] as OpenApiResponse;
  }
  if (isMinimal(operation, applied, status, place)) {
    if (body !== undefined) throw new Error(`${place} has a body in spite of return=minimal`);
    return;
  }
  if (!response.content) {
    if (body !== undefined) throw new Error(`${place} is declared without a body`);
    return;
  }
  if (!response.content[media])
    throw new Error(`${place} answered ${media}, declared is ${Object.keys(response.content)}`);
  // For files and endless responses, the document gives nothing to check.
  if (!isJson(media)) return;
  const parts = status < 300 ? partsAsked(operation, url) : null;
  expectValid(`${pointer}/content/${escapePart(media)}/schema`, body, place, parts);
}

function expectValid(pointer: string, body: unknown, place: string, parts: Asked | null = null): void {
  const validate = validatorAt(pointer, parts);
  if (!validate(body)) {
    throw new Error(
      `${place}: ${ajv.errorsText(validate.errors)} in ${String(JSON.stringify(body)).slice(0, 2_000)}`,
    );
  }
}
