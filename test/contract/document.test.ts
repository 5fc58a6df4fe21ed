import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../src/app.ts';
import { type Body, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { isEndless, openapi } from '../support/contract.ts';
import { bodyExamples, named, operations, resolve } from './operations.ts';

const file = new URL('../../openapi/openapi.json', import.meta.url);

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const ajv = new Ajv2020({ strict: false });
(formats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema(openapi as never, 'openapi');

/** Whether a value matches a schema of the document. */
const isValid = (schema: object, value: unknown): boolean => {
  const text = JSON.stringify(schema).replaceAll('"#/', '"openapi#/');
  return ajv.compile(JSON.parse(text))(value);
};

describe('the document', () => {
  it('is that of the service: run `npm run openapi` if it is not', async () => {
    const document = await openApiDocument();
    expect(openapi).toEqual(JSON.parse(JSON.stringify(document)));
    expect(readFileSync(file, 'utf8')).toBe(`${JSON.stringify(document, null, 2)}\n`);
  });

  it('is served unchanged', async () => {
    const answer = await api.get('/openapi.json');
    expect(answer).toMatchObject({ status: 200, body: openapi });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
  });

  it('can only be read', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await api.request(method, '/openapi.json');
      expectProblem(answer, 405, 'request.method_not_allowed');
      expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS');
    }
  });

  it('is OpenAPI 3.1 and only has internal references', () => {
    expect(openapi).toMatchObject({ openapi: expect.stringMatching(/^3\.1\.\d$/) });
    const references = [...JSON.stringify(openapi).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref);
    expect(references.length).toBeGreaterThan(100);
    for (const $ref of new Set(references)) expect(resolve({ $ref })).toBeTypeOf('object');
  });

  it('has nothing unreferenced', () => {
    const text = JSON.stringify(openapi);
    for (const [kind, members] of Object.entries(openapi.components)) {
      for (const name of Object.keys(members ?? {})) {
        if (kind === 'securitySchemes') expect(text).toContain(`"security":[{"${name}":[]}`);
        else expect(text, `${kind} ${name}`).toContain(`"#/components/${kind}/${name}"`);
      }
    }
  });

  it('has unique operation ids', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.toSorted()).toEqual([...new Set(ids)].sort());
  });

  it('describes and uses every tag', () => {
    const { tags } = openapi as unknown as { tags: { name: string; description: string }[] };
    for (const { description } of tags) expect(description.length).toBeGreaterThan(10);
    const used = new Set(operations.flatMap((operation) => operation.tags));
    expect([...used].sort()).toEqual(tags.map(({ name }) => name).sort());
  });

  it('has no example that a reader would send unasked', () => {
    const inPaths = Object.values(openapi.paths).flatMap((methods) =>
      Object.values(methods).flatMap(({ parameters = [] }) => parameters as Body[]),
    );
    const optional = [...inPaths, ...(Object.values(openapi.components.parameters) as Body[])].filter(
      (parameter) => !('$ref' in parameter || parameter.required),
    );
    expect(optional.length).toBeGreaterThan(100);
    for (const parameter of optional) {
      expect(parameter, parameter.name).not.toHaveProperty('example');
    }
  });

  it('has only valid examples of its schemas', () => {
    const schemas = Object.entries(openapi.components.schemas) as [string, Body][];
    for (const [name, schema] of schemas) {
      for (const example of schema.examples ?? []) {
        expect(
          isValid({ $ref: `#/components/schemas/${name}` }, example),
          `${name} ${JSON.stringify(example)}`,
        ).toBe(true);
      }
    }
  });
});

