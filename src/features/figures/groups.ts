/** Groups in responses: their figures, links and order. */

import { mapPaced, type Pace } from '../../core/pace.ts';
import { type ProjectFilter, queryOf } from '../projects/filter.ts';
import { type Dimension, type DimensionName, dimensions, type Group, type Grouping } from './dimensions.ts';
import type { Disclosure, Tells } from './disclosure.ts';
import { chosenOf, type Measure, measures, valuesOf } from './measures.ts';
import type { Tally } from './tallies.ts';

/** A tally, and the figures that may be disclosed of it, if restricted; sorting and ranking use only these. */
export interface Telling {
  tally: Tally;
  tells?: Tells | undefined;
}

export interface GroupTally extends Telling {
  groups: Group[];
}

/** Values of measures by name, and what is beside them. */
export type Figures = Readonly<Record<string, unknown>>;

type SortValue = string | number | null;

/** Sorts by the `sort` parameter, then by the codes of the groups. */
export async function sortGroups<Row extends GroupTally>(
  rows: readonly Row[],
  by: readonly string[],
  sort: string,
  pace?: Pace,
): Promise<Row[]> {
  const order = [...sort.split(','), ...by].map((part) => {
    const name = part.replace(/^-/, '');
    return {
      isDescending: part.startsWith('-'),
      place: by.indexOf(name),
      measure: measures.find((one) => one.name === name),
    };
  });
  const sortValues = ({ groups, tally, tells }: Row): SortValue[] =>
    order.map(({ place, measure }) => {
      if (!measure) return groups[place]?.code ?? null;
      return !tells || tells(measure) ? measure.sortValue(tally) : null;
    });
  const keyed = await mapPaced(rows, (row) => ({ row, values: sortValues(row) }), pace);
  keyed.sort((a, b) => {
    for (let i = 0; i < order.length; i++) {
      const difference = compare(a.values[i] ?? null, b.values[i] ?? null, order[i]?.isDescending === true);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return keyed.map(({ row }) => row);
}

/** Null comes last in both directions. */
function compare(a: SortValue, b: SortValue, descending: boolean): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b === descending ? 1 : -1;
}

/** Whether a measure of a tally may be disclosed. An empty group discloses nothing. */
export const mayTell = ({ tally, tells }: Telling, measure: Measure): boolean =>
  !tells || tally.projectCount === 0 || tells(measure);

/**
 * Measures with their links; or, if restricted, those that may be disclosed, and the reason for suppressing the
 * others.
 */
export function figuresOf(
  telling: Telling,
  chosen: readonly Measure[],
  disclosure: Disclosure | undefined,
  links: () => Readonly<Record<string, string>>,
): Figures {
  const { tally } = telling;
  if (!disclosure) return { ...valuesOf(tally, chosen), links: links() };
  const fewerThan = disclosure.minimum;
  const { projectCount } = tally;
  const values = valuesOf(tally, chosen, (measure) => mayTell(telling, measure));
  if (!Object.values(values).includes(null)) return values;
  return {
    ...values,
    withheld: { fewerThan, reason: projectCount < fewerThan ? 'small_group' : 'difference' },
  };
}

export const summaryLinks = (filter: ProjectFilter, asOf: string, named?: readonly string[]) => ({
  self: `/v1/statistics/summary?${queryOf(filter, { asOf, ...(named && { measures: named.join() }) })}`,
  ...linksTo(filter, asOf, chosenOf(named)),
});

/** A filter narrowed to a group in each of some dimensions. */
export const narrowedTo = (
  filter: ProjectFilter,
  by: readonly DimensionName[],
  groups: readonly Group[],
  groupings: readonly Grouping[],
): ProjectFilter =>
  by.reduce<ProjectFilter>((narrower, name, i) => {
    const dimension: Dimension = dimensions[name];
    return dimension.narrow(narrower, groups[i]?.code ?? null, groupings[i] as Grouping);
  }, filter);

/** Links to the projects behind each count, for a fixed day. */
export function linksTo(
  filter: ProjectFilter,
  asOf: string,
  chosen: readonly Measure[] = measures,
): Record<string, string> {
  const links: Record<string, string> = {};
  for (const { link } of chosen) {
    if (!link) continue;
    const narrowed = link.flag
      ? { ...filter, [link.flag]: [...new Set([...(filter[link.flag] ?? []), true])] }
      : filter;
    links[link.name] = `/v1/projects?${queryOf(narrowed, { asOf })}`;
  }
  return links;
}
