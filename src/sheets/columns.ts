/**
 * The columns of a sheet, one row per field: its headings in both languages and synonyms, its kind of value,
 * and whether an import may change it. Both exports and imports use them.
 */
import type { Language, Message } from '../core/languages.ts';
import { inWords, type Names } from '../core/names.ts';
import type { Kind as AnyKind, Cell, Heading } from './sheet.ts';
import { inUnit, inUnitOf, type Unit } from './units.ts';

export type Kind = Exclude<AnyKind, 'number'>;

/** Plain data, because it is sent to the process that reads a file. */
export interface Column {
  /** Name of the field in the API. For projects, `investors` and `investorCodes` stand for `investorIds`. */
  field: string;
  kind: Kind;
  zh: string;
  en: string;
  /** Headings in sheets from other sources; unique among the columns of a table. */
  synonyms: readonly string[];
  /** In characters. */
  width: number;
  /** Computed by the service: the column is recognised but not read. */
  derived: boolean;
  /** Read nevertheless, for comparison with the current value. */
  compared?: boolean;
  /** Names of codes in sheets, by language. */
  words?: Names;
  /** How the text of a code is normalised. */
  form?: 'decimal' | 'upper_case';
  /** Synonyms of these names, with their codes. */
  otherWords?: Readonly<Record<string, string>>;
  /** Of an amount in yuan: the fields for the amount and the currency that it was converted from. */
  original?: { amount: string; currency: string };
}

export interface SheetTable {
  /** The field whose heading alone is enough to recognise the row of headings. */
  key: string;
  columns: readonly Column[];
  /**
   * In NDJSON: a field that contains objects with `id` and `name` as in responses, and the field with their
   * ids that it stands for.
   */
  embedded?: { field: string; ids: string };
}

/** The columns whose values are imported. */
export const readColumns = ({ columns }: SheetTable): Column[] =>
  columns.filter(({ derived, compared }) => !derived || compared);

/** Default width of columns by kind. */
const widths: Record<Kind, number> = {
  text: 24,
  code: 14,
  day: 12,
  money: 18,
  integer: 8,
  flag: 10,
  instant: 26,
  list: 28,
};

type Options = Partial<
  Pick<Column, 'form' | 'width' | 'words' | 'otherWords' | 'derived' | 'compared' | 'original'>
>;

export const column = <Field extends string>(
  field: Field,
  kind: Kind,
  zh: string,
  en: string,
  synonyms: readonly string[] = [],
  options: Options = {},
): Column & { field: Field } => ({
  field,
  kind,
  zh,
  en,
  synonyms,
  width: widths[kind],
  derived: false,
  ...options,
});

/** For entries that may have no code, so that re-imported rows can be matched. */
export const idColumn = column('id', 'code', '系统编号', 'Id', [], { width: 38 });

export const nameEnColumn = column('nameEn', 'text', '英文名称', 'English name', [
  '英文名',
  'Name (English)',
  'nameEn',
]);

/** By code: the names in Chinese and English. */
export const words = (pairs: Readonly<Record<string, readonly [string, string]>>): Names =>
  new Map(Object.entries(pairs).map(([code, [name, nameEn]]) => [code, { name, nameEn }]));

export const wordsOf = (rows: readonly (Message & { code: string })[]): Names =>
  words(Object.fromEntries(rows.map(({ code, zh, en }) => [code, [zh, en]])));

export const flagWords = words({ true: ['是', 'yes'], false: ['否', 'no'] });

/** The headings of columns; those of money include the unit. */
export const columnHeadings = (columns: readonly Column[], language: Language, unit: Unit): Heading[] =>
  columns.map((column) => ({
    text: column.kind === 'money' ? inUnitOf(column[language], language, unit) : column[language],
    kind: column.kind,
    width: column.width,
  }));

/** Formats values of the API as cells: codes and flags as words, money in its unit. */
export function cellMaker(
  { kind, words }: Column,
  language: Language,
  unit: Unit,
): (value: string | number | boolean | null) => Cell {
  const isWorded = kind === 'code' && words;
  return (value) => {
    if (value === null) return null;
    if (kind === 'money') return inUnit(value as number, unit);
    if (kind === 'flag') return inWords(String(value), flagWords, language);
    return isWorded ? inWords(String(value), words, language) : (value as Cell);
  };
}
