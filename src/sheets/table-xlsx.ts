/** A workbook made as a whole, with what one that is streamed cannot have: a filter on each heading. */
import type { CellValue } from 'hucre/xlsx';
import type { Sheet } from './sheet.ts';
import { columnOf, valuesOf } from './xlsx.ts';

/**
 * For sheets that fit into memory.
 * @param day stands in the file as when it was made
 */
export async function writeTableXlsx(sheet: Sheet, day: string): Promise<Uint8Array> {
  // Loaded where a workbook is made: every start of the service would wait for it.
  const { rangeRef, writeXlsx } = await import('hucre/xlsx');
  const rows: CellValue[][] = [sheet.headings.map(({ text }) => text)];
  for await (const row of valuesOf(sheet)) rows.push(row);
  const last = rows.length - (sheet.endsInTotal ? 2 : 1);
  return writeXlsx({
    sheets: [
      {
        name: sheet.name,
        columns: sheet.headings.map(columnOf),
        rows,
        autoFilter: { range: rangeRef(0, 0, last, sheet.headings.length - 1) },
        freezePane: { rows: 1 },
      },
    ],
    // The writer would have the file say this very moment, and no two would be the same.
    properties: { modified: new Date(`${day}T00:00:00Z`) },
  });
}
