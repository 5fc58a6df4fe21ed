/** What each list that comes as a file gives the export: its selection, as rows of a sheet and as lines of JSON. */
import type { Reader, StreamReader } from '../../database/database.ts';
import type { Language } from '../../http/messages.ts';
import type { Cell, Heading } from '../../sheets/sheet.ts';
import type { EntriesAsked, ExportRequest, ProjectsAsked, Shape, Subject } from './export-head.ts';
import { exportedEntries } from './exported-entries.ts';
import { exportedProjects } from './exported-projects.ts';

export interface Exported {
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

export const exported = (request: ExportRequest): Exported =>
  request.entity === 'projects'
    ? exportedProjects(request as ProjectsAsked & Shape)
    : exportedEntries(request as EntriesAsked & Shape);
