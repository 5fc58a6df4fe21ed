/** Exports the entries selected by a catalogue's list, with the columns that imports read. */

import { nouns } from '../core/entities.ts';
import type { Language } from '../core/languages.ts';
import type { Reader, StreamReader } from '../database/database.ts';
import { capitalised, pluralOf } from '../http/nouns.ts';
import { type Column, cellMaker, columnHeadings, readColumns } from '../sheets/columns.ts';
import type { Asked, Exported, Shape, Subject } from '../sheets/exporting/exported.ts';
import type { Cell } from '../sheets/sheet.ts';
import type { Catalogue, CatalogueEntity, Entry } from './catalogue.ts';
import {
  countSelected,
  type EntryQuery,
  type EntrySelection,
  entryBatches,
  presented,
  selectsMoreEntriesThan,
  withPart,
} from './lists.ts';
import { namesOf } from './service.ts';

export interface EntriesAsked extends Asked {
  entity: CatalogueEntity;
  query: EntryQuery;
  /** The key of the parent; empty if there is none. */
  parent: string;
}

/** The name of an event; its code if it has none. */
export const eventCalled = async (reader: Reader, code: string): Promise<Subject> => ({
  code,
  name: (await namesOf(reader, 'events')).get(code)?.name ?? code,
});

function rowMaker(columns: readonly Column[], language: Language): (entry: Entry) => Cell[] {
  const cells = columns.map((column) => [column.field, cellMaker(column, language, 'yuan')] as const);
  return (entry) => cells.map(([field, write]) => write((entry[field] ?? null) as Cell));
}

export const entriesExporter = (catalogue: Catalogue) => {
  const { entity, under, sheet } = catalogue;
  if (!sheet) throw new Error(`There is no sheet of ${entity}.`);
  const columns = readColumns(sheet);
  const noun = nouns[entity];
  return ({ query, parent, asOf, language }: EntriesAsked & Shape): Exported => {
    const selection: EntrySelection = { catalogue, query, day: asOf, parent };
    return {
      ...(under && { partOf: { entity: under.entity, id: parent } }),
      subject: async (reader: Reader): Promise<Subject | null | undefined> => {
        if (under) {
          // PostgreSQL refuses NUL in a text; nothing has such a key.
          const name = parent.includes('\0') ? undefined : await under.nameOf(reader, parent);
          return name === undefined ? undefined : { code: parent, name };
        }
        const event = query.event ?? query.outreach;
        return typeof event === 'string' ? eventCalled(reader, event) : null;
      },
      count: (reader) => countSelected(reader, selection),
      isMoreThan: (reader, most) => selectsMoreEntriesThan(reader, selection, most),
      sheetName: { zh: noun.zh, en: capitalised(pluralOf(noun.en)) },
      headings: () => columnHeadings(columns, language, 'yuan'),
      rows: async function* (reader: StreamReader) {
        const toRow = rowMaker(columns, language);
        for await (const batch of entryBatches(reader, selection)) {
          yield ((await catalogue.inSheet?.(reader, batch, language)) ?? batch).map(toRow);
        }
      },
      items: async function* (reader: StreamReader) {
        for await (const batch of entryBatches(reader, selection)) {
          yield await presented(reader, catalogue, await withPart(reader, catalogue, batch), asOf);
        }
      },
    };
  };
};
