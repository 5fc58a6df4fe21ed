/**
 * What may be disclosed without a key when only statistics are public: figures of the whole and by one
 * dimension, as of month ends. `small-groups.ts` decides on the groups; this file defines which projects each
 * figure concerns.
 *
 * The amount of a project does not depend on the day, so amounts of two days could be subtracted from each
 * other. Therefore they are disclosed only as of the last month end, or where the projects are still the
 * same. Counts of other month ends reveal how many, not how much.
 */

import { effectiveDay } from '../../columns/packed-days.ts';
import type { State } from '../../columns/questions.ts';
import { paced } from '../../core/pace.ts';
import { type ProjectFilter, select } from '../projects/filter.ts';
import { NONE } from '../projects/parameter-kinds.ts';
import { type DimensionName, dimensions, type Grouping, groupOf, groupsIn } from './dimensions.ts';
import type { Measure } from './measures.ts';
import { type Cell, levelsOf, type Population, type Told, tellable } from './small-groups.ts';
import type { DurationName, SumName } from './tallies.ts';
import { type SizeName, type SizeRow, sizesOfRows } from './tallying.ts';
import { lastDay, monthIndex } from './timeline.ts';

/** Restrictions of the figures for a caller. */
export interface Disclosure {
  /** Smallest number of projects about which a figure may be disclosed. */
  minimum: number;
  /** The last month end. */
  latest: string;
}

/** The last day of the previous month. */
export const lastMonthEnd = (today: string): string => lastDay(monthIndex(today) - 1);

/**
 * The dimensions whose groups may be disclosed, the most requested first. Excluded are the status, which
 * changes from day to day, and the finest dimensions, of which little could be disclosed.
 */
export const toldDimensions = [
  'event',
  'region',
  'level',
  'industry',
  'signedYear',
  'investorOrigin',
  'top500',
  'investmentBand',
  'zone',
] as const satisfies readonly DimensionName[];
export type ToldDimension = (typeof toldDimensions)[number];

type Size = SizeName;

const EVERYBODY: readonly Population<Size>[] = [(sizes) => sizes.projectCount];
const those =
  (name: Size): Population<Size> =>
  (sizes) =>
    sizes[name];
const others =
  (name: Size): Population<Size> =>
  (sizes) =>
    sizes.projectCount - sizes[name];

interface Subject {
  populations: readonly Population<Size>[];
  /** Whether it is an amount, and whether the amount changes during the life of a project. */
  amount?: 'lasting' | 'changing';
}

const countOf = (name: Size): Subject => ({ populations: [those(name), others(name)] });

/**
 * The projects that each figure concerns. Null requires a key: an amount of a subset would have to be
 * protected together with the amount of all projects, and a median is the value of a single project.
 */
const ABOUT: Readonly<Record<SumName | DurationName, Subject | null>> = {
  projectCount: { populations: EVERYBODY },
  totalInvestment: { populations: EVERYBODY, amount: 'lasting' },
  contractedFunds: { ...countOf('contractedKnownCount'), amount: 'lasting' },
  contractedKnownCount: countOf('contractedKnownCount'),
  registeredCount: countOf('registeredCount'),
  startedCount: countOf('startedCount'),
  startedInvestment: null,
  completedCount: countOf('completedCount'),
  inProductionCount: countOf('inProductionCount'),
  performingCount: countOf('performingCount'),
  suspendedCount: countOf('suspendedCount'),
  terminatedCount: countOf('terminatedCount'),
  overdueStartCount: countOf('overdueStartCount'),
  overdueProductionCount: countOf('overdueProductionCount'),
  sameYearCount: countOf('sameYearCount'),
  fundsInPlace: { populations: [those('fundedCount')], amount: 'changing' },
  fundsOfContracted: null,
  daysToStart: null,
  daysToProduction: null,
};

/** Whether a figure may be disclosed. */
export type Tells = (measure: Measure) => boolean;

/** What may be disclosed of the whole, and of the groups of the requested dimension. */
export interface Disclosed {
  whole: Tells;
  /** @param count the number of projects; a group that merely has the same name discloses nothing */
  group(code: string | null, count: number): Tells;
}

