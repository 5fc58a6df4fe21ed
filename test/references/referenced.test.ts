import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { expectRefused } from '../support/state.ts';

let api: TestApp;
let enterprise: string;
/** An enterprise and a delegation for contacts, and an enterprise that is not deleted. */
let met: string;
let team: string;
let host: string;
beforeAll(async () => {
  api = await testApp();
  enterprise = (await created(api, '/v1/enterprises', { name: '瑶华' })).id;
  for (const code of ['fair', 'gala', 'week', 'forum', 'expo']) {
    await created(api, '/v1/events', { code, name: '活动', startsOn: '2020-06-29', endsOn: '2020-06-30' });
  }
  met = (await created(api, '/v1/enterprises', { name: '对接企业' })).id;
  host = (await created(api, '/v1/enterprises', { name: '另一企业' })).id;
  team = (await created(api, '/v1/delegations', aDelegation({}))).id;
  await created(api, '/v1/regions', { code: '990000', name: '上级' });
  await created(api, '/v1/industries', { code: 'X', name: '上级' });
});
afterAll(() => api.close());

const aDelegation = (fields: Body) => ({
  event: 'expo',
  zone: 'changsha-hidz',
  sentOn: '2022-11-02',
  ...fields,
});
const aContact = (fields: Body) => ({
  enterprise: host,
  event: 'expo',
  channel: 'visit',
  contactedOn: '2022-11-02',
  ...fields,
});
const aZone = (fields: Body) => ({ name: '园区', level: 'national', ...fields });

/** A referenced resource, what refers to it, and the message of the refusal. */
const held: [what: string, url: () => string, path: string, holder: () => Body, en: string, zh: string][] = [
  [
    'an event by a project',
    () => '/v1/events/fair',
    '/v1/projects',
    () => aProject({ event: 'fair' }),
    'The event “fair” cannot be deleted: 1 project refers to it.',
    '经贸活动“fair”不能删除：仍被 1 个项目引用。',
  ],
  [
    'a region by a project',
    () => '/v1/regions/431025',
    '/v1/projects',
    () => aProject({ region: '431025' }),
    'The region “431025” cannot be deleted: 1 project refers to it.',
    '行政区划“431025”不能删除：仍被 1 个项目引用。',
  ],
  [
    'a region by a zone',
    () => '/v1/regions/431021',
    '/v1/zones',
    () => aZone({ code: 'held', region: '431021' }),
    'The region “431021” cannot be deleted: 1 zone refers to it.',
    '行政区划“431021”不能删除：仍被 1 个园区引用。',
  ],
  [
    'a region by one below it',
    () => '/v1/regions/990000',
    '/v1/regions',
    () => ({ code: '990100', name: '下级', parent: '990000' }),
    'The region “990000” cannot be deleted: 1 region refers to it.',
    '行政区划“990000”不能删除：仍被 1 个行政区划引用。',
  ],
  [
    'a zone by a project',
    () => '/v1/zones/changsha-etdz',
    '/v1/projects',
    () => aProject({ zone: 'changsha-etdz' }),
    'The zone “changsha-etdz” cannot be deleted: 1 project refers to it.',
    '园区“changsha-etdz”不能删除：仍被 1 个项目引用。',
  ],
  [
    'an industry by a project',
    () => '/v1/industries/39',
    '/v1/projects',
    () => aProject({ industry: '39' }),
    'The industry “39” cannot be deleted: 1 project refers to it.',
    '行业“39”不能删除：仍被 1 个项目引用。',
  ],
  [
    'an industry by one below it',
    () => '/v1/industries/X',
    '/v1/industries',
    () => ({ code: '98', name: '下级', parent: 'X' }),
    'The industry “X” cannot be deleted: 1 industry refers to it.',
    '行业“X”不能删除：仍被 1 个行业引用。',
  ],
  [
    'an enterprise by a project that it invests in',
    () => `/v1/enterprises/${enterprise}`,
    '/v1/projects',
    () => aProject({ investorIds: [enterprise] }),
    'cannot be deleted: 1 project refers to it.',
    '不能删除：仍被 1 个项目引用。',
  ],
  [
    'an event by a delegation that was sent to it',
    () => '/v1/events/gala',
    '/v1/delegations',
    () => aDelegation({ event: 'gala' }),
    'The event “gala” cannot be deleted: 1 delegation refers to it.',
    '经贸活动“gala”不能删除：仍被 1 个小分队引用。',
  ],
  [
    'an event by a delegation that was sent for it',
    () => '/v1/events/week',
    '/v1/delegations',
    () => aDelegation({ forEvent: 'week' }),
    'The event “week” cannot be deleted: 1 delegation refers to it.',
    '经贸活动“week”不能删除：仍被 1 个小分队引用。',
  ],
  [
    'a zone by a delegation',
    () => '/v1/zones/zhuzhou-hidz',
    '/v1/delegations',
    () => aDelegation({ zone: 'zhuzhou-hidz' }),
    'The zone “zhuzhou-hidz” cannot be deleted: 1 delegation refers to it.',
    '园区“zhuzhou-hidz”不能删除：仍被 1 个小分队引用。',
  ],
  [
    'an event by a contact',
    () => '/v1/events/forum',
    '/v1/contacts',
    () => aContact({ event: 'forum' }),
    'The event “forum” cannot be deleted: 1 contact refers to it.',
    '经贸活动“forum”不能删除：仍被 1 个对接记录引用。',
  ],
  [
    'a region by a contact',
    () => '/v1/regions/431022',
    '/v1/contacts',
    () => aContact({ region: '431022' }),
    'The region “431022” cannot be deleted: 1 contact refers to it.',
    '行政区划“431022”不能删除：仍被 1 个对接记录引用。',
  ],
  [
    'an enterprise by a contact',
    () => `/v1/enterprises/${met}`,
    '/v1/contacts',
    () => aContact({ enterprise: met }),
    'cannot be deleted: 1 contact refers to it.',
    '不能删除：仍被 1 个对接记录引用。',
  ],
  [
    'a delegation by a contact',
    () => `/v1/delegations/${team}`,
    '/v1/contacts',
    () => aContact({ event: 'expo', delegation: team }),
    'cannot be deleted: 1 contact refers to it.',
    '不能删除：仍被 1 个对接记录引用。',
  ],
];

