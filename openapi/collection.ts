/**
 * The document as a Postman collection (format 2.1, which Bruno, Insomnia and Hoppscotch import as well). A list or a
 * new record fills in the variables of the requests after it (`projectId`), and a record its ETag, so that the requests
 * of a folder can be sent from top to bottom. `npm run collection` writes it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types';

const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';

/** Where the demo listens. */
const BASE_URL = 'http://127.0.0.1:3000';

const METHODS = ['get', 'post', 'put', 'patch'] as const;

export interface Entry {
  key: string;
  value: string;
  description?: string;
  disabled?: boolean;
}

export interface Item {
  name: string;
  request: {
    method: string;
    description: string;
    auth?: { type: 'noauth' };
    header: Entry[];
    url: { raw: string; host: string[]; path: string[]; query: Entry[]; variable: Entry[] };
    body?: { mode: 'raw'; raw: string } | { mode: 'formdata'; formdata: object[] };
  };
  event?: { listen: 'test'; script: { type: 'text/javascript'; exec: string[] } }[];
}

export interface Collection {
  info: { name: string; description: string; schema: string };
  auth: object;
  variable: Entry[];
  item: { name: string; description: string; item: Item[] }[];
}

/** The variable of a parameter in a path: `/v1/projects/{id}` → `projectId`; `memberId` has its name already. */
const variableOf = (template: string, name: string): string =>
  ['id', 'code'].includes(name) ? fieldOf(template.split('/')[2] ?? '', name) : name;

/** `published-figures`, `id` → `publishedFigureId` */
const fieldOf = (plural: string, name: string): string =>
  `${plural.replace(/ies$/, 'y').replace(/s$/, '')}-${name}`.replace(/-(\w)/g, (_, first) =>
    first.toUpperCase(),
  );

/** The variable for the ETag of a record, by the last parameter of its path. */
const etagOf = (template: string): string =>
  variableOf(template, /.*\{(\w+)\}/.exec(template)?.[1] ?? '').replace(/(Id|Code)$/, 'Etag');

/** Headers that are always sent, and not with the example of the document. */
const headersOf = (template: string): Readonly<Record<string, string>> => ({
  'If-Match': `{{${etagOf(template)}}}`,
  'Idempotency-Key': '{{$guid}}',
});

/** A value as text; a list has commas. */
const textOf = (value: unknown): string => String(value ?? '');

