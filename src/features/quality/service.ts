/** Quality findings among the projects selected by a filter, each response from one state of the data. */
import type { ColumnStore } from '../../columns/store.ts';
import type { Calendar } from '../../core/clock.ts';
import { addDays } from '../../core/days.ts';
import type { Computed } from '../../http/answers.ts';
import { type PageQuery, toPage } from '../../http/pages.ts';
import { invalid, Problem } from '../../http/problems.ts';
import { filterOf, type ProjectFilter, queryOf } from '../projects/filter.ts';
import { projectPageRequest } from '../projects/lists.ts';
import { toProject } from '../projects/record.ts';
import { matchCounts, matches } from './findings.ts';
import { type Rule, rules } from './rules.ts';

/** All that the feature asks of columns. */
export const qualityQuestions = [matchCounts, matches];

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

export function qualityService(columns: Pick<ColumnStore, 'ask'>, clock: Calendar): QualityService {
  // The start of the next day: the last change must be at least this many calendar days before.
  const staleBefore = (asOf: string, staleDays: number) => clock.startOf(addDays(asOf, 1 - staleDays));

  return {
    rules: async ({ staleDays = STALE_DAYS, ...query }, asOf) => {
      const filter = filterOf(query);
      const asked = { filter, asOf, staleBefore: staleBefore(asOf, staleDays) };
      const { revision, counts } = await columns.ask(matchCounts, asked);
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
    },

    projects: async (code, { staleDays, ...query }, asOf) => {
      const rule = ruleOf(code);
      if (staleDays !== undefined && !rule.takesStaleDays) {
        throw invalid([{ parameter: 'staleDays', code: 'unknown_parameter' }]);
      }
      const request = projectPageRequest(query);
      const { limit, cursor, sort } = query;
      const { revision, total, rows, others } = await columns.ask(matches, {
        code,
        filter: filterOf(query),
        asOf,
        staleBefore: staleBefore(asOf, staleDays ?? STALE_DAYS),
        page: { limit, cursor, sort },
      });
      const body = toPage(request, rows, total, revision.seq, (row) => {
        const project = toProject(row, asOf);
        return { ...project, finding: rule.finding(project, { asOf, dayOf: clock.dayOf, others }) };
      });
      return { revision, body };
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
