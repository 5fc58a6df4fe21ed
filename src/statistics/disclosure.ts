/**
 * What may be told to callers without a key where only statistics are open to them: figures of the whole and by one
 * dimension, as of the ends of months. `small-groups.ts` decides which groups; here stands what each figure is about.
 *
 * Amounts belong to a project for good, so that one day's could be subtracted from another's: they are told as of the
 * last month end only, or where the projects are still the same. Counts of other month ends say how many, not how much.
 */
import type { Reader } from '../database/database.ts';
import { type ProjectFilter, select } from '../projects/filter.ts';
import { NONE } from '../projects/parameter-kinds.ts';
import { type DimensionName, dimensions, type Grouping, groupOf } from './dimensions.ts';
import { bounded } from './groups.ts';
import type { Measure } from './measures.ts';
import * as repository from './repository.ts';
import { type Cell, type Population, type Told, tellable } from './small-groups.ts';
import type { DurationName, SumName } from './tallies.ts';
import { lastDay, monthIndex } from './timeline.ts';

/** What figures for a caller are bound to. */
export interface Disclosure {
  /** The fewest projects that a figure may be about. */
  minimum: number;
  /** The last month end. */
  latest: string;
}

/** The last day of the last month that is over. */
export const lastMonthEnd = (today: string): string => lastDay(monthIndex(today) - 1);

export const isMonthEnd = (day: string): boolean => day === lastDay(monthIndex(day));

/**
 * The dimensions that groups are told of, in the order in which they are: what is asked for most comes first. Not the
 * status, which changes from day to day, nor the finest, of which little could be told.
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

type Size = repository.SizeName;

const all: Population<Size> = (sizes) => sizes.projectCount;
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
  /** Whether it is an amount, and whether that changes over the life of a project. */
  amount?: 'lasting' | 'changing';
}

const countOf = (name: Size): Subject => ({ populations: [those(name), others(name)] });

/**
 * What each figure is about. Null needs a key: an amount of some of the projects would have to be protected together
 * with the same amount of all of them, and a median is the days of a single project.
 */
const ABOUT: Readonly<Record<SumName | DurationName, Subject | null>> = {
  projectCount: { populations: [all] },
  totalInvestment: { populations: [all], amount: 'lasting' },
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

/** Whether a figure may be told. */
export type Tells = (measure: Measure) => boolean;

/** What may be told of the whole, and of the groups of the dimension asked for. */
export interface Disclosed {
  whole: Tells;
  /** @param count how many projects are meant: nothing is told of what merely bears the name of a group */
  group(code: string | null, count: number): Tells;
}

const nothing: Tells = () => false;
const NOTHING_TOLD: Told = { whole: false, groups: new Set() };

/** @param by what is asked for besides the whole */
export async function disclose(
  reader: Reader,
  asOf: string,
  by: ToldDimension | undefined,
  { minimum, latest }: Disclosure,
): Promise<Disclosed> {
  const asked = toldDimensions.slice(0, by ? toldDimensions.indexOf(by) + 1 : 0);
  const groupings: Grouping[] = [];
  for (const name of asked) groupings.push(await dimensions[name].grouping(reader));
  const on = async (day: string) => {
    const rows = bounded(await repository.sizesOf(reader, select({} as ProjectFilter, day), asked));
    return toldOf(rows, groupings, minimum);
  };
  const then = await on(asOf);
  const now = asOf === latest ? then : await on(latest);

  const tells =
    (is: (told: Told) => boolean, isUnchanged: boolean): Tells =>
    ({ of }) =>
      is(then.told('projectCount')) &&
      of.every((name) => {
        const amount = ABOUT[name]?.amount;
        if (!amount) return is(then.told(name));
        return (amount === 'lasting' ? isUnchanged : asOf === latest) && is(now.told(name));
      });
  const group = (code: string | null) =>
    tells(({ groups }) => groups.has(code), then.count(code) === now.count(code));
  return {
    whole: tells(({ whole }) => whole, then.count() === now.count()),
    group: (code, count) => (then.count(code) === count ? group(code) : nothing),
  };
}

/** What may be told of what a filter selects: the whole or, by its one parameter, a group. @param count of projects */
export async function tellsOf(
  reader: Reader,
  filter: ProjectFilter,
  count: number,
  asOf: string,
  disclosure: Disclosure,
): Promise<Tells> {
  const [selected] = Object.entries(filter) as [ToldDimension, [string]][];
  const { whole, group } = await disclose(reader, asOf, selected?.[0], disclosure);
  if (!selected) return whole;
  const [, [code]] = selected;
  return group(code === NONE ? null : code, count);
}

/** What is told on a day, figure by figure, and how many projects there are, of a group or in all. */
function toldOf(rows: readonly repository.SizeRow[], groupings: readonly Grouping[], minimum: number) {
  const cells = rows.map((sizes): Cell<Size> => {
    const groups = groupings.map((grouping, i) => groupOf(sizes[`group${i}`] ?? null, grouping).code);
    return { groups, sizes };
  });
  const known = new Map<Subject, Told>();
  return {
    told: (name: SumName | DurationName): Told => {
      const subject = ABOUT[name];
      if (!subject) return NOTHING_TOLD;
      const told = known.get(subject) ?? tellable(cells, subject.populations, groupings.length, minimum);
      known.set(subject, told);
      return told;
    },
    count: (code?: string | null): number =>
      cells.reduce(
        (sum, { groups, sizes }) =>
          code === undefined || groups.at(-1) === code ? sum + sizes.projectCount : sum,
        0,
      ),
  };
}
