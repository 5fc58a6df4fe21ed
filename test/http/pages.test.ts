import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { everyPage, inOrder } from '../support/pages.ts';

let api: TestApp;
let projects: Body[];
let ledger: string;

/** Names that sort differently by language, code unit and byte. */
const NAMES = [
  'a',
  'B',
  'b',
  'é',
  'Z',
  '10',
  '9',
  '安',
  '长',
  'a b',
  'a-b',
  'a_b',
  'ａ',
  '𠮷',
  '\ue000',
  '名',
];

beforeAll(async () => {
  api = await testApp();
  projects = [];
  for (let i = 0; i < 48; i++) {
    // A third share a timestamp; names, days and amounts repeat, and days are missing.
    if (i % 3 === 0) api.clock.set(`2026-11-22T04:00:${String(i).padStart(2, '0')}Z`);
    const startedOn = i % 4 === 0 ? null : `2021-0${1 + (i % 5)}-01`;
    const project = aProject({
      code: `${['c', 'C', '_', '0', '.'][i % 5]}-${i}`,
      name: NAMES[i % NAMES.length] as string,
      level: i % 2 === 0 ? 'provincial' : 'county',
      signedOn: `2020-0${1 + (i % 6)}-01`,
      startedOn,
      productionOn: startedOn === null || i % 3 === 0 ? null : '2022-01-01',
      investmentYuan: [1, 10, 9, 1_000_000_000_000, 100_000_000][i % 5] as number,
    });
    projects.push(await created(api, '/v1/projects', project));
  }
  for (let i = 0; i < 12; i++) {
    await api.patch(`/v1/projects/${projects[(i * 7) % 48]?.id}`, { owner: `单位 ${i}` });
  }
  projects = (await api.get('/v1/projects?limit=500')).body.items;
  ledger = `/v1/projects/${projects[0]?.id}/funds`;
  for (let i = 0; i < 20; i++) {
    await created(api, ledger, { receivedOn: `2021-01-0${1 + (i % 4)}`, amountYuan: i + 1 });
  }
});
afterAll(() => api.close());

const idsOf = (items: readonly Body[]): string[] => items.map(({ id }) => id);

const keys = [
  'code',
  'name',
  'signedOn',
  'startedOn',
  'productionOn',
  'investmentYuan',
  'createdAt',
  'updatedAt',
];
const directions = ['', '-'];

const sorts = [
  ...keys.flatMap((key) => directions.map((way) => `${way}${key}`)),
  // All ordered pairs of keys, in all combinations of directions.
  ...keys.flatMap((first, i) => {
    const second = keys[(i + 1) % keys.length] as string;
    return directions.flatMap((a) =>
      directions.flatMap((b) => [`${a}${first},${b}${second}`, `${b}${second},${a}${first}`]),
    );
  }),
  'name,-startedOn,investmentYuan',
  '-investmentYuan,signedOn',
  '-productionOn,startedOn,-signedOn,name',
  'startedOn,productionOn,-updatedAt,-code',
  '-createdAt,-updatedAt,-investmentYuan,-productionOn,-startedOn,-signedOn,-name,-code',
];

describe('the projects', () => {
  it.each(sorts)('by %s appear once each, in order, page by page', async (sort) => {
    const seen = await everyPage(api, `/v1/projects?sort=${sort}&limit=7`);
    expect(idsOf(seen)).toEqual(idsOf(inOrder(projects, sort, 'id')));
  });

  it('are sorted by the latest signing by default', async () => {
    const seen = await everyPage(api, '/v1/projects?limit=7');
    expect(idsOf(seen)).toEqual(idsOf(inOrder(projects, '-signedOn', 'id')));
  });

  it.each([1, 2, 5, 47, 48, 49, 500])('appear once each on pages of %i', async (limit) => {
    const seen = await everyPage(api, `/v1/projects?sort=startedOn&limit=${limit}`);
    expect(idsOf(seen)).toEqual(idsOf(inOrder(projects, 'startedOn', 'id')));
  });

  it('have a default limit of fifty', async () => {
    expect((await api.get('/v1/projects')).body.page).toEqual({ total: 48, limit: 50, nextCursor: null });
  });

  it('of a filter appear once each', async () => {
    const url = '/v1/projects?level=county&started=true&sort=name,-investmentYuan&limit=4';
    const selected = projects.filter(({ level, startedOn }) => level === 'county' && startedOn !== null);
    const seen = await everyPage(api, url);
    expect(idsOf(seen)).toEqual(idsOf(inOrder(selected, 'name,-investmentYuan', 'id')));
  });
});

