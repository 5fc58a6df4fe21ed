/**
 * Projects correction by correction: what each was at a revision, and after every entry of the log up to a later one.
 * A figure about the same day changes only by these entries, and by those about what projects refer to.
 */
import { Columns } from '../../columns/columns.ts';
import { readInvestors } from '../../columns/following.ts';
import type { State } from '../../columns/questions.ts';
import { isRankedBy, rankAgain, undoIn } from '../../columns/undoing.ts';
import { paced } from '../../core/pace.ts';
import { entriesAbout, lastEntries } from '../../log/entries.ts';
import { rankingLists } from '../enterprises/rankings.ts';
import { countsFor } from '../projects/classes.ts';

/** What is told of a day changes by entries of the log. */
export const corrections = {
  entered: { zh: '补录', en: 'entered', action: 'create' },
  archived: { zh: '归档', en: 'archived', action: 'archive' },
  restored: { zh: '恢复', en: 'restored', action: 'restore' },
  corrected: { zh: '更正', en: 'corrected', action: 'change' },
  fundsEntered: { zh: '补录资金', en: 'funds entered', action: 'add_funds' },
  references: { zh: '名称或所引用的信息变更', en: 'a name, or what it refers to, changed', action: null },
} as const;
export type CorrectionName = keyof typeof corrections;
export const correctionNames = Object.keys(corrections) as [CorrectionName, ...CorrectionName[]];

const byAction = new Map<string | null, number>(
  Object.values(corrections).map(({ action }, place) => [action, place]),
);

/** Projects, each as it was, and then after each entry about it; in terms of what others were at the later revision. */
export interface Corrected {
  /** A row for each of these states. */
  states: Columns;
  count: number;
  /** By state: the row of the project. */
  projects: number[];
  /** By state: the number of the entry that led to it; 0 for the project as it was. */
  entries: number[];
  /** By state: the place in `corrections` of the entry. */
  causes: number[];
}

/** Projects at a time: their states take little memory. */
const BATCH = 2_000;

/** @param after the earlier revision; that of the state is the later one */
export async function* corrected(
  { columns, reader, revision }: State,
  rows: readonly number[],
  after: number,
): AsyncGenerator<Corrected, void> {
  const pace = paced();
  for (let i = 0; i < rows.length; i += BATCH) {
    const some = rows.slice(i, i + BATCH);
    const ids = some.map((row) => columns.ids.textOf(row));
    const span = { after, last: revision.seq };
    const entries = await entriesAbout(reader, 'projects', ids, span);
    const investors = columns.dictionaries.leadInvestorId.size;
    const { unranked, ...corrected } = unwound(columns, some, ids, entries);
    // Some may never have been those of a project at a revision that was asked for.
    await readInvestors(columns, reader, investors, pace);
    await rankAgain(corrected.states, reader, { lists: rankingLists, countsFor }, unranked);
    yield corrected;
    await pace();
  }
}

type Entries = Awaited<ReturnType<typeof entriesAbout>>;

function unwound(
  columns: Columns,
  rows: readonly number[],
  ids: readonly string[],
  entries: Entries,
): Corrected & { unranked: ReadonlySet<number> } {
  const ofProject = Map.groupBy(entries, ({ entityId }) => entityId);
  const count = rows.length + entries.length;
  const states = new Columns(columns);
  states.reserve(count);
  const unranked = new Set<number>();
  const unwound: Corrected = { states, count, projects: [], entries: [], causes: [] };
  for (const [i, row] of rows.entries()) {
    const its = ofProject.get(ids[i] as string) ?? [];
    const first = unwound.projects.length;
    unwound.projects.push(row, ...its.map(() => row));
    unwound.entries.push(0, ...its.map(({ seq }) => seq));
    unwound.causes.push(-1, ...its.map(({ action }) => byAction.get(action) ?? -1));
    states.take(columns, row, first + its.length);
    for (let state = first + its.length; state > first; state--) {
      const entry = its[state - first - 1] as Entries[number];
      const earlier = state - 1;
      states.copy(state, earlier);
      undoIn(states, earlier, entry);
      if (unranked.has(state) || Object.keys(entry.fields).some(isRankedBy)) unranked.add(earlier);
    }
  }
  return { ...unwound, unranked };
}

/** What projects refer to, by entity. */
const REFERRED = ['enterprises', 'regions', 'industries'] as const;

/**
 * The last entry about a project or about what it refers to, which explains what its own fields do not.
 * @param own the last entry about the project itself
 */
export async function lastAbout(
  { columns, reader, revision }: State,
  after: number,
): Promise<(row: number, own: number) => number> {
  const last = new Map<string, number>();
  for (const { seq, entity, entityId } of await lastEntries(reader, REFERRED, { after, last: revision.seq }))
    last.set(`${entity} ${entityId}`, seq);
  const of = (entity: (typeof REFERRED)[number], id: string | null | undefined) =>
    last.get(`${entity} ${id}`) ?? 0;
  const { dictionaries, codes } = columns;
  return (row, own) => {
    let found = own;
    columns.forInvestors(row, (code) => {
      found = Math.max(found, of('enterprises', dictionaries.leadInvestorId.textOf(code)));
    });
    for (const [name, tree] of [
      ['region', 'regions'],
      ['industry', 'industries'],
    ] as const) {
      const code = dictionaries[name].textOf(codes[name][row] as number);
      for (const one of columns.upFrom(tree, code)) found = Math.max(found, of(tree, one));
    }
    return found;
  };
}
