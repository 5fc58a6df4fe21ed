/** Quality rules: each is a row with a condition that selects projects. */
import type { Columns } from '../../columns/columns.ts';
import { NONE } from '../../columns/dictionary.ts';
import { NEVER } from '../../columns/packed-days.ts';
import { daysBetween } from '../../core/days.ts';
import { FLAG_BITS, flagsOf } from '../projects/day-flags.ts';
import type { LifecycleFlag } from '../projects/lifecycle.ts';
import type { Project } from '../projects/schema.ts';
import type { Mask } from '../projects/sieves.ts';
import { signedTwice, type Twin } from './double-signing.ts';

export const severities = ['error', 'warning', 'notice'] as const;

/** What a rule found in a project. */
export interface Finding {
  since?: string;
  days?: number;
  missing?: (keyof Project | 'investorIds')[];
  excessYuan?: number;
  others?: Pick<Twin, 'id' | 'code' | 'name' | 'event' | 'signedOn'>[];
}

/** The context of a finding. */
export interface Circumstances {
  asOf: string;
  /** The day of a point in time, in the service's time zone. */
  dayOf(moment: string): string;
  /** Possible duplicates by project, if they were searched. */
  others: ReadonlyMap<string, Twin[]>;
}

/** The days that rules compare with, packed, and a point in time in milliseconds. */
export interface Bounds {
  asOf: number;
  yearBefore: number;
  staleBefore: number;
}

/** @param flags those that the project has on the day, as bits */
type Holds = (row: number, flags: number) => boolean;

export interface Rule {
  code: string;
  severity: (typeof severities)[number];
  zh: string;
  en: string;
  sentence: { zh: string; en: string };
  /** Whether it also matches terminated projects. */
  includesTerminated: boolean;
  /** Whether it depends on the parameter `staleDays`. */
  takesStaleDays?: true;
  /** Whether its finding names other projects, which must be searched. */
  namesOthers?: true;
  /** Whether it matches a project that is signed and not archived. */
  over(columns: Columns, bounds: Bounds): Holds;
  finding(project: Project, circumstances: Circumstances): Finding;
}

const since = (day: string | null, { asOf }: Circumstances): Finding =>
  day === null ? {} : { since: day, days: daysBetween(day, asOf) };

const flagged =
  (flag: LifecycleFlag): Rule['over'] =>
  () =>
  (_, flags) =>
    (flags & FLAG_BITS[flag]) !== 0;

const without =
  (name: 'leadInvestorId' | 'industry' | 'region'): Rule['over'] =>
  ({ codes }) =>
  (row) =>
    codes[name][row] === NONE;

