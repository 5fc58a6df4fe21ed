/** Entry point of the thread for reading a database as a whole, and for appending entries. */
import { type ContentPart, readContent } from '../backup/digests.ts';
import { allRows, type CopiedTable, type RowsPart } from '../backup/rows.ts';
import { loggedEntities } from '../contributions.ts';
import type { StreamReader } from '../database/database.ts';
import { appending } from '../log/appending.ts';

/** @param tables whose rows are wanted; null for a digest of all */
export const run = (
  reader: StreamReader,
  tables: readonly CopiedTable[] | null,
): AsyncIterable<RowsPart | ContentPart> => (tables ? allRows(reader, tables) : readContent(reader));

export const load = appending(loggedEntities);
