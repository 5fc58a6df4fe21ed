/**
 * What a difference between two sides consists of, one by one: the corrections of what was known on the first side, as
 * told of its day, and then the events of projects between the days.
 */
import type { Columns } from '../../columns/columns.ts';
import { dayText, packedDay } from '../../columns/packed-days.ts';
import type { Question, State } from '../../columns/questions.ts';
import { isInFigures } from '../../columns/undoing.ts';
import { paced } from '../../core/pace.ts';
import type { Computed } from '../../http/answers.ts';
import { firstOf, type RowKey } from '../../http/ordered.ts';
import { type PageQuery, pageOrder, toPage } from '../../http/pages.ts';
import { Problem } from '../../http/problems.ts';
import { type ChangeEntry, entriesBySeq } from '../../log/entries.ts';
import { type ProjectFilter, populationOf, select } from '../projects/filter.ts';
import { tallyOf } from './answers.ts';
import { unfolded } from './calendar.ts';
import { type AnyCause, allCauseNames } from './causes.ts';
import { changeOf, linksOf, type Side, toldFrom } from './comparison.ts';
import { corrected, correctionNames, lastAbout } from './corrections.ts';
import { summaryLinks } from './groups.ts';
import { type Measure, measures } from './measures.ts';
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
    const before = await sideOf(state, filter, measure, from);
    const after = await sideOf(state, filter, measure, to);
    const steps = await stepsOf(state, filter, parts, before, after);
    const { count } = steps;
    if (isWhole && count > MAX_CONTRIBUTIONS)
      throw new Problem('statistics.too_many_contributions', { values: { max: MAX_CONTRIBUTIONS } });

    const idOf = (step: number): string => columns.ids.textOf(steps.projects[step] as number);
    const keys = { contribution: contributionOrder.contribution(steps), on: contributionOrder.on(steps) };
    const order = pageOrder<number, RowKey>(page, keys, CONTRIBUTION_SORT, {
      name: 'id',
      key: {
        type: 'string',
        of: (step) => `${idOf(step)} ${steps.momentOf(step)}`,
        compare: steps.comparing(columns),
      },
    });
    const request = isWhole ? { ...order, limit: count } : order;
    const shown = firstOf(count, request.limit + 1, request);
    const projects = await repository.namesById(reader, [...new Set(shown.map(idOf))]);
    const entries = await entriesBySeq(reader, [
      ...new Set(shown.map((step) => steps.entries[step] as number)),
    ]);

    const contributed = ([contribution = 0, denominatorContribution]: readonly number[]) => ({
      contribution,
      ...(denominatorContribution !== undefined && { denominatorContribution }),
    });
    const values = (step: number) =>
      [steps.numerators, steps.denominators].slice(0, parts.length).map((list) => list[step] as number);
    const { items, ...paged } = toPage(request, shown, count, revision.seq, (step) => {
      const entry = entries.get(steps.entries[step] as number);
      return {
        project: projects.get(idOf(step)),
        on: (steps.days[step] as number) < 0 ? null : dayText(steps.days[step] as number),
        cause: allCauseNames[steps.causes[step] as number],
        ...(entry && { entry: shortened(entry) }),
        ...contributed(values(step)),
        links: { project: `/v1/projects/${idOf(step)}?asOf=${to.asOf}` },
      };
    });
    const sums = sumsOf(steps, parts.length, name);
    const { difference, changePercent } = changeOf(measure.unit, after.told.value, before.told.value);
    const body = {
      measure: name,
      filter,
      ...{ from: before.told, to: after.told, difference, changePercent },
      ...contributed(sums.all),
      causes: sums.causes.map(({ cause, events, values }) => ({ cause, events, ...contributed(values) })),
      items,
      ...paged,
    };
    return { revision, body };
  },
};

