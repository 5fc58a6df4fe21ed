/** What happened month by month, from one pass over the selected projects, and the periods made of it. */
import type { Columns } from '../../columns/columns.ts';
import { effectiveDay, monthOf } from '../../columns/packed-days.ts';
import type { Question, State } from '../../columns/questions.ts';
import { money, rate } from '../../core/numbers.ts';
import { mapPaced, paced } from '../../core/pace.ts';
import type { Computed } from '../../http/answers.ts';
import { DEFAULT_LIMIT } from '../../http/pages.ts';
import { Problem } from '../../http/problems.ts';
import { type ProjectFilter, queryOf, select } from '../projects/filter.ts';
import type { Mask } from '../projects/sieves.ts';
import { changeOf, type Side, toldFrom } from './comparison.ts';
import {
  type Dimension,
  type DimensionName,
  dimensionNames,
  dimensions,
  type Group,
  type Grouping,
  groupOf,
  groupsIn,
} from './dimensions.ts';
import { type Coded, groupRows } from './groups-of-rows.ts';
import type { Measure } from './measures.ts';
import { type Interval, monthIndex, periodName, periods } from './timeline.ts';

/** The dimensions of lines: those that do not change from day to day. */
export const timelineDimensions = dimensionNames.filter((name) => name !== 'operatingStatus') as [
  TimelineDimension,
  ...TimelineDimension[],
];
export type TimelineDimension = Exclude<DimensionName, 'operatingStatus'>;

/** Maximum number of periods of all lines shown; more are refused rather than held in memory. */
export const MAX_PERIODS = 10_000;

interface Asked {
  filter: ProjectFilter;
  interval: Interval;
  /** Whether there is a line for each group, too. */
  by: TimelineDimension | undefined;
  /** Only periods that have days between these. */
  from: string | undefined;
  to: string | undefined;
  /** Of lines. */
  limit: number | undefined;
  asOf: string;
  /** A whole number of periods earlier, so that an unfinished period is compared with one up to the same day. */
  comparedWith?: Side | undefined;
}

export const timeline: Question<Asked, Computed> = {
  name: 'timeline',
  answer: async (state, asked) => {
    const { filter, interval, by, from, to, limit = DEFAULT_LIMIT, asOf, comparedWith } = asked;
    const dimension: Dimension | undefined = by && dimensions[by];
    const grouping = await dimension?.grouping(state.reader);
    const linesOn = (side: Side) => toldFrom(state, side, (told) => allLines(told, asked, side, grouping));
    const now = await linesOn({ asOf });
    const before = comparedWith && (await linesOn(comparedWith));
    const months = comparedWith ? monthIndex(asOf) - monthIndex(comparedWith.asOf) : 0;

    const pace = paced();
    const shown = ({ from: first, to: last }: Item) => first <= (to ?? first) && last >= (from ?? last);
    const shownOf = async (items: readonly Item[], earlier: readonly Item[] | undefined) => {
      const kept = items.filter(shown);
      if (!before) return kept;
      const known = new Map(earlier?.map((item) => [item.period, item]));
      return mapPaced(
        kept,
        (item) => {
          const period = periodName(monthIndex(item.from) - months, interval);
          return { ...item, comparison: { period, ...changesIn(item, known.get(period) ?? EMPTY_PERIOD) } };
        },
        pace,
      );
    };
    const items = await shownOf(now.whole, before?.whole);
    const { revision } = state;
    const heading = {
      asOf,
      revision: revision.seq,
      filter,
      interval,
      ...(comparedWith && { comparedWith }),
    };
    if (!dimension || !grouping) return { revision, body: { ...heading, items } };

    const groups = [...now.groups].map(([value, lineItems]) => ({
      value,
      group: groupOf(value, grouping),
      lineItems,
    }));
    const sorted = groups.sort((a, b) => byCode(a.group, b.group)).slice(0, limit);
    if (sorted.length * items.length > MAX_PERIODS)
      throw new Problem('statistics.too_many_periods', { values: { max: MAX_PERIODS } });
    const lines = [];
    for (const { value, group, lineItems } of sorted)
      lines.push({
        group,
        items: await shownOf(lineItems(), before?.groups.get(value)?.()),
        links: {
          projects: `/v1/projects?${queryOf(dimension.narrow(filter, group.code, grouping), { asOf })}`,
        },
      });
    return { revision, body: { ...heading, by, groupCount: groups.length, items, lines } };
  },
};

