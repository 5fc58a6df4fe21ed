/** Outreach figures of an event, compared with a naive model, and the lists behind them. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { asOfDay, WORLD_TODAY } from '../support/arbitraries.ts';
import { runs, THOROUGH } from '../support/runs.ts';
import { PROPERTY } from '../support/world.ts';
import { OUTREACH_EVENTS, outreachApp, outreachModel, outreachWorld, replaceOutreach } from './world.ts';

let api: TestApp;
beforeAll(async () => {
  api = await outreachApp();
});
afterAll(() => api.close());

const urlOf = (event: string, asOf: string | undefined) =>
  `/v1/events/${event}/outreach${asOf === undefined ? '' : `?asOf=${asOf}`}`;

/** The figures of a response, without names and links. */
function figuresIn({ asOf: _, revision: __, event: ___, links: ____, known, ...figures }: Body): Body {
  const bare = (rows: Body[]) => rows.map(({ label, links, ...row }) => row);
  return {
    ...figures,
    guests: bare(figures.guests),
    top500: bare(figures.top500),
    channels: bare(figures.channels),
    zoneLevels: bare(figures.zoneLevels),
    zones: bare(figures.zones).map(({ zone, ...row }) => ({ zone: zone.code, ...row })),
  };
}

describe('the outreach of an event', () => {
  it('equals the model for any data and day', async () => {
    const days = fc.array(asOfDay, { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(outreachWorld, days, async (world, days) => {
        await replaceOutreach(api, world);
        for (const event of OUTREACH_EVENTS) {
          for (const asOf of days) {
            const answer = await api.get(urlOf(event, asOf));
            expect(answer.status, answer.text).toBe(200);
            const day = asOf ?? WORLD_TODAY;
            expect(answer.body.asOf).toBe(day);
            expect(figuresIn(answer.body), `${event} ${day}`).toEqual(outreachModel(world, event, day));
          }
        }
      }),
      { ...PROPERTY, numRuns: runs(40) },
    );
  });

  it('links each count to a list with exactly that many items', async () => {
    let linked = 0;
    const total = async (url: string | undefined) => {
      linked += 1;
      return (await api.get(`${url}&limit=1`)).body.page.total;
    };
    await fc.assert(
      fc.asyncProperty(outreachWorld, asOfDay, async (world, asOf) => {
        await replaceOutreach(api, world);
        const { body } = await api.get(urlOf('fair-a', asOf));
        const { self, definitions, permalink: _, ...links } = body.links;
        expect((await api.get(self)).body).toEqual(body);
        expect((await api.get(definitions)).status).toBe(200);
        for (const [name, url] of Object.entries<string>(links)) {
          const figure = body[`${name.replace(/s$/, '')}Count`] ?? body[`${name}Count`];
          expect([name, await total(url)]).toEqual([name, figure]);
        }
        for (const { links, count, atOrAbove } of body.guests) {
          expect(await total(links.contacts)).toBe(count);
          expect(await total(links.atOrAbove)).toBe(atOrAbove);
        }
        for (const { links, contacts } of body.channels) expect(await total(links.contacts)).toBe(contacts);
        for (const { links, contacts, delegations } of body.zones) {
          expect(await total(links.contacts)).toBe(contacts);
          expect(await total(links.delegations)).toBe(delegations);
        }
      }),
      { ...PROPERTY, numRuns: runs(15) },
    );
    if (THOROUGH) expect(linked).toBeGreaterThan(15 * 20);
  });
});

describe('a request about an event', () => {
  it('that does not exist, or for a future day, is refused', async () => {
    expectProblem(await api.get(urlOf('unheard-of', undefined)), 404, 'events.not_found');
    expectProblem(await api.get(urlOf('%00', undefined)), 404, 'events.not_found');
    const asOf = '2021-04-01';
    expectProblem(await api.get(urlOf('fair-a', asOf)), 422, 'request.invalid', [['asOf', 'after_today']]);
    expectProblem(await api.get(urlOf('fair-a', '2021-02-29')), 422, 'request.invalid', [
      ['asOf', 'not_a_day'],
    ]);
    expectProblem(await api.get('/v1/events/fair-a/outreach?event=fair-b'), 422, 'request.invalid', [
      ['event', 'unknown_parameter'],
    ]);
  });

  it('is not sent again to a client that has the response, until something changes', async () => {
    const own = await testApp();
    const days = { startsOn: '2022-11-03', endsOn: '2022-11-08' };
    await created(own, '/v1/events', { code: 'week', name: '沪洽周', ...days });
    const url = '/v1/events/week/outreach';
    const { etag, body } = await own.get(url);
    expect(body.event).toEqual({ code: 'week', name: '沪洽周', nameEn: null });
    expect((await own.get(url, { 'if-none-match': etag })).status).toBe(304);
    await created(own, '/v1/delegations', { event: 'week', zone: 'changsha-etdz', sentOn: '2022-11-02' });
    const again = await own.get(url, { 'if-none-match': etag });
    expect(again).toMatchObject({ status: 200, body: { delegationCount: 1, nationalZoneCount: 1 } });
    await own.close();
  });
});
