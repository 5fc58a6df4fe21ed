import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sources } from '../../src/features/published/measures.ts';
import type { NewPublishedFigure } from '../../src/features/published/schema.ts';
import { figureWrites } from '../../src/features/published/writes.ts';
import type { Body, TestApp } from '../support/app.ts';
import { asOfDay, filter, queryOf, WORLD_TODAY, world } from '../support/arbitraries.ts';
import { populationOf } from '../support/model.ts';
import { figuresOf } from '../support/model-figures.ts';
import { runs, THOROUGH } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';

const PATH = '/v1/published-figures';
const measureNames = sources.projects.figures.map(({ name }) => name);
const caller = { actor: 'test', requestId: null, regions: null };
const source = { publisher: '商务厅', publishedOn: WORLD_TODAY };

let api: TestApp;
beforeAll(async () => {
  api = await worldApp();
});
afterAll(() => api.close());

/** A number rounded half-up to the given number of decimals. */
function printed(numerator: bigint, denominator: bigint, places: number): { text: string; units: bigint } {
  const scale = 10n ** BigInt(places);
  let units = (numerator * scale) / denominator - 2n;
  while (2n * numerator * scale >= (2n * units + 1n) * denominator) units += 1n;
  return { text: textOf(units, places), units };
}

function textOf(units: bigint, places: number): string {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, '0');
  const cut = digits.length - places;
  return `${units < 0n ? '-' : ''}${digits.slice(0, cut)}${places > 0 ? `.${digits.slice(cut)}` : ''}`;
}

/** The model's value of a measure, as a quotient in a unit; null if it has none. */
function modelOf(figures: Body, measure: string): { quotient: [bigint, bigint]; unit: string } | null {
  const [name, centre] = measure.split(':') as [string, string?];
  const value = figures[name];
  if (typeof value === 'number') return { quotient: [BigInt(value), 1n], unit: 'projects' };
  if ('yuan' in value) return { quotient: [BigInt(value.yuan), 10n ** 8n], unit: 'yiYuan' };
  if ('numerator' in value) {
    const { numerator, denominator } = value;
    return denominator === 0
      ? null
      : { quotient: [BigInt(numerator) * 100n, BigInt(denominator)], unit: 'percent' };
  }
  const days = value[centre as string];
  return days === null ? null : { quotient: [BigInt(Math.round(days * 10)), 10n], unit: 'days' };
}

const question = fc.record({
  measure: fc.constantFrom(...measureNames),
  filter: filter(),
  asOf: asOfDay,
  places: fc.nat(3),
  off: fc.constantFrom(0, 0, 1, -1, 37),
});

describe('the reconciliation', () => {
  it('agrees with the figures of a naive model, and disagrees with altered ones', async () => {
    const published = figureWrites(api.clock);
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        world(30),
        fc.array(question, { minLength: 12, maxLength: 12 }),
        async (world, questions) => {
          await replaceWorld(api, world);
          const expected = new Map<string, { agrees: boolean; off: bigint | null; places: number }>();
          await api.database.write(async (tx) => {
            await tx.delete(tx.tables.publishedFigures);
            for (const { measure, filter, asOf = WORLD_TODAY, off, ...given } of questions) {
              const model = modelOf(figuresOf(populationOf(world, filter, asOf), asOf), measure);
              // Days have one decimal.
              const places = model?.unit === 'days' ? 1 : model?.unit === 'projects' ? 0 : given.places;
              const right = printed(...(model?.quotient ?? [1n, 1n]), places);
              const text = queryOf(filter);
              const id = await published.insert(tx, caller, {
                measure,
                filter: text === '' ? null : text,
                asOf,
                value: textOf(right.units + BigInt(off), places),
                unit: model?.unit ?? (measure.includes(':') ? 'days' : 'percent'),
                source,
              } as NewPublishedFigure);
              expected.set(id, { agrees: model !== null && off === 0, off: model && BigInt(off), places });
            }
          });
          const { body } = await api.get(`${PATH}/reconciliation`);
          expect(body.total).toBe(questions.length);
          expect(body.agreeing).toBe([...expected.values()].filter(({ agrees }) => agrees).length);
          expect(body.items.map(({ agrees }: Body) => agrees)).toEqual([
            ...Array(body.disagreeing).fill(false),
            ...Array(body.agreeing).fill(true),
          ]);
          for (const item of body.items as Body[]) {
            const { agrees, off, places } = expected.get(item.id) as {
              agrees: boolean;
              off: bigint;
              places: number;
            };
            expect(item.agrees, JSON.stringify(item)).toBe(agrees);
            if (off === null) {
              expect(item).toMatchObject({
                computed: { value: null },
                reasons: [{ code: 'not_computable' }],
              });
              continue;
            }
            const units = BigInt(item.value.replace('.', '')) - off;
            expect(item.computed.rounded).toBe(textOf(units, places));
            seen.add(`${item.measure} ${agrees}`);
          }
          const { items } = (await api.get(`${PATH}?limit=50`)).body;
          expect(items).toEqual(body.items.toSorted((a: Body, b: Body) => (a.id < b.id ? -1 : 1)));
        },
      ),
      { ...PROPERTY, numRuns: runs(25) },
    );
    if (THOROUGH) expect(seen.size).toBeGreaterThan(measureNames.length);
  });
});
