/** What an export says of itself before its first row. */
import type { Reader, Revision } from '../database/database.ts';
import { revisionIn } from '../database/revision.ts';
import type { FileFormat } from '../http/formats.ts';
import type { Language } from '../http/messages.ts';
import type { ProjectQuery } from '../projects/batches.ts';
import { NONE } from '../projects/parameter-kinds.ts';
import { namesOf } from '../references/service.ts';
import type { Encoding } from './csv.ts';
import type { Unit } from './units.ts';

/** Plain data: it goes to a thread. */
export interface ExportRequest {
  query: ProjectQuery;
  asOf: string;
  format: FileFormat;
  language: Language;
  unit: Unit;
  encoding: Encoding;
  /** Whether somebody looks on, and is told how many rows there are and how many have been read. */
  watched?: boolean;
}

export interface ExportHead {
  revision: Revision;
  /** The one event that it is about, if it is about one. */
  event: { code: string; name: string } | null;
  /** Whether there are more rows than the format holds. Nothing follows then. */
  tooMany: boolean;
  /** How many rows follow, if it is watched. */
  rows: number | null;
}

/** Said before the part that has them, if it is watched. */
export interface RowsSoFar {
  rowsSoFar: number;
}

export async function headOf(
  reader: Reader,
  { event = [] }: ProjectQuery,
): Promise<Pick<ExportHead, 'revision' | 'event'>> {
  const [code, ...others] = event;
  const isOne = code !== undefined && code !== NONE && others.length === 0;
  const name = isOne ? (await namesOf(reader, 'events')).get(code)?.name : undefined;
  return { revision: await revisionIn(reader), event: isOne ? { code, name: name ?? code } : null };
}