/** An entry with the fields that figures read, without those of a new project. */
function shortened({ seq, at, actor, entity, entityId, action, fields }: ChangeEntry) {
  const isRead = (name: string) => entity !== 'projects' || action === 'add_funds' || isInFigures(name);
  const read = Object.entries(fields).filter(([name]) => action !== 'create' && isRead(name));
  return { seq, at, actor, entity, entityId, action, fields: Object.fromEntries(read) };
}

/** What changed a measure, in lists with one place for each. */
class Steps {
  /** Rows of projects. */
  readonly projects: number[] = [];
  /** Packed days of events; −1 for corrections, which come before them. */
  readonly days: number[] = [];
  /** Numbers of the entries of corrections; 0 for events. */
  readonly entries: number[] = [];
  /** Places in `allCauses`. */
  readonly causes: number[] = [];
  readonly numerators: number[] = [];
  readonly denominators: number[] = [];

  /** When it was, which is in order as text. */
  momentOf(step: number): string {
    const entry = this.entries[step] as number;
    const moment = entry > 0 ? `0 ${String(entry).padStart(16, '0')}` : dayText(this.days[step] as number);
    return `${moment} ${String(this.causes[step]).padStart(2, '0')}`;
  }

  /** Compares steps by project, day, entry and cause. */
  comparing({ ids }: Columns): (a: number, b: number) => number {
    const { projects } = this;
    const lists = [this.days, this.entries, this.causes];
    return (a, b) => {
      let difference = ids.compare(projects[a] as number, projects[b] as number);
      for (const list of lists) difference ||= (list[a] as number) - (list[b] as number);
      return difference;
    };
  }

  get count(): number {
    return this.projects.length;
  }

  push(project: number, { day, entry, cause }: Moment, numerator: number, denominator: number): void {
    this.projects.push(project);
    this.days.push(day);
    this.entries.push(entry);
    this.causes.push(cause);
    this.numerators.push(numerator);
    this.denominators.push(denominator);
  }
}

interface Moment {
  day: number;
  entry: number;
  cause: number;
}

/** What each row adds to the parts of a measure; nothing if it is not selected. */
function addedBy(columns: Columns, mask: Uint8Array, parts: readonly Part[], day: number) {
  const [numerator, denominator] = parts.map((part) => partOf(columns, part));
  const added = (part: typeof numerator) => (row: number) => (part && mask[row] === 1 ? part(row, day) : 0);
  return { numerator: added(numerator), denominator: added(denominator) };
}

/** What each row adds on a side. */
type Added = Readonly<Record<'numerator' | 'denominator', Float64Array>>;

/** A side, with the value of the measure and what each row adds to it. */
const sideOf = (state: State, filter: ProjectFilter, measure: Measure, side: Side) =>
  toldFrom(state, side, async (known) => {
    const { columns } = known;
    const parts = partsOf(measure);
    const mask = await select(filter, side.asOf).mask(known);
    const { numerator, denominator } = addedBy(columns, mask, parts, packedDay(side.asOf));
    const all = (of: (row: number) => number) =>
      Float64Array.from({ length: columns.count }, (_, row) => of(row));
    return {
      told: {
        ...side,
        value: measure.value(await tallyOf(known, filter, side.asOf)),
        links: linksOf(side, summaryLinks(filter, side.asOf, [measure.name])),
      },
      added: { numerator: all(numerator), denominator: parts[1] ? all(denominator) : new Float64Array(0) },
    };
  });

type Told = Awaited<ReturnType<typeof sideOf>>;

/** The steps of the projects that contribute to the difference; those that cancel out are left out. */
async function stepsOf(
  state: State,
  filter: ProjectFilter,
  parts: readonly Part[],
  { told: from, added: before }: Told,
  { told: to, added: after }: Told,
): Promise<Steps> {
  const rows: number[] = [];
  for (let row = 0; row < after.numerator.length; row++) {
    // Of a past there may be fewer rows.
    const differs = ({ [row]: a = 0 }: Float64Array, { [row]: b = 0 }: Float64Array) => a !== b;
    if (differs(before.numerator, after.numerator) || differs(before.denominator, after.denominator))
      rows.push(row);
  }
  const steps = new Steps();
  const asked = { state, filter, parts, rows };
  if (from.known) await addCorrections(steps, asked, from.asOf, from.known.revision, before);
  if (from.asOf !== to.asOf) await addEvents(steps, asked, from.asOf, to.asOf);
  return steps;
}

