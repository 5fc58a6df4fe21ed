/**
 * Hand-written statistics as a yardstick: SQL equivalent to the service's responses, with the join order and
 * indexes that proved fastest.
 */

/** The index of the yardstick, in a copy of the database: it covers everything that the statements read. */
export const INDEX = `create index if not exists by_hand on projects (event_code, signed_on, id, archived_at, level,
  region_code, zone_code, industry_code, lead_investor_id, investment_yuan, investment_estimated,
  contracted_funds_yuan, registered_on, started_on, completed_on, production_on, suspended_on, resumed_on,
  terminated_on, agreed_start_on, agreed_production_on)`;

const live = '(terminated_on is null or terminated_on > :day)';
// The plus keeps the planner from using the index on the day, so that it scans the covering index.
const population = '(archived_at is null and +signed_on <= :day)';
const daysTo = (milestone: string) => `julianday(${milestone}) - julianday(signed_on)`;
const reached = (milestone: string) => `(${milestone} <= :day and ${live})`;
const counted = (condition: string) => `count(*) filter (where ${condition})`;

const measures = `count(*), sum(investment_yuan), sum(contracted_funds_yuan), count(contracted_funds_yuan),
  ${counted(reached('registered_on'))}, ${counted(reached('started_on'))},
  sum(investment_yuan) filter (where ${reached('started_on')}),
  ${counted(reached('completed_on'))}, ${counted(reached('production_on'))},
  ${counted(`(registered_on <= :day or started_on <= :day) and ${live}`)},
  ${counted(`suspended_on <= :day and (resumed_on is null or resumed_on > :day) and ${live}`)},
  ${counted('terminated_on <= :day')},
  ${counted(`agreed_start_on < :day and (started_on is null or started_on > :day) and ${live}`)},
  ${counted(`agreed_production_on < :day and (production_on is null or production_on > :day) and ${live}`)},
  ${counted(`production_on <= :day and substr(started_on, 1, 4) = substr(signed_on, 1, 4)
    and substr(production_on, 1, 4) = substr(signed_on, 1, 4) and ${live}`)},
  median(${daysTo('started_on')}) filter (where ${reached('started_on')}),
  avg(${daysTo('started_on')}) filter (where ${reached('started_on')}),
  median(${daysTo('production_on')}) filter (where ${reached('production_on')}),
  avg(${daysTo('production_on')}) filter (where ${reached('production_on')})`;

const funds = `sum(amount_yuan), sum(amount_yuan) filter (where contracted_funds_yuan is not null)`;
const ledger = `funds_entries f cross join projects p on p.id = f.project_id
  where ${population} and received_on <= :day`;

const month = (day: string) => `substr(${day}, 1, 7)`;

const milestone = (column: string): string[] => [
  `select ${month(`max(${column}, signed_on)`)}, count(*) from projects
    where ${population} and ${column} <= :day
      and (terminated_on is null or terminated_on > max(${column}, signed_on)) group by 1`,
  `select ${month('terminated_on')}, count(*) from projects
    where ${population} and terminated_on <= :day and terminated_on > max(${column}, signed_on) group by 1`,
];

/** A county with about a hundredth of the projects. */
export const COUNTY = '430104';

/** The statements of each response; `:day` is the effective day. */
export const statistics = {
  summary: [`select ${measures} from projects where ${population}`, `select ${funds} from ${ledger}`],
  breakdown: [
    `select region_code, ${measures} from projects where ${population} group by 1`,
    `select region_code, ${funds} from ${ledger} group by 1`,
  ],
  two: [
    `select region_code, industry_code, ${measures} from projects where ${population} group by 1, 2`,
    `select region_code, industry_code, ${funds} from ${ledger} group by 1, 2`,
  ],
  filtered: [
    `select ${measures} from projects where ${population} and region_code = :county`,
    `select ${funds} from ${ledger} and region_code = :county`,
  ],
  timeline: [
    `select ${month('signed_on')}, count(*), sum(investment_yuan) from projects where ${population} group by 1`,
    ...milestone('started_on'),
    ...milestone('production_on'),
    `select ${month('max(received_on, signed_on)')}, sum(amount_yuan) from ${ledger} group by 1`,
  ],
} as const satisfies Record<string, readonly string[]>;

export type StatisticsName = keyof typeof statistics;