/** The items of all projects on a day, and of each group by its value. */
async function allLines(
  state: State,
  { filter, interval, by }: Asked,
  { asOf }: Side,
  grouping: Grouping | undefined,
) {
  const { columns } = state;
  const mask = await select(filter, asOf).mask(state);
  const itemsIn = ({ first, lines }: ReturnType<typeof linesOf>) =>
    lines.map(
      ({ values: [value = null], months }) => [value, () => itemsOf(months, first, interval, asOf)] as const,
    );
  const [[, whole]] = itemsIn(linesOf(columns, mask, [], asOf)) as [readonly [null, () => Item[]]];
  const coded = by && grouping && groupsIn(by, grouping, columns, effectiveDay(asOf));
  return {
    whole: whole(),
    groups: new Map(coded ? itemsIn(linesOf(columns, mask, [coded], asOf)) : []),
  };
}

/** Those without a value last. */
const byCode = ({ code: a }: Group, { code: b }: Group): number =>
  a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1;

/** Counted in the month in which it happens. Started and producing projects that are terminated later leave. */
const counted = [
  'signedCount',
  'investment',
  'startedCount',
  'inProductionCount',
  'fundsInPlace',
  'startedLeft',
  'inProductionLeft',
] as const;
type Months = Record<(typeof counted)[number], Float64Array>;

/** A group of projects, and what happened to them in each month from the first on. */
interface Line {
  values: (string | null)[];
  months: Months;
}

/**
 * The lines of groups of projects. Milestones and funds before the signing count on the day of signing.
 * @returns them, and their first month, counted from year 0
 * @throws Problem 422 if there are too many groups
 */
function linesOf(columns: Columns, mask: Mask, by: readonly Coded[], asOf: string) {
  const { values, groupOf } = groupRows(columns, mask, by);
  const { days, investmentYuan, ledgerStart, ledgerCount, ledgerDay, ledgerYuan } = columns;
  const { signedOn, terminatedOn } = days;
  const day = effectiveDay(asOf);
  const first = firstMonth(signedOn, mask);
  const span = Math.max(monthIndex(asOf) - first + 1, 0);
  const sums = Object.fromEntries(
    counted.map((name) => [name, new Float64Array(span * values.length)]),
  ) as Months;
  const milestones = [
    [days.startedOn, sums.startedCount, sums.startedLeft],
    [days.productionOn, sums.inProductionCount, sums.inProductionLeft],
  ] as const;
  for (let row = 0; row < mask.length; row++) {
    if (mask[row] === 0) continue;
    const start = (groupOf[row] as number) * span - first;
    const signed = signedOn[row] as number;
    const ended = terminatedOn[row] as number;
    add(sums.signedCount, start + monthOf(signed), 1);
    add(sums.investment, start + monthOf(signed), investmentYuan[row] as number);
    for (const [column, reached, left] of milestones) {
      const on = Math.max(column[row] as number, signed);
      if (on > day || ended <= on) continue;
      add(reached, start + monthOf(on), 1);
      if (ended <= day) add(left, start + monthOf(ended), 1);
    }
    const entries = (ledgerStart[row] as number) + (ledgerCount[row] as number);
    for (let entry = ledgerStart[row] as number; entry < entries; entry++) {
      const received = ledgerDay[entry] as number;
      if (received <= day)
        add(sums.fundsInPlace, start + monthOf(Math.max(received, signed)), ledgerYuan[entry] as number);
    }
  }
  const lines = values.map((value, group): Line => {
    const part = (name: (typeof counted)[number]) => sums[name].subarray(group * span, (group + 1) * span);
    return { values: value, months: Object.fromEntries(counted.map((name) => [name, part(name)])) as Months };
  });
  return { first, lines };
}

