/** Quality findings among the projects selected by a filter, each response from one snapshot. */
import { sql } from 'drizzle-orm';
import type { Calendar } from '../../core/clock.ts';
import { addDays, yearBefore } from '../../core/days.ts';
import type { Database, Reader, Revision } from '../../database/database.ts';
import { revisionIn } from '../../database/revision.ts';
import type { Computed } from '../../http/answers.ts';
import { type PageQuery, toPage } from '../../http/pages.ts';
import { invalid, Problem } from '../../http/problems.ts';
import { inPopulation } from '../projects/conditions.ts';
import { type Condition, filterOf, type ProjectFilter, queryOf, select } from '../projects/filter.ts';
import { projectPageRequest, projectsOfPage, projectTotals } from '../projects/lists.ts';
import { toProject } from '../projects/record.ts';
import { othersOf, type Twin } from './double-signing.ts';
import * as repository from './repository.ts';
import { named, type Rule, rules } from './rules.ts';

export type QualityQuery = ProjectFilter & { staleDays?: number | undefined };

export interface QualityService {
  /** All rules, and the number of projects that each matches. */
  rules(query: QualityQuery, asOf: string): Promise<Computed>;
  /**
   * A page of the projects that a rule matches, each with its finding.
   * @throws Problem 404 if the rule does not exist, 422 for a parameter of another rule
   */
  projects(code: string, query: QualityQuery & PageQuery, asOf: string): Promise<Computed>;
}

/** The default number of days without a change after which a project is stale. */
const STALE_DAYS = 90;

/** Maximum number of others shown for a project that may have been signed twice. */
const MOST_OTHERS = 10;

export function qualityService({ database, clock }: { database: Database; clock: Calendar }): QualityService {
  const totals = projectTotals();

  /** A selection with values for the rules' placeholders. */
  const selected = (filter: ProjectFilter, staleDays: number, asOf: string): Condition => {
    const selection = select(filter, asOf);
    // The start of the next day: the last change must be at least this many calendar days before.
    const staleBefore = clock.startOf(addDays(asOf, 1 - staleDays));
    return { ...selection, values: { ...selection.values, staleBefore, yearBefore: yearBefore(asOf) } };
  };

  /**
   * Counts most rules together in one scan of the narrow index, and the others separately, as their lists do.
   */
  async function count(reader: Reader, revision: Revision, selection: Condition) {
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
      // A rule may match few of many projects, which then requires a scan.
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

/** The projects of a selection that a rule matches. */
const within = (selection: Condition, rule: Rule): Condition => ({
  shape: `${selection.shape} ${rule.code}`,
  values: selection.values,
  where: (reader, population = inPopulation(reader, true)) =>
    sql`(${selection.where(reader, population)} and ${named(rule, reader)})`,
});

/** Link to the projects that a rule matches, for a fixed day. */
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
