/** Recognises the headings of a sheet. */
import type { Column, SheetTable } from '../columns.ts';
import type { Unit } from '../units.ts';
import { wordOf } from './cells.ts';
import { UNIT, unitNamed } from './unit-words.ts';

/** Normalises headings that people consider the same. */
export const headingOf = (text: string): string =>
  wordOf(text)
    .replaceAll(/[\s\u200B-\u200D\u2060\uFEFF]/g, '')
    .replaceAll(/[[【〔{]/g, '(')
    .replaceAll(/[\]】〕}]/g, ')')
    .replaceAll(/^\*+|[*:]+$/g, '');

/** A remark in brackets after a heading that does not affect its meaning. */
const REMARK =
  /\((必填|必填项|选填|可选|可不填|required|optional|年月日|年\/月\/日|yyyy[-/.]?mm[-/.]?dd|是\/否|yes\/no|代码|编码|code)\)$/;

const WITH_UNIT = new RegExp(`^(.+?)[(/:,_-]?(?:(?:金额)?单位|unit|in)?:?${UNIT}\\)*$`);
const WITH_BRACKETS = /^(.+?)\(.+\)$/;

export interface Recognised {
  column: Column;
  unit: Unit | undefined;
}

export interface Headings {
  /** The column of a heading; undefined if it is unknown, `unit` if only its unit is unknown. */
  recognise(heading: string): Recognised | 'unit' | undefined;
}

/** The headings of a table in both languages, their synonyms, and the names of the fields. */
export function headingsOf({ columns }: SheetTable): Headings {
  const byHeading = new Map<string, Column>();
  for (const column of columns) {
    // The names of money fields end with the unit.
    const field = column.kind === 'money' ? [] : [column.field];
    for (const name of [column.zh, column.en, ...column.synonyms, ...field]) {
      byHeading.set(headingOf(name), column);
    }
  }
  const money = (name: string): Column | undefined => {
    const column = byHeading.get(name);
    return column?.kind === 'money' ? column : undefined;
  };
  return {
    recognise: (heading) => {
      let name = headingOf(heading);
      let column = byHeading.get(name);
      while (!column && REMARK.test(name)) {
        name = headingOf(name.replace(REMARK, ''));
        column = byHeading.get(name);
      }
      if (column) return { column, unit: undefined };
      const [, base = '', unit = '-'] = WITH_UNIT.exec(name) ?? [];
      const priced = money(base);
      if (priced) return { column: priced, unit: unitNamed(unit) };
      return money(WITH_BRACKETS.exec(name)?.[1] ?? '') && 'unit';
    },
  };
}

const SET_OFF_UNIT = new RegExp(`[(/:](?:(?:金额)?单位|unit|in)?:?${UNIT}\\)*$`);

/** The unit at the end of any heading, if separated from it: a word may also end with `wan`. */
export const unitOf = (heading: string): Unit | undefined =>
  unitNamed(SET_OFF_UNIT.exec(headingOf(heading))?.[1] ?? '-');

/** The letters of a zero-based column: A, B … Z, AA … */
export const letterOf = (index: number): string =>
  (index >= 26 ? letterOf(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26));
