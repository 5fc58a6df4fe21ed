/** Faults in a file with their cell, its value and the problem. */

import { type Language, type MessageValue, say } from '../../core/languages.ts';
import { type FaultCode, faults as faultMessages } from '../../http/messages.ts';
import type { Fault } from '../../http/problems.ts';
import { cut } from '../../sheets/reading/refusal.ts';
import type { ReadRow, RecognisedColumn } from '../../sheets/reading/rows.ts';

export interface FileFault {
  row: number;
  /** A, B … AA; null for the row as a whole, and for formats without headings. */
  column: string | null;
  heading: string | null;
  field: string | null;
  /** The text of the cell, cut to 100 characters. */
  value: string | null;
  code: FaultCode;
  values?: Readonly<Record<string, MessageValue>>;
}

/** The columns of a field's value, in addition to the one with its name. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  investorIds: ['investors', 'investorCodes'],
  enterprise: ['enterpriseCode'],
};

/** The columns from which the value of a field is read. */
export const columnNames = (field: string): readonly string[] => [field, ...(COLUMNS[field] ?? [])];

/** The faults of a row, each with its cell. */
export function rowFaults(
  faults: readonly Fault[],
  { row, fields, texts = {}, faults: read }: ReadRow,
  columns: readonly RecognisedColumn[],
): FileFault[] {
  return faults.map(({ pointer, code, values }) => {
    const field = pointer?.split('/')[1] ?? null;
    const own = read.find((one) => one.field === field && one.code === code);
    const names = field === null ? [] : columnNames(field);
    const column = columns.find((one) => names.includes(one.field));
    const text = column && (texts[column.field] ?? inWords(fields[column.field]));
    return {
      row,
      column: own?.column ?? column?.column ?? null,
      heading: own?.heading ?? column?.heading ?? null,
      field,
      value: own?.value ?? (text === undefined ? null : cut(text)),
      code,
      ...(values && { values }),
    };
  });
}

function inWords(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join('\n');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A fault in the form of responses. */
export const faultInWords = ({ values, ...fault }: FileFault, sheet: string | null, language: Language) => ({
  sheet,
  ...fault,
  message: say(faultMessages[fault.code], language, values),
});

/** The same as a fault of the request that sent the file. */
export const faultInFile = ({ field, code, values, ...cell }: FileFault, sheet: string | null): Fault => ({
  ...(field !== null && { pointer: `/${field}` }),
  code,
  ...(values && { values }),
  cell: { sheet, ...cell },
});
