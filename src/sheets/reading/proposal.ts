/** Proposes a mapping for a file by its headings and first rows, and says what it is unsure of. */
import type { MessageValue } from '../../core/languages.ts';
import { isWorkbook } from '../../http/media-types.ts';
import type { FaultCode } from '../../http/messages.ts';
import { readColumns } from '../columns.ts';
import type { Unit } from '../units.ts';
import { Unreadable } from './cells.ts';
import { currencyNamedIn } from './currencies.ts';
import { readDayBy } from './days.ts';
import { headingsOf, letterOf } from './headings.ts';
import { limits } from './limits.ts';
import type { MappedSource, Mapping } from './mapping.ts';
import { openSources } from './read.ts';
import { cut, Refusal } from './refusal.ts';
import type { CellFault, FileHead, ReadRequest, RecognisedColumn, Source, SourceRow } from './rows.ts';
import { openTable } from './table.ts';

/** Something that the reader of a proposal should look at. */
export type Note = { column: string | null; heading: string | null } & (
  | { about: 'unknown_heading' | 'unknown_unit' | 'twice' | 'no_unit' }
  | { about: 'unit_above'; text: string }
  | { about: 'currency'; field: string; source: { from: string; currency: string; unit: Unit } }
  | { about: 'dates' | 'open_dates'; formats: readonly string[] }
  | { about: 'cells'; first: FirstFault }
);

/** The first cell with a fault of its kind in a column, and other texts with the same. */
export interface FirstFault {
  row: number;
  count: number;
  texts: readonly string[];
  code: FaultCode;
  values: Readonly<Record<string, MessageValue>>;
}

export interface Proposal {
  mapping: Pick<Mapping, 'sheet' | 'headingRow' | 'fields'>;
  notes: Note[];
}

/** Rows that are read to try a proposal. */
const TRIED_ROWS = 1_000;

/** The beginning of a table, in memory, so that it can be read several times. */
async function beginningOf(source: Source): Promise<{ source: Source; rows: SourceRow[] }> {
  const rows: SourceRow[] = [];
  for await (const batch of source.rows) {
    rows.push(...batch);
    if (rows.length >= TRIED_ROWS) break;
  }
  return { source, rows: rows.slice(0, TRIED_ROWS) };
}

const again = ({ source, rows }: { source: Source; rows: readonly SourceRow[] }) => {
  async function* batches() {
    yield rows;
  }
  return async (): Promise<Source> => ({ ...source, rows: batches() });
};

type Known = Pick<FileHead, 'sheet' | 'otherSheets' | 'headingRow' | 'columns' | 'ignored'>;

const REMARK = /[(（][^()（）]*[)）]\s*$/;

/** The fullest of the first rows as headings, where the usual way to find them fails. */
function fullest({ source, rows }: { source: Source; rows: readonly SourceRow[] }): Known | undefined {
  const textsIn = ({ cells }: SourceRow) =>
    [...cells.entries()].flatMap(([index, cell]) =>
      typeof cell === 'string' && cell.trim() !== ''
        ? [{ column: letterOf(index), heading: cut(cell.trim().replaceAll(/\s+/g, ' '), 300) }]
        : [],
    );
  const [first, ...others] = rows.slice(0, limits.headingRows);
  if (!first) return undefined;
  const row = others.reduce((best, one) => (textsIn(one).length > textsIn(best).length ? one : best), first);
  const { sheet, otherSheets } = source;
  return { sheet, otherSheets, headingRow: row.row, columns: [], ignored: textsIn(row) };
}

/** The headings as an import finds them, or else the fullest row. */
async function knownIn(
  beginnings: readonly { source: Source; rows: SourceRow[] }[],
  request: ReadRequest,
  isCsv: boolean,
): Promise<{ known: Known; unknownUnit: string | undefined }> {
  const open = async (unit: Unit | null) =>
    (await openTable(beginnings.map(again), { ...request, mapping: null, unit }, isCsv)).head();
  try {
    return { known: await open(null), unknownUnit: undefined };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.kind === 'imports.unknown_unit') {
      return { known: await open('yuan'), unknownUnit: String(error.values.unit) };
    }
    const filled = beginnings.find(({ rows }) => rows.length > 0);
    const known = filled && fullest(filled);
    const isExpected = error.kind === 'imports.no_headings' || error.kind === 'imports.column_twice';
    if (!isExpected || !known) throw error;
    return { known, unknownUnit: undefined };
  }
}

/** The sources of the fields that the headings tell, and notes on the other headings. */
function drafted({ columns, ignored }: Known, { table }: ReadRequest) {
  const { recognise } = headingsOf(table);
  const readable = new Set(readColumns(table));
  const fields: Record<string, MappedSource> = {};
  for (const { field, heading } of columns) fields[field] = { from: heading };
  const notes = ignored.flatMap((place): Note[] => {
    const { heading } = place;
    const found = recognise(heading);
    const named = currencyNamedIn(heading);
    const amount = named && recognise(heading.replace(REMARK, ''));
    if (amount && amount !== 'unit' && amount.column.kind === 'money') {
      return [
        { ...place, about: 'currency', field: amount.column.field, source: { from: heading, ...named } },
      ];
    }
    if (found === 'unit') return [{ ...place, about: 'unknown_unit' }];
    if (!found) return [{ ...place, about: 'unknown_heading' }];
    const { field } = found.column;
    if (!readable.has(found.column)) return [];
    if (fields[field]) return [{ ...place, about: 'twice' }];
    fields[field] = { from: heading };
    return [];
  });
  return { fields, notes };
}

