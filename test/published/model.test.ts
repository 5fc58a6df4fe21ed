import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sources } from '../../src/features/published/measures.ts';
import type { NewPublishedFigure } from '../../src/features/published/schema.ts';
import { figureWrites } from '../../src/features/published/writes.ts';
import { aProject, type Body, created, type TestApp } from '../support/app.ts';
import {
  asOfDay,
  dates,
  EVENTS,
  filter,
  parameters,
  queryOf,
  WORLD_TODAY,
  world,
} from '../support/arbitraries.ts';
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
          // The list and single reads are the same, except for later changes.
          const { items } = (await api.get(`${PATH}?limit=50`)).body;
          const apart = ({ reasons: _, ...figure }: Body) => figure;
          expect(items.map(apart)).toEqual(
            body.items.toSorted((a: Body, b: Body) => (a.id < b.id ? -1 : 1)).map(apart),
          );
        },
      ),
      { ...PROPERTY, numRuns: runs(25) },
    );
    if (THOROUGH) expect(seen.size).toBeGreaterThan(measureNames.length);
  });
});

const changes: fc.Arbitrary<Body> = fc.oneof(
  fc.constantFrom(1, 50_000_000, 999_999_999, 1_000_000_000, 5_000_000_000).map((investmentYuan) => ({
    investmentYuan,
    contractedFundsYuan: null,
  })),
  fc.constantFrom(null, ...EVENTS.map(({ code }) => code)).map((event) => ({ event })),
  fc.constantFrom(null, '430100', '430121', '431000').map((region) => ({ region })),
  fc.constantFrom(null, 'C', '39', '01').map((industry) => ({ industry })),
  fc.constantFrom('provincial', 'county').map((level) => ({ level })),
  fc.boolean().map((investmentEstimated) => ({ investmentEstimated })),
  fc.constantFrom('半导体', '别的').map((name) => ({ name })),
  dates,
  dates,
);

const step = fc.oneof(
  { weight: 8, arbitrary: changes.map((fields) => ({ kind: 'change' as const, fields })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'archive' as const, fields: {} }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restore' as const, fields: {} }) },
  { weight: 1, arbitrary: changes.map((fields) => ({ kind: 'create' as const, fields })) },
  {
    weight: 2,
    arbitrary: asOfDay.map((receivedOn = WORLD_TODAY) => ({
      kind: 'funds' as const,
      fields: { receivedOn, amountYuan: 5 },
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constant({ kind: 'change' as const, fields: { note: '与数字无关', owner: '商务局' } }),
  },
);

/** Filters by investor or time of the last change are not searched in the log. */
const loggedNames = Object.keys(parameters).filter(
  (name) => !['investor', 'investorCountry', 'investorOrigin', 'top500', 'updatedSince'].includes(name),
);

describe('changes since a figure was entered', () => {
  it('explain every figure that moved, with exactly the entries about its projects', async () => {
    let [moved, still] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        world(8),
        fc.array(
          fc.record({
            measure: fc.constantFrom(...measureNames),
            filter: fc.oneof(fc.constant({}), filter(loggedNames, 1), filter(loggedNames, 2)),
            asOf: asOfDay,
          }),
          {
            minLength: 8,
            maxLength: 8,
          },
        ),
        fc.array(fc.tuple(fc.nat(), step), { minLength: 1, maxLength: 8, size: 'max' }),
        async (world, questions, steps) => {
          const ids = [...(await replaceWorld(api, world)).values()];
          // Later than the creation of all projects of the world.
          api.clock.set('2021-04-01T04:00:00Z');
          const figures: Body[] = [];
          for (const { measure, filter, asOf = WORLD_TODAY } of questions) {
            const text = queryOf(filter);
            const unit = unitOf(measure);
            const figure = { measure, filter: text || null, asOf, unit, source };
            // No figure has this value, so each one is explained.
            figures.push(await created(api, PATH, { ...figure, value: '-987654321.5' }));
          }
          const selectedBefore = await selections(figures);
          const { seq: first } = await api.database.revision();
          for (const [i, { kind, fields }] of steps) {
            const url = `/v1/projects/${ids[i % ids.length]}`;
            if (kind === 'create') ids.push((await created(api, '/v1/projects', aProject(fields))).id);
            else if (kind === 'funds') await api.post(`${url}/funds`, fields);
            else if (kind === 'restore') await api.post(`${url}/restore`);
            else if (kind === 'archive') await api.delete(url, { 'if-match': '*' });
            else await api.patch(url, fields, { 'if-match': '*' });
          }
          const selectedAfter = await selections(figures);
          const log = (await api.get(`/v1/changes?after=${first}`)).body.items as Body[];
          const resigned = new Set(
            log.filter(({ fields }) => fields.signedOn).map(({ entityId }) => entityId),
          );
          for (const [i, before] of figures.entries()) {
            const after = (await api.get(`${PATH}/${before.id}`)).body;
            const told = after.reasons.find(({ code }: Body) => code === 'changed_since')?.changes;
            const hasMoved = JSON.stringify(after.computed) !== JSON.stringify(before.computed);
            if (hasMoved) moved++;
            else still++;
            const about = JSON.stringify({ before, after, log });
            if (hasMoved) expect(told?.total ?? 0, about).toBeGreaterThan(0);
            for (const change of told?.items ?? []) {
              const entry = log.find(({ seq }) => seq === change.seq);
              expect(change, about).toMatchObject({
                projectId: entry.entityId,
                action: entry.action,
                at: entry.at,
              });
              for (const field of change.fields) expect(entry.fields, about).toHaveProperty(field);
              expect(entry.fields, about).not.toHaveProperty('note');
              // A project whose signing day changed may have been selected only temporarily.
              if (resigned.has(change.projectId)) continue;
              const selected = [...(selectedBefore[i] as string[]), ...(selectedAfter[i] as string[])];
              expect(selected, about).toContain(change.projectId);
            }
          }
        },
      ),
      { ...PROPERTY, numRuns: runs(25) },
    );
    if (THOROUGH) expect(Math.min(moved, still)).toBeGreaterThan(0);
  });

  /** The ids of the projects that each figure's filter selects, including archived and later signed ones. */
  const selections = (figures: Body[]): Promise<string[][]> =>
    Promise.all(
      figures.map(async ({ filter, asOf }) => {
        const query = `${filter ? `${filter}&` : ''}limit=500&asOf=${asOf}`;
        const lists = ['', '&archived=true'].map((archived) => api.get(`/v1/projects?${query}${archived}`));
        return (await Promise.all(lists)).flatMap(({ body }) => body.items.map(({ id }: Body) => id));
      }),
    );
});

function unitOf(measure: string): string {
  if (measure.includes(':')) return 'days';
  if (measure.endsWith('Rate')) return 'percent';
  return measure.endsWith('Count') ? 'projects' : 'billionYuan';
}
