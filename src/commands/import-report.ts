/** The result of an import as text for a terminal. */
import stringWidth from 'string-width';
import { type Language, type Message, type MessageValue, say } from '../core/languages.ts';
import type { FieldChange } from '../database/tables.ts';
import { reportedOf } from '../features/imports/outcome.ts';
import type { FileFault, Import } from '../features/imports/schema.ts';
import { type Unit, units } from '../sheets/units.ts';
import type { FileResult } from './import-run.ts';

/** The others are in the report that `--faults` writes. */
const SHOWN_FAULTS = 50;

const texts = {
  read: { en: '{format}, {columns} {columns:column|columns} read', zh: '{format}，读取 {columns} 列' },
  columns: { en: 'Columns read: {list}', zh: '读取的列：{list}' },
  sheet: { en: 'sheet “{sheet}”', zh: '工作表“{sheet}”' },
  headings: { en: 'headings in row {row}', zh: '表头在第 {row} 行' },
  unit_heading: { en: ' ({unit}, from the heading)', zh: '（{unit}，据表头）' },
  unit_above: { en: ' ({unit}, from the line above the headings)', zh: '（{unit}，据表头上方所注单位）' },
  unit_mapping: { en: ' ({unit}, from the mapping)', zh: '（{unit}，据映射）' },
  unit_parameter: { en: ' ({unit}, as requested)', zh: '（{unit}，按指定单位）' },
  unit_default: { en: ' ({unit}; the file says nothing else)', zh: '（{unit}，文件未注明单位）' },
  rate: { en: ' at {rate} yuan', zh: '，汇率 {rate}' },
  rate_on: { en: ' at {rate} yuan on {day}', zh: '，{day} 汇率 {rate}' },
  ignored: { en: 'Columns not read: {list}', zh: '未读取的列：{list}' },
  others: { en: 'Sheets not read: {list}', zh: '未读取的工作表：{list}' },
  previewed: {
    en: 'Preview, nothing is written. Of {rows} {rows:row|rows} {created} would be created, {changed} changed, {unchanged} {unchanged:is|are} unchanged, {refused} faulty.',
    zh: '预览，未写入任何数据。共 {rows} 行：将新建 {created}，修改 {changed}，无变化 {unchanged}，有误 {refused}。',
  },
  written: {
    en: 'Of {rows} {rows:row|rows} {created} {created:is|are} created, {changed} changed, {unchanged} unchanged, {refused} left out as faulty.',
    zh: '共 {rows} 行：已新建 {created}，已修改 {changed}，无变化 {unchanged}，因有误未导入 {refused}。',
  },
  refused: {
    en: 'Nothing is written: of {rows} {rows:row|rows} {refused} {refused:is|are} faulty. Correct {refused:it|them}, or write the others with --partial.',
    zh: '未写入任何数据：共 {rows} 行，其中 {refused} 行有误。请更正，或用 --partial 只写入其余各行。',
  },
  cancelled: {
    en: 'Interrupted; {done} {done:row was|rows were} completed.',
    zh: '已中断；已处理 {done} 行。',
  },
  conflicts: {
    en: 'In {conflicts} of the faulty rows, the record was changed by others since the export.',
    zh: '有误的行中有 {conflicts} 行在导出之后已被他人修改。',
  },
  enterprises: {
    en: 'New enterprises ({count}): {list}',
    zh: '新建企业 {count} 家：{list}',
  },
  changes: { en: 'The first {count} {count:change|changes}:', zh: '前 {count} 项变更：' },
  create: { en: 'new', zh: '新建' },
  change: { en: 'change', zh: '修改' },
  faults: { en: '{count} {count:fault|faults}:', zh: '{count} 处错误：' },
  firstFaults: {
    en: 'The first {shown} of {count} faults; --faults FILE.csv or FILE.xlsx writes {reported}:',
    zh: '{count} 处错误中的前 {shown} 处；用 --faults FILE.csv 或 FILE.xlsx 写出{reported}：',
  },
  firstOfWritten: {
    en: 'The first {shown} of {count} faults; {reported} are written to {file}:',
    zh: '{count} 处错误中的前 {shown} 处；{reported}写入 {file}：',
  },
  row: { en: 'Row', zh: '行' },
  cell: { en: 'Column', zh: '列' },
  value: { en: 'Value', zh: '内容' },
  message: { en: 'Problem', zh: '问题' },
} as const satisfies Record<string, Message>;

