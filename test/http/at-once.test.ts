/** Concurrent requests for the same thing: exactly one succeeds, on either engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kinds, pathOf, prepareKinds } from '../references/kinds.ts';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
  await prepareKinds(api);
});
afterAll(() => api.close());

interface Thing {
  path: string;
  key: 'code' | 'id';
  make(): Body;
  change: Body;
}

const things: [string, () => Thing][] = [
  ['projects', () => ({ path: '/v1/projects', key: 'id', make: aProject, change: { note: '改' } })],
  ...kinds.map((kind): [string, () => Thing] => [
    kind.entity,
    () => ({ ...kind, path: pathOf(kind), change: kind.changed }),
  ]),
];

describe('of concurrent clients that change the same resource', () => {
  it.each(things)('exactly one succeeds: %s', async (_, thing) => {
    const { path, key, make, change } = thing();
    const url = `${path}/${(await created(api, path, make()))[key]}`;
    const { etag } = await api.get(url);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => api.patch(url, change, { 'if-match': etag })),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    const now = await api.get(url);
    expect(now.body).toEqual(won[0]?.body);
    for (const answer of answers) {
      if (answer === won[0]) continue;
      expectProblem(answer, 412, 'request.changed_meanwhile');
      expect(answer.etag).toBe(now.etag);
    }
    await api.delete(url);
  });

  it('one changes a project or another archives it, but not both', async () => {
    const { id } = await created(api, '/v1/projects', aProject());
    const url = `/v1/projects/${id}`;
    const headers = { 'if-match': (await api.get(url)).etag };
    const [change, archive] = await Promise.all([
      api.patch(url, { owner: '商务局' }, headers),
      api.delete(url, headers),
    ]);
    expect([change.status, archive.status]).toBeOneOf([
      [200, 412],
      [404, 204],
    ]);
    expect((await api.get(`${url}?archived=true`)).body.version).toBe(2);
  });
});

it.each(kinds.filter(({ key }) => key === 'code').map((kind) => [kind.entity, kind] as const))(
  'with the same code in %s, one of ten succeeds',
  async (_, kind) => {
    const entry = kind.make();
    const { seq } = await api.database.revision();
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.post(pathOf(kind), entry)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
    expect((await api.database.revision()).seq).toBe(seq + 1);
  },
);

it('funds cannot be withdrawn twice', async () => {
  const { id } = await created(api, '/v1/projects', aProject());
  const url = `/v1/projects/${id}/funds`;
  await created(api, url, { receivedOn: '2021-01-01', amountYuan: 5 });
  const draw = () => api.post(url, { receivedOn: '2021-01-02', amountYuan: -5 });
  const drawn = await Promise.all(Array.from({ length: 10 }, draw));
  expect(drawn.filter(({ status }) => status === 201)).toHaveLength(1);
  expect((await api.get(`/v1/projects/${id}`)).body.fundsInPlaceYuan).toBe(0);
});
