/** Summaries and breakdowns, each from one state of the data. */
import type { Columns } from '../../columns/columns.ts';
import { effectiveDay } from '../../columns/packed-days.ts';
import type { Question, State } from '../../columns/questions.ts';
import { mapPaced, paced } from '../../core/pace.ts';
import type { Computed } from '../../http/answers.ts';
import { DEFAULT_LIMIT } from '../../http/pages.ts';
import { isFromColumns, type ProjectFilter, select } from '../projects/filter.ts';
import { DayProfile } from './day-profile.ts';
import {
  type DimensionName,
  dimensions,
  type EveryGroup,
  type Grouping,
  groupOf,
  groupsIn,
} from './dimensions.ts';
import { type Disclosure, disclose, type ToldDimension, tellsOf } from './disclosure.ts';
import { figuresOf, type GroupTally, linksTo, narrowedTo, sortGroups, summaryLinks } from './groups.ts';
import { chosenOf, valuesOf } from './measures.ts';
import { addTally, emptyTally, type Tally } from './tallies.ts';
import { type Tallied, tallyRows } from './tallying.ts';

interface Asked {
  filter: ProjectFilter;
  asOf: string;
  /** Names of measures; all if none are given. */
  measures?: readonly string[] | undefined;
  /** The restrictions, if any. */
  disclosure: Disclosure | undefined;
}

interface BreakdownAsked extends Asked {
  by: readonly DimensionName[];
  sort: string | undefined;
  limit: number | undefined;
  /** Whether groups without projects are shown. */
  empty: boolean;
}

export const summary: Question<Asked, Computed> = {
  name: 'summary',
  isFromColumns,
  answer: async (state, { filter, asOf, measures, disclosure }) => {
    const { revision } = state;
    const chosen = chosenOf(measures);
    const tally = await tallyOf(state, filter, asOf);
    const tells = disclosure && (await tellsOf(state, filter, tally.projectCount, asOf, disclosure));
    const figures = figuresOf(tally, chosen, disclosure, tells, () => summaryLinks(filter, asOf, measures));
    return { revision, body: { asOf, revision: revision.seq, filter, ...figures } };
  },
};

export const breakdown: Question<BreakdownAsked, Computed> = {
  name: 'breakdown',
  isFromColumns,
  answer: async (state, { filter, by, sort, limit, asOf, empty, measures, disclosure }) => {
    const chosen = chosenOf(measures);
    const { reader, columns, revision } = state;
    const disclosed = disclosure && (await disclose(state, asOf, by[0] as ToldDimension, disclosure));
    const groupings: Grouping[] = [];
    for (const name of by) groupings.push(await dimensions[name].grouping(reader));
    const mask = await select(filter, asOf).mask(columns, reader);
    const day = effectiveDay(asOf);
    const coded = by.map((name, i) => groupsIn(name, groupings[i] as Grouping, columns, day));

    const pace = paced();
    const total = emptyTally();
    const groups: GroupTally[] = [];
    const tallied = tallyRows(columns, mask, coded, day);
    if (empty) tallied.push(...emptyGroups(tallied, filter[by[0] as EveryGroup], groupings[0] as Grouping));
    for (const { values, tally } of tallied) {
      await pace();
      addTally(total, tally);
      groups.push({
        groups: values.map((value, i) => groupOf(value, groupings[i] as Grouping)),
        tally,
        tells: disclosed?.group(values[0] ?? null, tally.projectCount),
      });
    }
    const sorted = await sortGroups(groups, by, sort ?? '-projectCount', pace);
    const items = await mapPaced(
      sorted.slice(0, limit ?? DEFAULT_LIMIT),
      ({ groups, tally, tells }) => ({
        groups: Object.fromEntries(by.map((name, i) => [name, groups[i]])),
        ...figuresOf(tally, chosen, disclosure, tells, () =>
          linksTo(narrowedTo(filter, by, groups, groupings), asOf, chosen),
        ),
      }),
      pace,
    );
    const body = {
      asOf,
      revision: revision.seq,
      filter,
      by,
      groupCount: sorted.length,
      items,
      total: figuresOf(total, chosen, disclosure, disclosed?.whole, () => linksTo(filter, asOf, chosen)),
    };
    return { revision, body };
  },
};

/** The groups of a dimension without projects, of those that the filter selects. */
function emptyGroups(
  tallied: readonly Tallied[],
  selected: readonly string[] | undefined,
  { names }: Grouping,
): Tallied[] {
  const known = new Set(tallied.map(({ values: [value] }) => value));
  return [...names.keys()]
    .filter((code) => !known.has(code) && (selected?.includes(code) ?? true))
    .map((code) => ({ values: [code], tally: emptyTally() }));
}

/** The tally of all projects selected by a filter. */
export async function tallyOf(
  { reader, columns }: State,
  filter: ProjectFilter,
  asOf: string,
): Promise<Tally> {
  const day = effectiveDay(asOf);
  if (Object.keys(filter).length === 0 && !columns.isPast && columns.count >= MANY && DayProfile.covers(day))
    return profileOf(columns).tallyOn(day);
  const mask = await select(filter, asOf).mask(columns, reader);
  const [all] = tallyRows(columns, mask, [], day);
  return all?.tally ?? emptyTally();
}

/** Of fewer projects a scan costs less than a profile would take memory. */
const MANY = 50_000;

const profiles = new WeakMap<Columns, DayProfile>();

function profileOf(columns: Columns): DayProfile {
  const known = profiles.get(columns);
  if (known) return known;
  const made = new DayProfile(columns);
  profiles.set(columns, made);
  columns.watcher = made;
  return made;
}

/** A summary, for use with the other data of its state. */
export interface Summarized {
  /** The filter as parsed. */
  filter: ProjectFilter;
  /** All measures by name. */
  values: Readonly<Record<string, unknown>>;
  /** Link to the summary itself (`self`), and to the projects behind each count. */
  links: Readonly<Record<string, string>>;
}

/** All measures for a filter. @throws Problem 422 if a sum is too large to be exact */
export const summarize = async (state: State, filter: ProjectFilter, asOf: string): Promise<Summarized> => ({
  filter,
  values: valuesOf(await tallyOf(state, filter, asOf)),
  links: summaryLinks(filter, asOf),
});
