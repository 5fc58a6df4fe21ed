/** What a difference between two days consists of: the events of projects that changed a measure, one by one. */
import type { Columns } from '../../columns/columns.ts';
import { dayText, packedDay } from '../../columns/packed-days.ts';
import type { Question, State } from '../../columns/questions.ts';
import { paced } from '../../core/pace.ts';
import type { Computed } from '../../http/answers.ts';
import { type PageQuery, pageOrder, toPage } from '../../http/pages.ts';
import { Problem } from '../../http/problems.ts';
import { type ProjectFilter, select } from '../projects/filter.ts';
import { tallyOf } from './answers.ts';
import { type CauseName, causeNames, unfolded } from './calendar.ts';
import { changeOf, type Side } from './comparison.ts';
import { summaryLinks } from './groups.ts';
import { type Measure, measures } from './measures.ts';
import { firstOf, type RowKey } from './ordered.ts';
import * as repository from './repository.ts';
import { type Part, partOf, partsOf } from './tallying.ts';

interface Asked {
  filter: ProjectFilter;
  /** The name of a measure. */
  measure: string;
  from: Side;
  to: Side;
  page: PageQuery;
  /** Whether all contributions are in the answer instead of a page. */
  isWhole: boolean;
}

/** Maximum number of contributions in a file; more are refused rather than held in memory. */
export const MAX_CONTRIBUTIONS = 50_000;

/** What contributions can be sorted by. */
export const contributionOrder = {
  contribution: ({ numerators }: Steps) => ({ type: 'number', of: (step) => numerators[step] as number }),
  on: ({ days }: Steps) => ({ type: 'number', of: (step) => days[step] as number }),
} satisfies Record<string, (steps: Steps) => RowKey>;
export const CONTRIBUTION_SORT = '-contribution,on';

export const differences: Question<Asked, Computed> = {
  name: 'differences',
  answer: async (state, { filter, measure: name, from, to, page, isWhole }) => {
    const { reader, columns, revision } = state;
    const measure = measures.find((one) => one.name === name) as Measure;
    const parts = partsOf(measure);
    const steps = await stepsOf(state, filter, parts, from, to);
    const { count } = steps;
    if (isWhole && count > MAX_CONTRIBUTIONS)
      throw new Problem('statistics.too_many_contributions', { values: { max: MAX_CONTRIBUTIONS } });

    const idOf = (step: number): string => columns.ids.textOf(steps.projects[step] as number);
    const keys = { contribution: contributionOrder.contribution(steps), on: contributionOrder.on(steps) };
    const order = pageOrder<number, RowKey>(page, keys, CONTRIBUTION_SORT, {
      name: 'id',
      key: {
        type: 'string',
        of: (step) => `${idOf(step)} ${steps.eventOf(step)}`,
        compare: steps.comparing(columns),
      },
    });
    const request = isWhole ? { ...order, limit: count } : order;
    const shown = firstOf(count, request.limit + 1, request);
    const projects = await repository.namesById(reader, [...new Set(shown.map(idOf))]);

    const contributed = ([contribution = 0, denominatorContribution]: readonly number[]) => ({
      contribution,
      ...(denominatorContribution !== undefined && { denominatorContribution }),
    });
    const values = (step: number) =>
      [steps.numerators, steps.denominators].slice(0, parts.length).map((list) => list[step] as number);
    const { items, ...paged } = toPage(request, shown, count, revision.seq, (step) => ({
      project: projects.get(idOf(step)),
      on: dayText(steps.days[step] as number),
      cause: causeNames[steps.causes[step] as number],
      ...contributed(values(step)),
      links: { project: `/v1/projects/${idOf(step)}?asOf=${to.asOf}` },
    }));
    const sums = sumsOf(steps, parts.length, name);
    const { before, after } = await sidesOf(state, filter, measure, from, to);
    const { difference, changePercent } = changeOf(measure.unit, after.value, before.value);
    const body = {
      measure: name,
      filter,
      ...{ from: before, to: after, difference, changePercent },
      ...contributed(sums.all),
      causes: sums.causes.map(({ cause, events, values }) => ({ cause, events, ...contributed(values) })),
      items,
      ...paged,
    };
    return { revision, body };
  },
};

/** The values on both days. */
async function sidesOf(state: State, filter: ProjectFilter, measure: Measure, from: Side, to: Side) {
  const on = async (side: Side) => ({
    ...side,
    value: measure.value(await tallyOf(state, filter, side.asOf)),
    links: summaryLinks(filter, side.asOf, [measure.name]),
  });
  return { before: await on(from), after: await on(to) };
}

