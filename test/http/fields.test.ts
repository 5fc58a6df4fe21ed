/** `fields`, of every operation that takes it: the parts of an answer are those of the whole. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addresses, named, type Operation, operations } from '../contract/operations.ts';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { openapi } from '../support/contract.ts';
import { runs } from '../support/runs.ts';
import { expectRefused } from '../support/state.ts';

let api: TestApp;
let addressOf: (operation: Operation) => string;
beforeAll(async () => {
  api = await testApp();
  addressOf = await addresses(api);
});
afterAll(() => api.close());

const takers = operations.filter(({ parameters }) => parameters?.some(({ name }) => name === 'fields'));

const choicesOf = ({ parameters = [] }: Operation): string[] => {
  const { schema } = parameters.find(({ name }) => name === 'fields') as Body;
  return schema.items.enum;
};

/** Some fields of a resource, or of each on a page, in its own order. */
function part(body: Body, fields: readonly string[]): Body {
  if (body.items && body.page) return { ...body, items: body.items.map((item: Body) => part(item, fields)) };
  return Object.fromEntries(Object.entries(body).filter(([name]) => fields.includes(name)));
}

it('is taken by every list of what is recorded, and wherever one of it is read', () => {
  const without = operations.filter(
    ({ method, template, parameters }) =>
      method === 'GET' &&
      (template.endsWith('}') || parameters?.some(({ name }) => name === 'cursor')) &&
      !takers.some((taker) => taker.template === template),
  );
  // Keys show as little as they may; imports and deliveries are reports, and what differences consist of is computed.
  expect(without.map(({ template }) => template).sort()).toEqual([
    '/v1/imports',
    '/v1/imports/{id}',
    '/v1/keys',
    '/v1/keys/{id}',
    '/v1/statistics/differences',
    '/v1/webhooks/{id}/deliveries',
  ]);
});

describe.each(named(takers))('%s', (_, operation) => {
  const choices = choicesOf(operation);
  const urlWith = (fields: string): string => `${addressOf(operation)}?fields=${fields}`;

  it('names every field that an answer has', async () => {
    const { body } = await api.get(addressOf(operation));
    const [first] = body.page ? body.items : [body];
    if (first) expect(choices).toEqual(expect.arrayContaining(Object.keys(first)));
  });

  it('gives the fields that are named, in the order of the resource', async () => {
    const { body } = await api.get(addressOf(operation));
    const some = fc.uniqueArray(fc.constantFrom(...choices), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(some, async (fields) => {
        const expected = JSON.stringify(part(body, fields));
        for (const query of [fields.join(), fields.join('&fields='), `${fields},${fields[0]}`]) {
          expect((await api.get(urlWith(query))).text).toBe(expected);
        }
      }),
      { numRuns: runs(20) },
    );
  });

  it('has an ETag for the part, which 304 works with', async () => {
    const whole = await api.get(addressOf(operation));
    const some = await api.get(urlWith(choices[0] as string));
    expect(some.etag).not.toBe(whole.etag);
    for (const method of ['GET', 'HEAD']) {
      const again = await api.request(method, urlWith(choices[0] as string), undefined, {
        'if-none-match': some.etag,
      });
      expect(again).toMatchObject({ status: 304, text: '', etag: some.etag });
    }
    for (const [url, etag] of [
      [urlWith(choices[0] as string), whole.etag],
      [addressOf(operation), some.etag],
    ] as const) {
      expect((await api.get(url, { 'if-none-match': etag })).status).toBe(200);
    }
  });

  it('refuses what is no field, naming it and the choices', async () => {
    const wrong = `${choices[0]},nonsense,__proto__,finding.since`;
    const refused = await expectRefused(api, () => api.get(urlWith(wrong)), 422, 'request.invalid', [
      ['fields', 'not_a_field'],
    ]);
    const { message } = refused.body.errors[0];
    expect(message).toContain('“nonsense, __proto__, finding.since”');
    expect(message).toContain(choices.join(', '));
    for (const empty of ['', ',', `${choices[0]},`, `&fields=${choices[0]}`]) {
      expectProblem(await api.get(urlWith(empty)), 422, 'request.invalid', [['fields', 'empty']]);
    }
  });
});

const writers = takers.filter(({ template }) => 'patch' in (openapi.paths[template] ?? {}));

describe.each(named(writers))('%s', (_, operation) => {
  it('gives no ETag with which to overwrite what was not read', async () => {
    const url = addressOf(operation);
    const [first = ''] = choicesOf(operation);
    const { etag } = await api.get(`${url}?fields=${first}`);
    const writes = [
      () => api.patch(url, {}, { 'if-match': etag }),
      () => api.delete(url, { 'if-match': etag }),
    ];
    for (const write of writes) await expectRefused(api, write, 412, 'request.changed_meanwhile');
  });
});

describe('fields', () => {
  it('of a project by its code give no ETag to replace it with', async () => {
    const { code, ...body } = aProject();
    const url = `/v1/projects/by-code/${code}`;
    await api.request('PUT', url, body, { 'if-none-match': '*' });
    const { etag } = await api.get(`${url}?fields=code,name,investmentYuan`);
    const put = () => api.request('PUT', url, body, { 'if-match': etag });
    await expectRefused(api, put, 412, 'request.changed_meanwhile');
  });

  it('work with a filter, a day and pages, whose links keep them', async () => {
    for (const name of ['甲', '乙', '丙']) {
      await created(api, '/v1/projects', aProject({ name, signedOn: '2001-01-01', startedOn: '2001-02-01' }));
    }
    const query = 'signedYear=2001&asOf=2001-01-15&limit=2&sort=name&fields=operatingStatus,name';
    const first = await api.get(`/v1/projects?${query}`);
    const names = ['丙', '乙', '甲'].toSorted();
    const shown = names.map((name) => ({ name, operatingStatus: 'signed' }));
    expect(first.body.items).toEqual(shown.slice(0, 2));
    const next = /<(.+)>/.exec(String(first.headers.link))?.[1] as string;
    expect((await api.get(next)).body.items).toEqual(shown.slice(2));
  });

  it('say nothing to a file, whose columns are what they are', async () => {
    for (const format of ['csv', 'ndjson', 'xlsx']) {
      for (const path of ['/v1/projects', '/v1/zones']) {
        const answer = await api.get(`${path}?fields=code&format=${format}`);
        expectProblem(answer, 422, 'request.invalid', [['fields', 'not_for_format']]);
      }
    }
  });

  it('are too many above a hundred, and a fault repeats no more than a little of them', async () => {
    const many = Array.from({ length: 101 }, () => 'code').join();
    expectProblem(await api.get(`/v1/zones?fields=${many}`), 422, 'request.invalid', [
      ['fields', 'too_many'],
    ]);
    const { body } = await api.get(`/v1/zones?fields=${'x'.repeat(3_000)}`);
    expect(body.errors[0].message.length).toBeLessThan(300);
  });

  it('tell nobody but an admin what changed about keys', async () => {
    const { seq } = (await api.get('/v1/changes/head')).body;
    const { key } = await created(api, '/v1/keys', { name: 'reader', role: 'viewer' });
    const url = `/v1/changes?fields=fields,entity&after=${seq}`;
    const { body } = await api.get(url, { authorization: `Bearer ${key}` });
    expect(body.items).toEqual([{ entity: 'keys', fields: {} }]);
    expect((await api.get(url)).body.items[0].fields.name).toEqual({ after: 'reader' });
  });
});