describe('a referenced resource cannot be deleted', () => {
  it.each(held)('%s', async (_, url, path, holder, en, zh) => {
    const entity = url().split('/')[2];
    const holding = await created(api, path, holder());
    const { etag } = await api.get(url());
    const remove = (language: string) => () =>
      api.delete(url(), { 'if-match': etag, 'accept-language': language });
    const refused = await expectRefused(api, remove('en'), 409, `${entity}.referenced`);
    expect(refused.body.detail).toContain(en);
    const again = await expectRefused(api, remove('zh-CN'), 409, `${entity}.referenced`);
    expect(again.body.detail).toContain(zh);

    // Once nothing refers to it, it can be deleted.
    const holderUrl = `${path}/${holding.id ?? holding.code}`;
    if (path === '/v1/projects') {
      const let_go = { event: null, region: null, zone: null, industry: null, investorIds: null };
      await api.patch(holderUrl, let_go);
    } else {
      await api.delete(holderUrl);
    }
    expect((await api.delete(url())).status).toBe(204);
  });
});

describe('an unknown reference', () => {
  const dangling: [path: string, body: Body, pointer: string][] = [
    ['/v1/zones', aZone({ code: 'dangling', region: '999999' }), '/region'],
    ['/v1/regions', { code: '991000', name: '区', parent: '999999' }, '/parent'],
    ['/v1/industries', { code: 'Y', name: '行业', parent: 'Z' }, '/parent'],
  ];
  it.each(dangling)('in %s is refused, new or changed', async (path, body, pointer) => {
    const faults: [string, string][] = [[pointer, 'unknown_reference']];
    await expectRefused(api, () => api.post(path, body), 422, 'request.invalid', faults);
    const field = pointer.slice(1);
    const { code } = await created(api, path, { ...body, [field]: null });
    const change = () => api.patch(`${path}/${code}`, { [field]: body[field] });
    await expectRefused(api, change, 422, 'request.invalid', faults);
  });

  it('is reported together with invalid values', async () => {
    const send = () => api.post('/v1/zones', { code: 'X', name: '', region: '999999', colour: 1 });
    await expectRefused(api, send, 422, 'request.invalid', [
      ['/code', 'not_a_slug'],
      ['/name', 'empty'],
      ['/level', 'required'],
      ['/region', 'unknown_reference'],
      ['/colour', 'unknown_field'],
    ]);
  });
});

describe.each([
  ['regions', ['920000', '920100', '920101']],
  ['industries', ['U', '97', '98']],
])('the tree of %s', (entity, codes) => {
  const path = `/v1/${entity}`;
  const [top, middle, bottom] = codes as [string, string, string];
  beforeAll(async () => {
    await created(api, path, { code: top, name: '一' });
    if (middle === '97') await api.patch(`${path}/${middle}`, { parent: top });
    else await created(api, path, { code: middle, name: '二', parent: top });
    const third = { code: bottom, name: '三', parent: middle };
    if ((await api.get(`${path}/${bottom}`)).status === 200) await api.patch(`${path}/${bottom}`, third);
    else await created(api, path, third);
  });

  it.each([
    ['itself', top],
    ['its child', middle],
    ['its grandchild', bottom],
  ])('cannot have an entry below %s', async (_, parent) => {
    const change = () => api.patch(`${path}/${top}`, { parent });
    await expectRefused(api, change, 422, 'request.invalid', [['/parent', 'circular']]);
  });

  it('allows entries to move, and to become roots', async () => {
    expect((await api.patch(`${path}/${bottom}`, { parent: top })).body.parent).toBe(top);
    expect((await api.patch(`${path}/${bottom}`, { parent: null })).body.parent).toBeNull();
  });
});

describe('a new entry', () => {
  it('cannot be part of itself', async () => {
    const send = () => api.post('/v1/regions', { code: '930000', name: '区', parent: '930000' });
    const { body } = await expectRefused(api, send, 422, 'request.invalid');
    expect(body.errors.map(({ pointer }: Body) => pointer)).toContain('/parent');
  });
});
