/** Figures from columns, each from one snapshot. `figure-work.ts` gives the columns. */
import { packedDay } from '../../columns/packed-days.ts';
import { mapPaced, paced } from '../../core/pace.ts';
import { revisionIn } from '../../database/revision.ts';
import type { Computed } from '../../http/answers.ts';
import { DEFAULT_LIMIT } from '../../http/pages.ts';
import { type ProjectFilter, select } from '../projects/filter.ts';
import { tallyColumns } from './column-tallies.ts';
import { type Dimension, type DimensionName, dimensions, type Grouping, groupOf } from './dimensions.ts';
import { type Disclosure, disclose, type State, type ToldDimension, tellsOf } from './disclosure.ts';
import { figuresOf, type GroupTally, linksTo, sortGroups, summaryLinks } from './groups.ts';
import { addTally, emptyTally, type Tally } from './tallies.ts';

interface Asked {
  filter: ProjectFilter;
  asOf: string;
  /** The restrictions, if any. */
  disclosure: Disclosure | undefined;
}

interface BreakdownAsked extends Asked {
  by: DimensionName[];
  sort: string | undefined;
  limit: number | undefined;
}

/** Plain data that can be sent to a thread. */
export type Question = { summary: Asked } | { breakdown: BreakdownAsked };

export const answerTo = (state: State, question: Question): Promise<Computed> =>
  'summary' in question ? summary(state, question.summary) : breakdown(state, question.breakdown);

async function summary(state: State, { filter, asOf, disclosure }: Asked): Promise<Computed> {
  const [tally = emptyTally()] = (await talliesOf(state, filter, [], asOf)).values();
  const { reader } = state;
  const tells = disclosure && (await tellsOf(state, filter, tally.projectCount, asOf, disclosure));
  const figures = figuresOf(tally, disclosure, tells, () => summaryLinks(filter, asOf));
  const revision = await revisionIn(reader);
  return { revision, body: { asOf, revision: revision.seq, filter, ...figures } };
}

async function breakdown(state: State, { filter, by, sort, limit, asOf, disclosure }: BreakdownAsked) {
  const { reader } = state;
  const disclosed = disclosure && (await disclose(state, asOf, by[0] as ToldDimension, disclosure));
  const groupings: Grouping[] = [];
  for (const name of by) groupings.push(await dimensions[name].grouping(reader));
  const rows = await talliesOf(state, filter, by, asOf);

  const pace = paced();
  const total = emptyTally();
  const groups = new Map<string, GroupTally>();
  for (const [key, tally] of rows) {
    await pace();
    addTally(total, tally);
    const values = JSON.parse(key) as (string | null)[];
    const rolled = values.map((value, i) => groupOf(value, groupings[i] as Grouping));
    const place = JSON.stringify(rolled.map(({ code }) => code));
    const group = groups.get(place);
    if (group) addTally(group.tally, tally);
    else groups.set(place, { groups: rolled, tally });
  }

  for (const row of groups.values()) {
    row.tells = disclosed?.group(row.groups[0]?.code ?? null, row.tally.projectCount);
  }
  const sorted = await sortGroups([...groups.values()], by, sort ?? '-projectCount', pace);
  const revision = await revisionIn(reader);
  const shown = sorted.slice(0, limit ?? DEFAULT_LIMIT);
  const items = await mapPaced(
    shown,
    ({ groups, tally, tells }) => {
      const narrowed = by.reduce<ProjectFilter>((narrower, name, i) => {
        const dimension: Dimension = dimensions[name];
        return dimension.narrow(narrower, groups[i]?.code ?? null, groupings[i] as Grouping);
      }, filter);
      return {
        groups: Object.fromEntries(by.map((name, i) => [name, groups[i]])),
        ...figuresOf(tally, disclosure, tells, () => linksTo(narrowed, asOf)),
      };
    },
    pace,
  );
  const body = {
    asOf,
    revision: revision.seq,
    filter,
    by,
    groupCount: sorted.length,
    items,
    total: figuresOf(total, disclosure, disclosed?.whole, () => linksTo(filter, asOf)),
  };
  return { revision, body };
}

/** The tally of each combination of values, keyed by the values as JSON. @throws Problem 422 if there are too many */
async function talliesOf(
  { reader, columns }: State,
  filter: ProjectFilter,
  by: readonly DimensionName[],
  asOf: string,
): Promise<Map<string, Tally>> {
  const mask = await select(filter, asOf).mask(columns, reader);
  const day = packedDay(asOf);
  return tallyColumns(
    columns,
    mask,
    by.map((name) => (dimensions[name] as Dimension).coded(columns, day)),
    asOf,
  );
}
