/** Exports of catalogue lists can be re-imported without changes. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogueService } from '../../src/catalogues/service.ts';
import { clusterMembers, clusters } from '../../src/features/clusters/catalogue.ts';
import type { Caller } from '../../src/log/service.ts';
import { counts, socialCreditCode } from '../imports/rows.ts';
import { commit, preview } from '../imports/support.ts';
import {
  enterpriseId,
  type OutreachWorld,
  outreachApp,
  outreachWorld,
  replaceOutreach,
} from '../outreach/world.ts';
import { type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { day } from '../support/arbitraries.ts';
import { runs } from '../support/runs.ts';
import { PROPERTY } from '../support/world.ts';
import { readCsv, readXlsx, tableOf } from './support.ts';

const caller: Caller = { actor: 'test', requestId: null, regions: null };
const CLUSTER = '00000000-0000-7000-8500-000000000000';
const MEMBERS = `/v1/clusters/${CLUSTER}/members`;

/** Difficult texts. */
const notes = fc.constantFrom(
  null,
  null,
  '=1+1',
  "'quoted",
  'a,"b"',
  '二\n行',
  '1E5',
  '2020-06-29',
  '𠮷野家€',
);

interface Extra {
  code: string | null;
  region: string | null;
  note: string | null;
}

const extra: fc.Arbitrary<Omit<Extra, 'code'> & { isCoded: boolean }> = fc.record({
  isCoded: fc.boolean(),
  region: fc.constantFrom(null, '430000', '430100'),
  note: notes,
});

const role = fc.constantFrom('upstream', 'downstream', 'supporting');

/** Alternating arrivals and departures of each enterprise except the leader. */
const stays = fc.array(
  fc.record({ days: fc.uniqueArray(day, { maxLength: 4 }), role, note: notes, isWithProject: fc.boolean() }),
  { minLength: 5, maxLength: 5 },
);

const given = fc.record({ world: outreachWorld, extras: fc.array(extra, { minLength: 25 }), stays });
type Given = typeof given extends fc.Arbitrary<infer T> ? T : never;

/** Two enterprises share a name, and one of them has a code; the others may have a code. */
async function nameEnterprises(api: TestApp): Promise<void> {
  for (const [i, changes] of [
    [1, { name: '企业 0' }],
    [2, { name: '企业 0', socialCreditCode: socialCreditCode(2) }],
    [3, { socialCreditCode: socialCreditCode(3), name: '=企业、"三"' }],
  ] as const) {
    expect((await api.patch(`/v1/enterprises/${enterpriseId(i)}`, changes)).status).toBe(200);
  }
}

async function replace(api: TestApp, { world, extras, stays }: Given): Promise<void> {
  await api.database.write(async (tx) => {
    await tx.delete(tx.tables.clusterMembers);
    await tx.delete(tx.tables.clusters);
  });
  const contacts = world.contacts.map((contact, i) => {
    const { isCoded = true, ...more } = extras[i] ?? {};
    return { ...contact, ...more, code: isCoded ? contact.code : null };
  });
  await replaceOutreach(api, { ...world, contacts } as OutreachWorld);
  await nameEnterprises(api);
  const [project] = (await api.get('/v1/projects?limit=1')).body.items;
  await api.database.write(async (tx) => {
    const cluster = { id: CLUSTER, name: '集群, "甲"', leader: enterpriseId(5) };
    await catalogueService(api, clusters).insert(tx, caller, cluster);
    const members = catalogueService(api, clusterMembers, CLUSTER);
    for (const [i, { days, isWithProject, ...more }] of stays.entries()) {
      const sorted = days.toSorted();
      for (let at = 0; at < sorted.length; at += 2) {
        const term = { introducedOn: sorted[at], leftOn: sorted[at + 1] ?? null };
        const of = { enterprise: enterpriseId(i), project: isWithProject && project ? project.id : null };
        await members.insert(tx, caller, { ...more, ...of, ...term });
      }
    }
  });
}

