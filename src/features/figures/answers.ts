/** Summaries and breakdowns, each from one state of the data. */
import type { Columns } from '../../columns/columns.ts';
import { effectiveDay } from '../../columns/packed-days.ts';
import type { Question, State } from '../../columns/questions.ts';
import { mapPaced, type Pace, paced } from '../../core/pace.ts';
import type { Computed } from '../../http/answers.ts';
import { DEFAULT_LIMIT } from '../../http/pages.ts';
import { type ProjectFilter, select } from '../projects/filter.ts';
import { comparisonOf, linksOf, placesOf, rankingOf, type Side, shareOf, toldFrom } from './comparison.ts';
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
import {
  type Figures,
  figuresOf,
  linksTo,
  narrowedTo,
  sortGroups,
  summaryLinks,
  type Telling,
} from './groups.ts';
import { chosenOf, valuesOf } from './measures.ts';
import { addTally, emptyTally, type Tally } from './tallies.ts';
import { tallyRows } from './tallying.ts';

interface Asked {
  filter: ProjectFilter;
  asOf: string;
  comparedWith?: Side | undefined;
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
  answer: async (state, { filter, asOf, comparedWith, measures, disclosure }) => {
    const { revision } = state;
    const chosen = chosenOf(measures);
    const figuresOn = (side: Side): Promise<Figures> =>
      toldFrom(state, side, async (told) => {
        const tally = await tallyOf(told, filter, side.asOf);
        const tells = disclosure && (await tellsOf(told, filter, tally.projectCount, side.asOf, disclosure));
        const links = () => linksOf(side, summaryLinks(filter, side.asOf, measures));
        return figuresOf({ tally, tells }, chosen, disclosure, links);
      });
    const figures = await figuresOn({ asOf });
    const compared = comparedWith && {
      comparedWith,
      comparison: comparisonOf(chosen, figures, await figuresOn(comparedWith)),
    };
    return { revision, body: { asOf, revision: revision.seq, filter, ...figures, ...compared } };
  },
};

export const breakdown: Question<BreakdownAsked, Computed> = {
  name: 'breakdown',
  answer: async (state, asked) => {
    const { filter, by, sort = '-projectCount', limit, asOf, comparedWith, empty, disclosure } = asked;
    const chosen = chosenOf(asked.measures);
    const { reader, revision } = state;
    const groupings: Grouping[] = [];
    for (const name of by) groupings.push(await dimensions[name].grouping(reader));
    const pace = paced();
    const now = await groupsOn(state, asked, { asOf }, groupings, pace);
    const then =
      comparedWith &&
      (await toldFrom(state, comparedWith, (told) => groupsOn(told, asked, comparedWith, groupings, pace)));

    const all = [...now.values, ...(then?.values.filter((values) => !now.has(values)) ?? [])];
    if (empty) all.push(...otherGroups(all, filter[by[0] as EveryGroup], groupings[0] as Grouping));
    const groups = await mapPaced(
      all,
      (values) => ({
        groups: values.map((value, i) => groupOf(value, groupings[i] as Grouping)),
        ...now.of(values),
        before: then?.of(values),
      }),
      pace,
    );
    const ranking = rankingOf(sort);
    const ranks = then && placesOf(groups, ranking);
    const ranksThen =
      then &&
      placesOf(
        groups.map(({ before }) => before as Telling),
        ranking,
      );
    const ranked = groups.map((group, i) => ({
      ...group,
      places: ranks && {
        rank: ranks[i],
        previousRank: ranksThen?.[i],
        share: shareOf(ranking.measure, group, now.total),
      },
    }));

    const figures = (telling: Telling, side: Side, narrow: () => ProjectFilter): Figures =>
      figuresOf(telling, chosen, disclosure, () => linksOf(side, linksTo(narrow(), side.asOf, chosen)));
    const compared = (
      telling: Telling,
      before: Telling | undefined,
      narrow: () => ProjectFilter,
    ): Figures => {
      const those = figures(telling, { asOf }, narrow);
      if (!comparedWith || !before) return those;
      return {
        ...those,
        comparison: comparisonOf(chosen, those, figures(before, comparedWith, narrow)),
      };
    };
    const sorted = await sortGroups(ranked, by, sort, pace);
    const items = await mapPaced(
      sorted.slice(0, limit ?? DEFAULT_LIMIT),
      ({ groups, before, places, ...telling }) => ({
        groups: Object.fromEntries(by.map((name, i) => [name, groups[i]])),
        ...compared(telling, before, () => narrowedTo(filter, by, groups, groupings)),
        ...places,
      }),
      pace,
    );
    const body = {
      asOf,
      revision: revision.seq,
      filter,
      by,
      groupCount: sorted.length,
      ...(comparedWith && { comparedWith, rankedBy: ranking.measure.name }),
      items,
      total: compared(now.total, then?.total, () => filter),
    };
    return { revision, body };
  },
};

type Values = readonly (string | null)[];
const keyOf = (values: Values): string => JSON.stringify(values);

/** The groups on a day, by their values, and their total. */
async function groupsOn(
  state: State,
  { filter, by, disclosure }: BreakdownAsked,
  { asOf }: Side,
  groupings: readonly Grouping[],
  pace: Pace,
) {
  const { columns } = state;
  const disclosed = disclosure && (await disclose(state, asOf, by[0] as ToldDimension, disclosure));
  const mask = await select(filter, asOf).mask(state);
  const day = effectiveDay(asOf);
  const coded = by.map((name, i) => groupsIn(name, groupings[i] as Grouping, columns, day));
  const tallied = tallyRows(columns, mask, coded, day);
  const tallies = new Map<string, Tally>();
  const total = emptyTally();
  for (const { values, tally } of tallied) {
    await pace();
    tallies.set(keyOf(values), tally);
    addTally(total, tally);
  }
  return {
    values: tallied.map(({ values }): Values => values),
    has: (values: Values) => tallies.has(keyOf(values)),
    /** A group that has no projects on the day is empty. */
    of: (values: Values): Telling => {
      const tally = tallies.get(keyOf(values)) ?? emptyTally();
      return { tally, tells: disclosed?.group(values[0] ?? null, tally.projectCount) };
    },
    total: { tally: total, tells: disclosed?.whole },
  };
}

/** The groups of a dimension other than those that there are, of those that the filter selects. */
function otherGroups(
  there: readonly Values[],
  selected: readonly string[] | undefined,
  { names }: Grouping,
): Values[] {
  const known = new Set(there.map(([value]) => value));
  return [...names.keys()]
    .filter((code) => !known.has(code) && (selected?.includes(code) ?? true))
    .map((code) => [code]);
}

/** The tally of all projects selected by a filter. */
export async function tallyOf(state: State, filter: ProjectFilter, asOf: string): Promise<Tally> {
  const { columns } = state;
  const day = effectiveDay(asOf);
  if (Object.keys(filter).length === 0 && !columns.isPast && columns.count >= MANY && DayProfile.covers(day))
    return profileOf(columns).tallyOn(day);
  const mask = await select(filter, asOf).mask(state);
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
