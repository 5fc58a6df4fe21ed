import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { stateOf } from '../support/state.ts';
import { closeVerified } from '../support/verified.ts';

let api: TestApp;
let full: Body;
beforeAll(async () => {
  api = await testApp();
  const { id } = await created(api, '/v1/enterprises', { name: '瑶华半导体' });
  await created(api, '/v1/events', {
    code: 'fair-2020',
    name: '经贸活动',
    startsOn: '2020-06-29',
    endsOn: '2020-06-30',
  });
  full = {
    nameEn: 'Yaohua',
    description: '一\n二',
    event: 'fair-2020',
    region: '430100',
    zone: 'changsha-etdz',
    industry: '39',
    owner: '商务局',
    contractAmount: '1.50',
    contractCurrency: 'USD',
    contractedFundsYuan: 50,
    registeredOn: '2020-07-01',
    startedOn: '2020-07-02',
    completedOn: '2020-07-03',
    productionOn: '2020-07-04',
    suspendedOn: '2020-07-05',
    resumedOn: '2020-07-06',
    terminatedOn: '2020-07-07',
    agreedStartOn: '2020-07-08',
    agreedProductionOn: '2020-07-09',
    note: '注',
    investorIds: [id],
  };
});
afterAll(() => closeVerified(api));

const urlOf = ({ id }: Body): string => `/v1/projects/${id}`;
const aFullProject = () => created(api, '/v1/projects', aProject(full));

/** A project without the fields that every change affects. */
const withoutTimes = ({ version: _, updatedAt: __, ...project }: Body) => project;

/** Fields that must be cleared together with those that depend on them. */
const together: Record<string, string[]> = {
  startedOn: ['startedOn', 'completedOn', 'productionOn'],
  suspendedOn: ['suspendedOn', 'resumedOn'],
};

describe('a merge patch', () => {
  const clearable = [
    'nameEn',
    'description',
    'event',
    'region',
    'zone',
    'industry',
    'owner',
    'contractAmount',
    'contractCurrency',
    'contractedFundsYuan',
    'registeredOn',
    'startedOn',
    'completedOn',
    'productionOn',
    'suspendedOn',
    'resumedOn',
    'terminatedOn',
    'agreedStartOn',
    'agreedProductionOn',
    'note',
  ];
  it.each(clearable)('clears %s with null and leaves the rest', async (field) => {
    const project = await aFullProject();
    expect(project[field]).not.toBeNull();
    const change = Object.fromEntries((together[field] ?? [field]).map((name) => [name, null]));
    const { operatingStatus: _, overdue: __, sameYear: ___, ...rest } = withoutTimes(project);
    const changed = await api.patch(urlOf(project), change);
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ ...rest, ...change, version: 2 });
  });

  it('clears the investors with null', async () => {
    const project = await aFullProject();
    const changed = await api.patch(urlOf(project), { investorIds: null });
    expect(withoutTimes(changed.body)).toEqual({ ...withoutTimes(project), investors: [] });
  });

  it('leaves absent fields unchanged', async () => {
    const project = await aFullProject();
    const changed = await api.patch(urlOf(project), { owner: '园区管委会' });
    expect(withoutTimes(changed.body)).toEqual({ ...withoutTimes(project), owner: '园区管委会' });
    expect(changed.body).toEqual((await api.get(urlOf(project))).body);
  });

  it.each([
    'application/json',
    'application/merge-patch+json',
    'application/merge-patch+json; charset=utf-8',
  ])('can be sent as %s', async (type) => {
    const project = await created(api, '/v1/projects', aProject());
    const { etag } = await api.get(urlOf(project));
    const headers = { 'if-match': etag, 'content-type': type };
    const changed = await api.request('PATCH', urlOf(project), '{"owner":"商务局"}', headers);
    expect(changed).toMatchObject({ status: 200, body: { owner: '商务局' } });
  });

  it('increments the version and updates the time of change', async () => {
    const project = await created(api, '/v1/projects', aProject());
    api.clock.set('2026-11-22T05:00:00.123Z');
    const changed = await api.patch(urlOf(project), { owner: '商务局' });
    expect(changed.body).toMatchObject({
      version: 2,
      createdAt: project.createdAt,
      updatedAt: '2026-11-22T05:00:00.123Z',
    });
  });

  it('returns the ETag of the next read', async () => {
    const project = await created(api, '/v1/projects', aProject());
    const changed = await api.patch(urlOf(project), { owner: '商务局' });
    expect(changed.etag).toBe((await api.get(urlOf(project))).etag);
  });
});

const idle: [what: string, change: (project: Body) => Body][] = [
  ['nothing', () => ({})],
  ['the code as it is', ({ code }) => ({ code })],
  ['fields as they are', ({ name, investmentYuan, startedOn }) => ({ name, investmentYuan, startedOn })],
  ['the investors as they are', ({ investors }) => ({ investorIds: investors.map(({ id }: Body) => id) })],
  ['blanks around a text', ({ name }) => ({ name: `  ${name}\u3000` })],
];

describe('a patch that changes nothing', () => {
  it.each(idle)('with %s leaves no trace', async (_, change) => {
    const project = await aFullProject();
    const before = await api.get(urlOf(project));
    const state = await stateOf(api);
    api.clock.set('2026-11-22T06:00:00Z');
    const answer = await api.patch(urlOf(project), change(project));
    expect(answer).toMatchObject({ status: 200, body: before.body, etag: before.etag });
    expect(await stateOf(api)).toEqual(state);
  });

  it('with null for empty fields leaves no trace', async () => {
    const project = await created(api, '/v1/projects', aProject());
    const state = await stateOf(api);
    const nothing = {
      startedOn: null,
      note: null,
      event: null,
      investorIds: null,
      contractedFundsYuan: null,
    };
    expect((await api.patch(urlOf(project), nothing)).body).toEqual(project);
    expect(await stateOf(api)).toEqual(state);
  });
});
