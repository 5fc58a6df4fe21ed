/** Statistics as tables. */

import type { Language } from '../../core/languages.ts';
import { inWords } from '../../core/names.ts';
import type { Rate } from '../../core/numbers.ts';
import { flagWords } from '../../sheets/columns.ts';
import type { Cell, Sheet } from '../../sheets/sheet.ts';
import { inUnit, inUnitOf, type Unit } from '../../sheets/units.ts';
import { type AnyCause, allCauses } from './causes.ts';
import {
  type AgeRow,
  type CohortDimension,
  type CohortMeasure,
  cohortMeasures,
  cohortTerms,
} from './cohorts.ts';
import { comparisonTerms, type Side } from './comparison.ts';
import { type DimensionName, dimensions, type Group } from './dimensions.ts';
import {
  both,
  type Column,
  changeColumns,
  columnsFor,
  figure,
  inPercent,
  joined,
  measureColumns,
  type Names,
  type Row,
  rateOf,
  type Shown,
  single,
  words,
} from './figure-columns.ts';
import { type Measure, measures } from './measures.ts';
import type { Interval } from './timeline.ts';
import { flowUnits } from './timelines.ts';

/** The columns of the order of groups. */
const orderColumns: readonly Column[] = [
  ...(['rank', 'previousRank'] as const).map(
    (name): Column => ({
      names: comparisonTerms[name],
      kind: 'integer',
      of: (row) => figure<number | undefined>(row, name) ?? null,
    }),
  ),
  {
    names: inPercent(comparisonTerms.share),
    kind: 'number',
    of: (row) => figure<Rate | null>(row, 'share')?.percent ?? null,
  },
];

/** The columns of a dimension: name and code of the group. */
function groupColumns(name: DimensionName, language: Language): Column[] {
  const { zh, en } = dimensions[name];
  const group = (row: Row) => figure<Record<string, Group> | undefined>(row, 'groups')?.[name];
  const nameIn = (one: Group) =>
    (language === 'zh' ? one.name : (one.nameEn ?? one.name)) ?? words.none[language];
  return [
    {
      names: { zh, en },
      kind: 'text',
      of: (row) => {
        const found = group(row);
        return found ? nameIn(found) : words.total[language];
      },
    },
    {
      names: { zh: `${zh}${words.code.zh}`, en: `${en} ${words.code.en}` },
      kind: 'code',
      of: (row) => group(row)?.code ?? null,
    },
  ];
}

const measureNamed = (name: string): Measure => measures.find((measure) => measure.name === name) as Measure;

/** The figures of a timeline's periods. */
const movement: readonly Shown[] = Object.entries({
  signedCount: { zh: '签约数', en: 'signed' },
  investment: measureNamed('totalInvestment'),
  startedCount: measureNamed('startedCount'),
  inProductionCount: measureNamed('inProductionCount'),
  fundsInPlace: measureNamed('fundsInPlace'),
} satisfies Record<keyof typeof flowUnits, Names>).map(([name, { zh, en }]) => ({
  ...{ name, zh, en },
  unit: flowUnits[name as keyof typeof flowUnits],
}));
const rates: readonly Shown[] = ['operatingRate', 'productionRate'].map((name) => ({
  ...{ name, unit: 'rate' },
  ...measureNamed(name),
}));

/** The columns of a part of each period, with the changes if there are any. */
const within = (part: 'during' | 'cumulative', shown: readonly Shown[], isCompared: boolean): Column[] => {
  const columnsOf = (one: Shown) => columnsFor[one.unit](one);
  return shown
    .flatMap((one) => [...columnsOf(one), ...(isCompared ? changeColumns(one, columnsOf) : [])])
    .map(({ names, kind, of }) => ({
      names: joined(words[part], names),
      kind,
      of: (row) =>
        of({ ...figure<Row>(row, part), comparison: figure<Row | undefined>(row, 'comparison')?.[part] }),
    }));
};