const files = fc.oneof(
  fc.record({ format: fc.constant('csv' as const), encoding: fc.constantFrom('utf-8', 'gb18030') }),
  fc.record({ format: fc.constant('xlsx' as const) }),
  fc.record({ format: fc.constant('ndjson' as const) }),
);
const ways = fc.array(fc.tuple(files, fc.constantFrom('zh', 'en'), fc.constantFrom('keep', 'clear')), {
  minLength: 2,
  maxLength: 2,
});

const exported = (api: TestApp, url: string, options: Record<string, string> = {}) =>
  api.get(`${url}${url.includes('?') ? '&' : '?'}${new URLSearchParams(options)}`);

const lists = [
  ['contacts', '/v1/contacts'],
  ['cluster_members', MEMBERS],
] as const;

describe('an export of random contacts and members', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await outreachApp();
  });
  afterAll(() => api.close());

  it('changes nothing when re-imported, in any format, language and encoding', async () => {
    await fc.assert(
      fc.asyncProperty(given, ways, async (all, chosen) => {
        await replace(api, all);
        for (const [entity, url] of lists) {
          const { total } = (await api.get(`${url}?limit=1`)).body.page;
          for (const [file, lang, empty] of chosen) {
            const answer = await exported(api, url, { ...file, ...(file.format !== 'ndjson' && { lang }) });
            expect(answer.status).toBe(200);
            const query = { entity, empty };
            if (total === 0) continue;
            const { body } = await preview(api, answer.bytes, { format: file.format, query });
            expect([entity, file, lang, empty, body.faults]).toEqual([entity, file, lang, empty, []]);
            expect(body).toMatchObject(counts({ unchanged: total }));
          }
        }
      }),
      { ...PROPERTY, numRuns: runs(5) },
    );
  });

  it('equals the list under the same filters, in its order', async () => {
    const filters = [
      '/v1/contacts?sort=-contactedOn',
      '/v1/contacts?event=fair-a&sort=contactedOn',
      '/v1/contacts?outreach=fair-b&asOf=2020-12-30',
      '/v1/contacts?stage=signed&asOf=2021-01-01',
      '/v1/contacts?zone=zone-a&minGuestLevel=director',
      `${MEMBERS}?sort=-introducedOn`,
      `${MEMBERS}?role=upstream&asOf=2020-12-31`,
    ];
    await fc.assert(
      fc.asyncProperty(given, async (all) => {
        await replace(api, all);
        for (const url of filters) {
          const { items, page, revision } = (await api.get(`${url}&limit=500`)).body;
          const lines = linesOf((await exported(api, url, { format: 'ndjson' })).bytes);
          expect([url, lines]).toEqual([url, [...items, { end: true, count: page.total, revision }]]);
          const rows = readCsv(await exported(api, url, { format: 'csv', lang: 'en' }));
          expect(rows.map(({ Id }) => Id)).toEqual(items.map(({ id }: Body) => id));
        }
      }),
      { ...PROPERTY, numRuns: runs(5) },
    );
  });
});

