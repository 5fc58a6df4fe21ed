/**
 * The columns of a sheet, one row a field: what it is called in both languages and elsewhere, what kind of value it
 * holds, and whether a sheet that comes back may change it. What writes a sheet and what reads one both go by them.
 */
import type { Language, Message } from '../core/languages.ts';
import { inWords, type Names } from '../core/names.ts';
import type { Kind as AnyKind, Cell, Heading } from './sheet.ts';
import { inUnit, inUnitOf, type Unit } from './units.ts';

export type Kind = Exclude<AnyKind, 'number'>;

/** Plain data: it goes to the process that reads a file. */
export interface Column {
  /** The API's word. Of projects, `investors` and `investorCodes` stand for `investorIds`. */
  field: string;
  kind: Kind;
  zh: string;
  en: string;
  /** What sheets from elsewhere call it. No two columns of a table share one. */
  synonyms: readonly string[];
  /** In characters. */
  width: number;
  /** Worked out by the service: recognised, and not read. */
  derived: boolean;
  /** Read all the same, to be compared with what there is. */
  compared?: boolean;
  /** What stands for a code in a sheet, by language. */
  words?: Names;
  /** What else does, to its code. */
  otherWords?: Readonly<Record<string, string>>;
}

export interface SheetTable {
  /** The field whose column is enough to know a row of headings by. */
  key: string;
  columns: readonly Column[];
  /**
   * Of lines of JSON: a field that holds, as the API answers it, things with `id` and `name`; and the field with their
   * ids, for which they stand.
   */
  embedded?: { field: string; ids: string };
}

/** The columns that a file may give values for. */
export const readColumns = ({ columns }: SheetTable): Column[] =>
  columns.filter(({ derived, compared }) => !derived || compared);

/** How wide a column of each kind is, where it says nothing else. */
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

type Options = Partial<Pick<Column, 'width' | 'words' | 'otherWords' | 'derived' | 'compared'>>;

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

/** Of what may have no code: what an export says is found again. */
export const idColumn = column('id', 'code', '系统编号', 'Id', [], { width: 38 });

export const nameEnColumn = column('nameEn', 'text', '英文名称', 'English name', [
  '英文名',
  'Name (English)',
  'nameEn',
]);

/** By code: the word in Chinese, and in English. */
export const words = (pairs: Readonly<Record<string, readonly [string, string]>>): Names =>
  new Map(Object.entries(pairs).map(([code, [name, nameEn]]) => [code, { name, nameEn }]));

export const wordsOf = (rows: readonly (Message & { code: string })[]): Names =>
  words(Object.fromEntries(rows.map(({ code, zh, en }) => [code, [zh, en]])));

export const flagWords = words({ true: ['是', 'yes'], false: ['否', 'no'] });

/** The headings of columns; those of money say its unit. */
export const columnHeadings = (columns: readonly Column[], language: Language, unit: Unit): Heading[] =>
  columns.map((column) => ({
    text: column.kind === 'money' ? inUnitOf(column[language], language, unit) : column[language],
    kind: column.kind,
    width: column.width,
  }));

/** Makes the cell of a value of the API: codes and flags in words, money in its unit. */
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
