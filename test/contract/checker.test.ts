/**
 * Tests the contract checker that every response passes: a checker that accepted everything would prove
 * nothing.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { checkAgainstContract, operationFor } from '../support/contract.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const PROBLEM = 'application/problem+json; charset=utf-8';

const aProblem = (fields: Body = {}): Body => ({
  type: 'urn:luodi:problem:projects.not_found',
  title: 'Not found',
  status: 404,
  detail: 'There is no project “x”.',
  instance: '/v1/projects/x',
  code: 'projects.not_found',
  requestId: 'request-1',
  ...fields,
});

const pageOf = (...items: Body[]): Body => ({
  items,
  page: { total: 1, limit: 5, nextCursor: null },
  revision: 1,
});

let api: TestApp;
let project: Body;
let summary: Body;
beforeAll(async () => {
  api = await testApp();
  project = await created(api, '/v1/projects', aProject());
  summary = (await api.get('/v1/statistics/summary')).body;
});
afterAll(() => api.close());

describe('the checker accepts', () => {
  it('a body according to the document', () => {
    checkAgainstContract('GET', '/v1/projects/1?asOf=2022-08-31', 200, JSON_TYPE, project);
    checkAgainstContract('GET', '/v1/statistics/summary', 200, JSON_TYPE, summary);
  });

  it('some of the fields, where some are asked for', () => {
    const { id, code } = project;
    checkAgainstContract('GET', '/v1/projects/1?fields=code,id', 200, JSON_TYPE, { id, code });
    checkAgainstContract('GET', '/v1/projects?fields=id&fields=code', 200, JSON_TYPE, pageOf({ id, code }));
  });

  it('a declared problem', () => {
    checkAgainstContract('GET', '/v1/projects/x', 404, PROBLEM, aProblem());
    const errors = [{ pointer: '/name', code: 'empty', message: 'must not be empty' }];
    checkAgainstContract('POST', '/v1/projects', 422, PROBLEM, aProblem({ errors }));
  });

  it('no body where none is declared', () => {
    checkAgainstContract('DELETE', '/v1/projects/x', 204, '', undefined);
    checkAgainstContract('GET', '/v1/projects', 304, '', undefined);
    checkAgainstContract('HEAD', '/v1/projects', 200, JSON_TYPE, undefined);
  });

  it('no body if the response says that it was requested', () => {
    const applied = 'return=minimal';
    checkAgainstContract('POST', '/v1/projects', 201, '', undefined, applied);
    checkAgainstContract('PATCH', '/v1/projects/x', 204, '', undefined, applied);
  });

  it('a request that is not an operation but is refused as a problem', () => {
    checkAgainstContract('GET', '/v1/nothing', 404, PROBLEM, aProblem());
    checkAgainstContract('PUT', '/v1/projects', 405, PROBLEM, aProblem());
  });
});

type Answer = [method: string, url: string, status: number, type: string, body: () => Body, applied?: string];

const wrong: [what: string, answer: Answer, message: RegExp][] = [
  ['a status that is not declared', ['GET', '/v1/projects', 418, PROBLEM, aProblem], /418 is not declared/],
  [
    'a conflict where none is declared',
    ['GET', '/v1/events/x', 409, PROBLEM, aProblem],
    /409 is not declared/,
  ],
  [
    'a success that is not the declared one',
    ['POST', '/v1/projects', 200, JSON_TYPE, () => project],
    /200 is not declared/,
  ],
  [
    'a field that is missing',
    ['GET', '/v1/projects/x', 200, JSON_TYPE, () => ({ ...project, version: undefined })],
    /version|undefined/,
  ],
  [
    'a field that is not declared',
    ['GET', '/v1/projects/x', 200, JSON_TYPE, () => ({ ...project, secret: 1 })],
    /additional/,
  ],
  [
    'a field of another type',
    ['GET', '/v1/projects/x', 200, JSON_TYPE, () => ({ ...project, investmentYuan: '5' })],
    /investmentYuan/,
  ],
  [
    'a value that is no choice',
    ['GET', '/v1/projects/x', 200, JSON_TYPE, () => ({ ...project, operatingStatus: 'started' })],
    /operatingStatus/,
  ],
  [
    'a day that does not exist',
    ['GET', '/v1/projects/x', 200, JSON_TYPE, () => ({ ...project, signedOn: '2026-02-30' })],
    /signedOn/,
  ],
  ['an id that is none', ['GET', '/v1/projects/x', 200, JSON_TYPE, () => ({ ...project, id: 'x' })], /id/],
  [
    'a wrong item of a list',
    [
      'GET',
      '/v1/projects',
      200,
      JSON_TYPE,
      () => ({ items: [{}], page: { total: 1, limit: 5, nextCursor: null }, revision: 1 }),
    ],
    /items\/0/,
  ],
  [
    'a page without its total',
    [
      'GET',
      '/v1/projects',
      200,
      JSON_TYPE,
      () => ({ items: [], page: { limit: 5, nextCursor: null }, revision: 1 }),
    ],
    /page/,
  ],
  [
    'a field that was not asked for',
    ['GET', '/v1/projects/x?fields=id', 200, JSON_TYPE, () => ({ id: project.id, code: project.code })],
    /additional/,
  ],
  [
    'a field that was asked for and is missing',
    ['GET', '/v1/projects/x?fields=id,code', 200, JSON_TYPE, () => ({ id: project.id })],
    /required property 'code'/,
  ],
  [
    'a field that was asked for, of another type',
    ['GET', '/v1/projects/x?fields=id', 200, JSON_TYPE, () => ({ id: 1 })],
    /id must be string/,
  ],
  [
    'an item of a page with more fields than were asked for',
    ['GET', '/v1/projects?fields=id', 200, JSON_TYPE, () => pageOf(project)],
    /additional/,
  ],
  [
    'some of the fields, where all are asked for',
    ['GET', '/v1/projects', 200, JSON_TYPE, () => pageOf({ id: project.id })],
    /required/,
  ],
  [
    'some of the fields, where nobody can ask for them',
    ['GET', '/v1/statistics/summary?fields=asOf', 200, JSON_TYPE, () => ({ asOf: summary.asOf })],
    /required/,
  ],
  [
    'a measure that is missing',
    ['GET', '/v1/statistics/summary', 200, JSON_TYPE, () => ({ ...summary, operatingRate: undefined })],
    /operatingRate|undefined/,
  ],
  [
    'a bare number for a rate',
    ['GET', '/v1/statistics/summary', 200, JSON_TYPE, () => ({ ...summary, operatingRate: 83.4 })],
    /operatingRate/,
  ],
  ['no body where one is declared', ['GET', '/v1/projects/x', 200, JSON_TYPE, () => undefined], /GET/],
  [
    'a body where none is declared',
    ['DELETE', '/v1/projects/x', 204, JSON_TYPE, () => ({})],
    /without a body/,
  ],
  [
    'no body where none was asked for',
    ['PATCH', '/v1/projects/x', 204, '', () => undefined],
    /no return=minimal/,
  ],
  ['no body of what was created', ['POST', '/v1/projects', 201, '', () => undefined], /answered/],
  [
    'a body where none was asked for',
    ['POST', '/v1/projects', 201, JSON_TYPE, () => project, 'return=minimal'],
    /in spite of/,
  ],
  [
    'an empty answer with a status that promises a body',
    ['PATCH', '/v1/projects/x', 200, '', () => undefined, 'return=minimal'],
    /does not know/,
  ],
  [
    'an empty answer of an operation that always has a body',
    ['POST', '/v1/keys', 201, '', () => undefined, 'return=minimal'],
    /does not know/,
  ],
  ['a body with 304', ['GET', '/v1/projects', 304, JSON_TYPE, () => ({})], /without a body/],
  ['a body to HEAD', ['HEAD', '/v1/projects', 200, JSON_TYPE, () => ({})], /has a body/],
  [
    'a success of another media type',
    ['GET', '/v1/projects/x', 200, 'text/html', () => project],
    /text\/html/,
  ],
  ['a problem as plain JSON', ['GET', '/v1/projects/x', 404, JSON_TYPE, aProblem], /application\/json/],
  [
    'a problem without its code',
    ['GET', '/v1/projects/x', 404, PROBLEM, () => aProblem({ code: undefined })],
    /code|undefined/,
  ],
  [
    'a problem that tells more',
    ['GET', '/v1/projects/x', 404, PROBLEM, () => aProblem({ stack: 'at …' })],
    /additional/,
  ],
  [
    'a fault without a message',
    ['POST', '/v1/projects', 422, PROBLEM, () => aProblem({ errors: [{ pointer: '/name', code: 'empty' }] })],
    /message/,
  ],
  [
    'a refusal of another shape where there is no operation',
    ['GET', '/v1/nothing', 404, JSON_TYPE, () => ({ error: 'no' })],
    /GET/,
  ],
];

describe('the checker refuses', () => {
  it.each(wrong)('%s', (_, [method, url, status, type, body, applied], message) => {
    expect(() => checkAgainstContract(method, url, status, type, body(), applied)).toThrow(message);
  });
});

describe('the test client', () => {
  const answers: [what: string, statusCode: number, type: string, body: Body, message: RegExp][] = [
    ['a status that is not declared', 418, PROBLEM, aProblem(), /418 is not declared/],
    ['a body that is not declared', 200, JSON_TYPE, { id: 'x' }, /required property/],
  ];
  it.each(answers)('fails if the service responds with %s', async (_, statusCode, type, body, message) => {
    const inject = vi.spyOn(api.app, 'inject').mockResolvedValueOnce({
      statusCode,
      headers: { 'content-type': type },
      body: JSON.stringify(body),
    } as never);
    await expect(api.get('/v1/projects/x')).rejects.toThrow(message);
    inject.mockRestore();
  });
});

describe('a URL', () => {
  it.each([
    ['GET', '/v1/projects', '/v1/projects'],
    ['GET', '/v1/projects?q=a/b', '/v1/projects'],
    ['PATCH', '/v1/projects/x', '/v1/projects/{id}'],
    ['POST', '/v1/projects/x/restore', '/v1/projects/{id}/restore'],
    ['GET', '/v1/events/x', '/v1/events/{code}'],
    ['GET', '/v1/statistics/summary', '/v1/statistics/summary'],
  ])('%s %s belongs to %s', (method, url, template) => {
    expect(operationFor(method, url)?.template).toBe(template);
  });

  it.each([
    ['PUT', '/v1/projects'],
    ['GET', '/v1/projects/x/unknown'],
    ['GET', '/v1/projects/x/restore'],
    ['GET', '/v2/projects'],
    ['GET', '/v1/projects/'],
  ])('%s %s is not an operation', (method, url) => {
    expect(operationFor(method, url)).toBeNull();
  });
});
