import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { isEndless, openapi } from '../support/contract.ts';
import { expectRefused } from '../support/state.ts';
import {
  addresses,
  bodyExamples,
  grounded,
  named,
  type Operation,
  operations,
  recordedNow,
  requiredQuery,
} from './operations.ts';

let api: TestApp;
let addressOf: (operation: Operation) => string;
const routes: RouteOptions[] = [];

/**
 * Collects every route from the first: Fastify announces each instance before anything is registered on it.
 */
const listen = (message: unknown): void => {
  const { fastify } = message as { fastify: FastifyInstance };
  fastify.addHook('onRoute', (route) => {
    routes.push(route);
  });
};

beforeAll(async () => {
  subscribe('fastify.initialization', listen);
  api = await testApp();
  unsubscribe('fastify.initialization', listen);
  addressOf = await addresses(api);
});
afterAll(() => api.close());

const templateOf = (url: string): string => url.replace(/:(\w+)/g, '{$1}');
const methodsOf = ({ method }: RouteOptions): string[] => [method].flat();

describe('the routes of the service', () => {
  it('are exactly the operations of the document', () => {
    const told = routes
      .filter(({ schema }) => !schema?.hide)
      .flatMap((route) => methodsOf(route).map((method) => `${method} ${templateOf(route.url)}`))
      .filter((name) => !name.startsWith('HEAD '));
    expect(told.length).toBeGreaterThan(35);
    expect(told.toSorted()).toEqual(operations.map((one) => `${one.method} ${one.template}`).sort());
  });

  it('that are not in the document only refuse, or serve the document, the page or a monitor', () => {
    const hidden = routes.filter(({ schema }) => schema?.hide);
    const others = hidden.filter(({ url }) => !(templateOf(url) in openapi.paths)).map(({ url }) => url);
    for (const url of others) expect(url).toMatch(/^\/(|openapi\.json|metrics|docs(\/.*)?|dashboard\/.+)$/);
    expect(others.length).toBeGreaterThan(0);
  });
});

const paths = Object.keys(openapi.paths).map((template) => {
  const own = operations.filter((operation) => operation.template === template);
  return [template, own] as const;
});

describe.each(paths)('%s', (_, own) => {
  const first = own[0] as Operation;
  const methods = own.map(({ method }) => method);
  const allowed = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort();
  const split = (allow: unknown) => String(allow).split(', ').sort();

  it('refuses all other methods, and lists its own', async () => {
    const others = api.app.supportedMethods.filter((method) => !allowed.includes(method));
    expect(others.length).toBeGreaterThan(2);
    for (const method of others) {
      const answer = await api.request(method, addressOf(first), method === 'TRACE' ? undefined : {});
      expect(answer.status).toBe(405);
      expect(split(answer.headers.allow)).toEqual(allowed);
      if (method === 'HEAD') continue;
      expectProblem(answer, 405, 'request.method_not_allowed');
      expect(answer.body.detail).toContain(method);
    }
  });

  it('refuses them with any body', async () => {
    const headers = { 'content-type': 'text/plain' };
    const method = ['PUT', 'PATCH'].find((one) => !allowed.includes(one)) as string;
    const answer = await api.request(method, addressOf(first), 'not { JSON', headers);
    expectProblem(answer, 405, 'request.method_not_allowed');
  });

  it('lists its methods for OPTIONS', async () => {
    const answer = await api.request('OPTIONS', addressOf(first));
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(split(answer.headers.allow)).toEqual(allowed);
  });

  if (methods.includes('GET')) {
    it('responds to HEAD like to GET, without the body', async () => {
      const query = new URLSearchParams(
        requiredQuery(own.find(({ method }) => method === 'GET') as Operation),
      );
      const url = `${addressOf(first)}?${query}`;
      const [get, head] = [await api.get(url), await api.request('HEAD', url)];
      expect(get.status).toBe(200);
      expect(head).toMatchObject({ status: 200, text: '', etag: get.etag });
      // Endless responses have no length, and HEAD without a body has length 0.
      const length = isEndless('GET', url) ? [] : ['content-length'];
      for (const name of ['content-type', 'cache-control', ...length]) {
        expect(head.headers[name], name).toBe(get.headers[name]);
      }
    });
  }
});

/** Calls an operation with the first example of its body, with the current ETag. */
function call(operation: Operation, query: Record<string, string> = {}, body = bodyExamples(operation)[0]) {
  const parameters = new URLSearchParams({ ...requiredQuery(operation), ...query });
  return api.request(operation.method, `${addressOf(operation)}?${parameters}`, body, { 'if-match': '*' });
}

describe.each(named())('%s', (_, operation) => {
  it('refuses unknown parameters by name', async () => {
    const send = () => call(operation, { nonsense: '1' });
    await expectRefused(api, send, 422, 'request.invalid', [['nonsense', 'unknown_parameter']]);
  });
});

const queries = operations.flatMap((operation) =>
  (operation.parameters ?? [])
    // A cursor and a token come from an earlier response.
    .filter((parameter) => parameter.in === 'query' && !['cursor', 'token'].includes(parameter.name))
    .map(
      ({ name, example }) => [`${operation.method} ${operation.template}`, name, example, operation] as const,
    ),
);

describe('the examples', () => {
  it.each(queries)('of %s: the parameter %s is accepted', async (_, name, example, operation) => {
    // Parameters that depend on the day are refused for figures of several days, although every filter has
    // them.
    const given = { [name]: String(example), ...(await recordedNow(api, name)) };
    const answer = await call(operation, given);
    const refusedWith = (code: string) =>
      answer.body?.errors?.every((error: Body) => error.code === code) ?? false;
    const moving = refusedWith('depends_on_day');
    // A file is sent as what the example is not, or by a mapping that is not there.
    if (operation.template.startsWith('/v1/imports') && answer.status !== 200) {
      expect(answer.body.code).toBeOneOf([
        'imports.wrong_encoding',
        'imports.no_headings',
        'mappings.not_found',
      ]);
      return;
    }
    // Format options only apply to sheets.
    if (refusedWith('not_for_format')) {
      expect(await call(operation, { ...given, format: 'csv' })).toMatchObject({
        status: 200,
      });
    } else if (!moving) expect(answer).toMatchObject({ status: 200 });
    else expect(operation.template).toMatch(/^\/v1\/statistics\/(timeline|cohorts)$/);
  });

  it.each(named(operations.filter(({ requestBody }) => requestBody)))(
    'of %s: the body is accepted',
    async (_, operation) => {
      const [enterprise] = (await api.get('/v1/enterprises?limit=1')).body.items;
      for (const example of bodyExamples(operation)) {
        const answer = await call(operation, {}, grounded(example, enterprise.id));
        // The example may exist already.
        if (answer.status === 409) expect(answer.body.code).toMatch(/_taken$/);
        else expect(answer.status).toBeOneOf([200, 201]);
      }
    },
  );

  it.each(named(operations.filter(({ template }) => template.includes('{'))))(
    'of %s: the id is valid',
    async (_, operation) => {
      const examples = operation.parameters?.filter((parameter) => parameter.in === 'path');
      const exampleOf = (name: string) => String(examples?.find((one) => one.name === name)?.example);
      const url = operation.template.replaceAll(/\{(\w+)\}/g, (_, name) => exampleOf(name));
      const answer = await api.request(
        'GET',
        url.replace(/\/(restore|revoke|cancel|redeliver|rotate|test)$/, ''),
      );
      expect(answer.status).toBeOneOf([200, 404]);
    },
  );
});
