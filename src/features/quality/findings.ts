/** What the rules match, from one pass over the selected projects. */
import { effectiveDay, packedDay } from '../../columns/packed-days.ts';
import type { Question, State } from '../../columns/questions.ts';
import { yearBefore } from '../../core/days.ts';
import type { Revision } from '../../database/database.ts';
import type { PageQuery } from '../../http/pages.ts';
import { type ProjectFilter, select } from '../projects/filter.ts';
import { type ProjectRow, pageAmong, projectPageRequest } from '../projects/lists.ts';
import { type Twin, twinsOf } from './double-signing.ts';
import * as repository from './repository.ts';
import { type Bounds, findMatches, type Rule, rules } from './rules.ts';

interface Asked {
  filter: ProjectFilter;
  asOf: string;
  /** RFC 3339: projects last changed before it are stale. */
  staleBefore: string;
}

const boundsOf = ({ asOf, staleBefore }: Asked): Bounds => ({
  asOf: effectiveDay(asOf),
  yearBefore: packedDay(yearBefore(asOf)),
  staleBefore: Date.parse(staleBefore),
});

/** The number of projects that each rule matches, by its code. */
export const matchCounts: Question<Asked, { revision: Revision; counts: Record<string, number> }> = {
  name: 'quality.counts',
  answer: async (state, asked) => {
    const { columns, revision } = state;
    await state.named();
    const mask = await select(asked.filter, asked.asOf).mask(state);
    const counts = new Uint32Array(rules.length);
    findMatches(rules, columns, mask, boundsOf(asked), (_, place) => {
      counts[place] = (counts[place] as number) + 1;
    });
    return {
      revision,
      counts: Object.fromEntries(rules.map(({ code }, place) => [code, counts[place] as number])),
    };
  },
};

interface PageAsked extends Asked {
  /** The code of a rule. */
  code: string;
  page: PageQuery;
}

interface Page {
  revision: Revision;
  total: number;
  rows: ProjectRow[];
  /** Possible duplicates by project, if the rule names them. */
  others: Map<string, Twin[]>;
}

/** A page of the projects that a rule matches, and one more if there is a next page. */
export const matches: Question<PageAsked, Page> = {
  name: 'quality.matches',
  answer: async (state, asked) => {
    const { reader, columns, revision } = state;
    await state.named();
    const rule = rules.find(({ code }) => code === asked.code) as Rule;
    const mask = await select(asked.filter, asked.asOf).mask(state);
    const ids: string[] = [];
    findMatches([rule], columns, mask, boundsOf(asked), (row) => ids.push(columns.ids.textOf(row)));
    const rows = await pageAmong(reader, ids, asked.asOf, false, projectPageRequest(asked.page));
    const others = rule.namesOthers ? await othersOf(state, rows, asked.asOf) : new Map<string, Twin[]>();
    return { revision, total: ids.length, rows, others };
  },
};

/** Maximum number of others shown for a project that may have been signed twice. */
const MOST_OTHERS = 10;

async function othersOf(
  { reader, columns }: State,
  projects: readonly { id: string }[],
  asOf: string,
): Promise<Map<string, Twin[]>> {
  if (projects.length === 0) return new Map();
  const rows = projects.map(({ id }) => columns.ids.find(id));
  const others = twinsOf(columns, rows, effectiveDay(asOf), MOST_OTHERS);
  const ids = [...new Set([...others.values()].flat())].map((row) => columns.ids.textOf(row));
  const twins = new Map((await repository.twinsById(reader, ids)).map((twin) => [twin.id, twin]));
  const named = (row: number) => twins.get(columns.ids.textOf(row)) as Twin;
  return new Map([...others].map(([row, found]) => [columns.ids.textOf(row), found.map(named)]));
}
