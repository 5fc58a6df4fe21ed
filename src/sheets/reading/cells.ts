/** Parses cells into values of the API, for all kinds except days and money. */

import type { MessageValue } from '../../core/languages.ts';
import type { Names } from '../../core/names.ts';
import type { FaultCode } from '../../http/messages.ts';

/** Why a cell has no value. Also a cell that never had one, such as an error value of a spreadsheet. */
export class Unreadable {
  readonly code: FaultCode;
  readonly values: Readonly<Record<string, MessageValue>> | undefined;
  /** The displayed text, if the cell does not contain text. */
  readonly text: string;

  constructor(code: FaultCode, values?: Readonly<Record<string, MessageValue>>, text = '') {
    this.code = code;
    this.values = values;
    this.text = text;
  }
}

/**
 * A cell as text, whatever its type in the file: numbers in their shortest decimal form, days as
 * `2020-06-29`, with the time of day after a `T` if there is one, `TRUE` and `FALSE`. Undefined and the empty
 * text are empty cells.
 */
export type Cell = string | Unreadable | undefined;

/** How most cells begin; they cannot be blank. */
const VISIBLE = /^[!-~\u4E00-\u9FFF]/;

/** Empty, or white space only. */
export const isEmpty = (cell: Cell): boolean =>
  cell === undefined ||
  cell === '' ||
  (typeof cell === 'string' && !VISIBLE.test(cell) && cell.trim() === '');

export type Value = string | number | boolean | string[];

/** Parses the text of a non-empty cell. */
export type ReadCell = (text: string) => Value | Unreadable;

const ASCII = /^[\x20-\x7E]*$/;

/** The text as typed on a keyboard: NFKC-normalised and trimmed. */
export const plain = (text: string): string => (ASCII.test(text) ? text : text.normalize('NFKC')).trim();

/** Normalises words that people consider the same to equal texts. */
export const wordOf = (text: string): string => plain(text).toLowerCase().replaceAll(/\s+/g, ' ');

const readText: ReadCell = (text) => text;
const readCode: ReadCell = (text) => text.trim();

/** Reads codes by their names in both languages, or by the code itself. */
export function readWords(words: Names, others: Readonly<Record<string, string>> = {}): ReadCell {
  const codes = new Map<string, string>();
  for (const [code, { name, nameEn }] of words) {
    for (const word of [code, name, nameEn ?? code]) codes.set(wordOf(word), code);
  }
  for (const [word, code] of Object.entries(others)) codes.set(wordOf(word), code);
  const all = [...words.values()];
  const choices = {
    zh: all.map(({ name }) => name).join('、'),
    en: [...words].map(([code, { nameEn }]) => nameEn ?? code).join(', '),
  };
  return (text) => codes.get(text) ?? codes.get(wordOf(text)) ?? new Unreadable('not_a_choice', { choices });
}

const FLAGS = new Map<string, boolean>([
  ...['是', 'yes', 'true', '1', 'y', '√', '✓'].map((word) => [word, true] as const),
  ...['否', 'no', 'false', '0', 'n', '×', '✗'].map((word) => [word, false] as const),
]);

const readFlag: ReadCell = (text) => FLAGS.get(wordOf(text)) ?? new Unreadable('not_a_flag');

/** Up to fifteen digits, which both spreadsheets and JavaScript represent exactly. */
const readInteger: ReadCell = (text) => {
  const digits = plain(text).replaceAll(',', '');
  return /^-?\d{1,15}$/.test(digits) ? Number(digits) : new Unreadable('not_a_whole_number');
};

export const LINE_BREAK = /\r\n|\r|\n/;

const MARKS: ReadonlySet<string> = new Set(
  '/ // \\ - -- --- – — —— ― _ n/a n.a. tbd 无 暂无 待定 未定 待确定 待补充 不详 未知 暂缺 空缺'.split(' '),
);
/** Not in columns of codes: it is also that of Namibia. */
const NA = 'na';
const NOT_YET = /^(?:尚|暂)?未(?:开工|动工|投产|竣工|完工|注册|签约|启动|建成|停工|复工|终止|实施)$/;

const LONGEST_MARK = 8;

/** Whether a text only says that there is no value. Free text may say so itself. */
export function isMark(text: string, kind: string): boolean {
  // Most cells are longer, or begin with a digit.
  if (kind === 'text' || text.length > LONGEST_MARK || (text >= '0' && text < ':')) return false;
  const word = wordOf(text);
  return MARKS.has(word) || (word === NA && kind !== 'code') || (kind === 'day' && NOT_YET.test(word));
}

/** Amounts of any currency, with or without separators of thousands. */
export const readDecimal: ReadCell = (text) => {
  const written = plain(text);
  return /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(written) ? written.replaceAll(',', '') : written;
};

export const readUpperCase: ReadCell = (text) => plain(text).toUpperCase();

/** One value per line. Empty lines are kept, because the lines of two columns can correspond. */
const readLines: ReadCell = (text) => text.split(LINE_BREAK).map((line) => line.trim());

/**
 * Splits a line into names separated by semicolons, enumeration commas or full-width commas. A name may itself
 * contain one, so first check whether the whole line is a known name. Marks such as `/` or `待定` are nobody.
 */
export const namesOn = (line: string): string[] =>
  line
    .split(/[;；、，]/)
    .map((name) => name.trim())
    .filter((name) => name !== '' && !isMark(name, 'list'));

/** Readers of the kinds that need no further information. */
export const simpleKinds = {
  text: readText,
  code: readCode,
  flag: readFlag,
  integer: readInteger,
  list: readLines,
} satisfies Record<string, ReadCell>;
