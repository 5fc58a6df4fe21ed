/** What was known when figures were printed, in random histories: the model is what was computed at the time. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sources } from '../../src/features/published/measures.ts';
import { type Body, created, type TestApp, testApp } from '../support/app.ts';
import { historyIn, roll } from '../support/histories.ts';
import { THOROUGH } from '../support/runs.ts';

const PATH = '/v1/published-figures';
const STEPS = 200;

const aFigure = fc.record({
  measure: fc.constantFrom(...sources.projects.figures.map(({ name }) => name)),
  filter: fc.constantFrom(
    null,
    null,
    'level=provincial',
    'region=430000',
    'started=true',
    'top500=true',
    'q=甲',
  ),
  asOf: fc.constantFrom('2020-02-29', '2020-07-01', '2021-01-01', '2026-11-20'),
});

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

it('what was known when a figure was printed is what was computed then', async () => {
  const { take } = historyIn(api);
  const [steps = []] = fc.sample(fc.array(roll, { minLength: STEPS, maxLength: STEPS }), 1);
  const [given = []] = fc.sample(fc.array(aFigure, { minLength: STEPS, maxLength: STEPS }), 1);
  const figures: { figure: Body; seq: number }[] = [];
  for (const [i, step] of steps.entries()) {
    await take(i % 2 === 0 ? { ...step, kind: 'projects' } : step);
    const { measure, ...scope } = given[i] as (typeof given)[number];
    const figure = {
      ...{ measure, ...scope, unit: unitOf(measure), knownAt: api.clock.now() },
      // No figure has this value, so each one is explained.
      value: '-987654321.5',
      source: { publisher: '商务厅', publishedOn: '2026-11-21' },
    };
    if (i % 5 === 0)
      figures.push({ figure: await created(api, PATH, figure), seq: (await api.database.revision()).seq });
  }
  let [moved, still] = [0, 0];
  for (const { figure, seq } of figures) {
    const answer = await api.get(`${PATH}/${figure.id}`);
    // Steps may have removed it.
    if (answer.status === 404) continue;
    const { body } = answer;
    if (body.asOf !== figure.asOf || body.measure !== figure.measure || body.filter !== figure.filter)
      continue;
    const { computed, known, links } = body.whenPrinted;
    expect(computed).toEqual(figure.computed);
    // Of the minute in which it was entered, all is known.
    if (known) expect(known.revision).toBeGreaterThanOrEqual(seq);
    // Rates may differ by less than their ten decimals say.
    const hasMoved = links.differences !== undefined;
    if (body.computed.value !== computed.value) expect(hasMoved).toBe(true);
    if (JSON.stringify(body.computed.raw) === JSON.stringify(computed.raw)) expect(hasMoved).toBe(false);
    if (hasMoved) moved++;
    else still++;
    if (known) expect((await api.get(links.figures)).body.known).toEqual(known);
    const codes = body.reasons.map(({ code }: Body) => code);
    expect(codes.includes('changed_since')).toBe(hasMoved && computed.value !== null);
    if (!hasMoved) continue;
    const told = (await api.get(links.differences)).body;
    expect(told.items.length).toBeGreaterThan(0);
    expect([told.from.value, told.to.value]).toEqual([computed.raw, body.computed.raw]);
  }
  if (THOROUGH) expect(Math.min(moved, still)).toBeGreaterThan(0);
});

function unitOf(measure: string): string {
  if (measure.includes(':')) return 'days';
  if (measure.endsWith('Rate')) return 'percent';
  return measure.endsWith('Count') ? 'projects' : 'billionYuan';
}
