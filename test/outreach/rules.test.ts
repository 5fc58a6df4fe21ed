/** Rules and permissions for contacts and delegations. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editorOf } from '../imports/rows.ts';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { expectRefused } from '../support/state.ts';
import { closeVerified } from '../support/verified.ts';

const TOMORROW = '2026-11-23';

let api: TestApp;
let enterprise: string;
let team: Body;
let project: string;
beforeAll(async () => {
  api = await testApp();
  const days = { startsOn: '2022-11-03', endsOn: '2022-11-08' };
  for (const code of ['week', 'expo']) await created(api, '/v1/events', { code, name: code, ...days });
  enterprise = (await created(api, '/v1/enterprises', { name: '瑶华' })).id;
  team = await created(api, '/v1/delegations', aDelegation());
  project = (await created(api, '/v1/projects', aProject())).id;
});
afterAll(() => closeVerified(api));

const aDelegation = (fields: Body = {}): Body => ({
  event: 'expo',
  forEvent: 'week',
  zone: 'changsha-etdz',
  sentOn: '2022-11-02',
  ...fields,
});

const aContact = (fields: Body = {}): Body => ({
  enterprise,
  event: 'week',
  channel: 'visit',
  contactedOn: '2022-11-04',
  ...fields,
});

type Scenario = [
  what: string,
  fields: () => Body,
  fault: [pointer: string, code: string],
  en: string,
  zh: string,
];

const contactScenarios: Scenario[] = [
  ...(['negotiatingOn', 'signedOn', 'lostOn'] as const).map(
    (field): Scenario => [
      `${field} before the contact`,
      () => ({ [field]: '2022-11-03' }),
      [`/${field}`, 'before_contact'],
      'must not be before contactedOn',
      '不能早于对接日期',
    ],
  ),
  [
    'a signing before the negotiations',
    () => ({ negotiatingOn: '2022-11-06', signedOn: '2022-11-05' }),
    ['/signedOn', 'signing_before_negotiation'],
    'must not be before negotiatingOn',
    '签约日期不能早于洽谈日期',
  ],
  [
    'signed, and lost',
    () => ({ signedOn: '2022-11-05', lostOn: '2022-11-06' }),
    ['/lostOn', 'signed_and_lost'],
    'cannot be combined with signedOn: a signed contact is not lost',
    '已签约的对接记录不能同时有流失日期',
  ],
  [
    'a project of what has not signed',
    () => ({ project }),
    ['/project', 'project_without_signing'],
    'needs a signedOn',
    '须有签约日期（signedOn）',
  ],
  ...(['contactedOn', 'negotiatingOn', 'signedOn', 'lostOn'] as const).map(
    (field): Scenario => [
      `${field} after today`,
      () => ({ [field]: TOMORROW }),
      [`/${field}`, 'after_today'],
      'must not be after today, 2026-11-22',
      '不能晚于今天（2026-11-22）',
    ],
  ),
  [
    'another event than that of its delegation',
    () => ({ delegation: team.id }),
    ['/event', 'not_the_delegations_event'],
    'must be the event of the delegation, “expo”',
    '应为该小分队参加的活动“expo”',
  ],
  [
    'a day before its delegation was sent',
    () => ({ delegation: team.id, event: 'expo', contactedOn: '2022-11-01' }),
    ['/contactedOn', 'before_delegation'],
    'must not be before 2022-11-02, when the delegation was sent',
    '不能早于小分队派出日期（2022-11-02）',
  ],
];

describe('a contact with', () => {
  it.each(contactScenarios)('%s is refused, new or changed', async (_, fields, fault, en, zh) => {
    const sound = await created(api, '/v1/contacts', aContact());
    const url = `/v1/contacts/${sound.id}`;
    const ifMatch = { 'if-match': '*' };
    for (const [language, message] of [
      ['en', en],
      ['zh-CN', zh],
    ] as const) {
      const headers = { 'accept-language': language };
      const post = () => api.post('/v1/contacts', aContact(fields()), headers);
      const refused = await expectRefused(api, post, 422, 'request.invalid', [fault]);
      expect(refused.body.errors[0].message).toBe(message);
      const patch = () => api.patch(url, fields(), { ...headers, ...ifMatch });
      const again = await expectRefused(api, patch, 422, 'request.invalid', [fault]);
      expect(again.body.errors[0].message).toBe(message);
    }
  });

  it.each([
    ['every day the same', { negotiatingOn: '2022-11-04', signedOn: '2022-11-04' }],
    ['a signing without negotiations', { signedOn: '2022-11-05' }],
    ['negotiations that were lost', { negotiatingOn: '2022-11-05', lostOn: '2022-11-05' }],
    ['a loss before it was to negotiate', { negotiatingOn: '2022-11-06', lostOn: '2022-11-05' }],
    ['today', { contactedOn: '2026-11-22' }],
  ])('%s is accepted', async (_, fields) => {
    expect(await created(api, '/v1/contacts', aContact(fields))).toMatchObject(fields);
  });

  it('unknown references only is refused, reporting all of them', async () => {
    const nothing = '0190a1b2-0000-7000-8000-00000000dead';
    const body = aContact({
      enterprise: nothing,
      event: 'nothing',
      delegation: nothing,
      region: '999999',
      project: nothing,
      signedOn: '2022-11-05',
    });
    await expectRefused(api, () => api.post('/v1/contacts', body), 422, 'request.invalid', [
      ['/enterprise', 'unknown_reference'],
      ['/event', 'unknown_reference'],
      ['/delegation', 'unknown_reference'],
      ['/region', 'unknown_reference'],
      ['/project', 'unknown_reference'],
    ]);
  });

  it('the code of another is refused', async () => {
    await created(api, '/v1/contacts', aContact({ code: 'C-1' }));
    const post = () => api.post('/v1/contacts', aContact({ code: 'C-1' }));
    await expectRefused(api, post, 409, 'contacts.code_taken');
  });
});

describe('the stage of a contact', () => {
  const days = { contactedOn: '2022-11-04', negotiatingOn: '2022-11-10' };
  const stages: [what: string, fields: Body, turns: [day: string, stage: string][]][] = [
    [
      'that signs',
      { signedOn: '2022-11-20' },
      [
        ['2022-11-09', 'contacted'],
        ['2022-11-10', 'negotiating'],
        ['2022-11-19', 'negotiating'],
        ['2022-11-20', 'signed'],
      ],
    ],
    [
      'that is lost',
      { lostOn: '2022-11-20' },
      [
        ['2022-11-19', 'negotiating'],
        ['2022-11-20', 'lost'],
      ],
    ],
  ];
  it.each(stages)('%s changes on the day itself, in the list for any day', async (_, fields, turns) => {
    const { id } = await created(api, '/v1/contacts', aContact({ ...days, ...fields }));
    for (const [asOf, stage] of turns) {
      const { items } = (await api.get(`/v1/contacts?asOf=${asOf}&stage=${stage}&limit=500`)).body;
      expect(items.find((one: Body) => one.id === id)).toMatchObject({ stage });
      for (const other of ['contacted', 'negotiating', 'signed', 'lost'].filter((one) => one !== stage)) {
        const list = (await api.get(`/v1/contacts?asOf=${asOf}&stage=${other}&limit=500`)).body;
        expect(list.items.map((one: Body) => one.id)).not.toContain(id);
      }
    }
    const before = (await api.get('/v1/contacts?asOf=2022-11-03&limit=500')).body;
    expect(before.items.map((one: Body) => one.id)).not.toContain(id);
  });

  it('changes with the service’s day, and its ETag with it', async () => {
    const own = await testApp({ today: '2022-11-09' });
    await created(own, '/v1/events', {
      code: 'week',
      name: 'week',
      startsOn: '2022-11-03',
      endsOn: '2022-11-08',
    });
    const met = await created(own, '/v1/enterprises', { name: '瑶华' });
    const contact = aContact({ enterprise: met.id, contactedOn: '2022-11-08', negotiatingOn: '2022-11-09' });
    const { id } = await created(own, '/v1/contacts', contact);
    const url = `/v1/contacts/${id}`;
    await own.patch(url, { negotiatingOn: '2022-11-09' });
    const { etag, body } = await own.get(url);
    expect(body).toMatchObject({ stage: 'negotiating', enterpriseName: '瑶华' });
    await own.patch(`/v1/enterprises/${met.id}`, { name: '瑶华半导体' });
    const renamed = await own.get(url, { 'if-none-match': etag });
    expect(renamed).toMatchObject({ status: 200, body: { enterpriseName: '瑶华半导体' } });
    await own.close();
  });
});

describe('a list of contacts', () => {
  it('has the names of the enterprises, looked up once per page', async () => {
    const { items } = (await api.get('/v1/contacts?limit=500')).body;
    expect(items.length).toBeGreaterThan(10);
    for (const item of items) expect(item.enterpriseName).toBe('瑶华');
  });

  const filters: [query: string, find: (item: Body) => boolean][] = [
    ['contactedFrom=2022-11-05', ({ contactedOn }) => contactedOn >= '2022-11-05'],
    ['contactedTo=2022-11-04', ({ contactedOn }) => contactedOn <= '2022-11-04'],
    ['minGuestLevel=director', ({ guestLevel }) => ['china_president', 'director'].includes(guestLevel)],
    ['guestLevel=director', ({ guestLevel }) => guestLevel === 'director'],
    ['reached=signed', ({ signedOn }) => signedOn !== null],
    ['reached=negotiating', ({ negotiatingOn, signedOn }) => negotiatingOn !== null || signedOn !== null],
    ['reached=lost', ({ lostOn }) => lostOn !== null],
    ['stage=lost&channel=visit', ({ stage, channel }) => stage === 'lost' && channel === 'visit'],
    ['zone=changsha-etdz', ({ delegation }) => delegation === team.id],
    ['outreach=week', ({ event, delegation }) => event === 'week' || delegation === team.id],
    ['outreach=expo', ({ event }) => event === 'expo'],
    ['event=expo', ({ event }) => event === 'expo'],
  ];
  beforeAll(async () => {
    for (const guestLevel of ['china_president', 'director', 'manager']) {
      await created(api, '/v1/contacts', aContact({ guestLevel, contactedOn: '2022-11-05' }));
    }
    await created(
      api,
      '/v1/contacts',
      aContact({ event: 'expo', delegation: team.id, lostOn: '2022-11-09' }),
    );
    await created(api, '/v1/contacts', aContact({ event: 'expo', channel: 'exhibition' }));
  });

  it.each(filters)('filtered by %s has all of them and no others', async (query, find) => {
    const all = (await api.get('/v1/contacts?limit=500')).body.items;
    const { items, page } = (await api.get(`/v1/contacts?limit=500&${query}`)).body;
    expect(items).toEqual(all.filter(find));
    expect(page.total).toBe(items.length);
    expect(items.length).toBeGreaterThan(0);
    expect(items.length).toBeLessThan(all.length);
  });

  it.each([
    ['stage=won', 'stage', 'not_a_choice'],
    ['reached=contacted', 'reached', 'not_a_choice'],
    ['minGuestLevel=none', 'minGuestLevel', 'not_a_choice'],
    ['contactedTo=2022-02-29', 'contactedTo', 'not_a_day'],
    [`asOf=${TOMORROW}`, 'asOf', 'after_today'],
    ['outreach=Week', 'outreach', 'not_a_slug'],
  ])('does not accept %s', async (query, parameter, code) => {
    const get = () => api.get(`/v1/contacts?${query}`);
    await expectRefused(api, get, 422, 'request.invalid', [[parameter, code]]);
  });
});

describe('a delegation', () => {
  it('cannot be sent in the future', async () => {
    const post = () => api.post('/v1/delegations', aDelegation({ sentOn: TOMORROW }));
    await expectRefused(api, post, 422, 'request.invalid', [['/sentOn', 'after_today']]);
  });

  it('stays consistent with its contacts: their event and days limit its changes', async () => {
    const own = await created(api, '/v1/delegations', aDelegation());
    const met = aContact({ event: 'expo', delegation: own.id });
    const { id } = await created(api, '/v1/contacts', met);
    const url = `/v1/delegations/${own.id}`;
    const move = (language: string) => () =>
      api.patch(
        url,
        { event: 'week', sentOn: '2022-11-05' },
        { 'if-match': '*', 'accept-language': language },
      );
    const faults: [string, string][] = [
      ['/event', 'contacts_at_the_event'],
      ['/sentOn', 'after_its_contacts'],
    ];
    const messages = async (language: string) =>
      (await expectRefused(api, move(language), 422, 'request.invalid', faults)).body.errors.map(
        ({ message }: Body) => message,
      );
    expect(await messages('en')).toEqual([
      'must stay “expo”: the delegation has 1 contact there; detach it first',
      'must not be after 2022-11-04, when the delegation made its first contact',
    ]);
    expect(await messages('zh-CN')).toEqual([
      '应保持为“expo”：该小分队已有 1 条在该活动的对接记录，请先将其移出',
      '不能晚于该小分队首次对接的日期（2022-11-04）',
    ]);
    expect((await api.patch(url, { sentOn: '2022-11-04' })).status).toBe(200);
    await api.patch(`/v1/contacts/${id}`, { delegation: null });
    expect((await move('en')()).status).toBe(200);
  });
});

describe('an editor restricted to regions', () => {
  it('writes only contacts of these, before and after the change', async () => {
    const editor = await editorOf(api, ['430100']);
    const own = await created(editor, '/v1/contacts', aContact({ region: '430121' }));
    const foreign = await created(api, '/v1/contacts', aContact({ region: '430200' }));
    const ifMatch = { 'if-match': '*' };
    for (const [method, url, body] of [
      ['POST', '/v1/contacts', aContact({ region: '430200' })],
      ['POST', '/v1/contacts', aContact()],
      ['PATCH', `/v1/contacts/${own.id}`, { region: '430200' }],
      ['PATCH', `/v1/contacts/${own.id}`, { region: null }],
      ['PATCH', `/v1/contacts/${foreign.id}`, { region: '430100' }],
      ['DELETE', `/v1/contacts/${foreign.id}`, undefined],
    ] as const) {
      const send = () => editor.request(method, url, body, ifMatch);
      await expectRefused(api, send, 403, 'access.other_region');
    }
    expect((await editor.patch(`/v1/contacts/${own.id}`, { region: '430102' })).status).toBe(200);
    expect((await editor.delete(`/v1/contacts/${own.id}`)).status).toBe(204);
  });
});