const timelineColumns = (isCompared: boolean): Column[] => [
  { names: words.period, kind: 'code', of: (row) => figure<string>(row, 'period') },
  { names: words.from, kind: 'day', of: (row) => figure<string>(row, 'from') },
  { names: words.to, kind: 'day', of: (row) => figure<string>(row, 'to') },
  ...within('during', movement, isCompared),
  ...within('cumulative', [...movement, ...rates], isCompared),
];

const inSteps: Record<Interval, Names> = {
  month: { zh: '（月）', en: ' (months)' },
  quarter: { zh: '（季）', en: ' (quarters)' },
  year: { zh: '（年）', en: ' (years)' },
};

/** One row per age of each cohort. */
function cohortColumns(
  by: CohortDimension,
  names: readonly CohortMeasure[],
  step: Interval,
  language: Language,
): Column[] {
  const { age, reachedCount, complete } = cohortTerms;
  return [
    ...groupColumns(by, language),
    single('projectCount', words.projectCount),
    single(
      'age',
      both((inLanguage) => age[inLanguage] + inSteps[step][inLanguage]),
    ),
    single('reachedCount', reachedCount),
    { names: complete, kind: 'flag', of: (row) => inWords(String(row.complete), flagWords, language) },
    ...names.flatMap((name) => rateOf(name, measureNamed(name), cohortMeasures[name] === 'funds')),
  ];
}

interface Entry {
  seq: number;
  at: string;
  actor: string;
  fields: Readonly<Record<string, { before?: unknown; after?: unknown }>>;
}

/** The columns of entries of the change log. */
const entryColumns: readonly Column[] = (
  [
    ['entry', 'integer', ({ seq }) => seq],
    ['at', 'text', ({ at }) => at],
    ['actor', 'text', ({ actor }) => actor],
    [
      'changed',
      'text',
      ({ fields }) =>
        Object.entries(fields)
          .map(([name, { before, after }]) => `${name}: ${plain(before)} → ${plain(after)}`)
          .join('; '),
    ],
  ] as const satisfies readonly [keyof typeof words, Column['kind'], (entry: Entry) => Cell][]
).map(([name, kind, of]) => ({
  names: words[name],
  kind,
  of: (row) => {
    const entry = figure<Entry | undefined>(row, 'entry');
    return entry ? of(entry) : null;
  },
}));

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** One row per contribution. */
function contributionColumns(
  { unit, ofMoney, zh, en }: Measure,
  { isRate, isKnown }: { isRate: boolean; isKnown: boolean },
  language: Language,
): Column[] {
  const kind = unit === 'yuan' || ofMoney ? 'money' : 'integer';
  const sum = (name: 'contribution' | 'denominatorContribution', names: Names): Column => ({
    names: joined({ zh, en }, names),
    kind,
    of: (row) => figure<number>(row, name),
  });
  const { project, contribution, numerator, denominator } = words;
  const projectOf = (row: Row) => figure<Readonly<Record<string, string | null>> | undefined>(row, 'project');
  return [
    {
      names: project,
      kind: 'text',
      of: (row) => {
        const { name = words.total[language], nameEn = null } = projectOf(row) ?? {};
        return language === 'en' ? (nameEn ?? name) : name;
      },
    },
    { names: joined(project, words.code), kind: 'code', of: (row) => projectOf(row)?.code ?? null },
    { names: words.on, kind: 'day', of: (row) => figure<string | undefined>(row, 'on') ?? null },
    {
      names: words.cause,
      kind: 'text',
      of: (row) => {
        const cause = figure<AnyCause | undefined>(row, 'cause');
        return cause ? allCauses[cause][language] : null;
      },
    },
    ...(isKnown ? entryColumns : []),
    sum('contribution', isRate ? joined(contribution, numerator) : contribution),
    ...(isRate ? [sum('denominatorContribution', joined(contribution, denominator))] : []),
  ];
}

