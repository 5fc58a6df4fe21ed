/** What a client hears of an operation that will go; no operation of the service is deprecated yet. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { deprecationHeaders } from '../../src/http/deprecation.ts';
import { operation } from '../../src/http/operation.ts';
import { Problem } from '../../src/http/problems.ts';
import { operations } from '../contract/operations.ts';
import { type Answer, type Body, clientOf, type TestApp, testApp } from '../support/app.ts';
import { documentAt, examplesIn } from '../support/documents.ts';

const schema = z.object({ items: z.array(z.string()) }).meta({ id: 'OldList' });
const Query = z.strictObject({
  cursor: z.string().optional().meta({ description: 'Place in the list.', deprecated: true }),
});
const dates = { since: '2026-01-01', sunset: '2027-01-01' } as const;
const deprecated = { ...dates, link: '/docs/old' };

const oldRoutes: FastifyPluginAsyncZod = async (app) => {
  const common = { access: 'read', tag: 'operation', query: Query, deprecated } as const;
  app.get(
    '/v1/old',
    {
      schema: operation({
        ...common,
        id: 'listOld',
        summary: 'List what is old',
        success: { description: 'A page.', schema, files: { formats: ['csv'], description: 'Old rows.' } },
      }),
    },
    async ({ query: { cursor } }, reply) => {
      if (cursor === 'bad') throw new Problem('request.unknown_path');
      if (cursor === 'same') return reply.code(304).send();
      return reply.header('link', '</v1/old?cursor=2>; rel="next"').send({ items: [] });
    },
  );
  app.post(
    '/v1/old',
    {
      schema: operation({
        ...common,
        id: 'addOld',
        access: 'edit',
        deprecated: dates,
        summary: 'Add what is old',
        retryable: true,
        success: { status: 201, description: 'Added.', schema },
      }),
    },
    async (_, reply) => reply.code(201).send({ items: [] }),
  );
};

let api: TestApp;
beforeAll(async () => {
  api = await testApp({ more: oldRoutes as never });
});
afterAll(() => api.close());

const announced = ({ headers: { deprecation, sunset, link } }: Answer) => ({ deprecation, sunset, link });
const DATES = { deprecation: '@1767225600', sunset: 'Fri, 01 Jan 2027 00:00:00 GMT' };
const LINK = '</docs/old>; rel="deprecation"';

describe('an operation that is deprecated', () => {
  it('says so beside what it says otherwise', async () => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await api.request(method, '/v1/old');
      expect(answer.status).toBe(200);
      expect(announced(answer)).toEqual({ ...DATES, link: `</v1/old?cursor=2>; rel="next", ${LINK}` });
    }
  });

  it.each([
    [304, 'GET', '/v1/old?cursor=same'],
    [404, 'GET', '/v1/old?cursor=bad'],
    [422, 'GET', '/v1/old?unknown=1'],
  ])('says so with %s', async (status, method, url) => {
    const answer = await api.request(method, url);
    expect(answer.status).toBe(status);
    expect(announced(answer)).toEqual({ ...DATES, link: LINK });
  });

  it('says so to a client without a key', async () => {
    const answer = await clientOf(api.app, null).get('/v1/old');
    expect(answer.status).toBe(401);
    expect(announced(answer)).toEqual({ ...DATES, link: LINK });
  });

  it('says so of its files', async () => {
    expect(announced(await api.get('/v1/old.csv?cursor=bad'))).toEqual({ ...DATES, link: LINK });
  });

  it('links to nothing where there is nothing to read, and may take an Idempotency-Key', async () => {
    for (let i = 0; i < 2; i++) {
      const answer = await api.post('/v1/old', undefined, { 'idempotency-key': 'old' });
      expect(answer.status).toBe(201);
      expect(announced(answer)).toEqual({ ...DATES, link: undefined });
    }
  });

  it('is marked in the document, with the headers of each of its answers', () => {
    const document = api.app.swagger() as Body;
    const { get, post } = document.paths['/v1/old'];
    for (const one of [get, post, document.paths['/v1/old.csv'].get]) {
      expect(one.deprecated).toBe(true);
      expect(one.description).toContain('Deprecated since 2026-01-01; may be removed from 2027-01-01 on.');
      for (const response of Object.values<Body>(one.responses)) {
        expect(response.headers.Deprecation.$ref).toBe('#/components/headers/Deprecation');
        expect(response.headers.Sunset.$ref).toBe('#/components/headers/Sunset');
        expect('Link' in response.headers).toBe(one !== post);
      }
    }
    expect(get.description).toContain('[what to use instead](/docs/old)');
    expect(get.parameters[0]).toMatchObject({ name: 'cursor', deprecated: true });
    expect(Object.keys(document.components.headers)).toEqual(
      expect.arrayContaining(['Deprecation', 'Sunset']),
    );
  });

  it('leaves the others as they are', async () => {
    expect(announced(await api.get('/v1/events'))).toEqual({});
    const { paths, components } = api.app.swagger() as Body;
    expect(paths['/v1/events'].get.deprecated).toBeUndefined();
    expect(paths['/v1/events'].get.responses[400].$ref).toBe('#/components/responses/Problem400');
    expect(components.headers.Deprecation).toBeDefined();
  });
});

describe('the notice', () => {
  it('is as long as the page about versions promises', () => {
    const notice = (sunset: `${number}-${number}-${number}`) =>
      deprecationHeaders({ since: '2027-12-31', sunset });
    // 2028 has a day more.
    expect(() => notice('2028-12-30')).toThrow('less than a year');
    expect(notice('2028-12-31').sunset).toBe('Sun, 31 Dec 2028 00:00:00 GMT');
    expect(documentAt('docs/versions.md')).toContain('at least 12 months');
  });

  it('is given in the page for all that is deprecated', () => {
    const old = operations.filter((one) => (one as Body).deprecated).map(({ template }) => template);
    const told = old.length === 0 ? ['At present nothing is deprecated'] : old;
    for (const text of told) expect(documentAt('docs/versions.md')).toContain(text);
  });

  it('looks in the page as it does in answers', () => {
    const shown = Object.entries({ ...DATES, link: LINK }).map(([name, value]) => `${name}: ${value}`);
    const [example] = examplesIn(documentAt('docs/versions.md')).filter(
      ({ language }) => language === 'http',
    );
    expect(example?.text.toLowerCase().split('\n')).toEqual(shown.map((line) => line.toLowerCase()));
  });
});