/**
 * Says the units of amounts, as far as the file says them.
 * @param unknown the unit in a line above the headings that is not understood
 */
function saidUnits(
  columns: readonly RecognisedColumn[],
  fields: Record<string, MappedSource>,
  unknown: string | undefined,
): Note[] {
  const foreign = unknown === undefined ? undefined : currencyNamedIn(unknown);
  return columns.flatMap(({ column, heading, field, unit, unitFrom }): Note[] => {
    const source = fields[field];
    if (!source || !unit) return [];
    const place = { column, heading };
    if (unitFrom === 'default') return [{ ...place, about: 'no_unit' }];
    if (unitFrom !== 'parameter') {
      source.unit = unit;
      return [];
    }
    if (!foreign) return [{ ...place, about: 'unit_above', text: unknown ?? '' }];
    delete fields[field];
    return [{ ...place, about: 'currency', field, source: { from: heading, ...foreign } }];
  });
}

const MOST_TEXTS = 10;

interface FoundFault {
  fault: CellFault;
  first: FirstFault;
}

/** The columns of a mapping; and the faults of the first rows: for each column and code the first, with their number. */
async function tried(
  beginnings: readonly { source: Source; rows: SourceRow[] }[],
  request: ReadRequest,
  isCsv: boolean,
): Promise<{ columns: readonly RecognisedColumn[]; faults: FoundFault[] }> {
  const found = new Map<string, { fault: CellFault; first: FirstFault; texts: Set<string> }>();
  const { batches, head } = await openTable(beginnings.map(again), request, isCsv);
  for await (const rows of batches) {
    for (const { row, faults } of rows) {
      for (const fault of faults) {
        const { field, code, value, values = {} } = fault;
        const key = `${field} ${code}`;
        const known = found.get(key);
        const texts = known?.texts ?? new Set();
        if (value !== null) texts.add(value);
        if (known) known.first.count += 1;
        else found.set(key, { fault, texts, first: { row, count: 1, texts: [], code, values } });
      }
    }
  }
  const faults = [...found.values()].map(({ fault, first, texts }) => ({
    fault,
    first: { ...first, texts: [...texts] },
  }));
  return { columns: head().columns, faults };
}

const DATE_ORDERS = [
  ['MM', 'DD', 'YYYY'],
  ['DD', 'MM', 'YYYY'],
];
const DATE_FORMATS = ['/', '-', '.'].flatMap((by) => DATE_ORDERS.map((order) => order.join(by)));

/** The date formats that read all of some texts. */
const formatsOf = (texts: readonly string[]): string[] =>
  DATE_FORMATS.filter((format) => {
    const read = readDayBy([format]);
    return texts.every((text) => !(read(text) instanceof Unreadable));
  });

/**
 * @param request without a mapping
 * @throws Refusal if the file as a whole cannot be read
 */
export async function proposalFor(request: ReadRequest): Promise<Proposal> {
  const { format, sources } = await openSources(request);
  const isCsv = !isWorkbook(format);
  const beginnings: Awaited<ReturnType<typeof beginningOf>>[] = [];
  for (const open of sources) beginnings.push(await beginningOf(await open()));
  const { known, unknownUnit } = await knownIn(beginnings, request, isCsv);
  const { fields, notes } = drafted(known, request);
  const { sheet, otherSheets, headingRow } = known;
  const mapping: Proposal['mapping'] = {
    ...(sheet !== null && otherSheets.length > 0 && { sheet }),
    ...(headingRow !== null && { headingRow }),
    fields,
  };
  if (Object.keys(fields).length === 0) return { mapping, notes };

  const chosen = beginnings.filter(({ source }) => source.sheet === sheet);
  const withMapping = { ...request, unit: 'yuan' as const, mapping: { entity: '', ...mapping } };
  const { columns, faults } = await tried(
    chosen,
    unknownUnit === undefined ? { ...withMapping, unit: null } : withMapping,
    isCsv,
  );
  notes.push(...saidUnits(columns, fields, unknownUnit));
  for (const { fault, first } of faults) {
    const { column, heading, field } = fault;
    const source = field === null ? undefined : fields[field];
    const formats = first.code === 'ambiguous_day' ? formatsOf(first.texts) : [];
    if (field !== null && !source) continue;
    if (source && formats.length > 0) {
      if (formats.length === 1) source.dates = formats;
      notes.push({ column, heading, about: formats.length === 1 ? 'dates' : 'open_dates', formats });
    } else {
      notes.push({
        column,
        heading,
        about: 'cells',
        first: { ...first, texts: first.texts.slice(0, MOST_TEXTS) },
      });
    }
  }
  return { mapping, notes };
}
