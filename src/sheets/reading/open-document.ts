/** The visible tables of an OpenDocument spreadsheet (ISO/IEC 26300). */
import { type Table, TablesParser, tableRows } from './open-document-rows.ts';
import { openPackage, type Package } from './package.ts';
import { Refusal } from './refusal.ts';
import type { ReadRequest, Source } from './rows.ts';
import { chosenSheets } from './sheets.ts';
import { malformed } from './xml.ts';

const CONTENT = 'content.xml';
const MANIFEST = 'META-INF/manifest.xml';

/** The tables with their merged cells, which have to be known before the rows are read. */
async function tablesIn(parts: Package): Promise<(Table & { index: number })[]> {
  const parser = new TablesParser(-1);
  for await (const _ of tableRows(parts.bytes(CONTENT), parser));
  return parser.tables
    .map((table, index) => ({ ...table, index }))
    .filter(({ style }) => !parser.hiddenStyles.has(style));
}

/**
 * The visible tables in order: that of the mapping, or all of them.
 * @param fileSize in bytes, for progress
 * @throws Refusal if the file is not a spreadsheet, or lacks the table
 */
export async function openDocumentSources(
  { file, mapping }: Pick<ReadRequest, 'file' | 'mapping'>,
  fileSize: number,
): Promise<(() => Promise<Source>)[]> {
  const parts = await openPackage(file);
  if (!parts.has(CONTENT)) throw malformed(CONTENT);
  const isLocked = parts.has(MANIFEST) && (await parts.text(MANIFEST)).includes('encryption-data');
  if (isLocked) throw new Refusal('imports.old_or_locked_workbook');
  const tables = await tablesIn(parts);
  return chosenSheets(tables, mapping?.sheet).map(
    ({ sheet: { name, index, merges }, otherSheets }) =>
      async () => {
        const parser = new TablesParser(index);
        const { bytes, done } = parts.counted(CONTENT);
        return {
          sheet: name,
          otherSheets,
          encoding: null,
          rows: tableRows(bytes, parser),
          bytes: () => Math.round(done() * fileSize),
          formulas: parser.formulas,
          merges,
        };
      },
  );
}