type RecognisedColumn = Import['file']['columns'][number];

/** The unit of a column of money, with the rate if it is one of another currency. */
function unitName({ currency, rate = '', rateOn }: RecognisedColumn, unit: Unit, t: Say): Message {
  if (currency === undefined) return units[unit];
  const { zh, en } = units[unit];
  const at = rateOn === undefined ? t('rate', { rate }) : t('rate_on', { rate, day: rateOn });
  return {
    zh: `${zh.replace(/元$/, '')} ${currency}${at}`.trim(),
    en: `${en.replace('yuan', currency)}${at}`,
  };
}

/** The unit of a column of money, and where it is from. */
const unitOf = (column: RecognisedColumn, t: Say): string =>
  column.unit && column.unitFrom
    ? t(`unit_${column.unitFrom}`, { unit: unitName(column, column.unit, t) })
    : '';

const INDENT = '  ';
const GAP = '  ';
/** Maximum width of a column; longer texts are cut. */
const WIDEST = 36;
const LIST_WIDTH = 800;
const CHANGE_WIDTH = 160;

/** Removes control and bidirectional characters, with which a file could manipulate the terminal. */
export const harmless = (text: string): string => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');

function fitted(text: string, width: number): string {
  const one = harmless(text);
  if (stringWidth(one) <= width) return one;
  let fit = '';
  for (const { segment } of new Intl.Segmenter().segment(one)) {
    if (stringWidth(fit + segment) >= width) break;
    fit += segment;
  }
  return `${fit}…`;
}

/** Aligns columns to their widest cell; Chinese characters are two columns wide. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const last = (rows[0]?.length ?? 0) - 1;
  const fit = rows.map((row) => row.map((cell, i) => (i < last ? fitted(cell, WIDEST) : harmless(cell))));
  const widths = Array.from({ length: last }, (_, i) =>
    Math.max(...fit.map((row) => stringWidth(row[i] ?? ''))),
  );
  return fit.map((row) =>
    row
      .map((cell, i) => (i < last ? cell + ' '.repeat((widths[i] ?? 0) - stringWidth(cell)) : cell))
      .join(GAP)
      .trimEnd(),
  );
}

const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);

const shownValue = (value: unknown): string =>
  isNothing(value) ? '–' : typeof value === 'string' ? value : JSON.stringify(value);

/** The changed fields; those with a column in the file come first. */
function changeInWords({ key, fields }: Import['changes'][number], columns: readonly string[]): string {
  const place = (field: string) => (columns.indexOf(field) + columns.length + 1) % (columns.length + 1);
  return Object.entries(fields as Record<string, FieldChange>)
    .filter(([field, { after }]) => !(field === 'code' && after === key))
    .sort(([one], [other]) => place(one) - place(other))
    .map(([field, { before, after }]) => {
      const was = before === undefined ? '' : `${shownValue(before)} → `;
      return `${field} ${was}${shownValue(after)}`;
    })
    .join(', ');
}

/**
 * @param name the file name as given
 * @param report where all faults are written, if they are
 */
export function reportInWords(
  result: FileResult,
  { name, report, language }: { name: string; report: string | undefined; language: Language },
): string {
  if (!('id' in result)) return `${harmless(name)}: ${result.problem.detail}`;
  const t = (text: keyof typeof texts, values?: Record<string, MessageValue>) =>
    say(texts[text], language, values);
  const lines = [`${harmless(name)}: ${verdict(result, t)}`];
  lines.push(...found(result, t));
  if (result.conflicts > 0) lines.push(INDENT + t('conflicts', { conflicts: result.conflicts }));
  const { enterprisesCreated, newEnterprises } = result;
  if (enterprisesCreated > 0) {
    const list = fitted(newEnterprises.join(', '), LIST_WIDTH);
    lines.push(INDENT + t('enterprises', { count: enterprisesCreated, list }));
  }
  if (result.mode === 'preview' && result.changes.length > 0) {
    lines.push(INDENT + t('changes', { count: result.changes.length }), ...changeLines(result, t));
  }
  if (result.faults.length > 0) lines.push(...faultLines(result, report, t));
  return lines.join('\n');
}

