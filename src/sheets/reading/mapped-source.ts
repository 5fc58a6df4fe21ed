/** What a source of a mapping makes of the cells of its columns. */
import type { Column } from '../columns.ts';
import type { Unit } from '../units.ts';
import { type Cell, LINE_BREAK, plain, type ReadCell, Unreadable } from './cells.ts';
import { type Currency, currencyOf } from './currencies.ts';
import { type DayOfPeriod, readDay, readDayBy, readPeriodBy } from './days.ts';
import type { MappedSource } from './mapping.ts';
import { readMoneyBy, readOwnAmountBy, type Terms } from './money.ts';

const listOf = <T>(given: T | readonly T[] | undefined): readonly T[] =>
  given === undefined ? [] : Array.isArray(given) ? given : [given as T];

/** The longest first, so that none is taken for the beginning of another. */
const longestFirst = (texts: readonly string[]): string[] => texts.toSorted((a, b) => b.length - a.length);

/** The headings of a source's columns: none of a constant. */
export const headingsOfSource = ({ from }: MappedSource): readonly string[] => listOf(from);

/** The terms on which a source's amounts are read; undefined if there are none besides the unit. */
export function termsOf(
  { factor, rounding, rate }: MappedSource,
  unit: Unit,
  currency: Currency | undefined,
): Terms | undefined {
  if (factor === undefined && rounding === undefined && !currency) return undefined;
  const foreign = currency && rate !== undefined ? { foreign: { currency, rate } } : {};
  return { unit, factor: factor ?? '1', rounding, ...foreign };
}

export const currencyOfSource = ({ currency }: MappedSource): Currency | undefined =>
  currency === undefined ? undefined : currencyOf(currency);

/** The reader of a source's cells; undefined for the usual one. */
export function sourceReader(
  { kind }: Column,
  source: MappedSource,
  terms: Terms | undefined,
  days: DayOfPeriod | null,
): ReadCell | undefined {
  if (kind === 'money' && terms) return readMoneyBy(terms);
  if (kind === 'list' && source.separator !== undefined)
    return readListBy(longestFirst(listOf(source.separator)));
  if (kind !== 'day') return undefined;
  return readPeriodBy(source.dates ? readDayBy(source.dates) : readDay, source.days ?? days);
}

/** The readers of what an amount is in its own currency, by the fields that keep it. */
export const originals = (
  { original }: Column,
  terms: Terms | undefined,
): readonly { field: string; read: ReadCell }[] => {
  const code = terms?.foreign?.currency.code;
  if (!original || !terms || code === undefined) return [];
  const amount = readOwnAmountBy(terms);
  return [
    { field: original.amount, read: amount },
    {
      field: original.currency,
      read: (text) => {
        const read = amount(text);
        return read instanceof Unreadable ? read : code;
      },
    },
  ];
};

/** What follows a comma in the name of one enterprise. */
const LEGAL_FORM =
  /^(?:co\.?,? ?)?(?:ltd|limited|inc|incorporated|llc|llp|lp|l\.p|plc|corp|corporation|gmbh|ag|s\.?a|s\.?r\.?l|s\.?p\.?a|b\.?v|n\.?v|pte\.? ltd|pty\.? ltd|sdn\.? bhd|k\.?k|a\.?s|oy|ab)\.?$/i;

/** Lists on one line or several, whose values texts separate. */
function readListBy(separators: readonly string[]): ReadCell {
  return (text) =>
    text.split(LINE_BREAK).flatMap((line) => {
      const values: string[] = [];
      for (const { before, value } of partsOf(line, separators)) {
        const isForm = values.length > 0 && LEGAL_FORM.test(value.trim());
        if (isForm) values.push(`${values.pop()}${before}${value}`);
        else values.push(value);
      }
      return values.map((value) => value.trim());
    });
}

/** The parts of a line, each with the separator before it. */
function partsOf(line: string, separators: readonly string[]): { before: string; value: string }[] {
  const parts: { before: string; value: string }[] = [];
  let [start, before] = [0, ''];
  for (let i = 0; i < line.length; ) {
    const separator = separators.find((one) => line.startsWith(one, i));
    if (separator === undefined) {
      i += 1;
      continue;
    }
    parts.push({ before, value: line.slice(start, i) });
    i += separator.length;
    [start, before] = [i, separator];
  }
  return [...parts, { before, value: line.slice(start) }];
}