const nothing: Tells = () => false;
const NOTHING_TOLD: Told = { whole: false, groups: new Set() };

/** @param by the dimension requested besides the whole */
export async function disclose(
  state: State,
  asOf: string,
  by: ToldDimension | undefined,
  { minimum, latest }: Disclosure,
): Promise<Disclosed> {
  const asked = toldDimensions.slice(0, by ? toldDimensions.indexOf(by) + 1 : 0);
  const groupings: Grouping[] = [];
  for (const name of asked) groupings.push(await dimensions[name].grouping(state.reader));
  const on = async (day: string) => {
    const { columns } = state;
    const mask = await select({} as ProjectFilter, day).mask(state);
    const coded = asked.map((name, i) =>
      groupsIn(name, groupings[i] as Grouping, columns, effectiveDay(day)),
    );
    return toldOf(sizesOfRows(columns, mask, coded, effectiveDay(day)), groupings, minimum);
  };
  const then = await on(asOf);
  const now = asOf === latest ? then : await on(latest);

  const tells = (is: (told: Told) => boolean, isUnchanged: boolean): Tells => {
    const isTold = ({ figures }: ToldOfDay, name: SumName | DurationName): boolean =>
      is(figures.get(name) ?? NOTHING_TOLD);
    return ({ of }) =>
      isTold(then, 'projectCount') &&
      of.every((name) => {
        const amount = ABOUT[name]?.amount;
        if (!amount) return isTold(then, name);
        return (amount === 'lasting' ? isUnchanged : asOf === latest) && isTold(now, name);
      });
  };
  return {
    whole: tells(({ whole }) => whole, then.whole === now.whole),
    group: (code, count) => {
      const [before = 0, after = 0] = [then.counts.get(code), now.counts.get(code)];
      return before === count ? tells(({ groups }) => groups.has(code), before === after) : nothing;
    },
  };
}

/**
 * What may be disclosed of a selection: the whole or, if it has a parameter, one group.
 * @param count number of projects
 */
export async function tellsOf(
  state: State,
  filter: ProjectFilter,
  count: number,
  asOf: string,
  disclosure: Disclosure,
): Promise<Tells> {
  const [selected] = Object.entries(filter) as [ToldDimension, [string]][];
  const { whole, group } = await disclose(state, asOf, selected?.[0], disclosure);
  if (!selected) return whole;
  const [, [code]] = selected;
  return group(code === NONE ? null : code, count);
}

interface ToldOfDay {
  figures: ReadonlyMap<SumName | DurationName, Told>;
  whole: number;
  /** Number of projects in each group of the last dimension. */
  counts: ReadonlyMap<string | null, number>;
}

/**
 * What may be disclosed on a day, figure by figure; computed in slices so that other requests are served
 * meanwhile.
 */
async function toldOf(
  rows: readonly SizeRow[],
  groupings: readonly Grouping[],
  minimum: number,
): Promise<ToldOfDay> {
  const pace = paced();
  const cells: Cell<Size>[] = [];
  const counts = new Map<string | null, number>();
  let whole = 0;
  for (const { values, sizes } of rows) {
    const groups = groupings.map((grouping, i) => groupOf(values[i] ?? null, grouping).code);
    const last = groups.at(-1) ?? null;
    cells.push({ groups, sizes });
    counts.set(last, (counts.get(last) ?? 0) + sizes.projectCount);
    whole += sizes.projectCount;
    await pace();
  }
  const groups = await levelsOf(cells, groupings.length, pace);
  const proven = new Map<Subject['populations'], Told>();
  const figures = new Map<SumName | DurationName, Told>();
  for (const [name, subject] of Object.entries(ABOUT) as [SumName | DurationName, Subject | null][]) {
    if (!subject) continue;
    const { populations } = subject;
    const told = proven.get(populations) ?? (await tellable(groups, populations, minimum, pace));
    proven.set(populations, told);
    figures.set(name, told);
  }
  return { figures, whole, counts };
}
