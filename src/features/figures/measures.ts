/**
 * All measures, each defined once: its names and description in both languages, and its computation from a
 * tally.
 */
import * as z from 'zod';
import { days, money, rate } from '../../core/numbers.ts';
import { Problem } from '../../http/problems.ts';
import type { LifecycleFlag } from '../projects/lifecycle.ts';
import { type CountName, type DurationName, ledgerSums, type SumName, type Tally } from './tallies.ts';

const described = <T extends z.ZodType>(schema: T, id: string, description: string): T =>
  schema.meta({ id, description }) as T;

export const MoneyBody = described(
  z.object({ yuan: z.int(), billionYuan: z.number(), yiYuan: z.number() }),
  'Money',
  'An amount, exact in whole yuan; billion yuan (10⁹) and 亿元 (10⁸) are for display.',
);

export const KnownMoneyBody = described(
  MoneyBody.extend({ knownCount: z.int() }),
  'KnownMoney',
  'An amount, with the number of projects for which it is known.',
);

export const RateBody = described(
  z.object({
    numerator: z.int(),
    denominator: z.int(),
    ratio: z.number().nullable(),
    percent: z.number().nullable(),
  }),
  'Rate',
  'A rate with its numerator and denominator. `percent` is rounded half-up to one decimal; `ratio` and `percent` are null if the denominator is zero.',
);

export const DaysBody = described(
  z.object({ count: z.int(), median: z.number().nullable(), mean: z.number().nullable() }),
  'Days',
  'Median and mean of the days over `count` projects, half-up to one decimal; negative if before the signing.',
);

export interface Measure {
  name: string;
  unit: 'projects' | 'yuan' | 'rate' | 'days';
  /** For a rate: whether it is a rate of amounts, with numerator and denominator in yuan. */
  ofMoney?: boolean;
  /** Chinese and English name and description. */
  zh: string;
  en: string;
  sentence: { zh: string; en: string };
  formula: string;
  /** The tallies from which it is computed. */
  of: readonly (SumName | DurationName)[];
  /** Name of the link to the projects behind a count, and the flag that selects them. */
  link?: { name: string; flag: LifecycleFlag | null };
  schema: z.ZodType;
  value(tally: Tally): unknown;
  /** Sort value in a breakdown; null comes last. */
  sortValue(tally: Tally): number | null;
}

type Words = Pick<Measure, 'zh' | 'en' | 'sentence' | 'formula'>;

function count(name: CountName, flag: LifecycleFlag | null, words: Words): Measure {
  const link = flag ?? 'projects';
  return {
    name,
    unit: 'projects',
    ...words,
    of: [name],
    link: { name: link, flag },
    schema: z.int(),
    value: (tally) => tally[name],
    sortValue: (tally) => tally[name],
  };
}

function amount(name: SumName, words: Words): Measure {
  return {
    name,
    unit: 'yuan',
    ...words,
    of: [name],
    schema: MoneyBody,
    value: (tally) => money(exact(tally, name)),
    sortValue: (tally) => tally[name],
  };
}

function quotient(name: string, numerator: SumName, denominator: SumName, words: Words): Measure {
  return {
    name,
    unit: 'rate',
    ofMoney: (ledgerSums as readonly string[]).includes(numerator),
    ...words,
    of: [numerator, denominator],
    schema: RateBody,
    value: (tally) => rate(exact(tally, numerator), exact(tally, denominator)),
    sortValue: (tally) => (tally[denominator] === 0 ? null : tally[numerator] / tally[denominator]),
  };
}

function duration(name: DurationName, words: Words): Measure {
  return {
    name,
    unit: 'days',
    ...words,
    of: [name],
    schema: DaysBody,
    value: (tally) => days(tally[name]),
    sortValue: (tally) => days(tally[name]).median,
  };
}

/** @throws Problem 422 above 2⁵³ − 1, where a number is no longer exact */
export function exact(tally: Tally, name: SumName): number {
  const sum = tally[name];
  if (!Number.isSafeInteger(sum))
    throw new Problem('statistics.sum_too_large', { values: { measure: name } });
  return sum;
}

const share = (numerator: string): string => `${numerator} ÷ projectCount`;

