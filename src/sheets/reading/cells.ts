/** From what stands in a cell to a value of the API, for every kind of value but days and money. */

import type { MessageValue } from '../../core/languages.ts';
import type { Names } from '../../core/names.ts';
import type { FaultCode } from '../../http/messages.ts';

/** Why a cell has no value. Also a cell that is one already, such as an error of a spreadsheet. */
export class Unreadable {
  readonly code: FaultCode;
  readonly values: Readonly<Record<string, MessageValue>> | undefined;
  /** What the cell shows, where it is not text. */
  readonly text: string;

  constructor(code: FaultCode, values?: Readonly<Record<string, MessageValue>>, text = '') {
    this.code = code;
    this.values = values;
    this.text = text;
  }
}

/**
 * A text, whatever the file says that it is: numbers in their shortest decimal digits, days as `2020-06-29`, with the time
 * of day behind a `T` if there is one, `TRUE` and `FALSE`. Nothing or the empty text is an empty cell.
 */
export type Cell = string | Unreadable | undefined;

export type Value = string | number | boolean | string[];

/** Makes a value of the text of a cell that is not empty. */
export type ReadCell = (text: string) => Value | Unreadable;

const ASCII = /^[\x20-\x7E]*$/;

/** As one writes it on a keyboard: without full-width forms and without white space around it. */
export const plain = (text: string): string => (ASCII.test(text) ? text : text.normalize('NFKC')).trim();

/** Such that texts that people take for the same word are equal. */
export const wordOf = (text: string): string => plain(text).toLowerCase().replaceAll(/\s+/g, ' ');

const readText: ReadCell = (text) => text;
const readCode: ReadCell = (text) => text.trim();

/** Codes by their words in both languages, and by themselves. */
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

/** Numbers of up to fifteen digits, which a spreadsheet and JavaScript both keep exactly. */
const readInteger: ReadCell = (text) => {
  const digits = plain(text).replaceAll(',', '');
  return /^-?\d{1,15}$/.test(digits) ? Number(digits) : new Unreadable('not_a_whole_number');
};

const LINE_BREAK = /\r\n|\r|\n/;

/** One a line. Empty lines stay: what stands on the same line of another column belongs to it. */
const readLines: ReadCell = (text) => text.split(LINE_BREAK).map((line) => line.trim());

/**
 * The names on one line of a list, if they are several with semicolons between. A name may itself hold a semicolon: ask
 * first whether the whole line is known.
 */
export const namesOn = (line: string): string[] =>
  line
    .split(/[;；]/)
    .map((name) => name.trim())
    .filter(Boolean);

/** The kinds whose values need to know nothing else. */
export const simpleKinds = {
  text: readText,
  code: readCode,
  flag: readFlag,
  integer: readInteger,
  list: readLines,
} satisfies Record<string, ReadCell>;