describe.each(named())('%s', (_, operation) => {
  const { parameters = [], responses, requestBody, template, method } = operation;

  it('has an id, a summary, a description and a tag', () => {
    expect(operation.operationId).toMatch(/^[a-z][A-Za-z0-9]+$/);
    expect(operation.summary).toMatch(/^[A-Z].{3,80}[^.]$/);
    expect(operation.description).toMatch(/^[A-Z][\s\S]*\.$/);
    expect(operation.tags).toHaveLength(1);
  });

  it('describes each parameter and gives a valid example', () => {
    for (const parameter of parameters) {
      const { name, description, example, schema } = parameter;
      expect(description, name).toMatch(/\S{2,}/);
      expect(example, name).toBeDefined();
      const values = resolve(schema).type === 'array' ? [example].flat() : example;
      expect(isValid(schema, values), `${name} ${JSON.stringify(example)}`).toBe(true);
    }
  });

  it('has every part of its path as a parameter, once', () => {
    const inPath = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const told = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    expect(told).toEqual(inPath);
    const all = parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
    expect(new Set(all).size).toBe(all.length);
  });

  it('gives valid examples of its body', () => {
    if (!requestBody) return;
    const examples = bodyExamples(operation);
    expect(examples.length).toBeGreaterThan(0);
    for (const { schema } of Object.values(requestBody.content)) {
      // Files are not examined here.
      if (resolve(schema).type === 'string') continue;
      expect(resolve(schema).additionalProperties).toBe(false);
      if (typeof examples[0] === 'string' || examples[0] instanceof FormData) continue;
      for (const example of examples) expect(isValid(schema, example), JSON.stringify(example)).toBe(true);
    }
  });

  it('declares every possible problem, all in the same form', () => {
    const writes = method !== 'GET';
    const guarded = ['PATCH', 'PUT', 'DELETE'].includes(method);
    const expected = [
      400,
      422,
      500,
      503,
      // Of what is not there, a PUT makes something, or says that its condition does not hold.
      ...(template.includes('{') && method !== 'PUT' ? [404] : []),
      // Any key may ask for a token.
      ...(writes && operation.operationId !== 'createStreamToken' ? [403] : []),
      ...(writes ? [413, 415] : []),
      ...(guarded ? [412, 428] : []),
    ];
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(expected.map(String)));
    for (const [status, response] of Object.entries(responses)) {
      if (Number(status) < 400) continue;
      const { content, description } = resolve(response);
      expect(description).toMatch(/\S/);
      expect(Object.keys(content)).toEqual(['application/problem+json']);
      expect(content['application/problem+json'].schema.$ref).toBe('#/components/schemas/Problem');
    }
  });

  it('declares one success, with a body unless there is none', () => {
    const [first = '', ...others] = Object.keys(responses).filter((status) => /^2/.test(status));
    // What goes on after the answer is answered alike, and so is what a PUT creates.
    const isMinimal = parameters.some(({ example }) => example === 'return=minimal');
    expect(others).toEqual([
      ...(method === 'PUT' ? ['201'] : []),
      ...('202' in responses ? ['202'] : []),
      ...(isMinimal && first === '200' ? ['204'] : []),
    ]);
    // A change whose answer somebody can do without says so; an import, a secret and a test cannot be done without.
    const isNeeded =
      /^(createImport(FromForm)?|cancelImport|createKey|createStreamToken|createWebhook|rotateWebhookSecret|testWebhook)$/.test(
        operation.operationId,
      );
    expect(isMinimal).toBe(method !== 'GET' && first !== '204' && !isNeeded);
    for (const other of others.filter((status) => status !== '204')) {
      expect(resolve(responses[other]).content).toEqual(resolve(responses[first]).content);
    }
    const { content } = resolve(responses[first]);
    expect(content === undefined).toBe(first === '204');
    const conditional = method === 'GET' && template.startsWith('/v1/') && !isEndless(method, template);
    expect('304' in responses).toBe(conditional);
  });

  it('asks for If-Match exactly where it changes or deletes, and for that or its opposite where it puts', () => {
    const headers = Object.fromEntries(parameters.map((one) => [one.name, (one as Body).required]));
    const expected = { PATCH: true, DELETE: true, PUT: false }[method];
    expect(headers['If-Match']).toBe(expected);
    if (method === 'PUT') expect(headers['If-None-Match']).toBe(false);
  });
});

