/** The interface between lists and exports. */

import type { Entity } from '../../core/entities.ts';
import type { Language } from '../../core/languages.ts';
import type { Reader, Revision, StreamReader } from '../../database/database.ts';
import type { FileFormat } from '../../http/media-types.ts';
import type { Encoding } from '../csv.ts';
import type { Cell, Heading } from '../sheet.ts';

/** The query of a list without pagination: plain data that can be sent to a thread. */
export interface Asked {
  entity: Entity;
  query: object;
}

/** The format options. */
export interface Shape {
  asOf: string;
  format: FileFormat;
  language: Language;
  encoding: Encoding;
  /** Whether to report the number of rows and the progress. */
  watched?: boolean;
  /** The revision of the data; the present if left out. */
  seq?: number | undefined;
}

export type ExportRequest = Asked & Shape;

/** What all rows are about. */
export interface Subject {
  /** In ASCII. */
  code: string;
  name: string;
}

/** A selection as rows of a sheet and as lines of JSON. */
export interface Exported {
  /** The parent of the rows, if they have one. */
  partOf?: { entity: Entity; id: string };
  /** What all rows are about; null if there is no such thing, undefined if the parent does not exist. */
  subject(reader: Reader): Promise<Subject | null | undefined>;
  count(reader: Reader): Promise<number>;
  /** Whether there are more than `most` rows. */
  isMoreThan(reader: Reader, most: number): Promise<boolean>;
  /** Name of the worksheet. */
  sheetName: Readonly<Record<Language, string>>;
  /** Columns at the left that stay in view. */
  frozenColumns?: number;
  headings(): Heading[];
  /** The rows in batches. */
  rows(reader: StreamReader): AsyncIterable<Cell[][]>;
  /** The items in batches, in the form of the list. */
  items(reader: StreamReader): AsyncIterable<object[]>;
}

/** Creates the export of a list from the list's own query. */
export type Exporter = (request: never) => Exported;

/** All exporters, by entity. */
export type Exporters = ReadonlyMap<Entity, Exporter>;

export function exportedBy(exporters: Exporters, request: ExportRequest): Exported {
  const exporter = exporters.get(request.entity);
  if (!exporter) throw new Error(`There is no sheet of ${request.entity}.`);
  return exporter(request as never);
}

export interface ExportHead {
  revision: Revision;
  /** What the export is about, if there is one such thing. */
  subject: Subject | null;
  /** The parent, if it does not exist. The stream then ends. */
  missing: Exported['partOf'] | null;
  /** Whether there are more rows than the format can hold. The stream then ends. */
  tooMany: boolean;
  /** Number of rows to follow; null if not watched. */
  rows: number | null;
}

/** Sent before the part that contains the rows, if watched. */
export interface RowsSoFar {
  rowsSoFar: number;
}
