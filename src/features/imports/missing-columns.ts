/** Required values for which a file has no column: one fault for all its new rows, instead of one for each. */
import type { FaultCode } from '../../http/messages.ts';
import { cut } from '../../sheets/reading/refusal.ts';
import { columnNames, type FileFault } from './faults.ts';
import { type ImportEntity, tables } from './importable.ts';

const MAX_CHARACTERS = 200;

/** What a column may be called, in both languages. */
function headingsFor(entity: ImportEntity, field: string) {
  const names = columnNames(field);
  const columns = tables[entity].columns.filter((column) => names.includes(column.field));
  const all = columns.flatMap(({ zh, en, synonyms }) => [zh, en, ...synonyms]);
  const isChinese = (name: string) => /\p{Script=Han}/u.test(name);
  return {
    zh: cut(all.filter(isChinese).join('、'), MAX_CHARACTERS),
    en: cut(all.filter((name) => !isChinese(name)).join(', '), MAX_CHARACTERS),
  };
}

/** How the columns of a file are known. */
export interface Naming {
  entity: ImportEntity;
  /** What says which column is which field. */
  namedBy: 'headings' | 'mapping' | 'keys';
  /** The fields of a mapping. */
  mapped: readonly string[];
}

const CODES: Readonly<Record<Naming['namedBy'], FaultCode>> = {
  headings: 'missing_column',
  mapping: 'missing_source',
  keys: 'missing_key',
};

/** The faults of a row, apart from those that it shares with all rows. */
export interface SortedFaults {
  own: readonly FileFault[];
  ofFile: readonly FileFault[];
}

/** Sorts the faults of a row. */
export function faultSorter({
  entity,
  namedBy,
  mapped,
}: Naming): (faults: readonly FileFault[]) => SortedFaults {
  const known = new Map<string, ReturnType<typeof headingsFor>>();
  const isOfFile = ({ code, field, heading }: FileFault) =>
    code === 'required' && field !== null && heading === null && !mapped.includes(field);
  function ofFile(fault: FileFault): FileFault {
    const field = fault.field as string;
    const headings = known.get(field) ?? headingsFor(entity, field);
    known.set(field, headings);
    return { ...fault, code: CODES[namedBy], values: { count: 1, headings } };
  }
  return (faults) => ({
    own: faults.filter((fault) => !isOfFile(fault)),
    ofFile: faults.filter(isOfFile).map(ofFile),
  });
}

/** Adds faults of a file to those of the rows before: each field once, with the number of rows. */
export function withFaultsOfFile(
  first: readonly FileFault[],
  next: readonly FileFault[],
): readonly FileFault[] {
  if (next.length === 0) return first;
  const byField = new Map(first.map((fault) => [fault.field, fault]));
  for (const fault of next) {
    const known = byField.get(fault.field);
    const count = Number(known?.values?.count ?? 0) + Number(fault.values?.count);
    byField.set(fault.field, { ...(known ?? fault), values: { ...fault.values, count } });
  }
  return [...byField.values()];
}