const linesOf = (bytes: Buffer): Body[] =>
  bytes
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a list of a catalogue as a file', () => {
  let api: TestApp;
  let contact: Body;
  let member: Body;
  let members: string;
  beforeAll(async () => {
    api = await testApp();
    const days = { startsOn: '2022-11-03', endsOn: '2022-11-08' };
    await created(api, '/v1/events', { code: 'hyrd-2022', name: '2022年沪洽周', ...days });
    const enterprise = await created(api, '/v1/enterprises', { name: '=示例企业' });
    const cluster = await created(api, '/v1/clusters', { name: '示例集群' });
    members = `/v1/clusters/${cluster.id}/members`;
    contact = await created(api, '/v1/contacts', {
      code: '007',
      enterprise: enterprise.id,
      event: 'hyrd-2022',
      region: '430100',
      channel: 'exhibition',
      guestLevel: 'china_president',
      contactedOn: '2022-11-04',
      negotiatingOn: '2022-11-05',
    });
    member = await created(api, members, {
      enterprise: enterprise.id,
      role: 'supporting',
      introducedOn: '2022-11-04',
      note: '首批',
    });
  });
  afterAll(() => api.close());

  it('has the headings and words of imports, real dates, and codes as text', async () => {
    const sheet = await readXlsx(await exported(api, '/v1/contacts', { format: 'xlsx', lang: 'zh' }));
    expect(sheet.name).toBe('对接记录');
    expect(tableOf(sheet)).toEqual([
      {
        系统编号: contact.id,
        对接编号: '007',
        企业名称: '=示例企业',
        统一社会信用代码: null,
        经贸活动: 'hyrd-2022',
        小分队: null,
        行政区划: '430100',
        对接方式: '参展',
        嘉宾级别: '中国区总裁',
        对接日期: new Date('2022-11-04T00:00:00Z'),
        洽谈日期: new Date('2022-11-05T00:00:00Z'),
        签约日期: null,
        流失日期: null,
        项目编号: null,
        备注: null,
      },
    ]);
    const { bytes } = await exported(api, members, { format: 'csv', lang: 'en' });
    expect(bytes.toString()).toBe(
      [
        '\uFEFFId,Cluster,Enterprise,Social credit code,Role,Introduced,Left,Project code,Note',
        `${member.id},示例集群,'=示例企业,,supporting,2022-11-04,,,首批`,
        '',
      ].join('\r\n'),
    );
  });

  it('has a name with its subject, the day and the revision', async () => {
    const { revision } = (await api.get('/v1/contacts')).body;
    const named = async (url: string, options: Record<string, string>) =>
      (await exported(api, url, options)).headers['content-disposition'];
    expect(await named('/v1/contacts', { format: 'csv', outreach: 'hyrd-2022', asOf: '2022-11-08' })).toBe(
      `attachment; filename=contacts-hyrd-2022-2022-11-08-r${revision}.csv`,
    );
    const chinese = encodeURIComponent(`集群成员企业-示例集群-2026-11-22-r${revision}.xlsx`);
    expect(await named(members, { format: 'xlsx', lang: 'zh' })).toContain(`UTF-8''${chinese}`);
  });

  it.each(['contacts', 'members', 'enterprises', 'events', 'zones', 'regions', 'industries'])(
    'of %s is available in every format and no other',
    async (name) => {
      const url = name === 'members' ? members : `/v1/${name}`;
      for (const accept of [
        'text/csv',
        'application/x-ndjson',
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      ]) {
        const { status, headers } = await api.get(url, { accept });
        expect([status, String(headers['content-type']).split(';')[0]]).toEqual([200, accept]);
      }
      expectProblem(await api.get(url, { accept: 'image/png' }), 406, 'request.not_acceptable');
      expect((await api.get(`${url}?format=xml`)).status).toBe(422);
      expect((await api.get(`${url}?format=csv&unit=yi`)).status).toBe(422);
      const useless = await api.get(`${url}?format=xlsx&encoding=gb18030&limit=1`);
      const faults: [string, string][] = ['limit', 'encoding'].map((field) => [field, 'not_for_format']);
      expectProblem(useless, 422, 'request.invalid', faults);
    },
  );

  it.each(['mappings', 'clusters', 'delegations'])(
    'is not available for %s, which cannot be imported',
    async (name) => {
      expect((await api.get(`/v1/${name}?format=csv`)).status).toBe(422);
    },
  );

  it.each(['enterprises', 'events', 'zones', 'regions', 'industries'])(
    'of %s changes nothing when re-imported',
    async (entity) => {
      const { total } = (await api.get(`/v1/${entity}?limit=1`)).body.page;
      for (const [format, lang] of [
        ['csv', 'zh'],
        ['xlsx', 'en'],
      ] as const) {
        const { bytes } = await exported(api, `/v1/${entity}`, { format, lang });
        const { body } = await preview(api, bytes, { format, query: { entity, empty: 'clear' } });
        expect(body.faults).toEqual([]);
        expect(body).toMatchObject(counts({ unchanged: total }));
      }
    },
  );

  it('does not exist if the cluster does not', async () => {
    for (const id of ['00000000-0000-7000-8000-000000000999', 'x', '%00']) {
      const answer = await api.get(`/v1/clusters/${id}/members?format=csv`);
      expectProblem(answer, 404, 'clusters.not_found');
    }
  });

  it('responds with 304 if already known, and to HEAD with its headers', async () => {
    const url = '/v1/contacts?format=csv';
    const { headers } = await api.get(url);
    expect((await api.get(url, { 'if-none-match': String(headers.etag) })).status).toBe(304);
    for (const [url, status] of [
      [members, 200],
      [members.replace('/members', 'x/members'), 404],
    ] as const) {
      const head = await api.request('HEAD', `${url}?format=csv`);
      expect([head.status, head.bytes.length]).toEqual([status, 0]);
    }
  });

  it('applies the changes made in it, by id if there is no code', async () => {
    const other = await created(api, '/v1/enterprises', { name: '另一企业' });
    const uncoded = await created(api, '/v1/contacts', {
      enterprise: other.id,
      event: 'hyrd-2022',
      channel: 'invitation',
      contactedOn: '2022-11-03',
    });
    const url = `/v1/contacts?enterprise=${other.id}`;
    const text = (await exported(api, url, { format: 'csv', lang: 'zh' })).bytes.toString();
    const taken = text.replace(`${uncoded.id},`, `${uncoded.id},007`);
    const { body } = await commit(api, taken, { query: { entity: 'contacts' } });
    expect(body.errors).toMatchObject([{ pointer: '/code', code: 'taken' }]);
    const changed = text.replace('邀请', '参展').replace(`${uncoded.id},`, `${uncoded.id},C-NEW`);
    expect((await commit(api, changed, { query: { entity: 'contacts' } })).body).toMatchObject(
      counts({ changed: 1 }),
    );
    expect((await api.get(url)).body.items).toEqual([{ ...uncoded, code: 'C-NEW', channel: 'exhibition' }]);
    const sheet = (await exported(api, members, { format: 'csv', lang: 'zh' })).bytes.toString();
    const moved = sheet.replace("'=示例企业", '另一企业').replace('配套', '上游');
    expect((await commit(api, moved, { query: { entity: 'cluster_members' } })).body).toMatchObject(
      counts({ changed: 1 }),
    );
    const [now] = (await api.get(members)).body.items;
    expect(now).toEqual({ ...member, enterprise: other.id, enterpriseName: '另一企业', role: 'upstream' });
  });

  it.each([
    ['contacts', 'id', '00000000-0000-7000-8000-000000000999', 'unknown_reference'],
    ['cluster_members', 'id', '00000000-0000-7000-8000-000000000999', 'unknown_reference'],
    ['contacts', 'code', 'OTHER', 'immutable'],
    ['cluster_members', 'cluster', '另一集群', 'immutable'],
  ])('of %s is refused with another %s: %s', async (entity, field, value, code) => {
    if (field === 'cluster') await created(api, '/v1/clusters', { name: value });
    const url = entity === 'contacts' ? '/v1/contacts?code=007' : members;
    const [item] = linesOf((await exported(api, url, { format: 'ndjson' })).bytes);
    const { body } = await preview(api, JSON.stringify({ ...item, [field]: value }), {
      format: 'ndjson',
      query: { entity },
    });
    expect(body.faults).toMatchObject([{ row: 1, field, code }]);
    expect(body).toMatchObject(counts({ refused: 1 }));
  });

  it('is refused if one contact is in two rows, by its id in one and by its code in the other', async () => {
    const lines = [{ id: contact.id }, { code: '007' }, { id: contact.id }].map((one) => JSON.stringify(one));
    const { body } = await preview(api, lines.join('\n'), {
      format: 'ndjson',
      query: { entity: 'contacts' },
    });
    expect(body.faults).toMatchObject([
      { row: 2, code: 'duplicate_row' },
      { row: 3, code: 'duplicate_row' },
    ]);
  });
});
