/**
 * Assigns columns of a file to fields, by the usual headings or by a mapping, with a reader for their cells.
 */
import { type Column, readColumns } from '../columns.ts';
import { type Unit, units } from '../units.ts';
import {
  type Cell,
  plain,
  type ReadCell,
  readDecimal,
  readUpperCase,
  readWords,
  simpleKinds,
  type Unreadable,
  type Value,
} from './cells.ts';
import type { Currency } from './currencies.ts';
import { type DayOfPeriod, readDay, readPeriodBy } from './days.ts';
import { type HeadingRow, joined } from './heading-rows.ts';
import { type Headings, headingOf, letterOf, unitOf } from './headings.ts';
import {
  currencyOfSource,
  headingsOfSource,
  type Joined,
  joinOf,
  originals,
  preparation,
  sourceReader,
  termsOf,
  translation,
} from './mapped-source.ts';
import type { MappedSource, Mapping } from './mapping.ts';
import { readMoney } from './money.ts';
import { cut, Refusal } from './refusal.ts';
import type { FileHead, ReadRequest, RecognisedColumn, SourceRow, UnitFrom, Warning } from './rows.ts';
import { moneyIn, unitAbove } from './unit-words.ts';

/** A field and the source of its values. */
export interface Field extends RecognisedColumn {
  /** Zero-based column, the first of several; null for a constant. */
  index: number | null;
  joined?: Joined;
  constant?: Value | undefined;
  /** What becomes of a text before it is translated and read. */
  prepare?: ((text: string) => string) | undefined;
  /** Translates a text of the column; null for no value. */
  translate?(text: string): string | null | Unreadable;
  read: ReadCell;
  kind: Column['kind'];
  /** Whether it identifies the row: its text is taken as it is. */
  isKey: boolean;
  /** Whether another field of the same cells reports their faults. */
  isCopy?: boolean;
  /** Texts that a mapping takes for empty cells. */
  empty?: ReadonlySet<string>;
  when?: { index: number; texts: ReadonlySet<string> };
}

/** The zero-based columns of a field. */
export const columnsOfField = ({ index, joined }: Field): number[] =>
  joined ? joined.columns.map((column) => column.index) : index === null ? [] : [index];

/** The fields of a file, and notes about its columns. */
export interface Layout extends Pick<FileHead, 'ignored' | 'warnings'> {
  fields: Field[];
  outside: Outside;
}

/** The columns of a file that have no heading. */
export interface Outside {
  /** Number of cells in the row of headings. */
  width: number;
  /** Zero-based columns without a heading, among these. */
  holes: readonly number[];
}

const outsideOf = (cells: readonly Cell[]): Outside => {
  const headed = new Set(textsOf(cells).map(([index]) => index));
  const all = Array.from({ length: cells.length }, (_, index) => index);
  return { width: cells.length, holes: all.filter((index) => !headed.has(index)) };
};

const cellReader = (column: Column, unit: Unit, days: DayOfPeriod | null): ReadCell => {
  const { kind, words, otherWords, form } = column;
  if (words) return readWords(words, otherWords);
  if (kind === 'money') return readMoney(unit);
  if (kind === 'day') return readPeriodBy(readDay, days);
  if (form) return form === 'decimal' ? readDecimal : readUpperCase;
  return simpleKinds[kind as keyof typeof simpleKinds];
};

/** The texts of a row of headings, with their columns. */
const textsOf = (cells: readonly Cell[]): (readonly [number, string])[] =>
  [...cells.entries()].flatMap(([index, cell]) =>
    typeof cell === 'string' && cell.trim() !== ''
      ? [[index, cell.trim().replaceAll(/\s+/g, ' ')] as const]
      : [],
  );

interface NamedColumn {
  index: number;
  /** With the headings above it. */
  heading: string;
  /** What it may be called, the likeliest first. */
  names: readonly string[];
  over: string | undefined;
}

/** A unit or remark at the end of a heading. */
const ADDITION = /[(:][^():]*\)*$/;

/** The columns with headings. What the heading above one adds, such as a unit, applies to it too. */
const columnsIn = ({ cells, over: above }: HeadingRow): NamedColumn[] =>
  textsOf(cells).map(([index, text]) => {
    const over = above[index];
    if (over === undefined) return { index, heading: text, names: [text], over };
    const heading = joined(over, text);
    const addition = ADDITION.exec(headingOf(over))?.[0] ?? '';
    return { index, heading, names: [text + addition, text, heading], over };
  });

const named = (index: number, heading: string) => ({ column: letterOf(index), heading: cut(heading, 300) });

/**
 * The columns found in a row of headings.
 * @param above the rows above it, which may contain the unit of money
 * @throws Refusal if two columns match one field
 */