/** All measures, in the order of responses. */
export const measures: readonly Measure[] = [
  count('projectCount', null, {
    zh: '项目数',
    en: 'projects',
    sentence: {
      zh: '截至该日已签约、未归档且符合筛选条件的项目个数；已终止的项目仍计入。',
      en: 'Projects signed by the day that are not archived and match the filter, including terminated ones.',
    },
    formula: 'count of projects with signedOn ≤ T',
  }),
  amount('totalInvestment', {
    zh: '投资总额',
    en: 'total investment',
    sentence: { zh: '合同约定投资额之和。', en: 'Total investment agreed in the contracts.' },
    formula: 'Σ investmentYuan',
  }),
  {
    ...amount('contractedFunds', {
      zh: '合同引资额',
      en: 'contracted funds',
      sentence: {
        zh: '合同约定引进的外来资金之和，仅计已知的项目；knownCount 为已知的项目数。',
        en: 'Investment from outside, where known; knownCount is the number of projects for which it is known.',
      },
      formula: 'Σ contractedFundsYuan where known',
    }),
    of: ['contractedFunds', 'contractedKnownCount'],
    schema: KnownMoneyBody,
    value: (tally) => ({ ...money(exact(tally, 'contractedFunds')), knownCount: tally.contractedKnownCount }),
  },
  count('registeredCount', 'registered', {
    zh: '注册数',
    en: 'registered',
    sentence: {
      zh: '截至该日项目公司已注册且未终止的项目数。',
      en: 'Projects whose company was registered by the day, not terminated.',
    },
    formula: 'count where registeredOn ≤ T and not terminatedOn ≤ T',
  }),
  quotient('registrationRate', 'registeredCount', 'projectCount', {
    zh: '注册率',
    en: 'registration rate',
    sentence: { zh: '注册数占项目数的比重。', en: 'The share of projects that are registered.' },
    formula: share('registeredCount'),
  }),
  count('startedCount', 'started', {
    zh: '开工数',
    en: 'started',
    sentence: {
      zh: '截至该日已开工且未终止的项目数；停工、竣工、投产的项目也已开工。',
      en: 'Projects started by the day, not terminated; suspended, completed and producing projects count as started.',
    },
    formula: 'count where startedOn ≤ T and not terminatedOn ≤ T',
  }),
  amount('startedInvestment', {
    zh: '开工项目投资额',
    en: 'investment of started projects',
    sentence: { zh: '已开工项目的投资总额。', en: 'Total investment of the started projects.' },
    formula: 'Σ investmentYuan where started',
  }),
  quotient('operatingRate', 'startedCount', 'projectCount', {
    zh: '开工率',
    en: 'operating rate',
    sentence: {
      zh: '开工数占项目数的比重。',
      en: 'The share of signed projects that have started; published in English as the operating rate.',
    },
    formula: share('startedCount'),
  }),
  count('completedCount', 'completed', {
    zh: '竣工数',
    en: 'completed',
    sentence: {
      zh: '截至该日已竣工且未终止的项目数。',
      en: 'Projects completed by the day, not terminated.',
    },
    formula: 'count where completedOn ≤ T and not terminatedOn ≤ T',
  }),
  quotient('completionRate', 'completedCount', 'projectCount', {
    zh: '竣工率',
    en: 'completion rate',
    sentence: { zh: '竣工数占项目数的比重。', en: 'The share of projects that are completed.' },
    formula: share('completedCount'),
  }),
  count('inProductionCount', 'inProduction', {
    zh: '投产数',
    en: 'in production',
    sentence: {
      zh: '截至该日已投产且未终止的项目数。',
      en: 'Projects in production by the day, not terminated.',
    },
    formula: 'count where productionOn ≤ T and not terminatedOn ≤ T',
  }),
  quotient('productionRate', 'inProductionCount', 'projectCount', {
    zh: '投产率',
    en: 'production rate',
    sentence: { zh: '投产数占项目数的比重。', en: 'The share of projects that are in production.' },
    formula: share('inProductionCount'),
  }),
  count('performingCount', 'performing', {
    zh: '履约数',
    en: 'performing',
    sentence: {
      zh: '截至该日已注册或已开工且未终止的项目数。',
      en: 'Projects registered or started by the day, not terminated.',
    },
    formula: 'count where (registeredOn ≤ T or startedOn ≤ T) and not terminatedOn ≤ T',
  }),
  quotient('fulfilmentRate', 'performingCount', 'projectCount', {
    zh: '履约率',
    en: 'fulfilment rate',
    sentence: { zh: '履约数占项目数的比重。', en: 'Performing projects as a share of all projects.' },
    formula: share('performingCount'),
  }),
  count('suspendedCount', 'suspended', {
    zh: '停工数',
    en: 'suspended',
    sentence: { zh: '该日处于停工状态的项目数。', en: 'Projects that are suspended on the day.' },
    formula: 'count where suspendedOn ≤ T and not resumedOn ≤ T and not terminatedOn ≤ T',
  }),
  count('terminatedCount', 'terminated', {
    zh: '终止数',
    en: 'terminated',
    sentence: { zh: '截至该日已终止（解约）的项目数。', en: 'Projects whose contract had ended by the day.' },
    formula: 'count where terminatedOn ≤ T',
  }),
  count('overdueStartCount', 'overdueStart', {
    zh: '超时限未开工数',
    en: 'overdue to start',
    sentence: {
      zh: '约定开工日已过而未开工、且未终止的项目数。',
      en: 'Projects whose agreed start has passed without an actual start, not terminated.',
    },
    formula: 'count where agreedStartOn < T and not startedOn ≤ T and not terminatedOn ≤ T',
  }),
  count('overdueProductionCount', 'overdueProduction', {
    zh: '逾期未投产数',
    en: 'overdue to produce',
    sentence: {
      zh: '约定投产日已过而未投产、且未终止的项目数。',
      en: 'Projects whose agreed production day has passed without production, not terminated.',
    },
    formula: 'count where agreedProductionOn < T and not productionOn ≤ T and not terminatedOn ≤ T',
  }),
  count('sameYearCount', 'sameYear', {
    zh: '当年签约当年开工当年投产数',
    en: 'signed, started and producing in one year',
    sentence: {
      zh: '签约、开工、投产在同一年内、且截至该日已投产、未终止的项目数。',
      en: 'Projects signed, started and in production within one calendar year, by the day, not terminated.',
    },
    formula:
      'count where year(signedOn) = year(startedOn) = year(productionOn), productionOn ≤ T and not terminatedOn ≤ T',
  }),
  amount('fundsInPlace', {
    zh: '到位资金',
    en: 'funds in place',
    sentence: {
      zh: '截至该日实际到位资金之和；退回的资金以负数记录。',
      en: 'Funds received by the day; money returned is a negative entry.',
    },
    formula: 'Σ amountYuan of ledger entries with receivedOn ≤ T',
  }),
  quotient('fundsInPlaceRate', 'fundsInPlace', 'totalInvestment', {
    zh: '资金到位率',
    en: 'funds-in-place rate',
    sentence: { zh: '到位资金占投资总额的比重。', en: 'Funds in place as a share of the total investment.' },
    formula: 'fundsInPlace ÷ totalInvestment',
  }),
  quotient('fundsInPlaceOfContractedRate', 'fundsOfContracted', 'contractedFunds', {
    zh: '合同引资到位率',
    en: 'funds-in-place rate of contracted funds',
    sentence: {
      zh: '到位资金占合同引资额的比重，分子分母均只计合同引资额已知的项目。',
      en: 'Funds in place as a share of the contracted funds, both over the projects whose contracted funds are known.',
    },
    formula: 'fundsInPlace ÷ contractedFunds, over projects with contractedFundsYuan known',
  }),
  duration('daysToStart', {
    zh: '签约到开工天数',
    en: 'days from signing to start',
    sentence: {
      zh: '已开工项目从签约到开工的天数；先开工后签约的为负数。',
      en: 'Days from signing to start of the started projects; negative if the start came first.',
    },
    formula: 'median and mean of startedOn − signedOn where started',
  }),
  duration('daysToProduction', {
    zh: '签约到投产天数',
    en: 'days from signing to production',
    sentence: {
      zh: '已投产项目从签约到投产的天数。',
      en: 'Days from signing to production of the projects in production.',
    },
    formula: 'median and mean of productionOn − signedOn where in production',
  }),
];

/** The measures with the given names, in the order of responses; all if none are given. */
export const chosenOf = (names: readonly string[] | undefined): readonly Measure[] =>
  names ? measures.filter(({ name }) => names.includes(name)) : measures;

/**
 * Computes measures of a tally; those that may not be disclosed are null.
 * @throws Problem 422 if a sum is too large to be exact
 */
export const valuesOf = (
  tally: Tally,
  chosen: readonly Measure[] = measures,
  tells: (measure: Measure) => boolean = () => true,
): Record<string, unknown> =>
  Object.fromEntries(chosen.map((measure) => [measure.name, tells(measure) ? measure.value(tally) : null]));

/** The units of an event's outreach figures. */
export const outreachUnits = [
  'contacts',
  'enterprises',
  'guests',
  'delegations',
  'zones',
  'projects',
  'yuan',
  'rate',
] as const;
export type OutreachUnit = (typeof outreachUnits)[number];
