/** Chooses among the visible sheets of a workbook. */
import { Refusal } from './refusal.ts';

/**
 * The sheet with a name, or all of them, each with the names of the others.
 * @throws Refusal if there is none
 */
export function chosenSheets<Sheet extends { name: string }>(
  sheets: readonly Sheet[],
  wanted: string | undefined,
): { sheet: Sheet; otherSheets: string[] }[] {
  const chosen = wanted === undefined ? sheets : sheets.filter(({ name }) => name === wanted);
  if (chosen.length === 0) {
    throw new Refusal('imports.no_sheet', {
      sheet: wanted ?? '',
      sheets: sheets.map(({ name }) => name).join(', ') || '—',
    });
  }
  return chosen.map((sheet) => ({
    sheet,
    otherSheets: sheets.filter((other) => other !== sheet).map(({ name }) => name),
  }));
}