interface Walk {
  /** Of the second side. */
  state: State;
  filter: ProjectFilter;
  parts: readonly Part[];
  /** The projects whose steps are added. */
  rows: readonly number[];
}

/** Adds what was corrected since a revision, as it is told of one day. @param before what each row added then */
async function addCorrections(
  steps: Steps,
  { state, filter, parts, rows }: Walk,
  day: string,
  revision: number,
  before: Added,
): Promise<void> {
  const { columns, reader } = state;
  const [selection, asOf] = [select(filter, day), packedDay(day)];
  const found = new Uint8Array(columns.count).fill(1);
  await selection.siftBySql({ columns, mask: found, asOf }, reader);
  let lastEntryAbout: Awaited<ReturnType<typeof lastAbout>> | undefined;
  for await (const { states, count, projects, entries, causes } of corrected(state, rows, revision)) {
    const sifted = populationOf(states, count, day);
    for (let at = 0; at < count; at++)
      sifted.mask[at] = (sifted.mask[at] as number) & (found[projects[at] as number] as number);
    selection.sift(sifted);
    const { numerator, denominator } = addedBy(states, sifted.mask, parts, asOf);
    let [above, below] = [0, 0];
    for (let at = 0; at < count; at++) {
      const row = projects[at] as number;
      const isFirst = causes[at] === -1;
      if (isFirst) [above, below] = [before.numerator[row] ?? 0, before.denominator[row] ?? 0];
      const [n, d] = [numerator(at), denominator(at)];
      if (n !== above || d !== below) {
        const moment = { day: -1, entry: entries[at] as number, cause: causes[at] as number };
        if (isFirst) {
          lastEntryAbout ??= await lastAbout(state, revision);
          moment.entry = lastEntryAbout(row, entries[lastOf(projects, at)] as number);
          moment.cause = correctionNames.indexOf('references');
        }
        steps.push(row, moment, n - above, d - below);
      }
      [above, below] = [n, d];
    }
  }
}

/** The last place with the same value as one, where equal values are together. */
function lastOf(values: readonly number[], place: number): number {
  let last = place;
  while (values[last + 1] === values[place]) last++;
  return last;
}

/** Adds what happened between two days. */
async function addEvents(
  steps: Steps,
  { state: { columns, reader }, filter, parts, rows }: Walk,
  from: string,
  to: string,
): Promise<void> {
  const [first, last] = [packedDay(from), packedDay(to)];
  const selection = select(filter, to);
  const selected = populationOf(columns, columns.count, to);
  selection.sift(selected, 'fixed');
  await selection.siftBySql(selected, reader);
  const counted = rows.filter((row) => selected.mask[row] === 1);
  const pace = paced();
  for (const { states, count, projects, causes, days } of unfolded(columns, counted, first, last)) {
    await pace();
    const { signedOn } = states.days;
    const mask = Uint8Array.from({ length: count }, (_, state) =>
      (signedOn[state] as number) <= last ? 1 : 0,
    );
    selection.sift({ columns: states, mask, asOf: last }, 'moving');
    const { numerator, denominator } = addedBy(states, mask, parts, last);
    let [above, below] = [0, 0];
    for (let at = 0; at < count; at++) {
      const [n, d] = [numerator(at), denominator(at)];
      const cause = causes[at] as number;
      if (cause >= 0 && (n !== above || d !== below)) {
        const moment = { day: days[at] as number, entry: 0, cause: correctionNames.length + cause };
        steps.push(projects[at] as number, moment, n - above, d - below);
      }
      [above, below] = [n, d];
    }
  }
}

interface CauseSums {
  cause: AnyCause;
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
  const byCause = allCauseNames.map((cause): CauseSums => ({ cause, events: 0, values: none() }));
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