type Say = (text: keyof typeof texts, values?: Record<string, MessageValue>) => string;

/** A one-sentence summary. */
function verdict(result: Import, t: Say): string {
  const { rows, created, changed, unchanged, refused, status, problem } = result;
  if (problem?.code === 'imports.faulty_rows') return t('refused', { rows, refused });
  if (problem) return problem.detail;
  if (status === 'cancelled') return t('cancelled', { done: rows });
  const counts = { rows, created, changed, unchanged, refused };
  return t(result.mode === 'preview' ? 'previewed' : 'written', counts);
}

/** The properties detected in the file. */
function found({ file, mode }: Import, t: Say): string[] {
  const { format, sheet, encoding, headingRow, columns, ignored, otherSheets, warnings } = file;
  const lines: string[] = [];
  const list = (items: readonly string[]) => fitted(items.join(', '), LIST_WIDTH);
  const named = ({ column, heading }: { column: string | null; heading: string }) =>
    column === null ? heading : `${column} ${heading}`;
  if (columns.length > 0) {
    const parts = [
      format,
      sheet !== null && t('sheet', { sheet }),
      encoding,
      headingRow !== null && t('headings', { row: headingRow }),
    ];
    const what = parts.filter((part) => typeof part === 'string').join(', ');
    const places = new Set(columns.map(({ column, heading }) => column ?? heading));
    lines.push(t('read', { format: harmless(what), columns: places.size }));
  }
  if (mode === 'preview' && columns.length > 0) {
    const shown = columns.map((one) => `${named(one)} → ${one.field}${unitOf(one, t)}`);
    lines.push(t('columns', { list: list(shown) }));
  }
  if (ignored.length > 0) lines.push(t('ignored', { list: list(ignored.map(named)) }));
  if (otherSheets.length > 0) lines.push(t('others', { list: list(otherSheets) }));
  for (const { row, column, message } of warnings) {
    const place = [row === null ? '' : `${t('row')} ${row}`, column ?? ''].filter(Boolean).join(' ');
    lines.push(harmless(place ? `${place}: ${message}` : message));
  }
  return lines.map((line) => INDENT + line);
}

function changeLines({ changes, file }: Import, t: Say): string[] {
  const columns = file.columns.map(({ field }) => field);
  return aligned(
    changes.map((change) => [
      `${INDENT}${INDENT}${t('row')} ${change.row}`,
      t(change.effect),
      change.key ?? '',
      fitted(changeInWords(change, columns), CHANGE_WIDTH),
    ]),
  );
}

const placeOf = ({ column, heading, field }: FileFault): string =>
  [column, heading ?? field].filter((part) => part !== null).join(' ');

function faultLines(
  { faults, faultCount, unreported }: Import,
  report: string | undefined,
  t: Say,
): string[] {
  const shown = faults.slice(0, SHOWN_FAULTS);
  const inReport = reportedOf({ faultCount, unreported });
  const reported =
    inReport === faultCount
      ? { en: 'all of them', zh: '全部' }
      : { en: `the first ${inReport}`, zh: `前 ${inReport} 处` };
  const counts = { shown: shown.length, count: faultCount, reported };
  const title =
    faultCount === shown.length
      ? t('faults', counts)
      : report === undefined
        ? t('firstFaults', counts)
        : t('firstOfWritten', { ...counts, file: report });
  const headings = [`${INDENT}${INDENT}${t('row')}`, t('cell'), t('value'), t('message')];
  const rows = shown.map((fault) => [
    `${INDENT}${INDENT}${fault.row}`,
    placeOf(fault),
    fault.value ?? '',
    fault.message,
  ]);
  return [INDENT + title, ...aligned([headings, ...rows])];
}
