import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { everyPage, inOrder } from '../support/pages.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const idsOf = (items: readonly Body[]): string[] => items.map(({ id }) => id);

const spread = (i: number) => ({
  name: `${'安名长甲'[i % 4]}${i % 3}`,
  signedOn: `2020-0${1 + (i % 6)}-01`,
  startedOn: i % 4 === 0 ? null : `2021-0${1 + (i % 5)}-01`,
  investmentYuan: 1 + (i % 5),
});

/** Forty projects of a new event, so that each case has its own list. */
async function fortyProjects(event: string): Promise<Body[]> {
  const days = { startsOn: '2020-06-29', endsOn: '2020-06-30' };
  await created(api, '/v1/events', { code: event, name: '活动', ...days });
  const projects: Body[] = [];
  for (let i = 0; i < 40; i++) {
    api.clock.set(`2026-11-22T04:00:${String(i - (i % 4)).padStart(2, '0')}Z`);
    projects.push(await created(api, '/v1/projects', aProject({ event, ...spread(i) })));
  }
  return projects;
}

// Not by updatedAt: changed rows then rightly appear again.
const sorts = [
  'code',
  '-code',
  'name',
  '-signedOn',
  'startedOn',
  '-startedOn,name',
  'investmentYuan,-signedOn',
  '-investmentYuan',
  'createdAt',
  '-createdAt',
];

describe('while another client inserts, changes and archives between pages', () => {
  it.each(sorts.map((sort, i) => [sort, `fair-${i}`]))(
    'by %s nothing that exists throughout is skipped or repeated',
    async (sort, event) => {
      const before = await fortyProjects(event);
      const archived = new Set<string>();
      const archive = async (id: string | undefined) => {
        if (id === undefined || archived.has(id)) return;
        archived.add(id);
        expect((await api.delete(`/v1/projects/${id}`)).status).toBe(204);
      };

      const seen = await everyPage(
        api,
        `/v1/projects?event=${event}&sort=${sort}&limit=6`,
        async (items, page) => {
          for (let i = 0; i < 5; i++) {
            await created(api, '/v1/projects', aProject({ event, ...spread(page * 7 + i) }));
          }
          const ahead = inOrder(before, sort, 'id').filter(({ id }) => !idsOf(items).includes(id));
          await api.patch(`/v1/projects/${before[page]?.id}`, { owner: `单位 ${page}` }, { 'if-match': '*' });
          await api.patch(`/v1/projects/${ahead.at(-1)?.id}`, { owner: `单位 ${page}` }, { 'if-match': '*' });
          // The row in the cursor, one already seen, and one not yet seen.
          await archive(items.at(-1)?.id);
          await archive(items[0]?.id);
          await archive(ahead.at(2)?.id);
        },
      );

      const ids = idsOf(seen);
      expect(new Set(ids).size).toBe(ids.length);
      expect(archived.size).toBeGreaterThan(6);
      const throughout = before.filter(({ id }) => !archived.has(id));
      const known = new Set(idsOf(throughout));
      expect(ids.filter((id) => known.has(id))).toEqual(idsOf(inOrder(throughout, sort, 'id')));
    },
  );

  it('each page has its current total and revision', async () => {
    await fortyProjects('fair-total');
    const url = '/v1/projects?event=fair-total&sort=code&limit=15';
    const first = (await api.get(url)).body;
    await created(api, '/v1/projects', aProject({ event: 'fair-total' }));
    await api.delete(`/v1/projects/${first.items[0].id}`);
    await api.delete(`/v1/projects/${first.items[1].id}`);
    const second = (await api.get(`${url}&cursor=${first.page.nextCursor}`)).body;
    expect([first.page.total, second.page.total]).toEqual([40, 39]);
    expect(second.revision).toBe(first.revision + 3);
  });

  it('a project whose sort value changes appears at its new position', async () => {
    const projects = await fortyProjects('fair-move');
    const last = inOrder(projects, 'investmentYuan', 'id').at(-1);
    const seen = await everyPage(
      api,
      '/v1/projects?event=fair-move&sort=investmentYuan&limit=30',
      async () => {
        await api.patch(`/v1/projects/${last?.id}`, { investmentYuan: 1_000 });
      },
    );
    expect(idsOf(seen).filter((id) => id === last?.id)).toHaveLength(1);
    expect(seen.at(-1)).toMatchObject({ id: last?.id, investmentYuan: 1_000 });
  });

  it('the ledger of funds is complete', async () => {
    const { id } = await created(api, '/v1/projects', aProject());
    const url = `/v1/projects/${id}/funds`;
    const entries: Body[] = [];
    const add = (day: number, amountYuan: number) =>
      created(api, url, { receivedOn: `2021-01-${String(day).padStart(2, '0')}`, amountYuan });
    for (let i = 0; i < 20; i++) entries.push(await add(1 + (i % 9), 100));
    const seen = await everyPage(api, `${url}?limit=4`, async (_, page) => {
      await add(page, 7);
      await add(9, -3);
    });
    const known = new Set(idsOf(entries));
    expect(new Set(idsOf(seen)).size).toBe(seen.length);
    expect(seen.filter((entry) => known.has(entry.id))).toEqual(inOrder(entries, 'receivedOn', 'id'));
  });

  it('a catalogue is complete while entries are created, deleted and renamed', async () => {
    const before: Body[] = [];
    for (let i = 0; i < 30; i++) {
      before.push(await created(api, '/v1/enterprises', { name: `企业 ${i % 4}`, country: 'IS' }));
    }
    const gone = new Set<string>();
    const seen = await everyPage(
      api,
      '/v1/enterprises?country=IS&sort=-name&limit=5',
      async (items, page) => {
        await created(api, '/v1/enterprises', { name: `企业 ${page % 4}`, country: 'IS' });
        const { id } = items.at(-1);
        gone.add(id);
        await api.delete(`/v1/enterprises/${id}`);
        await api.patch(`/v1/enterprises/${before[29]?.id}`, { nameEn: `name ${page}` }, { 'if-match': '*' });
      },
    );
    const throughout = before.filter(({ id }) => !gone.has(id));
    const known = new Set(idsOf(throughout));
    expect(new Set(idsOf(seen)).size).toBe(seen.length);
    expect(idsOf(seen).filter((id) => known.has(id))).toEqual(idsOf(inOrder(throughout, '-name', 'id')));
  });
});