/** Removes texts from both ends, as long as there are any, whatever their case. */
function stripper(texts: readonly string[]): (text: string) => string {
  const all = longestFirst(texts.map((text) => plain(text).toLowerCase()).filter(Boolean));
  return (given) => {
    let text = plain(given);
    for (;;) {
      const before = all.find((one) => text.slice(0, one.length).toLowerCase() === one);
      if (before) text = text.slice(before.length).trimStart();
      const after = all.find((one) => text.slice(-one.length).toLowerCase() === one);
      if (after) text = text.slice(0, -after.length).trimEnd();
      if (!before && !after) return text;
    }
  };
}

const DIGITS = /^\d+$/;

function padder({ to, side }: NonNullable<MappedSource['pad']>): (text: string) => string {
  return (text) => {
    if (!DIGITS.test(text)) return text;
    return side === 'left' ? text.padStart(to, '0') : text.padEnd(to, '0');
  };
}

/** The first characters, not splitting one that takes two units. */
const beginning = (text: string, characters: number): string =>
  text.length <= characters ? text : [...text].slice(0, characters).join('').trimEnd();

/** What a source makes of a text before it is read; undefined if nothing. */
export function preparation({
  strip,
  cut,
  pad,
  prefix,
}: MappedSource): ((text: string) => string) | undefined {
  const steps: ((text: string) => string)[] = [
    ...(strip === undefined ? [] : [stripper(listOf(strip))]),
    ...(cut === undefined && !pad && prefix === undefined ? [] : [plain]),
    ...(cut === undefined ? [] : [(text: string) => beginning(text, cut)]),
    ...(pad ? [padder(pad)] : []),
    ...(prefix === undefined ? [] : [(text: string) => `${prefix}${text}`]),
  ];
  if (steps.length === 0) return undefined;
  return (text) => steps.reduce((before, step) => step(before), text);
}

/** Several columns put together. */
export interface Joined {
  columns: readonly { index: number; heading: string }[];
  by: string;
  /** Whether empty cells are left out: of a text, others are just the parts. */
  isLoose: boolean;
  /** Whether the last cells may be empty: a day may be only a month. */
  mayEndEarly: boolean;
}

const JOINS: Readonly<Partial<Record<Column['kind'], string>>> = { code: '-', day: '-', list: '\n' };

export function joinOf(
  { kind }: Column,
  { join }: MappedSource,
  columns: Joined['columns'],
): { joined?: Joined } {
  if (columns.length < 2) return {};
  return {
    joined: {
      columns,
      by: join ?? JOINS[kind] ?? ' ',
      isLoose: kind === 'text' || kind === 'list',
      mayEndEarly: kind === 'day',
    },
  };
}

/** @param cells those of the columns, empty ones as empty texts */
export function joinedCell({ columns, by, isLoose, mayEndEarly }: Joined, cells: readonly Cell[]): Cell {
  const unreadable = cells.find((cell) => cell instanceof Unreadable);
  if (unreadable) return unreadable;
  const texts = (cells as readonly (string | undefined)[]).map((cell) => cell?.trim() ?? '');
  const given = texts.filter((text) => text !== '');
  if (given.length === 0) return undefined;
  if (isLoose) return given.join(by);
  const ends = mayEndEarly ? texts.findLastIndex((text) => text !== '') + 1 : texts.length;
  const missing = texts.slice(0, ends).indexOf('');
  if (missing < 0) return given.join(by);
  return new Unreadable('missing_part', { heading: columns[missing]?.heading ?? '' }, texts.join(by));
}

/** Translates texts by the codes of a source, if it has any; null for no value. */
export function translation({ codes, otherwise }: MappedSource): {
  translate?: (text: string) => string | null | Unreadable;
} {
  if (!codes && otherwise === undefined) return {};
  const texts = new Map(Object.entries(codes ?? {}).map(([text, code]) => [plain(text), code]));
  const rest = otherwise === undefined ? new Unreadable('not_translated') : otherwise;
  return {
    translate: (text) => {
      const code = texts.get(plain(text));
      return code === undefined ? rest : code;
    },
  };
}
