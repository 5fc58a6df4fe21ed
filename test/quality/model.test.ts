/** All rules over random projects, compared with the model: matches, findings and counts. */
import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, TestApp } from '../support/app.ts';
import { asOfDay, filter, queryOf, WORLD_TODAY, world } from '../support/arbitraries.ts';
import { type ModelProject, type ModelWorld, populationOf } from '../support/model.ts';
import { addDays } from '../support/model-figures.ts';
import { MODEL_RULES } from '../support/model-quality.ts';
import { runs, THOROUGH } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';

/** Some are nearly the same, and some only appear so. */
const NAMES = [
  '半导体封测线',
  '半导体封测线项目',
  '半导体（封测）线  (一期)',
  '半导体封测线（二期）',
  'RF Module基地',
  'ＲＦ－ｍｏｄｕｌｅ·工程',
  'RF Modules',
  '项目',
];

/** The last moment of a day in Shanghai and the first of the next, around the days used by the worlds. */
const CHANGES = Array.from({ length: 9 }, (_, i) => addDays('2020-12-27', i)).flatMap((day) => [
  `${day}T15:59:59.999Z`,
  `${day}T16:00:00.000Z`,
]);

const touches = fc.record({
  name: fc.constantFrom(...NAMES),
  investmentYuan: fc.constantFrom(100_000_000, 300_000_000),
  updatedAt: fc.constantFrom(...CHANGES),
});

/** Worlds with similar projects that were changed on different days. */
const worlds = world(40).chain((made) =>
  fc.array(touches, { minLength: made.projects.length, maxLength: made.projects.length }).map((touched) => ({
    ...made,
    projects: made.projects.map((p, i): ModelProject => ({ ...p, ...touched[i], contractedFundsYuan: null })),
  })),
);

const staleDays = fc.constantFrom(undefined, 1, 2, 3, 85, 86, 90, 3_650);

describe('the rules', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await worldApp();
  });
  afterAll(() => api.close());

  /** Creates the world, with changes at their given times. */
  async function place(world: ModelWorld): Promise<Map<string, string>> {
    const today = `${WORLD_TODAY}T04:00:00Z`;
    const projects = world.projects.map((p) => ({ ...p, updatedAt: today }));
    const ids = await replaceWorld(api, { ...world, projects });
    await api.database.write(async (tx) => {
      const { projects: rows } = tx.tables;
      for (const { code, updatedAt } of world.projects) {
        await tx.update(rows).set({ updatedAt }).where(eq(rows.code, code));
      }
    });
    return ids;
  }

  const comparable = (code: string, finding: Body): Body => ({
    code,
    finding: finding.others
      ? { others: finding.others.map((other: Body) => other.code ?? other).sort() }
      : finding,
  });

  const byCode = (items: Body[]): Body[] => items.sort((a, b) => (a.code < b.code ? -1 : 1));

  it('match the same projects as the model, for the same reason, under any filter and on any day', async () => {
    const named: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(
        worlds,
        filter(undefined, 2),
        asOfDay,
        staleDays,
        async (world, filter, asOf, stale) => {
          const ids = await place(world);
          const asked = queryOf(filter, { asOf, staleDays: stale === undefined ? stale : String(stale) });
          const { status, body, text } = await api.get(`/v1/quality?${asked}`);
          expect(status, text).toBe(200);
          expect(body.items.map(({ code }: Body) => code)).toEqual(Object.keys(MODEL_RULES));
          const day = asOf ?? WORLD_TODAY;
          expect(body).toMatchObject({ asOf: day, staleDays: stale ?? 90 });
          const population = populationOf(world, filter, day);
          for (const { code, count, links } of body.items) {
            const rule = MODEL_RULES[code];
            const expected = population.flatMap((p) => {
              const finding = rule?.(p, day, stale ?? 90, world);
              return finding ? [comparable(p.code, finding)] : [];
            });
            const page = await api.get(`${links.projects}&limit=500`);
            expect(page.status, page.text).toBe(200);
            const shown = page.body.items.map((item: Body) => comparable(item.code, item.finding));
            expect(byCode(shown), `${code}: ${links.projects}`).toEqual(byCode(expected));
            expect([count, page.body.page.total], code).toEqual([expected.length, expected.length]);
            for (const item of page.body.items) expect(item.id).toBe(ids.get(item.code));
            const all = populationOf(world, {}, WORLD_TODAY);
            named[code] =
              (named[code] ?? 0) + all.filter((p) => rule?.(p, WORLD_TODAY, stale ?? 90, world)).length;
          }
        },
      ),
      { ...PROPERTY, numRuns: runs(40) },
    );
    // Otherwise the test would prove nothing.
    if (THOROUGH) {
      for (const code of Object.keys(MODEL_RULES)) expect(named[code], code).toBeGreaterThan(0);
    }
  });

  it('find exactly the overdue projects that statistics count', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, filter(undefined, 1), asOfDay, async (world, filter, asOf) => {
        await place(world);
        const { body: quality } = await api.get(`/v1/quality?${queryOf(filter, { asOf })}`);
        const { body: summary } = await api.get(`/v1/statistics/summary?${queryOf(filter, { asOf })}`);
        const count = (code: string) => quality.items.find((item: Body) => item.code === code).count;
        expect([count('overdue_start'), count('overdue_production')]).toEqual([
          summary.overdueStartCount,
          summary.overdueProductionCount,
        ]);
      }),
      { ...PROPERTY, numRuns: runs(15) },
    );
  });
});
