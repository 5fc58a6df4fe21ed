/** Selection, order and representation of a catalogue's list, as pages or in batches. */
import type { Reader, StreamReader } from '../database/database.ts';
import { textQuery } from '../database/text-index.ts';
import { type PageQuery, type PageRequest, pageRequest, type SortKey } from '../http/pages.ts';
import type { Catalogue, Entry } from './catalogue.ts';
import * as repository from './repository.ts';

/** The validated parameters of a list. */
export type EntryQuery = PageQuery & Readonly<Record<string, unknown>>;

/** Sort keys of a catalogue's list, the key first. */
export const sortKeysOf = (catalogue: Catalogue): Record<string, SortKey<Entry>> =>
  Object.fromEntries(
    [catalogue.key, ...catalogue.sortedBy].map((name) => [
      name,
      {
        expression: (tables) => repository.columnOf(repository.tableIn(tables, catalogue.entity), name),
        type: 'string',
        of: (row) => row[name] as string,
      } satisfies SortKey<Entry>,
    ]),
  );

export function pageOfEntries(catalogue: Catalogue, query: PageQuery): PageRequest<Entry> {
  const { key: name, sort = name } = catalogue;
  const keys = sortKeysOf(catalogue);
  return pageRequest(query, keys, sort, { name, key: keys[name] as SortKey<Entry> });
}

/** @param parent the key of the parent, if the entries have one */
export function entryFilter(
  { under, filters, conditions }: Catalogue,
  query: EntryQuery,
  day: string,
  parent: string,
): repository.ListFilter {
  const given = (table: object = {}): Record<string, string> =>
    Object.fromEntries(
      Object.keys(table)
        .filter((name) => query[name] !== undefined)
        .map((name) => [name, query[name] as string]),
    );
  return {
    equal: { ...given(filters), ...(under && { [under.field]: parent }) },
    conditions: given(conditions),
    day,
    text: typeof query.q === 'string' ? textQuery('q', query.q) : undefined,
  };
}

/** Entries with the field from the separate table. */
export async function withPart(
  reader: Reader,
  { part, key }: Catalogue,
  entries: readonly Entry[],
): Promise<Entry[]> {
  if (!part) return [...entries];
  const parts = await part.load(
    reader,
    entries.map((entry) => entry[key] as string),
  );
  return entries.map((entry) => ({ ...entry, [part.field]: parts.get(entry[key] as string) ?? [] }));
}

/** Entries in the form of responses. @param day the day of the response */
export async function presented(
  reader: Reader,
  catalogue: Catalogue,
  entries: readonly Entry[],
  day: string,
): Promise<Entry[]> {
  const complete = (await catalogue.lookUp?.(reader, entries)) ?? [...entries];
  return catalogue.present ? complete.map((entry) => catalogue.present?.(entry, day) ?? entry) : complete;
}

/** A selection of entries, without pagination. */
export interface EntrySelection {
  catalogue: Catalogue;
  query: EntryQuery;
  day: string;
  parent: string;
}

const filterOf = ({ catalogue, query, day, parent }: EntrySelection): repository.ListFilter =>
  entryFilter(catalogue, query, day, parent);

/** Rows per batch between yields: some milliseconds of work, and few values in an `in (…)`. */
const SIZE = 256;

/** All entries selected by a list, as stored, in its order. */
export const entryBatches = (reader: StreamReader, selection: EntrySelection): AsyncIterable<Entry[]> => {
  const { catalogue, query } = selection;
  const { sort } = query;
  const order = pageOfEntries(catalogue, { sort });
  return repository.streamEntries(reader, catalogue, filterOf(selection), order, SIZE);
};

export const countSelected = (reader: Reader, selection: EntrySelection): Promise<number> =>
  repository.countEntries(reader, selection.catalogue, filterOf(selection));

/** Whether a list selects more than a number of entries. */
export const selectsMoreEntriesThan = (
  reader: Reader,
  selection: EntrySelection,
  most: number,
): Promise<boolean> => repository.areMoreThan(reader, selection.catalogue, filterOf(selection), most);
