/** An empty project sheet for clerks, with explanations of the columns and lists of the codes. */
import {
  type CellStyle,
  calculateRowHeight,
  colToLetter,
  type DataValidation,
  rangeRef,
  type WriteSheet,
  writeXlsx,
} from 'hucre/xlsx';
import type { Language } from '../../core/languages.ts';
import { MAX_YUAN } from '../../http/fields.ts';
import { columnHeadings, flagWords, type Kind } from '../../sheets/columns.ts';
import { inUnit, type Unit, units } from '../../sheets/units.ts';
import { escaped, frozen, PRINTED } from '../../sheets/xlsx.ts';
import { NewProject } from '../projects/schema.ts';
import { type ProjectColumn as Column, columns } from '../projects/sheet.ts';
import type { Choice, CodeLists } from './code-lists.ts';
import { explain, explanatoryMark, type Offer } from './explanations.ts';

/** A drop-down with more entries is useless. */
export const MAX_LISTED = 10_000;

/** Rows prepared for input, below the headings and explanations. */
export const READY_ROWS = 1_000;
const FIRST_ROW = 2;

const SHEET = { zh: '项目', en: 'Projects' };
const CODE_SHEET = { zh: '代码表', en: 'Codes' };

/** Cell formats before input, so that a code that looks like a number remains text. */
const FORMATS: Partial<Record<Kind, string>> = { code: '@', list: '@', day: 'yyyy-mm-dd' };

/** Enough for the explanations. */
const LEAST_WIDTH = 18;
const CODES_WIDTH = 32;

const solid = (rgb: string) => ({ type: 'pattern', pattern: 'solid', fgColor: { rgb } }) as const;
const HEADING: CellStyle = { font: { bold: true }, fill: solid('DDEBF7') };
const REQUIRED_HEADING: CellStyle = { font: { bold: true }, fill: solid('FFE699') };
const EXPLANATION: CellStyle = {
  font: { italic: true, color: { rgb: '595959' } },
  alignment: { wrapText: true, vertical: 'top' },
};

const given = columns.filter(({ derived }) => !derived);

const shape: Readonly<Record<string, { safeParse(value: undefined): { success: boolean } }>> =
  NewProject.shape;
const isRequired = ({ field }: Column): boolean => shape[field]?.safeParse(undefined).success === false;

/** The validation of a cell, without its messages. */
type Rule = Pick<DataValidation, 'type' | 'operator' | 'formula1' | 'formula2' | 'values' | 'errorStyle'>;

/** A prepared column of the sheet. */
interface Prepared {
  column: Column;
  /** For the sheet of codes; empty if there are none, or too many for a drop-down. */
  codes: readonly string[];
  offer: Offer | null;
}

const inWords = (words: NonNullable<Column['words']>, language: Language): string[] =>
  [...words.values()].map(({ name, nameEn }) => (language === 'zh' ? name : (nameEn ?? name)));

const inCell = ({ code, name, nameEn }: Choice, language: Language): string =>
  escaped(`${code} ${language === 'zh' ? name : (nameEn ?? name)}`);

function prepare(column: Column, lists: CodeLists, language: Language): Prepared {
  const words = column.kind === 'flag' ? flagWords : column.words;
  if (words) return { column, codes: [], offer: { from: 'words', choices: inWords(words, language) } };
  const choices = lists[column.field as keyof CodeLists] ?? [];
  const [first] = choices;
  if (!first) return { column, codes: [], offer: null };
  const isListed = choices.length <= MAX_LISTED;
  return {
    column,
    codes: isListed ? choices.map((choice) => inCell(choice, language)) : [],
    offer: { from: 'codes', example: inCell(first, language), isListed },
  };
}