/** Names of the tables, for worksheets and files. */
export const tableNames = {
  summary: { zh: '汇总', en: 'summary' },
  breakdown: { zh: '分组', en: 'breakdown' },
  timeline: { zh: '时间序列', en: 'timeline' },
  cohorts: { zh: '同龄比较', en: 'cohorts' },
  differences: { zh: '差异构成', en: 'differences' },
} as const satisfies Record<string, Names>;

export type TableName = keyof typeof tableNames;

function sheetOf(
  name: TableName,
  columns: readonly Column[],
  rows: readonly Row[],
  language: Language,
  unit: Unit,
): Sheet {
  const cellOf = ({ kind, of }: Column, row: Row): Cell => {
    const value = of(row);
    return kind === 'money' && typeof value === 'number' ? inUnit(value, unit) : value;
  };
  return {
    name: tableNames[name][language],
    headings: columns.map(({ names, kind }) => {
      const text = kind === 'money' ? inUnitOf(names[language], language, unit) : names[language];
      return { text, kind, width: Math.max(12, language === 'zh' ? 2 * text.length : text.length) };
    }),
    rows: [rows.map((row) => columns.map((column) => cellOf(column, row)))],
  };
}

interface CohortsBody {
  by: CohortDimension;
  measure: CohortMeasure;
  measures?: CohortMeasure[];
  step: Interval;
  items: { group: Group; projectCount: number; ages: AgeRow[] }[];
}

interface TimelineBody {
  comparedWith?: object;
  items: Row[];
  by?: DimensionName;
  lines?: { group: Group; items: Row[] }[];
}

type ToSheet = (body: object, language: Language, unit: Unit) => Sheet;

/** Converts each kind of response to a table. */
export const tables: Record<TableName, ToSheet> = {
  summary: (body, language, unit) =>
    sheetOf('summary', measureColumns(body as Row, language), [body as Row], language, unit),
  breakdown: (body, language, unit) => {
    const { by, items, total } = body as { by: DimensionName[]; items: Row[]; total: Row };
    const columns = [
      ...by.flatMap((name) => groupColumns(name, language)),
      ...('comparison' in total ? orderColumns : []),
      ...measureColumns(total, language),
    ];
    return {
      ...sheetOf('breakdown', columns, [...items, total], language, unit),
      endsInTotal: true,
    };
  },
  timeline: (body, language, unit) => {
    const { items, by, lines = [], comparedWith } = body as TimelineBody;
    const ofPeriods = timelineColumns(comparedWith !== undefined);
    if (!by) return sheetOf('timeline', ofPeriods, items, language, unit);
    const rows = lines.flatMap(({ group, items }) =>
      items.map((row) => ({ ...row, groups: { [by]: group } })),
    );
    const columns = [...groupColumns(by, language), ...ofPeriods];
    return sheetOf('timeline', columns, [...rows, ...items], language, unit);
  },
  cohorts: (body, language, unit) => {
    const { by, measure, measures = [measure], step, items } = body as CohortsBody;
    const rows = items.flatMap(({ group, projectCount, ages }) =>
      ages.map((row) => ({
        ...row,
        projectCount,
        groups: { [by]: group },
        ...(row.rates ?? { [measure]: row }),
      })),
    );
    return sheetOf('cohorts', cohortColumns(by, measures, step, language), rows, language, unit);
  },
  differences: (body, language, unit) => {
    const {
      measure,
      items,
      causes: _,
      ...sums
    } = body as {
      measure: string;
      items: Row[];
      causes: unknown;
      from: Side;
    };
    const columns = contributionColumns(
      measureNamed(measure),
      { isRate: 'denominatorContribution' in sums, isKnown: sums.from.known !== undefined },
      language,
    );
    return {
      ...sheetOf('differences', columns, [...items, sums], language, unit),
      endsInTotal: true,
    };
  },
};
