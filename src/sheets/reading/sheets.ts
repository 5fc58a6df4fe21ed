/** Chooses among the visible sheets of a workbook. */
import { Refusal } from './refusal.ts';

/**
 * The sheet with a name or, counted from 1, a position; or all of them. Each with the names of the others.
 * @throws Refusal if there is none
 */
export function chosenSheets<Sheet extends { name: string }>(
  sheets: readonly Sheet[],
  wanted: string | number | undefined,
): { sheet: Sheet; otherSheets: string[] }[] {
  const isWanted = ({ name }: Sheet, i: number) => (typeof wanted === 'number' ? i + 1 : name) === wanted;
  const chosen = wanted === undefined ? sheets : sheets.filter(isWanted);
  if (chosen.length === 0) {
    const names = sheets.map(({ name }) => name).join(', ') || '—';
    if (typeof wanted !== 'number')
      throw new Refusal('imports.no_sheet', { sheet: wanted ?? '', sheets: names });
    throw new Refusal('imports.no_sheet_at', { sheet: wanted, count: sheets.length, sheets: names });
  }
  return chosen.map((sheet) => ({
    sheet,
    otherSheets: sheets.filter((other) => other !== sheet).map(({ name }) => name),
  }));
}