export function layoutByHeadings(
  row: HeadingRow,
  above: readonly SourceRow[],
  headings: Headings,
  request: Pick<ReadRequest, 'table' | 'unit' | 'days'>,
): Layout {
  const fields = new Map<string, Field>();
  const ignored: FileHead['ignored'] = [];
  const warnings: Warning[] = [];
  const read = new Set(readColumns(request.table));
  for (const { index, heading, names } of columnsIn(row)) {
    const found = names.map(headings.recognise).find((one) => one !== undefined);
    const place = named(index, heading);
    if (found === 'unit') {
      warnings.push({
        row: null,
        column: place.column,
        code: 'unknown_unit',
        values: { heading: place.heading },
      });
    }
    if (!found || found === 'unit' || !read.has(found.column)) {
      ignored.push(place);
      continue;
    }
    const { column } = found;
    const { unit, unitFrom } =
      column.kind === 'money' ? unitOfColumn({ heading: found.unit }, above, request) : NO_UNIT;
    const other = fields.get(column.field);
    if (other) throw columnTwice({ zh: column.zh, en: column.en }, [other, place]);
    fields.set(column.field, {
      ...place,
      field: column.field,
      ...(column.kind === 'money' && { unit, unitFrom }),
      index,
      read: cellReader(column, unit, request.days),
      kind: column.kind,
      isKey: column.field === request.table.key,
    });
  }
  return { fields: [...fields.values()], ignored, warnings, outside: outsideOf(row.cells) };
}

const NO_UNIT = { unit: 'yuan', unitFrom: 'default' } as const;

/**
 * The unit of a column of money, from the first source that says one.
 * @throws Refusal if that is a line above the headings whose unit is unknown
 */
function unitOfColumn(
  { mapping, heading }: { mapping?: Unit | undefined; heading: Unit | undefined },
  above: readonly SourceRow[],
  { unit: parameter }: Pick<ReadRequest, 'unit'>,
): { unit: Unit; unitFrom: UnitFrom } {
  if (mapping) return { unit: mapping, unitFrom: 'mapping' };
  if (heading) return { unit: heading, unitFrom: 'heading' };
  const line = unitAbove(above);
  if (line && 'unit' in line) return { unit: line.unit, unitFrom: 'above' };
  if (parameter) return { unit: parameter, unitFrom: 'parameter' };
  if (line) throw new Refusal('imports.unknown_unit', { row: line.row, unit: cut(line.unknown, 40) });
  return NO_UNIT;
}

const columnTwice = (
  field: string | { zh: string; en: string },
  places: readonly { column: string | null; heading: string }[],
): Refusal =>
  new Refusal('imports.column_twice', {
    field,
    columns: places.map(({ column, heading }) => `${column} “${cut(heading)}”`).join(', '),
  });

/**
 * As `unitOfColumn`, for the source of a mapping.
 * @throws Refusal also if its heading has money in the place of a unit, and nothing says what the amounts are in
 */
function unitOfSource(
  { unit, factor }: MappedSource,
  row: number,
  { heading = '', over = '' }: Partial<NamedColumn> = {},
  above: readonly SourceRow[],
  request: Pick<ReadRequest, 'unit'>,
): { unit: Unit; unitFrom: UnitFrom } {
  const found = unitOf(heading) ?? unitOf(over);
  const isSaid = [unit, factor, found, request.unit].some(Boolean);
  const unknown = isSaid ? undefined : (moneyIn(heading) ?? moneyIn(over));
  if (unknown !== undefined) throw new Refusal('imports.unknown_unit', { row, unit: cut(unknown, 40) });
  return unitOfColumn({ mapping: unit, heading: found }, above, request);
}

/**
 * As `unitOfColumn`, for amounts of another currency.
 * @throws Refusal if the file says that they are in yuan, or in a unit that is not understood
 */
function unitInCurrency(
  currency: Currency,
  mapping: Unit | undefined,
  { heading, over = '' }: NamedColumn,
  above: readonly SourceRow[],
  { unit: parameter }: Pick<ReadRequest, 'unit'>,
): { unit: Unit; unitFrom: UnitFrom } {
  const refuse = (text: string) =>
    new Refusal('imports.unit_of_currency', {
      heading: cut(heading),
      currency: currency.code,
      text: cut(text, 40),
    });
  if (mapping) return { unit: mapping, unitFrom: 'mapping' };
  const unit = currency.unitIn(heading) ?? currency.unitIn(over);
  if (unit) return { unit, unitFrom: 'heading' };
  for (const text of [heading, over]) if (unitOf(text) || moneyIn(text) !== undefined) throw refuse(text);
  const line = unitAbove(above);
  if (line) {
    const said = 'unknown' in line ? currency.unitIn(line.unknown) : undefined;
    if (said) return { unit: said, unitFrom: 'above' };
    throw refuse('unknown' in line ? line.unknown : units[line.unit].zh);
  }
  return parameter ? { unit: parameter, unitFrom: 'parameter' } : NO_UNIT;
}

