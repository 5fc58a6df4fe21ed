/** The faults of an import as a sheet. */
import { type Language, say } from '../../core/languages.ts';
import type { Heading, Sheet } from '../../sheets/sheet.ts';
import { type FileFault, faultInWords } from './faults.ts';

const columns = [
  { field: 'sheet', zh: '工作表', en: 'Sheet', kind: 'text', width: 16 },
  { field: 'row', zh: '行', en: 'Row', kind: 'integer', width: 8 },
  { field: 'column', zh: '列', en: 'Column', kind: 'text', width: 8 },
  { field: 'heading', zh: '表头', en: 'Heading', kind: 'text', width: 20 },
  { field: 'value', zh: '内容', en: 'Value', kind: 'text', width: 28 },
  { field: 'message', zh: '问题', en: 'Problem', kind: 'text', width: 60 },
  { field: 'code', zh: '代码', en: 'Code', kind: 'text', width: 24 },
] as const;

/** Additional column in a sheet for several files. */
const file = { field: 'file', zh: '文件', en: 'File', kind: 'text', width: 24 } as const;

const TITLE = { zh: '错误', en: 'Faults' };
const BATCH = 500;

/** A fault in a report; or, at its end, the number of faults with a code that are not listed. */
export type ReportedFault =
  | (FileFault & { sheet: string | null })
  | { code: string; count: number; reported: number };

const BEYOND = {
  zh: '另有 {count} 处此类错误；报告只列出前 {reported} 处错误。',
  en: '{count} more faults with this code; the report lists only the first {reported} faults.',
};

function inWords(fault: ReportedFault, language: Language) {
  if ('count' in fault) return { code: fault.code, message: say(BEYOND, language, { ...fault }) };
  const { sheet, ...rest } = fault;
  return faultInWords(rest, sheet, language);
}

/** @param isOfSeveral whether each fault includes the name of its file */
export function faultSheet(
  faults: AsyncIterable<ReportedFault & { file?: string }>,
  language: Language,
  { isOfSeveral = false }: { isOfSeveral?: boolean } = {},
): Sheet {
  const shownColumns = isOfSeveral ? [file, ...columns] : columns;
  async function* rows() {
    let batch = [];
    for await (const { file = null, ...fault } of faults) {
      const shown: Partial<Record<string, string | number | null>> = { file, ...inWords(fault, language) };
      batch.push(shownColumns.map(({ field }) => shown[field] ?? null));
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  }
  const headings = shownColumns.map(
    ({ kind, width, ...names }): Heading => ({ text: names[language], kind, width }),
  );
  return { name: TITLE[language], headings, rows: rows() };
}