const add = (sums: Float64Array, place: number, by: number): void => {
  sums[place] = (sums[place] as number) + by;
};

function firstMonth(signedOn: Uint16Array, mask: Mask): number {
  let first = Number.POSITIVE_INFINITY;
  for (let row = 0; row < mask.length; row++) {
    if (mask[row] === 1 && (signedOn[row] as number) < first) first = signedOn[row] as number;
  }
  return first === Number.POSITIVE_INFINITY ? first : monthOf(first);
}

const flows = ['signedCount', 'investment', 'startedCount', 'inProductionCount', 'fundsInPlace'] as const;
type Flows = Record<(typeof flows)[number], number>;

export type Item = ReturnType<typeof itemsOf>[number];

/** The periods of a line, without gaps. @param first the month of its first value */
function itemsOf(months: Months, first: number, interval: Interval, asOf: string) {
  if (months.signedCount.length === 0) return [];
  const cumulative = Object.fromEntries(flows.map((name) => [name, 0])) as Flows;
  return periods(interval, first, asOf).map(({ firstMonth, lastMonth, ...period }) => {
    const [from, until] = [Math.max(firstMonth - first, 0), lastMonth - first + 1];
    const sum = (name: keyof Months): number => {
      let total = 0;
      for (let month = from; month < until; month++) total += months[name][month] ?? 0;
      return total;
    };
    const during = Object.fromEntries(flows.map((name) => [name, sum(name)])) as Flows;
    for (const name of flows) cumulative[name] += during[name];
    cumulative.startedCount -= sum('startedLeft');
    cumulative.inProductionCount -= sum('inProductionLeft');
    return {
      ...period,
      during: moneyIn(during),
      cumulative: {
        ...moneyIn(cumulative),
        operatingRate: rate(cumulative.startedCount, cumulative.signedCount),
        productionRate: rate(cumulative.inProductionCount, cumulative.signedCount),
      },
    };
  });
}

/** @throws Problem 422 if a sum is too large to be exact */
function moneyIn(sums: Flows) {
  for (const measure of ['investment', 'fundsInPlace'] as const) {
    if (!Number.isSafeInteger(sums[measure])) {
      throw new Problem('statistics.sum_too_large', { values: { measure } });
    }
  }
  return { ...sums, investment: money(sums.investment), fundsInPlace: money(sums.fundsInPlace) };
}

type Flowing = Pick<Item, 'during' | 'cumulative'>;

/** A period in which there are no projects. */
export const EMPTY_PERIOD: Flowing = (() => {
  const none = moneyIn(Object.fromEntries(flows.map((name) => [name, 0])) as Flows);
  return { during: none, cumulative: { ...none, operatingRate: rate(0, 0), productionRate: rate(0, 0) } };
})();

/** The units of the figures of periods. */
export const flowUnits = {
  signedCount: 'projects',
  investment: 'yuan',
  startedCount: 'projects',
  inProductionCount: 'projects',
  fundsInPlace: 'yuan',
} as const satisfies Record<keyof Flows, Measure['unit']>;
export const stockUnits = { ...flowUnits, operatingRate: 'rate', productionRate: 'rate' } as const;

export const changesIn = (now: Flowing, before: Flowing) => ({
  during: changesBetween(flowUnits, now.during, before.during),
  cumulative: changesBetween(stockUnits, now.cumulative, before.cumulative),
});

const changesBetween = <Name extends string>(
  units: Readonly<Record<Name, Measure['unit']>>,
  now: Readonly<Record<Name, unknown>>,
  before: Readonly<Record<Name, unknown>>,
) =>
  Object.fromEntries(
    (Object.keys(units) as Name[]).map((name) => [name, changeOf(units[name], now[name], before[name])]),
  );
