import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { strayDigits } from './digits.ts';

let api: TestApp;
let path: string;
const enterprises: Record<string, string> = {};
const projects: Record<string, string> = {};

const cluster = async (name: string, fields: Body, members: Body[]) => {
  const { id } = await created(api, '/v1/clusters', { name, ...fields });
  for (const { by, ...member } of members) {
    const own = { role: 'upstream', introducedOn: '2021-01-01', ...member, enterprise: enterprises[by] };
    await created(api, `/v1/clusters/${id}/members`, own);
  }
  return id as string;
};

const said = async (query: string, event = 'fair'): Promise<string | undefined> => {
  const { body } = await api.get(`/v1/events/${event}/briefing?${query}`);
  const found = body.sentences.find(({ code }: Body) => code === 'cluster');
  if (found) expect(strayDigits(found), found.text).toEqual([]);
  return found?.text;
};

beforeAll(async () => {
  api = await testApp();
  for (const code of ['fair', 'other', 'empty']) {
    await created(api, '/v1/events', { code, name: code, startsOn: '2020-06-29', endsOn: '2020-06-30' });
  }
  for (const name of ['leader', 'a', 'b', 'c', 'd', 'e', 'second']) {
    const nameEn = name === 'leader' ? 'Leader Co.' : null;
    enterprises[name] = (await created(api, '/v1/enterprises', { name: `企业 ${name}`, nameEn })).id;
  }
  for (const [code, fields] of Object.entries<Body>({
    'LED-1': { event: 'fair', investorIds: [enterprises.leader], signedOn: '2020-07-01' },
    'MEM-1': { event: 'other', signedOn: '2020-07-01' },
    'MEM-2': { event: 'fair', signedOn: '2020-07-01' },
  })) {
    projects[code] = (await created(api, '/v1/projects', aProject({ code, ...fields }))).id;
  }
  path = await cluster(
    '二号*集群',
    {
      nameEn: 'Cluster 2',
      leader: enterprises.leader,
      targets: [
        { count: 5, from: '2022-01-01', by: '2025-12-31' },
        { count: 3, from: '2022-06-01', by: '2023-06-30' },
      ],
    },
    [
      { by: 'a' },
      { by: 'b', leftOn: '2021-12-31' },
      { by: 'c', introducedOn: '2022-07-01' },
      { by: 'd', introducedOn: '2022-07-02', project: projects['MEM-1'] },
    ],
  );
});
afterAll(() => api.close());

describe('the best cluster of an event', () => {
  it.each<[asOf: string, zh: string | undefined, en: string | undefined]>([
    ['2020-12-31', undefined, undefined],
    [
      '2021-01-01',
      '二号*集群龙头企业企业 leader已引进上下游及配套企业2家。',
      'Leader Co., the leader of the Cluster 2, has attracted 2 upstream, downstream and supporting enterprises.',
    ],
    [
      '2021-12-31',
      '二号*集群龙头企业企业 leader已引进上下游及配套企业2家。',
      'Leader Co., the leader of the Cluster 2, has attracted 2 upstream, downstream and supporting enterprises.',
    ],
    [
      '2022-01-01',
      '二号*集群龙头企业企业 leader已引进上下游及配套企业2家；计划到2025年12月31日再引进5家。',
      'Leader Co., the leader of the Cluster 2, has attracted 2 upstream, downstream and supporting enterprises; and 5 more are planned by 31 December 2025.',
    ],
    [
      '2023-06-30',
      '二号*集群龙头企业企业 leader已引进上下游及配套企业4家；计划到2023年6月30日再引进3家，其中已引进且未退出2家。',
      'Leader Co., the leader of the Cluster 2, has attracted 4 upstream, downstream and supporting enterprises; and 3 more are planned by 30 June 2023, of which 2 have been introduced and remain in the cluster.',
    ],
    [
      '2026-01-01',
      '二号*集群龙头企业企业 leader已引进上下游及配套企业4家。',
      'Leader Co., the leader of the Cluster 2, has attracted 4 upstream, downstream and supporting enterprises.',
    ],
  ])('is given as of %s', async (asOf, zh, en) => {
    expect(await said(`asOf=${asOf}&lang=zh`)).toBe(zh);
    expect(await said(`asOf=${asOf}&lang=en`)).toBe(en);
  });

  it('belongs to the events of its members’ projects and of its leader’s investments, and to no others', async () => {
    expect(await said('lang=zh', 'other')).toContain('二号*集群');
    expect(await said('lang=zh&asOf=2022-07-01', 'other')).toBeUndefined();
    expect(await said('lang=zh', 'empty')).toBeUndefined();
  });

  it('is the one with the most members on the day, then the first by name; without a leader it is not named', async () => {
    await cluster('三号集群', {}, [
      { by: 'e', project: projects['MEM-2'] },
      { by: 'second', leftOn: '2024-01-01' },
      { by: 'a', introducedOn: '2023-01-01', leftOn: '2024-01-01' },
      { by: 'b', introducedOn: '2023-01-01', leftOn: '2023-06-01' },
    ]);
    // First 4 against 3; then 3 each, where 三 sorts before 二 by bytes; then 1 against 3.
    expect(await said('lang=zh&asOf=2023-02-01')).toBe('三号集群已引进上下游及配套企业4家。');
    expect(await said('lang=zh&asOf=2023-07-01')).toBe('三号集群已引进上下游及配套企业4家。');
    expect(await said('lang=en&asOf=2023-07-01')).toBe(
      '三号集群 has attracted 4 upstream, downstream and supporting enterprises.',
    );
    expect(await said('lang=zh&asOf=2024-01-01')).toContain('二号*集群');
  });

  it('is among the highlights with its rule, and links to exactly the enterprises introduced, including those that have left', async () => {
    const { body } = await api.get('/v1/events/fair/briefing?lang=zh&asOf=2022-12-31');
    const { figures, names } = body.sentences.find(({ code }: Body) => code === 'cluster');
    expect(figures[0]).toMatchObject({ name: 'clusterIntroduced', value: 4 });
    expect((await api.get(figures[0].link)).body.page.total).toBe(4);
    for (const { link } of [...figures, ...names]) expect((await api.get(link)).status).toBe(200);
    const { items, rule } = body.highlights.find(({ code }: Body) => code === 'cluster');
    expect(items).toMatchObject([{ kind: 'cluster', name: '二号*集群', nameEn: 'Cluster 2' }]);
    expect(items[0].link).toBe(`/v1/clusters/${path}/progress?asOf=2022-12-31`);
    expect((await api.get(items[0].link)).body).toMatchObject({ introduced: 4, present: 3 });
    expect(rule).toEqual({ zh: expect.any(String), en: expect.any(String) });
    expect((await api.get('/v1/events/fair/briefing?lang=zh&format=markdown')).text).toContain('二号\\*集群');
  });
});