/** The events that changed a measure, in lists with one place for each. */
class Steps {
  /** Rows of projects. */
  readonly projects: number[] = [];
  /** Packed days. */
  readonly days: number[] = [];
  /** Places in `causes`. */
  readonly causes: number[] = [];
  readonly numerators: number[] = [];
  readonly denominators: number[] = [];

  /** The day and the cause, which are in order as text. */
  eventOf(step: number): string {
    return `${dayText(this.days[step] as number)} ${String(this.causes[step]).padStart(2, '0')}`;
  }

  /** Compares steps by project, day and cause. */
  comparing({ ids }: Columns): (a: number, b: number) => number {
    const { projects, days, causes } = this;
    const difference = (list: readonly number[], a: number, b: number) =>
      (list[a] as number) - (list[b] as number);
    return (a, b) =>
      ids.compare(projects[a] as number, projects[b] as number) ||
      difference(days, a, b) ||
      difference(causes, a, b);
  }

  get count(): number {
    return this.projects.length;
  }

  push(project: number, day: number, cause: number, numerator: number, denominator: number): void {
    this.projects.push(project);
    this.days.push(day);
    this.causes.push(cause);
    this.numerators.push(numerator);
    this.denominators.push(denominator);
  }
}

/** What each row adds to the parts of a measure; nothing if it is not selected. */
function addedBy(columns: Columns, mask: Uint8Array, parts: readonly Part[], day: number) {
  const [numerator, denominator] = parts.map((part) => partOf(columns, part));
  const added = (part: typeof numerator) => (row: number) => (part && mask[row] === 1 ? part(row, day) : 0);
  return { numerator: added(numerator), denominator: added(denominator) };
}

/** The events of the projects that contribute to the difference; those that cancel out are left out. */
async function stepsOf(
  { columns, reader }: State,
  filter: ProjectFilter,
  parts: readonly Part[],
  from: Side,
  to: Side,
): Promise<Steps> {
  const [first, last] = [packedDay(from.asOf), packedDay(to.asOf)];
  const selection = select(filter, to.asOf);
  const before = addedBy(columns, await select(filter, from.asOf).mask(columns, reader), parts, first);
  const after = addedBy(columns, await selection.mask(columns, reader), parts, last);
  const rows: number[] = [];
  for (let row = 0; row < columns.count; row++) {
    if (before.numerator(row) !== after.numerator(row) || before.denominator(row) !== after.denominator(row))
      rows.push(row);
  }
  const steps = new Steps();
  const pace = paced();
  for (const { states, count, projects, causes, days } of unfolded(columns, rows, first, last)) {
    await pace();
    const { signedOn } = states.days;
    const mask = Uint8Array.from({ length: count }, (_, state) =>
      (signedOn[state] as number) <= last ? 1 : 0,
    );
    selection.siftMoving({ columns: states, mask, asOf: last });
    const { numerator, denominator } = addedBy(states, mask, parts, last);
    let [above, below] = [0, 0];
    for (let state = 0; state < count; state++) {
      const [n, d] = [numerator(state), denominator(state)];
      const isStep = (causes[state] as number) >= 0 && (n !== above || d !== below);
      if (isStep)
        steps.push(
          projects[state] as number,
          days[state] as number,
          causes[state] as number,
          n - above,
          d - below,
        );
      [above, below] = [n, d];
    }
  }
  return steps;
}

interface CauseSums {
  cause: CauseName;
  /** How many. */
  events: number;
  values: number[];
}

/**
 * The contributions of all events, and by cause.
 * @throws Problem 422 if a sum is too large to be exact
 */
function sumsOf(steps: Steps, parts: number, measure: string): { all: number[]; causes: CauseSums[] } {
  const none = () => Array.from({ length: parts }, () => 0);
  const all = none();
  const byCause = causeNames.map((cause): CauseSums => ({ cause, events: 0, values: none() }));
  for (let step = 0; step < steps.count; step++) {
    const sums = byCause[steps.causes[step] as number] as CauseSums;
    sums.events += 1;
    for (const [part, list] of [steps.numerators, steps.denominators].slice(0, parts).entries()) {
      const by = list[step] as number;
      all[part] = (all[part] as number) + by;
      sums.values[part] = (sums.values[part] as number) + by;
    }
  }
  if (byCause.some(({ values }) => !values.every(Number.isSafeInteger)))
    throw new Problem('statistics.sum_too_large', { values: { measure } });
  return { all, causes: byCause.filter(({ events }) => events > 0) };
}
