import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { expectRefused } from '../support/state.ts';

const NOBODY = '0190a1b2-0000-7000-8000-00000000dead';

let api: TestApp;
let url: string;
let investors: string[];

beforeAll(async () => {
  api = await testApp();
  url = `/v1/projects/${(await created(api, '/v1/projects', aProject())).id}`;
  investors = [];
  for (let i = 0; i < 21; i++) {
    investors.push((await created(api, '/v1/enterprises', { name: `投资方 ${i}` })).id);
  }
  await created(api, '/v1/events', {
    code: 'fair-2020',
    name: '经贸活动',
    startsOn: '2020-06-29',
    endsOn: '2020-06-30',
  });
});
afterAll(() => api.close());

const ways: [string, (fields: Body) => ReturnType<TestApp['post']>][] = [
  ['recorded', (fields) => api.post('/v1/projects', { ...aProject(), ...fields })],
  ['changed', (fields) => api.patch(url, fields)],
];

const dangling: [what: string, fields: Body, pointers: string[]][] = [
  ['an event', { event: 'no-such-event' }, ['/event']],
  ['a region', { region: '999999' }, ['/region']],
  ['a zone', { zone: 'no-such-zone' }, ['/zone']],
  ['an industry section', { industry: 'Z' }, ['/industry']],
  ['an industry division', { industry: '99' }, ['/industry']],
  ['an investor', { investorIds: [NOBODY] }, ['/investorIds/0']],
  [
    'every one of them',
    { event: 'x', region: '999999', zone: 'x', industry: '99', investorIds: [NOBODY, uuid()] },
    ['/event', '/region', '/zone', '/industry', '/investorIds/0', '/investorIds/1'],
  ],
];

describe.each(ways)('when a project is %s', (_, send) => {
  it.each(dangling)('%s that does not exist is refused', async (_, fields, pointers) => {
    const faults = pointers.map((pointer): [string, string] => [pointer, 'unknown_reference']);
    await expectRefused(api, () => send(fields), 422, 'request.invalid', faults);
  });

  it('the one unknown investor among known ones is reported with its position', async () => {
    const refused = () => send({ investorIds: [investors[0], investors[1], NOBODY, investors[2]] });
    const faults: [string, string][] = [['/investorIds/2', 'unknown_reference']];
    const answer = await expectRefused(api, refused, 422, 'request.invalid', faults);
    expect(answer.body.errors[0].message).toBe(`there is no enterprise “${NOBODY}”`);
  });

  it('existing references are accepted', async () => {
    const fields = { event: 'fair-2020', region: '430100', zone: 'changsha-etdz', industry: '39' };
    expect((await send(fields)).body).toMatchObject(fields);
  });

  it('investors keep their order, the lead first', async () => {
    const ids = [investors[2], investors[0], investors[1]];
    const answer = await send({ investorIds: ids });
    expect(answer.body.investors).toEqual([
      { id: investors[2], name: '投资方 2' },
      { id: investors[0], name: '投资方 0' },
      { id: investors[1], name: '投资方 1' },
    ]);
  });

  it('twenty investors are allowed', async () => {
    const ids = investors.slice(0, 20);
    const answer = await send({ investorIds: ids });
    expect(answer.body.investors.map(({ id }: Body) => id)).toEqual(ids);
  });

  const badInvestors: [what: string, ids: () => unknown, faults: [string, string][]][] = [
    ['twenty-one investors', () => investors, [['/investorIds', 'too_many']]],
    ['an investor twice', () => [investors[0], investors[0]], [['/investorIds', 'duplicate']]],
    [
      'an investor twice, once in capitals',
      () => [investors[0], investors[0]?.toUpperCase()],
      [['/investorIds', 'duplicate']],
    ],
    [
      'something that is no id',
      () => [investors[0], 'x', 5, null],
      [
        ['/investorIds/1', 'not_an_id'],
        ['/investorIds/2', 'not_an_id'],
        ['/investorIds/3', 'not_an_id'],
      ],
    ],
    ['one id instead of a list', () => investors[0], [['/investorIds', 'wrong_type']]],
    ['an object instead of a list', () => ({ 0: investors[0] }), [['/investorIds', 'wrong_type']]],
  ];
  it.each(badInvestors)('%s is refused', async (_, ids, faults) => {
    await expectRefused(api, () => send({ investorIds: ids() }), 422, 'request.invalid', faults);
  });

  it('all faults are reported together: of form, of the domain, and unknown references', async () => {
    const refused = () =>
      send({
        name: '',
        level: 'national',
        operatingStatus: 'signed',
        colour: 'red',
        investmentYuan: '100',
        contractedFundsYuan: -1,
        region: '999999',
        zone: 'Bad Zone',
        investorIds: [NOBODY],
        startedOn: '2026-11-23',
        completedOn: '2020-01-01',
        resumedOn: '2020-01-01',
        suspendedOn: '2026-02-30',
      });
    await expectRefused(api, refused, 422, 'request.invalid', [
      ['/name', 'empty'],
      ['/level', 'not_a_choice'],
      ['/operatingStatus', 'read_only'],
      ['/colour', 'unknown_field'],
      ['/investmentYuan', 'wrong_type'],
      ['/contractedFundsYuan', 'too_small'],
      ['/region', 'unknown_reference'],
      ['/zone', 'not_a_slug'],
      ['/investorIds/0', 'unknown_reference'],
      ['/startedOn', 'after_today'],
      ['/completedOn', 'completion_before_start'],
      ['/suspendedOn', 'not_a_day'],
    ]);
  });
});

describe('codes', () => {
  it('a code in use is a conflict', async () => {
    const { code } = await created(api, '/v1/projects', aProject());
    const again = () => api.post('/v1/projects', aProject({ code }));
    await expectRefused(api, again, 409, 'projects.code_taken');
  });

  it('an archived project keeps its code', async () => {
    const { id, code } = await created(api, '/v1/projects', aProject());
    await api.delete(`/v1/projects/${id}`);
    const again = () => api.post('/v1/projects', aProject({ code }));
    await expectRefused(api, again, 409, 'projects.code_taken');
  });

  it('one of twenty concurrent clients with the same code succeeds', async () => {
    const before = await api.database.revision();
    const project = aProject();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => api.post('/v1/projects', { ...project })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const answer of answers)
      if (answer.status !== 201) expectProblem(answer, 409, 'projects.code_taken');
    expect((await api.database.revision()).seq).toBe(before.seq + 1);
  });
});

describe('an unchanged reference', () => {
  it('does not prevent other changes', async () => {
    const { id } = await created(
      api,
      '/v1/projects',
      aProject({ region: '430100', investorIds: [investors[3] as string] }),
    );
    const changed = await api.patch(`/v1/projects/${id}`, { owner: '商务局' });
    expect(changed.body).toMatchObject({ region: '430100', owner: '商务局' });
    expect(changed.body.investors).toEqual([{ id: investors[3], name: '投资方 3' }]);
  });

  it('is cleared with null, as are investors', async () => {
    const { id } = await created(
      api,
      '/v1/projects',
      aProject({ event: 'fair-2020', region: '430100', investorIds: investors.slice(0, 2) }),
    );
    const change = { event: null, region: null, investorIds: null };
    expect((await api.patch(`/v1/projects/${id}`, change)).body).toMatchObject({
      event: null,
      region: null,
      investors: [],
    });
  });
});
