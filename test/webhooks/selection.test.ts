/** Which entries webhooks are told of: compared with a model that replays the whole log. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Selection, selectorIn } from '../../src/features/webhooks/selection.ts';
import type { ChangeEntry } from '../../src/log/service.ts';
import { aProject, created, type TestApp, testApp } from '../support/app.ts';
import { logOf } from '../support/change-log.ts';
import { historyIn, roll } from '../support/histories.ts';
import { runs } from '../support/runs.ts';
import { PROPERTY } from '../support/world.ts';

let api: TestApp;
let log: ChangeEntry[];
beforeAll(async () => {
  api = await testApp();
  const { take } = historyIn(api);
  const steps = fc.sample(roll, { seed: 20_261_127, numRuns: 1_200 });
  for (const step of steps) await take(step);
  // Rare in histories: funds of a project that has moved.
  for (const [from, to] of [
    ['430100', '430200'],
    ['430200', '430100'],
    ['430100', null],
  ]) {
    const { id } = await created(api, '/v1/projects', aProject({ region: from as string }));
    await api.patch(`/v1/projects/${id}`, { region: to });
    await api.post(`/v1/projects/${id}/funds`, { receivedOn: '2021-01-01', amountYuan: 1 });
  }
  log = await logOf(api);
});
afterAll(() => api.close());

type Values = Record<string, unknown>;

/** Every resource before and after every entry, from the first entry on. */
function* replayed(): Generator<[ChangeEntry, Values, Values]> {
  const all = new Map<string, Values>();
  for (const entry of log) {
    const name = `${entry.entity} ${entry.entityId}`;
    const before = all.get(name) ?? {};
    const after = entry.action === 'delete' ? {} : { ...before };
    for (const [field, change] of Object.entries(entry.fields)) after[field] = change.after ?? null;
    all.set(name, after);
    yield [entry, before, after];
  }
}

/** The parents of the seed, and of what the history adds, are all it needs. */
function isUnder(region: unknown, scopes: readonly string[], parents: ReadonlyMap<string, unknown>): boolean {
  for (let code = region; typeof code === 'string'; code = parents.get(code))
    if (scopes.includes(code)) return true;
  return false;
}

const placed: Record<'regions' | 'events', string[]> = {
  regions: ['projects', 'contacts', 'clusters', 'zones'],
  events: ['projects', 'contacts', 'delegations', 'published_figures'],
};

function* expected(
  { entities, actions, regions, events }: Selection,
  parents: ReadonlyMap<string, unknown>,
): Generator<number> {
  for (const [entry, before, after] of replayed()) {
    const { entity, entityId } = entry;
    if (entities && !entities.includes(entity)) continue;
    if (actions && !actions.includes(entry.action)) continue;
    const of = (place: 'regions' | 'events', ...fields: string[]): unknown[] => {
      if (entity === place) return [entityId];
      return placed[place].includes(entity)
        ? [before, after].flatMap((one) => fields.map((f) => one[f]))
        : [];
    };
    if (regions && !of('regions', 'region').some((one) => isUnder(one, regions, parents))) continue;
    if (
      events &&
      !of('events', 'event', ...(entity === 'delegations' ? ['forEvent'] : [])).some((one) =>
        events.includes(one as string),
      )
    )
      continue;
    yield entry.seq;
  }
}

const some = <T>(values: readonly T[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }));

it('is what the model says, wherever it begins and however much is read at once', async () => {
  const { regions } = api.database.read.tables;
  const rows = await api.database.read.select({ code: regions.code, parent: regions.parent }).from(regions);
  const parents = new Map(rows.map(({ code, parent }) => [code, parent]));
  const selection: fc.Arbitrary<Selection> = fc.record({
    entities: some(['projects', 'contacts', 'events', 'regions', 'keys', 'webhooks', 'clusters', 'zones']),
    actions: some(['create', 'change', 'delete', 'add_funds'] as const),
    regions: some(['430000', '430100', '439900', '439901', '430102']),
    events: some(['event-0', 'event-1', 'event-2']),
  });
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      selection,
      fc.nat(),
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }),
      async (asked, start, sizes) => {
        const from = start % log.length;
        const selector = selectorIn(api.database.read, asked);
        const found: ChangeEntry[] = [];
        for (let at = from, i = 0; at < log.length; i++) {
          const next = at + (sizes[i % sizes.length] as number);
          found.push(...(await selector.of(log.slice(at, next))));
          at = next;
        }
        expect(found.map(({ seq }) => seq)).toEqual(
          [...expected(asked, parents)].filter((seq) => seq > from),
        );
        for (const { entity } of found)
          kinds.add(`${entity} ${asked.regions ? 'by region' : ''} ${asked.events ? 'by event' : ''}`);
      },
    ),
    { ...PROPERTY, numRuns: runs(3_000) },
  );
  expect(kinds).toContain('projects by region by event');
  expect(kinds.size).toBeGreaterThan(10);
});