/** @param codesIn returns the cell range of a column's codes */
function ruleOf({ column, codes, offer }: Prepared, unit: Unit, codesIn: () => string): Rule | null {
  if (offer?.from === 'words') return { type: 'list', values: [...offer.choices] };
  // Only a warning: a code or name alone is accepted too, and so is one newer than the template.
  if (codes.length > 0) return { type: 'list', formula1: codesIn(), errorStyle: 'warning' };
  if (column.kind === 'day') return { type: 'date', operator: 'greaterThanOrEqual', formula1: '1' };
  if (column.kind !== 'money') return null;
  const type = unit === 'yuan' ? 'whole' : 'decimal';
  return { type, operator: 'between', formula1: '0', formula2: inUnit(MAX_YUAN, unit) };
}

/**
 * The workbook: a sheet with headings, explanations and rows to fill, and a sheet of codes.
 * @param day written as its modification date
 */
export async function writeTemplate(
  lists: CodeLists,
  language: Language,
  unit: Unit,
  day: string,
): Promise<Buffer> {
  const prepared = given.map((column) => prepare(column, lists, language));
  const offered = prepared.filter(({ codes }) => codes.length > 0);
  const codesIn = (one: Prepared) => () => {
    const letter = colToLetter(offered.indexOf(one));
    return `'${CODE_SHEET[language]}'!$${letter}$2:$${letter}$${one.codes.length + 1}`;
  };
  const texts = prepared.map(({ column, offer }) =>
    explain(column, { language, unit: units[unit][language], required: isRequired(column), offer }),
  );
  const titles = columnHeadings(given, language, unit);
  const widths = titles.map(({ width }) => Math.max(width, LEAST_WIDTH));
  const shown = texts.map((text, i) => (i === 0 ? explanatoryMark(language) + text : text));

  const validations = prepared.flatMap((one, i): DataValidation[] => {
    const rule = ruleOf(one, unit, codesIn(one));
    if (!rule) return [];
    return [
      {
        ...rule,
        range: rangeRef(FIRST_ROW, i, FIRST_ROW + READY_ROWS - 1, i),
        allowBlank: true,
        showErrorMessage: true,
        errorTitle: one.column[language].slice(0, 32),
        errorMessage: texts[i] as string,
      },
    ];
  });

  const sheet: WriteSheet = {
    name: SHEET[language],
    columns: given.map(({ kind }, i) => {
      const numFmt = FORMATS[kind];
      return { width: widths[i] as number, ...(numFmt && { numFmt }) };
    }),
    rows: [
      titles.map(({ text }) => text),
      shown,
      ...Array.from({ length: READY_ROWS }, () => given.map(() => null)),
    ],
    cells: new Map(
      given.flatMap((column, i) => [
        [`0,${i}`, { style: isRequired(column) ? REQUIRED_HEADING : HEADING }],
        [`1,${i}`, { style: EXPLANATION }],
      ]),
    ),
    rowDefs: new Map([[1, { height: calculateRowHeight(shown, { wrapText: true, columnWidths: widths }) }]]),
    dataValidations: validations,
    // The code and the name.
    freezePane: frozen({ frozenColumns: 2 }),
    pageSetup: { ...PRINTED, printTitlesRow: '$1:$2' },
  };
  return asWorkbook([sheet, codeSheet(offered, language)], day);
}

function codeSheet(offered: readonly Prepared[], language: Language): WriteSheet {
  const longest = Math.max(0, ...offered.map(({ codes }) => codes.length));
  return {
    name: CODE_SHEET[language],
    columns: offered.map(() => ({ width: CODES_WIDTH })),
    rows: [
      offered.map(({ column }) => column[language]),
      ...Array.from({ length: longest }, (_, row) => offered.map(({ codes }) => codes[row] ?? null)),
    ],
    cells: new Map(offered.map((_, i) => [`0,${i}`, { style: HEADING }])),
    freezePane: { rows: 1 },
  };
}

async function asWorkbook(sheets: WriteSheet[], day: string): Promise<Buffer> {
  // The writer's default is the current time, which would make every file different.
  const bytes = await writeXlsx({ sheets, properties: { modified: new Date(`${day}T00:00:00Z`) } });
  return Buffer.from(bytes);
}