describe('a page', () => {
  it('has the same total at any position', async () => {
    const url = '/v1/projects?level=county&sort=code&limit=10';
    const first = (await api.get(url)).body;
    const second = (await api.get(`${url}&cursor=${first.page.nextCursor}`)).body;
    const third = (await api.get(`${url}&cursor=${second.page.nextCursor}`)).body;
    const totals = [first, second, third].map(({ page, items }) => [page.total, items.length]);
    expect(totals).toEqual([
      [24, 10],
      [24, 10],
      [24, 4],
    ]);
    expect(third.page.nextCursor).toBeNull();
  });

  it('that contains the last one has no next page', async () => {
    expect((await api.get('/v1/projects?limit=48')).body.page.nextCursor).toBeNull();
    expect((await api.get('/v1/projects?limit=47')).body.page.nextCursor).not.toBeNull();
  });

  it('is the same when read again', async () => {
    const first = (await api.get('/v1/projects?limit=5')).body;
    const url = `/v1/projects?limit=5&cursor=${first.page.nextCursor}`;
    expect((await api.get(url)).body).toEqual((await api.get(url)).body);
  });

  it('of archived projects follows the same rules', async () => {
    const archived: string[] = [];
    for (let i = 0; i < 7; i++) {
      const { id } = await created(api, '/v1/projects', aProject({ signedOn: '1990-01-01' }));
      await api.delete(`/v1/projects/${id}`);
      archived.push(id);
    }
    const seen = await everyPage(api, '/v1/projects?archived=true&sort=name&limit=3');
    expect(idsOf(seen)).toEqual(archived.toSorted());
  });
});

/** Follows `Link: <…>; rel="next"` from page to page. */
async function followed(url: string): Promise<Body[]> {
  const items: Body[] = [];
  const seen = new Set<string>();
  for (let next: string | undefined = url; next !== undefined; ) {
    if (seen.has(next)) throw new Error(`The pages come back to ${next}.`);
    seen.add(next);
    const answer = await api.get(next);
    expect(answer.status).toBe(200);
    items.push(...answer.body.items);
    const { link } = answer.headers;
    expect(link === undefined).toBe(answer.body.page.nextCursor === null);
    next = link === undefined ? undefined : /^<([^>]+)>; rel="next"$/.exec(String(link))?.[1];
    if (link !== undefined) expect(next).toBeDefined();
  }
  return items;
}

describe('the Link to the next page', () => {
  it.each([
    ['/v1/projects?limit=9', 48],
    ['/v1/projects?level=provincial,county&sort=-name,code&limit=9&asOf=2022-08-31', 48],
    ['/v1/projects?level=provincial&level=county&started=true&started=true&limit=5', 36],
    [`/v1/projects?q=${encodeURIComponent('长')}&limit=1`, 3],
    ['/v1/regions?limit=50&sort=-name', 170],
  ])('leads from %s through all %i', async (url, count) => {
    const items = await followed(url);
    expect(items).toHaveLength(count);
    expect(items).toEqual(await everyPage(api, url));
  });

  it('leads through the ledger', async () => {
    expect(await followed(`${ledger}?limit=6`)).toHaveLength(20);
  });
});

describe('the ledger of funds', () => {
  it.each(['receivedOn', '-receivedOn'])('by %s appears once each, in order', async (sort) => {
    const all = (await api.get(`${ledger}?limit=500`)).body.items;
    expect(all).toHaveLength(20);
    const seen = await everyPage(api, `${ledger}?sort=${sort}&limit=3`);
    expect(seen).toEqual(inOrder(all, sort, 'id'));
  });

  it('has a total', async () => {
    expect((await api.get(`${ledger}?limit=3`)).body.page).toMatchObject({ total: 20, limit: 3 });
  });

  it.each(['amountYuan', 'note', 'id', '-'])('cannot be sorted by %s', async (sort) => {
    expect((await api.get(`${ledger}?sort=${sort}`)).status).toBe(422);
  });
});

describe.each(['regions', 'industries', 'zones', 'events', 'enterprises'])('%s', (entity) => {
  const key = entity === 'enterprises' ? 'id' : 'code';
  beforeAll(async () => {
    for (let i = 0; i < 12; i++) {
      const name = NAMES[i % 5] as string;
      const [startsOn, endsOn] = [`2020-01-0${1 + (i % 3)}`, '2020-02-01'];
      if (entity === 'events') await created(api, '/v1/events', { code: `e-${i}`, name, startsOn, endsOn });
      if (entity === 'enterprises') await created(api, '/v1/enterprises', { name });
    }
  });

  const more = entity === 'events' ? ['startsOn', '-startsOn,name', 'name,-startsOn'] : [];
  it.each([key, `-${key}`, 'name', '-name', `name,-${key}`, `-name,${key}`, ...more])(
    'by %s appear once each, in order, page by page',
    async (sort) => {
      const all = (await api.get(`/v1/${entity}?limit=500`)).body.items;
      expect(all.length).toBeGreaterThan(10);
      const seen = await everyPage(api, `/v1/${entity}?sort=${sort}&limit=11`);
      expect(seen).toEqual(inOrder(all, sort, key));
    },
  );
});