/** The rules, the most severe first. */
export const rules = [
  {
    code: 'funds_above_investment',
    severity: 'error',
    zh: '到位资金超过投资总额',
    en: 'funds in place above the total investment',
    sentence: {
      zh: '截至该日的到位资金大于投资总额；含已终止的项目。',
      en: 'Funds in place by the day exceed the total investment; terminated projects included.',
    },
    includesTerminated: true,
    over:
      (columns, { asOf }) =>
      (row) =>
        columns.fundsBy(row, asOf) > (columns.investmentYuan[row] as number),
    finding: ({ fundsInPlaceYuan, investmentYuan }) => ({ excessYuan: fundsInPlaceYuan - investmentYuan }),
  },
  {
    code: 'possible_double_signing',
    severity: 'warning',
    zh: '疑似重复签约',
    en: 'possible double signing',
    sentence: {
      zh: '与另一项目有同一投资方、相同投资总额和近似名称，却在另一届活动签约；两者均未终止，另一项目不限于筛选范围。',
      en: 'A project with the same investor, the same total investment and nearly the same name was signed at another event; neither is terminated. The other project need not match the filter.',
    },
    includesTerminated: false,
    namesOthers: true,
    over: (columns, { asOf }) => {
      const twice = signedTwice(columns, asOf);
      return (row) => twice[row] === 1;
    },
    finding: ({ id }, { others }) => ({
      others: (others.get(id) ?? []).map(({ id, code, name, event, signedOn }) => ({
        id,
        code,
        name,
        event,
        signedOn,
      })),
    }),
  },
  {
    code: 'overdue_start',
    severity: 'warning',
    zh: '超时限未开工',
    en: 'overdue to start',
    sentence: {
      zh: '约定开工日已过而未开工，且未终止。',
      en: 'The agreed start has passed without an actual start; not terminated.',
    },
    includesTerminated: false,
    over: flagged('overdueStart'),
    finding: ({ agreedStartOn }, circumstances) => since(agreedStartOn, circumstances),
  },
  {
    code: 'overdue_production',
    severity: 'warning',
    zh: '逾期未投产',
    en: 'overdue to produce',
    sentence: {
      zh: '约定投产日已过而未投产，且未终止。',
      en: 'The agreed production day has passed without production; not terminated.',
    },
    includesTerminated: false,
    over: flagged('overdueProduction'),
    finding: ({ agreedProductionOn }, circumstances) => since(agreedProductionOn, circumstances),
  },
  {
    code: 'no_change_reported',
    severity: 'warning',
    zh: '长期未更新',
    en: 'no change reported',
    sentence: {
      zh: '截至该日未投产也未终止，且记录最近一次变更（含到位资金）距该日已满 staleDays 天；变更时间以现有记录为准，该日之后有变更的项目不列入。',
      en: 'Neither in production nor terminated by the day, and last changed (including its funds) at least staleDays days before it. The last change is the one on record now: a project changed after the day is not listed.',
    },
    includesTerminated: false,
    takesStaleDays: true,
    over:
      ({ updatedAt }, { staleBefore }) =>
      (row, flags) =>
        (updatedAt[row] as number) < staleBefore && (flags & FLAG_BITS.inProduction) === 0,
    finding: ({ updatedAt }, circumstances) => since(circumstances.dayOf(updatedAt), circumstances),
  },
  {
    code: 'started_not_registered',
    severity: 'warning',
    zh: '已开工未注册',
    en: 'started but not registered',
    sentence: {
      zh: '截至该日已开工而项目公司未注册，且未终止。',
      en: 'Started by the day without a registered project company; not terminated.',
    },
    includesTerminated: false,
    over: () => (_, flags) => (flags & (FLAG_BITS.started | FLAG_BITS.registered)) === FLAG_BITS.started,
    finding: ({ startedOn }, circumstances) => since(startedOn, circumstances),
  },
  {
    code: 'missing_investor',
    severity: 'warning',
    zh: '投资方缺失',
    en: 'missing investor',
    sentence: {
      zh: '未登记投资方；含已终止的项目，因其仍计入统计。',
      en: 'No investor is on record; terminated projects included, because they count in the statistics.',
    },
    includesTerminated: true,
    over: without('leadInvestorId'),
    finding: () => ({ missing: ['investorIds'] }),
  },
  {
    code: 'missing_industry',
    severity: 'warning',
    zh: '行业缺失',
    en: 'missing industry',
    sentence: {
      zh: '未登记行业；含已终止的项目，因其仍计入统计。',
      en: 'No industry is on record; terminated projects included, because they count in the statistics.',
    },
    includesTerminated: true,
    over: without('industry'),
    finding: () => ({ missing: ['industry'] }),
  },
  {
    code: 'missing_region',
    severity: 'warning',
    zh: '行政区划缺失',
    en: 'missing region',
    sentence: {
      zh: '未登记行政区划；含已终止的项目，因其仍计入统计。',
      en: 'No region is on record; terminated projects included, because they count in the statistics.',
    },
    includesTerminated: true,
    over: without('region'),
    finding: () => ({ missing: ['region'] }),
  },
  {
    code: 'missing_agreed_dates',
    severity: 'notice',
    zh: '约定日期缺失',
    en: 'missing agreed dates',
    sentence: {
      zh: '未登记约定开工日或约定投产日，无法判断是否逾期；不含已终止的项目。',
      en: 'The agreed start or production day is not on record, so it cannot be checked for being overdue; not terminated.',
    },
    includesTerminated: false,
    over:
      ({ days: { agreedStartOn, agreedProductionOn } }) =>
      (row) =>
        agreedStartOn[row] === NEVER || agreedProductionOn[row] === NEVER,
    finding: (project) => ({
      missing: (['agreedStartOn', 'agreedProductionOn'] as const).filter((field) => project[field] === null),
    }),
  },
  {
    code: 'estimated_over_a_year',
    severity: 'notice',
    zh: '投资额估算超过一年',
    en: 'amount estimated for over a year',
    sentence: {
      zh: '签约已超过一年，投资总额仍为估算；不含已终止的项目。',
      en: 'Signed more than a year before the day, and the total investment is still an estimate; not terminated.',
    },
    includesTerminated: false,
    over: (columns, { yearBefore }) => {
      const { signedOn } = columns.days;
      return (row) => columns.isEstimated(row) && (signedOn[row] as number) < yearBefore;
    },
    finding: ({ signedOn }, circumstances) => since(signedOn, circumstances),
  },
] as const satisfies readonly Rule[];

/**
 * Tells which of some rules match which selected projects, in one pass.
 * @param found is called with the row of the project, and the place of the rule
 */
export function findMatches(
  some: readonly Rule[],
  columns: Columns,
  mask: Mask,
  bounds: Bounds,
  found: (row: number, place: number) => void,
): void {
  const conditions = some.map((rule) => rule.over(columns, bounds));
  for (let row = 0; row < mask.length; row++) {
    if (mask[row] === 0) continue;
    const flags = flagsOf(columns.days, row, bounds.asOf);
    const isTerminated = (flags & FLAG_BITS.terminated) !== 0;
    for (let place = 0; place < some.length; place++) {
      if (isTerminated && !some[place]?.includesTerminated) continue;
      if (conditions[place]?.(row, flags)) found(row, place);
    }
  }
}
