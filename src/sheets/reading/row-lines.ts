/**
 * The format of rows between processes: one JSON array per line, after a line with the names of the fields.
 * With the same shape for all rows, V8 is several times as fast as with objects that lack different fields.
 */
import type { ReadRow } from './rows.ts';

/** Data that most rows do not have. */
interface Rest extends Partial<Pick<ReadRow, 'faults' | 'texts'>> {
  /** Indexes of fields that are null, because missing fields are also null in the line. */
  cleared?: number[];
}

type Line = [row: number, values: unknown[], rest?: Rest];

export interface RowLines {
  /** The first line. */
  readonly names: string;
  line(row: ReadRow): string;
}

/** @param names all fields that a row may have */
export const rowLines = (names: readonly string[]): RowLines => ({
  names: `${JSON.stringify(names)}\n`,
  line: ({ row, fields, faults, texts }) => {
    const values: unknown[] = [];
    const cleared: number[] = [];
    for (const [i, name] of names.entries()) {
      const value = fields[name];
      values.push(value);
      if (value === null) cleared.push(i);
    }
    const isPlain = cleared.length === 0 && faults.length === 0 && !texts;
    const line: Line = isPlain
      ? [row, values]
      : [
          row,
          values,
          {
            ...(cleared.length > 0 && { cleared }),
            ...(faults.length > 0 && { faults }),
            ...(texts && { texts }),
          },
        ];
    return `${JSON.stringify(line)}\n`;
  },
});

/**
 * @param first the line with the names.
 * @returns parses each of the following lines; missing fields are undefined
 */
export function rowParser(first: string): (line: string) => ReadRow {
  const names: string[] = JSON.parse(first);
  const properties = names.map((name, i) => `${JSON.stringify(name)}: v[${i}] ?? undefined`);
  // Compiled like query rows (`prepared.ts`): a loop over the names would take as long as the parsing.
  const fieldsOf = new Function('v', `return { ${properties.join(', ')} }`) as (
    values: unknown[],
  ) => Record<string, unknown>;
  return (line) => {
    const [row, values, rest]: Line = JSON.parse(line);
    const fields = fieldsOf(values);
    if (!rest) return { row, fields, faults: [] };
    const { cleared = [], faults = [], texts } = rest;
    for (const i of cleared) fields[names[i] as string] = null;
    return { row, fields, faults, ...(texts && { texts }) };
  };
}
