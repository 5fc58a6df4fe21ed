/** Checks every response in tests against openapi/openapi.json. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

export interface OpenApi {
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: { schemas: Record<string, unknown>; responses?: Record<string, OpenApiResponse> };
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
  parameters?: { name: string; in: string; description?: string; example?: unknown; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, OpenApiResponse>;
}

export const openapi: OpenApi = JSON.parse(
  readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'),
);

const ajv = new Ajv2020({ strict: false, allErrors: true });
(formats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema(openapi as never, 'openapi');

const validators = new Map<string, ValidateFunction>();

/** A validator for the schema at a JSON Pointer of the document. */
function validatorAt(pointer: string): ValidateFunction {
  const known = validators.get(pointer);
  if (known) return known;
  const made = ajv.compile({ $ref: `openapi#${pointer}` });
  validators.set(pointer, made);
  return made;
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
  // A fixed path takes precedence over one with a parameter.
  const found = templates
    .filter(({ pattern }) => pattern.test(path))
    .sort((a, b) => a.template.split('{').length - b.template.split('{').length)[0];
  const operation = found && openapi.paths[found.template]?.[method.toLowerCase()];
  return found && operation ? { template: found.template, operation } : null;
}

/** Whether a successful response is endless. */
export function isEndless(method: string, url: string): boolean {
  const content = operationFor(method, url)?.operation.responses[200]?.content;
  return content !== undefined && 'text/event-stream' in content;
}

/** Whether a body is a single JSON text; newline-delimited JSON is not. */
export const isJson = (type: string): boolean => /^application\/([\w.-]+\+)?json\b/.test(type);

/** @throws if the response differs from the document */
export function checkAgainstContract(
  method: string,
  url: string,
  status: number,
  type: string,
  body: unknown,
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
  const { template, operation } = asked;
  const place = `${method} ${template} ${status}`;
  let pointer = `/paths/${escapePart(template)}/${method.toLowerCase()}/responses/${status}`;
  let response = operation.responses[status];
  if (!response) throw new Error(`${place} is not declared; it answered ${JSON.stringify(body)}`);
  if (response.$ref) {
    pointer = response.$ref.slice(1);
    response = openapi.components.responses?.[pointer.split('/').at(-1) as string] as OpenApiResponse;
  }
  if (!response.content) {
    if (body !== undefined) throw new Error(`${place} is declared without a body`);
    return;
  }
  const media = type.split(';')[0] ?? '';
  if (!response.content[media])
    throw new Error(`${place} answered ${media}, declared is ${Object.keys(response.content)}`);
  // For files and endless responses, the document gives nothing to check.
  if (!isJson(media)) return;
  expectValid(`${pointer}/content/${escapePart(media)}/schema`, body, place);
}

function expectValid(pointer: string, body: unknown, place: string): void {
  const validate = validatorAt(pointer);
  if (!validate(body)) {
    throw new Error(
      `${place}: ${ajv.errorsText(validate.errors)} in ${String(JSON.stringify(body)).slice(0, 2_000)}`,
    );
  }
}
