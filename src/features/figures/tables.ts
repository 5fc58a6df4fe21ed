/** Statistics as tables, with a column for each part of a figure. */

import * as z from 'zod';
import type { Language } from '../../core/languages.ts';
import { inWords } from '../../core/names.ts';
import type { Money, Rate } from '../../core/numbers.ts';
import { flagWords } from '../../sheets/columns.ts';
import type { Cell, Kind, Sheet } from '../../sheets/sheet.ts';
import { inUnit, inUnitOf, type Unit } from '../../sheets/units.ts';
import {
  type AgeRow,
  type CohortDimension,
  type CohortMeasure,
  cohortMeasures,
  cohortTerms,
} from './cohorts.ts';
import { type Change, comparisonTerms } from './comparison.ts';
import { type DimensionName, dimensions, type Group } from './dimensions.ts';
import { type Measure, measures } from './measures.ts';
import type { Interval } from './timeline.ts';
import { flowUnits } from './timelines.ts';

type Names = Readonly<Record<Language, string>>;

/** A column of a table whose rows are responses or parts of them. */
interface Column {
  names: Names;
  kind: Kind;
  of(row: Row): number | string | null;
}

// Responses have precise schemas; here they are only taken apart.
type Row = Readonly<Record<string, unknown>>;

const words = {
  numerator: { zh: '分子', en: 'numerator' },
  denominator: { zh: '分母', en: 'denominator' },
  knownCount: { zh: '已知项目数', en: 'projects where known' },
  count: { zh: '项目数', en: 'projects' },
  median: { zh: '中位数', en: 'median' },
  mean: { zh: '平均数', en: 'mean' },
  during: { zh: '当期', en: 'during' },
  cumulative: { zh: '累计', en: 'cumulative' },
  period: { zh: '期间', en: 'period' },
  from: { zh: '起', en: 'from' },
  to: { zh: '止', en: 'to' },
  code: { zh: '代码', en: 'code' },
  projectCount: { zh: '项目总数', en: 'projects of the cohort' },
  total: { zh: '合计', en: 'Total' },
  none: { zh: '无', en: 'none' },
} as const satisfies Record<string, Names>;

const both = (make: (language: Language) => string): Names => ({ zh: make('zh'), en: make('en') });
const joined = (a: Names, b: Names): Names => ({ zh: `${a.zh}：${b.zh}`, en: `${a.en}: ${b.en}` });
const inPercent = (names: Names): Names => both((language) => `${names[language]} (%)`);

const figure = <Figure>(row: Row, name: string): Figure => row[name] as Figure;

const single = (name: string, names: Names): Column => ({
  names,
  kind: 'integer',
  of: (row) => figure<number>(row, name),
});

const amount = (name: string, names: Names): Column => ({
  names,
  kind: 'money',
  of: (row) => figure<Money>(row, name).yuan,
});

function rateOf(name: string, names: Names, ofMoney = false): Column[] {
  const part = (of: 'numerator' | 'denominator'): Column => ({
    names: joined(names, words[of]),
    kind: ofMoney ? 'money' : 'integer',
    of: (row) => figure<Rate>(row, name)[of],
  });
  const percent: Column = {
    names: inPercent(names),
    kind: 'number',
    of: (row) => figure<Rate>(row, name).percent,
  };
  return [part('numerator'), part('denominator'), percent];
}

/** What is shown in columns: a measure, or something else of the same units. */
interface Shown extends Names {
  name: string;
  unit: Measure['unit'];
  ofMoney?: boolean;
  schema?: z.ZodType;
}

/** The columns of a measure, by its unit. */
const columnsFor: Record<Measure['unit'], (measure: Shown) => Column[]> = {
  projects: (measure) => [single(measure.name, measure)],
  yuan: (measure) => [
    amount(measure.name, measure),
    ...('knownCount' in shapeOf(measure) ? [partOf(measure, 'knownCount')] : []),
  ],
  rate: (measure) => rateOf(measure.name, measure, measure.ofMoney),
  days: (measure) => (['count', 'median', 'mean'] as const).map((name) => partOf(measure, name)),
};

const shapeOf = ({ schema }: Shown): object => (schema instanceof z.ZodObject ? schema.shape : {});

const partOf = (measure: Shown, name: 'knownCount' | 'count' | 'median' | 'mean'): Column => ({
  names: joined(measure, words[name]),
  kind: 'number',
  of: (row) => figure<Record<typeof name, number | null>>(row, measure.name)[name],
});

/** What is shown instead of a suppressed figure. */
const inPlaceOf = {
  small_group: ({ fewerThan }) => ({ zh: `少于${fewerThan}个`, en: `< ${fewerThan}` }),
  difference: () => ({ zh: '不予公开', en: 'withheld' }),
} as const satisfies Record<Withheld['reason'], (withheld: Withheld) => Names>;

interface Withheld {
  fewerThan: number;
  reason: 'small_group' | 'difference';
}

/** The columns of the measures that an answer has, each with its changes if it has them. */
function measureColumns(answered: Row, language: Language): Column[] {
  const orInPlace = ({ name }: Shown, { names, kind, of }: Column): Column => ({
    names,
    kind,
    of: (row) => {
      if (row[name] !== null) return of(row);
      const withheld = figure<Withheld>(row, 'withheld');
      return inPlaceOf[withheld.reason](withheld)[language];
    },
  });
  const columnsOf = (measure: Shown) =>
    columnsFor[measure.unit](measure).map((column) => orInPlace(measure, column));
  const isCompared = 'comparison' in answered;
  return measures
    .filter(({ name }) => name in answered)
    .flatMap((measure) => [...columnsOf(measure), ...(isCompared ? changeColumns(measure, columnsOf) : [])]);
}

const { previous, difference, changePercent } = comparisonTerms;

/** In what a difference is shown, if not in the unit of the figure. */
const IN_POINTS: Names = { zh: '（百分点）', en: ' (points)' };

/** The columns of the changes of a figure. @param columnsOf the columns of its values */
function changeColumns(shown: Shown, columnsOf: (shown: Shown) => Column[]): Column[] {
  const { name, unit } = shown;
  const change = (row: Row) => figure<Record<string, Change>>(row, 'comparison')[name] as Change;
  const before = columnsOf({ ...shown, ...joined(shown, previous) }).map(({ names, kind, of }) => ({
    names,
    kind,
    of: (row: Row) => of({ ...figure<Row>(row, 'comparison'), [name]: change(row).previous }),
  }));
  const differs = joined(shown, difference);
  return [
    ...before,
    {
      names: unit === 'rate' ? both((language) => differs[language] + IN_POINTS[language]) : differs,
      kind: unit === 'yuan' ? 'money' : unit === 'projects' ? 'integer' : 'number',
      of: (row) => {
        const by = change(row).difference as number | Money | null;
        return by !== null && typeof by === 'object' ? by.yuan : by;
      },
    },
    {
      names: inPercent(joined(shown, changePercent)),
      kind: 'number',
      of: (row) => change(row).changePercent,
    },
  ];
}

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

const measureNamed = (name: string): Names => measures.find((measure) => measure.name === name) as Measure;

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

/** Names of the tables, for worksheets and files. */
export const tableNames = {
  summary: { zh: '汇总', en: 'summary' },
  breakdown: { zh: '分组', en: 'breakdown' },
  timeline: { zh: '时间序列', en: 'timeline' },
  cohorts: { zh: '同龄比较', en: 'cohorts' },
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
};