const docs = ['/docs', '/docs/'];

describe.each(docs)('%s', (page) => {
  it('is HTML with all parts from this server', async () => {
    const { status, text, headers } = await api.get(page);
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/html/);
    const parts = [...text.matchAll(/<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)="([^"]+)"/g)].map(
      ([, address]) => address as string,
    );
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) {
      const address = new URL(part, `http://luodi.invalid${page}`);
      expect(address.host, part).toBe('luodi.invalid');
      expect((await api.get(address.pathname)).status, part).toBe(200);
    }
  });

  it('loads no scripts or styles from another host', async () => {
    const { text } = await api.get(page);
    expect(text).not.toMatch(/(?:src|href|action)\s*=\s*["']?(?:https?:)?\/\//i);
    expect(text).not.toMatch(/@import|url\(\s*["']?(?:https?:)?\/\//i);
  });

  it('uses no external validator', async () => {
    const { status, text } = await api.get('/docs/static/swagger-initializer.js');
    expect(status).toBe(200);
    expect(text).toMatch(/validatorUrl:\s*null/);
    expect(text).not.toMatch(/["'](?:https?:)?\/\/(?!luodi)[a-z]/i);
  });

  it('shows the document', async () => {
    expect((await api.get('/docs/json')).body).toEqual(openapi);
  });

  it('work over plain HTTP as well, without external resources', async () => {
    const { headers } = await api.get('/docs/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    // Neither script nor style may stand in the page itself.
    for (const kind of ['connect', 'script', 'style'])
      expect(policy).toMatch(new RegExp(`${kind}-src 'self'(;|$)`));
    expect(policy).not.toContain('upgrade-insecure-requests');
    // Neither a host nor a bare scheme, which would allow all hosts: `data:` refers to none.
    const sources = policy.split(/;\s*/).flatMap((directive) => directive.split(' ').slice(1));
    expect(new Set(sources)).toEqual(new Set(["'self'", "'none'", 'data:']));
    expect(policy).toMatch(/img-src 'self' data:/);
  });
});

describe('the document bounds', () => {
  /** Every schema, with the place where it stands. */
  function* schemasIn(node: unknown, place = ''): Generator<[place: string, schema: Body]> {
    if (typeof node !== 'object' || node === null) return;
    const schema = node as Body;
    if (typeof schema.type === 'string') yield [place, schema];
    for (const [key, value] of Object.entries(schema)) {
      if (!['example', 'examples', 'default', 'enum', 'const'].includes(key)) {
        yield* schemasIn(value, `${place}/${key}`);
      }
    }
  }

  // A file has as many rows as are selected.
  const files = /components\/schemas\/(Csv|Ndjson|Xlsx)File|MarkdownText/;
  const limits: Record<string, (schema: Body) => boolean> = {
    string: ({ maxLength, enum: choices, const: only }) => (maxLength ?? choices ?? only) !== undefined,
    integer: ({ format, minimum, maximum }) =>
      format !== undefined && minimum !== undefined && maximum !== undefined,
    array: ({ maxItems }) => maxItems !== undefined,
  };

  it.each(Object.keys(limits))('every %s', (type) => {
    const unbounded = [...schemasIn(openapi)]
      .filter(([place, schema]) => schema.type === type && !files.test(place) && !limits[type]?.(schema))
      .map(([place]) => place);
    expect(unbounded).toEqual([]);
  });
});

describe('operation ids', () => {
  const schemas = Object.keys(openapi.components.schemas).map((name) => name.toLowerCase());

  it.each(operations.map(({ operationId }) => [operationId]))(
    '%s is a verb and a noun, and no schema',
    (id) => {
      expect(id).toMatch(
        /^(list|read|create|change|delete|archive|restore|add|export|stream|cancel|revoke|reconcile|put|redeliver|rotate|test)[A-Z]/,
      );
      expect(schemas).not.toContain(id.toLowerCase());
    },
  );
});
