/** The columns of figures in tables: one for each part of a figure, and of its change. */
import * as z from 'zod';
import type { Language } from '../../core/languages.ts';
import type { Money, Rate } from '../../core/numbers.ts';
import type { Kind } from '../../sheets/sheet.ts';
import { type Change, comparisonTerms } from './comparison.ts';
import { type Measure, measures } from './measures.ts';

export type Names = Readonly<Record<Language, string>>;

/** A column of a table whose rows are responses or parts of them. */
export interface Column {
  names: Names;
  kind: Kind;
  of(row: Row): number | string | null;
}

// Responses have precise schemas; here they are only taken apart.
export type Row = Readonly<Record<string, unknown>>;

export const words = {
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
  project: { zh: '项目', en: 'project' },
  on: { zh: '日期', en: 'day' },
  cause: { zh: '原因', en: 'cause' },
  entry: { zh: '变更序号', en: 'change' },
  at: { zh: '录入时间', en: 'entered at' },
  actor: { zh: '录入人', en: 'by' },
  changed: { zh: '字段变更', en: 'fields' },
  contribution: { zh: '增减', en: 'contribution' },
  total: { zh: '合计', en: 'Total' },
  none: { zh: '无', en: 'none' },
} as const satisfies Record<string, Names>;

export const both = (make: (language: Language) => string): Names => ({ zh: make('zh'), en: make('en') });
export const joined = (a: Names, b: Names): Names => ({ zh: `${a.zh}：${b.zh}`, en: `${a.en}: ${b.en}` });
export const inPercent = (names: Names): Names => both((language) => `${names[language]} (%)`);

export const figure = <Figure>(row: Row, name: string): Figure => row[name] as Figure;

export const single = (name: string, names: Names): Column => ({
  names,
  kind: 'integer',
  of: (row) => figure<number>(row, name),
});

const amount = (name: string, names: Names): Column => ({
  names,
  kind: 'money',
  of: (row) => figure<Money>(row, name).yuan,
});

export function rateOf(name: string, names: Names, ofMoney = false): Column[] {
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
export interface Shown extends Names {
  name: string;
  unit: Measure['unit'];
  ofMoney?: boolean;
  schema?: z.ZodType;
}

/** The columns of a measure, by its unit. */
export const columnsFor: Record<Measure['unit'], (measure: Shown) => Column[]> = {
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
export function measureColumns(answered: Row, language: Language): Column[] {
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
export function changeColumns(shown: Shown, columnsOf: (shown: Shown) => Column[]): Column[] {
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
