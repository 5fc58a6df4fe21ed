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

const LINE_BREAK = /\r\n|\r|\n/;

/** One value per line. Empty lines are kept, because the lines of two columns can correspond. */
const readLines: ReadCell = (text) => text.split(LINE_BREAK).map((line) => line.trim());

/**
 * Splits a line into names separated by semicolons. A name may itself contain a semicolon, so first check
 * whether the whole line is a known name.
 */
export const namesOn = (line: string): string[] =>
  line
    .split(/[;；]/)
    .map((name) => name.trim())
    .filter(Boolean);

/** Readers of the kinds that need no further information. */
export const simpleKinds = {
  text: readText,
  code: readCode,
  flag: readFlag,
  integer: readInteger,
  list: readLines,
} satisfies Record<string, ReadCell>;
