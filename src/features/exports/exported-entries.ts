/** The entries of a catalogue that its list selects, for a file: with the columns that an import of them takes. */

import type { Catalogue, CatalogueEntity, Entry } from '../../catalogues/catalogue.ts';
import {
  countSelected,
  type EntrySelection,
  entryBatches,
  presented,
  selectsMoreEntriesThan,
  withPart,
} from '../../catalogues/lists.ts';
import type { Reader, StreamReader } from '../../database/database.ts';
import { type Language, nouns } from '../../http/messages.ts';
import { capitalised, pluralOf } from '../../http/nouns.ts';
import { type ImportColumn, readColumns } from '../../sheets/reading/tables.ts';
import type { Cell, Heading } from '../../sheets/sheet.ts';
import { clusterMembers } from '../clusters/schema.ts';
import { clusterName } from '../clusters/service.ts';
import { enterprises } from '../enterprises/schema.ts';
import { events } from '../events/schema.ts';
import { contacts } from '../outreach/schema.ts';
import { industries, regions, zones } from '../references/schema.ts';
import { inWords, widths } from './columns.ts';
import type { EntriesAsked, Shape, Subject } from './export-head.ts';
import type { Exported } from './exported.ts';
import { eventCalled } from './exported-projects.ts';

/** Those that have a sheet. */
const catalogues: ReadonlyMap<CatalogueEntity, Catalogue> = new Map(
  [contacts, clusterMembers, enterprises, events, zones, regions, industries].map((one) => [one.entity, one]),
);

const ID_WIDTH = 38;

const headingOf = (column: ImportColumn, language: Language): Heading => ({
  text: column[language],
  kind: column.kind,
  width: column.field === 'id' ? ID_WIDTH : widths[column.kind],
});

function rowMaker(columns: readonly ImportColumn[], language: Language): (entry: Entry) => Cell[] {
  return (entry) =>
    columns.map(({ field, words }) => {
      const value = (entry[field] ?? null) as Cell;
      return typeof value === 'string' ? inWords(value, words, language) : value;
    });
}

export function exportedEntries({ entity, query, parent, asOf, language }: EntriesAsked & Shape): Exported {
  const catalogue = catalogues.get(entity);
  if (!catalogue?.sheet) throw new Error(`There is no sheet of ${entity}.`);
  const selection: EntrySelection = { catalogue, query, day: asOf, parent };
  const columns = readColumns(catalogue.sheet);
  const noun = nouns[entity];

  return {
    subject: async (reader: Reader): Promise<Subject | null | undefined> => {
      if (catalogue.under) {
        const name = await clusterName(reader, parent);
        return name === undefined ? undefined : { code: parent, name };
      }
      const event = query.event ?? query.outreach;
      return typeof event === 'string' ? eventCalled(reader, event) : null;
    },
    count: (reader) => countSelected(reader, selection),
    isMoreThan: (reader, most) => selectsMoreEntriesThan(reader, selection, most),
    sheetName: { zh: noun.zh, en: capitalised(pluralOf(noun.en)) },
    headings: () => columns.map((column) => headingOf(column, language)),
    rows: async function* (reader: StreamReader) {
      const toRow = rowMaker(columns, language);
      for await (const batch of entryBatches(reader, selection)) {
        yield ((await catalogue.inSheet?.(reader, batch)) ?? batch).map(toRow);
      }
    },
    items: async function* (reader: StreamReader) {
      for await (const batch of entryBatches(reader, selection)) {
        yield await presented(reader, catalogue, await withPart(reader, catalogue, batch), asOf);
      }
    },
  };
}
