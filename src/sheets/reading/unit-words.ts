/** The units of money as headings and lines above them name them. */
import type { Unit } from '../units.ts';
import { type Cell, wordOf } from './cells.ts';

/** Without the currency; spaces may be missing. */
const WORDS: Readonly<Record<Unit, readonly string[]>> = {
  shiyi: ['十亿元', 'billion yuan', 'billion'],
  yi: ['亿元', '亿', '100 million yuan', '100 million', '100,000,000 yuan', '100,000,000', 'yi'],
  baiwan: ['百万元', 'million yuan', 'million', '1,000,000 yuan', '1,000,000'],
  wan: [
    '万元',
    '万',
    '10 thousand yuan',
    '10 thousand',
    '10,000 yuan',
    '10,000',
    '10000 yuan',
    '10000',
    'wan',
  ],
  qian: ['千元', 'thousand yuan', 'thousand', '1,000 yuan', '1,000'],
  yuan: ['元', 'yuan'],
};

const units = new Map(
  Object.entries(WORDS).flatMap(([unit, words]) =>
    words.map((word) => [word.replaceAll(' ', ''), unit as Unit] as const),
  ),
);

/** The units as multiples of any currency: the same words without the yuan. */
export const multiples: ReadonlyMap<string, Unit> = new Map(
  Object.entries(WORDS).flatMap(([unit, words]) =>
    words.map((word) => [word.replace(/元$| ?yuan$/, ''), unit as Unit] as const),
  ),
);

/** The longest first, so that none is taken for the beginning of another. */
const ANY = Object.values(WORDS)
  .flat()
  .toSorted((a, b) => b.length - a.length)
  .map((word) => word.replaceAll(' ', '\\s*'))
  .join('|');

const CURRENCY = '(?:人民币|rmb|cny|¥)';

/** A unit, with or without its currency; as part of a regular expression, with one group. */
export const UNIT = `${CURRENCY}?\\s*(${ANY}|(?<=rmb|cny|人民币))${CURRENCY}?`;

/** The unit of a match of `UNIT`: a currency alone means single yuan. */
export const unitNamed = (word: string): Unit | undefined =>
  word === '' ? 'yuan' : units.get(word.replaceAll(/\s/g, ''));

/** A short form, such as 万, must end the word: `万人` is no unit of money. */
const START = new RegExp(`^${UNIT}(?:(?<=元|yuan|人民币|rmb|cny)(?![a-z0-9])|(?![\\p{L}\\p{N}]))`, 'u');
const WHOLE = new RegExp(`^${UNIT}$`);

/** What sounds like money. A unit may also be an organisation, or pieces. */
const MONEY =
  /[元币镑]|法郎|卢布|美金|usd|eur|hkd|jpy|gbp|dollar|euro|yen|pound|rmb|cny|yuan|million|billion|thousand|[万亿]$/;

/** `单位：万元`, `金额单位（亿元）`, `unit: RMB 10,000`: whatever follows is in the group. */
const LINE = /(?:^|[\s(,;、。])(?:(?:金额|货币|计量|数据)?单位|(?:currency )?units?)\s*[:(]?\s*([^)]*)/;
/** A whole cell in brackets, or the end of a title. */
const IN_BRACKETS = /\(([^()]*)\)$/;

const brackets = (text: string): string => text.replaceAll(/[[【〔{]/g, '(').replaceAll(/[\]】〕}]/g, ')');

/** What a text ends with in brackets, if it is a currency or an amount of it. */
export function moneyIn(text: string): string | undefined {
  const inside = IN_BRACKETS.exec(brackets(wordOf(text)))?.[1];
  return inside !== undefined && MONEY.test(inside) ? inside : undefined;
}

/** What a text says of the unit of all amounts. */
export type UnitLine = { unit: Unit } | { unknown: string };

/** @returns undefined if it says nothing of a unit of money */
export function unitIn(cell: Cell): UnitLine | undefined {
  if (typeof cell !== 'string') return undefined;
  const text = brackets(wordOf(cell));
  const said = LINE.exec(text)?.[1];
  if (said === undefined) {
    const inside = IN_BRACKETS.exec(text)?.[1]?.trim() ?? '';
    const unit = unitNamed(WHOLE.exec(inside)?.[1] ?? '-');
    if (unit) return { unit };
    return text === `(${inside})` && MONEY.test(inside) ? { unknown: inside } : undefined;
  }
  const parts = said.split(/[、;/。]|,(?!\d{3})/).map((part) => part.trim());
  const found = new Set(parts.flatMap((part) => unitNamed(START.exec(part)?.[1] ?? '-') ?? []));
  const [unit] = found;
  if (unit && found.size === 1 && parts.every((part) => START.test(part) || !MONEY.test(part)))
    return { unit };
  return MONEY.test(said) ? { unknown: said.trim() } : undefined;
}

/** The unit that the rows above the headings say for all amounts, with its row. */
export function unitAbove(
  rows: readonly { row: number; cells: readonly Cell[] }[],
): (UnitLine & { row: number }) | undefined {
  for (const { row, cells } of rows) {
    for (const cell of cells) {
      const said = unitIn(cell);
      if (said) return { ...said, row };
    }
  }
  return undefined;
}
