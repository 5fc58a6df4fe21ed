/** What a list that comes as a file gives the export, and how it is asked for. */

import type { Entity } from '../../core/entities.ts';
import type { Language } from '../../core/languages.ts';
import type { Reader, Revision, StreamReader } from '../../database/database.ts';
import type { FileFormat } from '../../http/formats.ts';
import type { Encoding } from '../csv.ts';
import type { Cell, Heading } from '../sheet.ts';

/** A list's own question, without its pages: plain data, which goes to a thread. */
export interface Asked {
  entity: Entity;
  query: object;
}

/** How it is written. */
export interface Shape {
  asOf: string;
  format: FileFormat;
  language: Language;
  encoding: Encoding;
  /** Whether somebody looks on, and is told how many rows there are and how many have been read. */
  watched?: boolean;
}

export type ExportRequest = Asked & Shape;

/** The one thing that all rows are about. */
export interface Subject {
  /** In ASCII. */
  code: string;
  name: string;
}

/** A selection, as rows of a sheet and as lines of JSON. */
export interface Exported {
  /** What the rows are part of, if they are. */
  partOf?: { entity: Entity; id: string };
  /** The one thing that all rows are about, if there is one; undefined where what they are part of is not there. */
  subject(reader: Reader): Promise<Subject | null | undefined>;
  count(reader: Reader): Promise<number>;
  /** Whether there are more rows than a number. */
  isMoreThan(reader: Reader, most: number): Promise<boolean>;
  /** What the worksheet is called. */
  sheetName: Readonly<Record<Language, string>>;
  headings(): Heading[];
  /** A batch of rows at a time. */
  rows(reader: StreamReader): AsyncIterable<Cell[][]>;
  /** The same as the list answers them. */
  items(reader: StreamReader): AsyncIterable<object[]>;
}

/** A list that comes as a file; it takes its own question. */
export type Exporter = (request: never) => Exported;

/** All of them, by the entity that each is asked for by. */
export type Exporters = ReadonlyMap<Entity, Exporter>;

export function exportedBy(exporters: Exporters, request: ExportRequest): Exported {
  const exporter = exporters.get(request.entity);
  if (!exporter) throw new Error(`There is no sheet of ${request.entity}.`);
  return exporter(request as never);
}

export interface ExportHead {
  revision: Revision;
  /** The one thing that it is about, if it is about one. */
  subject: Subject | null;
  /** What the rows would be part of, where it is not there. Nothing follows then. */
  missing: Exported['partOf'] | null;
  /** Whether there are more rows than the format holds. Nothing follows then. */
  tooMany: boolean;
  /** How many rows follow, if it is watched. */
  rows: number | null;
}

/** Said before the part that has them, if it is watched. */
export interface RowsSoFar {
  rowsSoFar: number;
}
