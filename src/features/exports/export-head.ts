/** What an export is asked for, and what it says of itself before its first row. */

import type { CatalogueEntity } from '../../catalogues/catalogue.ts';
import type { EntryQuery } from '../../catalogues/lists.ts';
import type { Revision } from '../../database/database.ts';
import type { FileFormat } from '../../http/formats.ts';
import type { Language } from '../../http/messages.ts';
import type { Encoding } from '../../sheets/csv.ts';
import type { Unit } from '../../sheets/units.ts';
import type { ProjectQuery } from '../projects/batches.ts';

export interface ProjectsAsked {
  entity: 'projects';
  query: ProjectQuery;
  unit: Unit;
}

/** The list of a catalogue that has a sheet. */
export interface EntriesAsked {
  entity: CatalogueEntity;
  query: EntryQuery;
  /** The key of what the entries are part of; empty where they are part of nothing. */
  parent: string;
}

/** A list's own question, without its pages. */
export type Asked = ProjectsAsked | EntriesAsked;

/** How it is written. */
export interface Shape {
  asOf: string;
  format: FileFormat;
  language: Language;
  encoding: Encoding;
  /** Whether somebody looks on, and is told how many rows there are and how many have been read. */
  watched?: boolean;
}

/** Plain data: it goes to a thread. */
export type ExportRequest = Asked & Shape;

/** The one thing that all rows are about. */
export interface Subject {
  /** In ASCII. */
  code: string;
  name: string;
}

export interface ExportHead {
  revision: Revision;
  /** The one thing that it is about, if it is about one. */
  subject: Subject | null;
  /** Whether what the entries are part of is not there. Nothing follows then. */
  missing: boolean;
  /** Whether there are more rows than the format holds. Nothing follows then. */
  tooMany: boolean;
  /** How many rows follow, if it is watched. */
  rows: number | null;
}

/** Said before the part that has them, if it is watched. */
export interface RowsSoFar {
  rowsSoFar: number;
}
