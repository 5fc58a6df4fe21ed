/** What needs attention among the projects selected by a filter, each response from one snapshot. */
import { sql } from 'drizzle-orm';
import type { Calendar } from '../../core/clock.ts';
import { addDays, yearBefore } from '../../core/days.ts';
import type { Database, Reader, Revision } from '../../database/database.ts';
import { revisionIn } from '../../database/revision.ts';
import type { Computed } from '../../http/answers.ts';
import { type PageQuery, toPage } from '../../http/pages.ts';
import { invalid, Problem } from '../../http/problems.ts';
import { inPopulation } from '../projects/conditions.ts';
import { filterOf, type ProjectFilter, queryOf, type Selection, select } from '../projects/filter.ts';
import { projectPageRequest, projectsOfPage, projectTotals } from '../projects/lists.ts';
import { toProject } from '../projects/record.ts';
import { othersOf, type Twin } from './double-signing.ts';
import * as repository from './repository.ts';
import { named, type Rule, rules } from './rules.ts';

export type QualityQuery = ProjectFilter & { staleDays?: number | undefined };

export interface QualityService {
  /** Every rule, and how many projects it names. */
  rules(query: QualityQuery, asOf: string): Promise<Computed>;
  /**
   * A page of the projects that a rule names, each with what it found.
   * @throws Problem 404 for a rule that there is not, 422 for a parameter that is another rule's
   */
  projects(code: string, query: QualityQuery & PageQuery, asOf: string): Promise<Computed>;
}

/** After how many days without a change a project is named, unless the request says. */
const STALE_DAYS = 90;

/** How many others are shown beside a project that may have been signed twice. */
const MOST_OTHERS = 10;

export function qualityService({ database, clock }: { database: Database; clock: Calendar }): QualityService {
  const totals = projectTotals();

  /** A selection with the values of the rules' placeholders. */
  const selected = (filter: ProjectFilter, staleDays: number, asOf: string): Selection => {
    const selection = select(filter, asOf);
    // The last change was on this day or earlier: that many days before, counted from day to day.
    const staleBefore = clock.startOf(addDays(asOf, 1 - staleDays));
    return { ...selection, values: { ...selection.values, staleBefore, yearBefore: yearBefore(asOf) } };
  };

  /** What one scan of the narrow index can tell together, and the others one by one, as their lists do. */
  async function count(reader: Reader, revision: Revision, selection: Selection) {
    const together = rules.filter((rule: Rule) => !rule.readsMore);
    const counts = await repository.countNamed(reader, together, selection);
    for (const rule of rules.filter((rule: Rule) => rule.readsMore)) {
      counts[rule.code] = await totals.count(reader, revision, within(selection, rule), false);
    }
    return counts;
  }

  return {
    rules: ({ staleDays = STALE_DAYS, ...query }, asOf) =>
      database.analyze(async (reader) => {
        const filter = filterOf(query);
        const revision = await revisionIn(reader);
        const counts = await count(reader, revision, selected(filter, staleDays, asOf));
        const items = rules.map((rule: Rule) => {
          const { code, severity, zh, en, sentence, includesTerminated } = rule;
          return {
            code,
            severity,
            label: { zh, en },
            sentence,
            includesTerminated,
            count: counts[code],
            links: { projects: linkTo(rule, filter, staleDays, asOf) },
          };
        });
        return { revision, body: { asOf, revision: revision.seq, filter, staleDays, items } };
      }),

    projects: (code, { staleDays, ...query }, asOf) => {
      const rule = ruleOf(code);
      if (staleDays !== undefined && !rule.takesStaleDays) {
        throw invalid([{ parameter: 'staleDays', code: 'unknown_parameter' }]);
      }
      const request = projectPageRequest(query);
      const selection = within(selected(filterOf(query), staleDays ?? STALE_DAYS, asOf), rule);
      // A rule may name few among many, which then have to be gone through.
      return database.analyze(async (reader) => {
        const revision = await revisionIn(reader);
        const total = await totals.count(reader, revision, selection, false);
        const rows = await projectsOfPage(reader, selection, false, request);
        const others = rule.namesOthers ? await findOthers(reader, rows, asOf) : new Map<string, Twin[]>();
        const body = toPage(request, rows, total, revision.seq, (row) => {
          const project = toProject(row, asOf);
          return { ...project, finding: rule.finding(project, { asOf, dayOf: clock.dayOf, others }) };
        });
        return { revision, body };
      });
    },
  };
}

/** @throws Problem 404 */
function ruleOf(code: string): Rule {
  const rule = rules.find((one) => one.code === code);
  if (rule) return rule;
  const known = rules.map((one) => one.code).join(', ');
  throw new Problem('quality.not_found', { values: { rule: code.slice(0, 64), rules: known } });
}

/** Those of a selection that a rule names. */
const within = (selection: Selection, rule: Rule): Selection => ({
  shape: `${selection.shape} ${rule.code}`,
  values: selection.values,
  where: (reader, population = inPopulation(reader, true)) =>
    sql`(${selection.where(reader, population)} and ${named(rule, reader)})`,
});

/** The address of the projects that a rule names, pinned to the day. */
function linkTo(
  { code, takesStaleDays }: Rule,
  filter: ProjectFilter,
  staleDays: number,
  asOf: string,
): string {
  const more = { asOf, ...(takesStaleDays && { staleDays: String(staleDays) }) };
  return `/v1/quality/${code}?${queryOf(filter, more)}`;
}

async function findOthers(
  reader: Reader,
  rows: readonly { id: string; event: string | null }[],
  asOf: string,
): Promise<Map<string, Twin[]>> {
  if (rows.length === 0) return new Map();
  const ids = rows.map(({ id }) => id);
  const events = new Map(rows.map(({ id, event }) => [id, event]));
  const signings = await repository.findSignings(reader, ids, asOf);
  const twins = await repository.findTwins(reader, ids, asOf, MOST_OTHERS);
  return othersOf(signings, events, twins, MOST_OTHERS);
}
