/** How the end of an operation is announced, by routes that only this test has. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { NoQuery, operation } from '../../src/http/operation.ts';
import { notFound } from '../../src/http/problems.ts';
import { type Body, type Client, clientOf, instanceBeside, type TestApp, testApp } from '../support/app.ts';

const deprecated = { since: '2027-01-31', sunset: '2028-06-30', link: '/docs' };
const DEPRECATION = { deprecation: '@1801353600', sunset: 'Fri, 30 Jun 2028 00:00:00 GMT' };
const LINK = '</docs>; rel="deprecation"; type="text/html"';

const about = (id: string, of = deprecated) => ({
  id,
  tag: 'operation',
  summary: 'An old operation',
  query: NoQuery,
  success: { description: 'Old.', schema: z.object({}) },
  deprecated: of,
});

let api: TestApp;
let app: FastifyInstance;
let client: Client;
beforeAll(async () => {
  api = await testApp();
  app = await instanceBeside(api, api.database);
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.get('/v1/old', { schema: operation({ ...about('readOld'), access: 'read' }) }, async (_, reply) =>
    reply.header('link', '</v1/old?cursor=x>; rel="next"').send({}),
  );
  const { link: _, ...unlinked } = deprecated;
  const posted = { ...about('createOld'), deprecated: unlinked, access: 'edit', retryable: true } as const;
  typed.post('/v1/old', { schema: operation(posted) }, async () => ({}));
  typed.get(
    '/v1/old/missing',
    { schema: operation({ ...about('readMissing'), access: 'read' }) },
    async () => {
      throw notFound('projects', 'x');
    },
  );
  typed.get('/v1/old/broken', { schema: operation({ ...about('readBroken'), access: 'open' }) }, async () => {
    throw new Error('broken');
  });
  await app.ready();
  client = clientOf(app);
});
afterAll(async () => {
  await app.close();
  await api.close();
});

describe('a deprecated operation', () => {
  it('says so beside what it answers, and what it links to', async () => {
    const { status, headers } = await client.get('/v1/old');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ ...DEPRECATION, link: `</v1/old?cursor=x>; rel="next", ${LINK}` });
    const head = await client.request('HEAD', '/v1/old');
    expect(head.headers).toMatchObject({ ...DEPRECATION, link: headers.link });
  });

  it('says so without a link where there is no page about it', async () => {
    const { status, headers } = await client.post('/v1/old', {}, { 'idempotency-key': 'once' });
    expect(status).toBe(200);
    expect(headers).toMatchObject(DEPRECATION);
    expect(headers).not.toHaveProperty('link');
  });

  it.each([
    ['without a key', 401, (anyone: Client) => anyone.get('/v1/old')],
    ['with an unknown parameter', 422, (_: Client) => client.get('/v1/old?x=1')],
    ['for what is not there', 404, (_: Client) => client.get('/v1/old/missing')],
    ['when it fails', 500, (anyone: Client) => anyone.get('/v1/old/broken')],
  ])('says so when it refuses: %s', async (_, status, send) => {
    const answer = await send(clientOf(app, null));
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ ...DEPRECATION, link: LINK });
  });

  it('is marked in the document, with its days and headers', () => {
    const { get } = (app.swagger() as Body).paths['/v1/old'];
    expect(get.deprecated).toBe(true);
    expect(get.description).toContain('Deprecated since 2027-01-31; may be removed from 2028-06-30 on.');
    expect(Object.keys(get.responses[200].headers)).toEqual(
      expect.arrayContaining(['Deprecation', 'Sunset']),
    );
  });

  it('lives as long as promised', () => {
    const until = (sunset: string) => () =>
      operation({ ...about('readShort', { ...deprecated, sunset }), access: 'read' });
    expect(until('2028-01-30')).toThrow(/less than 365 days/);
    expect(until('never')).toThrow(/less than 365 days/);
    expect(until('2028-01-31')).not.toThrow();
  });
});

it('says nothing of the kind of other operations', async () => {
  const { headers } = await client.get('/v1/projects');
  for (const name of ['deprecation', 'sunset']) expect(headers).not.toHaveProperty(name);
  expect((app.swagger() as Body).paths['/v1/projects'].get).not.toHaveProperty('deprecated');
});