/** All headings in a mapping. */
export const headingsIn = ({ fields }: Mapping): string[] =>
  Object.values(fields).flatMap((source) => [
    ...headingsOfSource(source),
    ...(source.when ? [source.when.column] : []),
  ]);

/** Whether a text is a heading of a mapping, or a part of one that stands over several rows. */
export function knownTo(mapping: Mapping): (text: string) => boolean {
  const parts = headingsIn(mapping).flatMap((heading) => [heading, ...heading.split('/')]);
  const known = new Set(parts.map(headingOf));
  return (text) => known.has(headingOf(text));
}

/** Number of a mapping's headings that a row contains. */
export function headingsFound({ cells }: SourceRow, mapping: Mapping): number {
  const there = new Set(textsOf(cells).map(([, heading]) => headingOf(heading)));
  return new Set(
    headingsIn(mapping)
      .map(headingOf)
      .filter((name) => there.has(name)),
  ).size;
}

/**
 * The columns of a mapping in a row of headings.
 * @param above the rows above it, which may contain the unit of money
 * @throws Refusal if one of its headings is missing or ambiguous
 */
export function layoutByMapping(
  headings: HeadingRow,
  above: readonly SourceRow[],
  mapping: Mapping,
  request: Pick<ReadRequest, 'table' | 'unit' | 'days'>,
): Layout {
  const all = columnsIn(headings);
  const places = new Map<string, NamedColumn>();
  const wanted = new Map(headingsIn(mapping).map((heading) => [headingOf(heading), heading]));
  for (const place of all) {
    for (const name of new Set(place.names.map(headingOf))) {
      const heading = wanted.get(name);
      if (heading === undefined) continue;
      const other = places.get(name);
      if (other)
        throw columnTwice(
          heading,
          [other, place].map(({ index, heading }) => named(index, heading)),
        );
      places.set(name, place);
    }
  }
  const missing = headingsIn(mapping).filter((heading) => !places.has(headingOf(heading)));
  if (missing.length > 0) {
    const texts = [...new Set(missing)].map((heading) => `“${cut(heading)}”`).join(', ');
    throw new Refusal('imports.missing_headings', { row: headings.row, headings: texts });
  }
  const placeOf = (heading: string) => places.get(headingOf(heading)) as NamedColumn;
  const columns = new Map(request.table.columns.map((column) => [column.field, column]));
  const fieldsOf = ([field, source]: [string, MappedSource]): Field[] => {
    const column = columns.get(field);
    if (!column) return [];
    const { constant, when } = source;
    const from = headingsOfSource(source);
    const found = from.map(placeOf);
    const [place] = found;
    const currency = currencyOfSource(source);
    const { unit, unitFrom } =
      column.kind !== 'money'
        ? NO_UNIT
        : currency
          ? unitInCurrency(currency, source.unit, place as NamedColumn, above, request)
          : unitOfSource(source, headings.row, place, above, request);
    const terms = termsOf(source, unit, currency);
    const common: Omit<Field, 'field' | 'read'> = {
      ...(place
        ? named(place.index, found.map(({ heading }) => heading).join(' + '))
        : { column: null, heading: '' }),
      index: place?.index ?? null,
      ...joinOf(column, source, found),
      prepare: preparation(source),
      ...translation(source),
      kind: column.kind,
      isKey: column.field === request.table.key,
      ...(source.empty && { empty: new Set(source.empty.map(plain)) }),
      ...(when && { when: { index: placeOf(when.column).index, texts: new Set(when.in.map(plain)) } }),
    };
    const own: Field = {
      ...common,
      field,
      ...(column.kind === 'money' && { unit, unitFrom }),
      ...(currency && { currency: currency.code, rate: source.rate }),
      ...(currency && source.rateOn !== undefined && { rateOn: source.rateOn }),
      ...(constant !== undefined && { constant: column.kind === 'list' ? [String(constant)] : constant }),
      read: sourceReader(column, source, terms, request.days) ?? cellReader(column, unit, request.days),
    };
    const kept = originals(column, terms);
    const isMapped = kept.some((one) => one.field in mapping.fields);
    return [own, ...(isMapped ? [] : kept.map((one): Field => ({ ...common, ...one, isCopy: true })))];
  };
  const fields = Object.entries(mapping.fields).flatMap(fieldsOf);
  const used = new Set(places.values());
  const ignored = all.filter((one) => !used.has(one)).map(({ index, heading }) => named(index, heading));
  return { fields, ignored, warnings: [], outside: outsideOf(headings.cells) };
}
