/** Selection, order and representation of a catalogue's list, as pages or in batches. */
import type { Reader, StreamReader } from '../database/database.ts';
import { textQuery } from '../database/text-index.ts';
import { type PageQuery, type PageRequest, pageRequest, type SortKey } from '../http/pages.ts';
import type { Catalogue, Entry } from './catalogue.ts';
import * as repository from './repository.ts';

/** The parameters of a list, as they were checked. */
export type EntryQuery = PageQuery & Readonly<Record<string, unknown>>;

/** What the list of a catalogue can be sorted by, the key first. */
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

/** @param parent the key of what the entries are part of, where they are */
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

/** Entries with the field that is kept in a table of its own. */
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

/** Entries as they are answered. @param day that the answer is for */
export async function presented(
  reader: Reader,
  catalogue: Catalogue,
  entries: readonly Entry[],
  day: string,
): Promise<Entry[]> {
  const complete = (await catalogue.lookUp?.(reader, entries)) ?? [...entries];
  return catalogue.present ? complete.map((entry) => catalogue.present?.(entry, day) ?? entry) : complete;
}

/** All that a list selects. */
export interface EntrySelection {
  catalogue: Catalogue;
  query: EntryQuery;
  day: string;
  parent: string;
}

const filterOf = ({ catalogue, query, day, parent }: EntrySelection): repository.ListFilter =>
  entryFilter(catalogue, query, day, parent);

/** Rows read between two looks at anything else: some milliseconds of work, and few values of an `in (…)`. */
const SIZE = 256;

/** The entries that a list selects, all of them as they are stored, in its order. */
export const entryBatches = (reader: StreamReader, selection: EntrySelection): AsyncIterable<Entry[]> => {
  const { catalogue, query } = selection;
  const { sort } = query;
  const order = pageOfEntries(catalogue, { sort });
  return repository.streamEntries(reader, catalogue, filterOf(selection), order, SIZE);
};

export const countSelected = (reader: Reader, selection: EntrySelection): Promise<number> =>
  repository.countEntries(reader, selection.catalogue, filterOf(selection));

/** Whether a list selects more entries than a number. */
export const selectsMoreEntriesThan = (
  reader: Reader,
  selection: EntrySelection,
  most: number,
): Promise<boolean> => repository.areMoreThan(reader, selection.catalogue, filterOf(selection), most);