export function collectionOf({ info, tags = [], paths = {}, components }: OpenApi.Document): Collection {
  function resolve<T extends object>(node: T | OpenApi.ReferenceObject): T {
    if (!('$ref' in node)) return node;
    const [kind = '', name = ''] = node.$ref.split('/').slice(-2);
    return (components as Record<string, Record<string, T>>)[kind]?.[name] as T;
  }
  const parametersOf = ({ parameters = [] }: OpenApi.OperationObject, place: string) =>
    parameters.map((one) => resolve(one)).filter((one) => one.in === place);
  const exampleOf = (schema: OpenApi.SchemaObject | OpenApi.ReferenceObject = {}): unknown =>
    resolve(schema).examples?.[0];
  const valueFor = ({ example, schema }: OpenApi.ParameterObject): string =>
    textOf(example ?? exampleOf(schema as OpenApi.SchemaObject));
  const entryOf = (parameter: OpenApi.ParameterObject, fixed?: string): Entry => ({
    key: parameter.name,
    value: fixed ?? valueFor(parameter),
    description: parameter.description ?? '',
    ...(fixed === undefined && !parameter.required && { disabled: true }),
  });

  // By path: a list comes before its records, and a record before what is below it. What is deleted is deleted last.
  const sorted = Object.keys(paths).sort();
  const having = (template: string, method: (typeof METHODS)[number] | 'delete') => {
    const operation = paths[template]?.[method];
    return operation ? [{ template, method, operation }] : [];
  };
  const operations = [
    ...sorted.flatMap((template) => METHODS.flatMap((method) => having(template, method))),
    ...sorted.reverse().flatMap((template) => having(template, 'delete')),
  ];
  const variables: Record<string, string> = {};
  const guarded = new Set<string>();
  for (const { template, operation } of operations) {
    for (const one of parametersOf(operation, 'path')) {
      variables[variableOf(template, one.name)] = valueFor(one);
    }
    if (parametersOf(operation, 'header').some(({ name }) => name === 'If-Match')) {
      guarded.add(template);
      variables[etagOf(template)] = '';
    }
  }

  /** What an answer fills in. */
  function scriptOf(template: string, method: string): string[] {
    const plural = template.split('/').at(-1) as string;
    const fields = ['id', 'code'].filter((name) => fieldOf(plural, name) in variables);
    const set = (name: string, value: string) => `pm.collectionVariables.set("${name}", ${value});`;
    const etag = guarded.has(template) ? etagOf(template) : fieldOf(plural, 'etag');
    const isRecord = guarded.has(template) ? method !== 'delete' : method === 'post' && etag in variables;
    return [
      ...(isRecord ? [`if (pm.response.code < 300) ${set(etag, 'pm.response.headers.get("ETag")')}`] : []),
      ...(fields.length > 0
        ? [
            'const body = pm.response.code < 300 ? pm.response.json() : {};',
            'const found = body.items ? body.items[0] : body;',
            ...fields.map(
              (name) => `if (found && found.${name}) ${set(fieldOf(plural, name), `found.${name}`)}`,
            ),
          ]
        : []),
    ];
  }

  function bodyOf({
    requestBody,
  }: OpenApi.OperationObject): { type: string; body: Item['request']['body'] }[] {
    const [first] = Object.entries(requestBody ? resolve(requestBody).content : {});
    if (!first) return [];
    const [type, { schema }] = first;
    if (type === 'multipart/form-data') {
      const names = Object.keys(resolve(schema as OpenApi.SchemaObject).properties ?? {});
      return [
        { type, body: { mode: 'formdata', formdata: names.map((key) => ({ key, type: 'file', src: [] })) } },
      ];
    }
    const example = exampleOf(schema as OpenApi.SchemaObject);
    const text = typeof example === 'string' ? example : JSON.stringify(example, null, 2);
    // The ids in examples of bodies are those of enterprises.
    const raw = text.replaceAll(variables.enterpriseId as string, '{{enterpriseId}}');
    return [{ type, body: { mode: 'raw', raw } }];
  }

  function itemOf({ template, method, operation }: (typeof operations)[number]): Item {
    const path = template.slice(1).replaceAll(/\{(\w+)\}/g, ':$1');
    const query = parametersOf(operation, 'query').map((one) => entryOf(one));
    const sent = query.filter(({ disabled }) => !disabled).map(({ key, value }) => `${key}=${value}`);
    const exec = scriptOf(template, method);
    const [content] = bodyOf(operation);
    // The boundary of a form is known only when it is sent.
    const type =
      content && content.body?.mode === 'raw' ? [{ key: 'Content-Type', value: content.type }] : [];
    return {
      name: operation.summary ?? '',
      request: {
        method: method.toUpperCase(),
        description: operation.description ?? '',
        ...(operation.security?.length === 0 && { auth: { type: 'noauth' } }),
        header: [
          ...type,
          ...parametersOf(operation, 'header').map((one) => entryOf(one, headersOf(template)[one.name])),
        ],
        url: {
          raw: `{{baseUrl}}/${path}${sent.length > 0 ? `?${sent.join('&')}` : ''}`,
          host: ['{{baseUrl}}'],
          path: path.split('/'),
          query,
          variable: parametersOf(operation, 'path').map((one) =>
            entryOf(one, `{{${variableOf(template, one.name)}}}`),
          ),
        },
        ...(content?.body && { body: content.body }),
      },
      ...(exec.length > 0 && { event: [{ listen: 'test', script: { type: 'text/javascript', exec } }] }),
    };
  }

  return {
    info: { name: info.title, description: info.description ?? '', schema: SCHEMA },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{key}}', type: 'string' }] },
    variable: Object.entries({ baseUrl: BASE_URL, key: '', ...variables }).map(([key, value]) => ({
      key,
      value,
    })),
    item: tags.map(({ name, description = '' }) => ({
      name,
      description,
      item: operations.filter(({ operation }) => operation.tags?.includes(name)).map(itemOf),
    })),
  };
}

/** As the file has it. */
export const collectionText = (document: OpenApi.Document): string =>
  `${JSON.stringify(collectionOf(document), null, 2)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const beside = (name: string) => new URL(name, import.meta.url);
  const document = JSON.parse(readFileSync(beside('openapi.json'), 'utf8'));
  writeFileSync(beside('luodi.postman_collection.json'), collectionText(document));
}
