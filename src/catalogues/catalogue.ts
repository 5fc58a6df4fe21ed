/**
 * A catalogue: a resource with a few fields and a code or id, with list, read, write and delete. Regions,
 * industries, zones, events, enterprises and so on differ only in the data of these tables.
 */
import type { SQL, SQLWrapper } from 'drizzle-orm';
import type * as z from 'zod';
import type { Entity } from '../core/entities.ts';
import type { Language } from '../core/languages.ts';
import type { Reader, Transaction } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';
import type { Fault } from '../http/problems.ts';
import type { LoggedEntity } from '../log/logged.ts';
import type { Caller } from '../log/service.ts';
import type { SheetTable } from '../sheets/columns.ts';
import type { ImportedRow } from '../sheets/importer.ts';

/**
 * The entities that are catalogues; each names its table and, unless nested in another resource, its path.
 */
export type CatalogueEntity = Extract<
  Entity,
  | 'regions'
  | 'industries'
  | 'zones'
  | 'events'
  | 'enterprises'
  | 'mappings'
  | 'clusters'
  | 'cluster_members'
  | 'delegations'
  | 'contacts'
  | 'webhooks'
>;

/** Targets of references. */
export type Referable = CatalogueEntity | 'projects';

/** Maximum depth of a tree; deeper ones are mistakes, and cycles are refused with them. */
export const MAX_DEPTH = 8;

/** An entry of a catalogue in the form of the API. */
export type Entry = Readonly<Record<string, unknown>>;

/** A list parameter that is not the value of a field. */
export interface Condition {
  schema: z.ZodType<string | undefined>;
  /** @param day the day of the list: its `asOf`, or today */
  means(reader: Reader, value: SQLWrapper, day: SQLWrapper): SQL;
}

/** The resource that entries are nested in, identified by an id; their URLs begin with its URL. */
export interface Under {
  entity: Exclude<CatalogueEntity, 'cluster_members'>;
  /** The entry's field with the parent's id; set from the URL, and never changed. */
  field: string;
  /** The rest of the path after the parent's URL. */
  path: string;
  /** Name of the entry's key as a path parameter. */
  key: string;
  /** Its name; undefined if the id does not exist. */
  nameOf(reader: Reader, id: string): Promise<string | undefined>;
}

/** Finds the entries of a sheet's rows, taking into account what earlier rows create, written or not. */
export interface EntryMatcher {
  /** Loads the candidates for a batch of rows in a few queries. */
  read(reader: Reader, rows: readonly ImportedRow[]): Promise<void>;
  /** @returns the id of the row's entry, null for a new one, and the field that identified it */
  match(fields: ImportedRow['fields']): { id: string | null; pointer: string } | { fault: Fault };
  /** Faults of values that must be unique. */
  takenFaults(entry: Entry): Fault[];
  /** Registers the future state of an entry. */
  add(entry: Entry): void;
}

export interface Catalogue {
  entity: CatalogueEntity;
  under?: Under;
  /** The field that identifies an entry: a code given by the client, or an id made by the service. */
  key: 'code' | 'id';
  /**
   * The schemas of the API: of an entry, of the input that creates one, and of the input that changes one.
   */
  item: z.ZodObject;
  create: z.ZodObject;
  changes: z.ZodObject;
  /** The fields that are columns of the table, in the order of the API. */
  columns: readonly string[];
  /** Values of columns that cannot be null, if none is given; the others become null. */
  empty?: Entry;
  /** The fields that contain the key of another resource. */
  references: Readonly<Record<string, Referable>>;
  /** What can refer to an entry; it cannot be deleted while anything does. */
  referencedBy: readonly { by: Entity; table: keyof Tables; column: string }[];
  /** A table with one row for each entry that the change log says nothing of. */
  beside?: LoggedEntity['beside'];
  /** Sort keys of the list besides the key; texts and days that are never null. */
  sortedBy: readonly string[];
  /** The default sort; the key if left out. */
  sort?: string;
  /** Fields that the list can be filtered by, for equality. */
  filters: Readonly<Record<string, z.ZodType<string | undefined>>>;
  /** Other filters of the list. */
  conditions?: Readonly<Record<string, Condition>>;
  /** Whether editors may write it; else only admins may. */
  editors?: true;
  /** Whether only admins may read it. */
  readers?: 'administer';
  /** Fields that affect figures of every region: callers limited to some regions may not change them. */
  inEveryRegion?: readonly string[];
  /** Whether the list has the parameter `q`, which searches the column `searchText`. */
  searchable?: true;
  /** A field besides the key that must be unique. */
  unique?: string;
  /** Rules across several fields. @param today the service's day */
  rules?(entry: Entry, today: string): Fault[];
  /** Rules that need to look up what an entry refers to. */
  rulesAmong?(reader: Reader, entry: Entry): Promise<Fault[]>;
  /** Restrictions on writing besides the role: called for an entry before and after the change. */
  expectMayWrite?(reader: Reader, caller: Caller, entry: Entry): Promise<void>;
  /** Adds computed fields to an entry for a response. @param day the day of the response */
  present?(entry: Entry, day: string): Entry;
  /**
   * Adds looked-up fields to entries for a response, in a few queries for all of them; they are not logged.
   */
  lookUp?(reader: Reader, entries: readonly Entry[]): Promise<Entry[]>;
  /**
   * Its sheet, if it has one: the list is then also available as a file, with the columns that imports read.
   */
  sheet?: SheetTable;
  /** Finds the entries of a sheet's rows, if the code is not sufficient. */
  matcher?(): EntryMatcher;
  /** Converts entries to the values of the sheet, in a few queries for all of them; unchanged if left out. */
  inSheet?(reader: Reader, entries: readonly Entry[], language: Language): Promise<Entry[]>;
  /** Converts the values of a sheet's row to those of the API. @param before the entry on record */
  fromSheet?(fields: Entry, before: Entry | undefined): { fields: Entry; faults: Fault[] };
  /** Further writes of a new or changed entry, after its own. @param before null for a new one */
  saved?(tx: Transaction, before: Entry | null, after: Entry): Promise<void>;
  /** Secrets of a new entry, which only the response that creates it shows. */
  shownOnce?: {
    fields: z.ZodRawShape;
    load(reader: Reader, key: string): Promise<Entry>;
  };
  /** Computed columns. */
  derived?(entry: Entry): Record<string, unknown>;
  /** A field stored in a separate table. */
  part?: {
    field: string;
    table: keyof Tables;
    /** The column with the key of the entry, and those that identify its rows. */
    of: string;
    key: readonly string[];
    load(reader: Reader, keys: readonly string[]): Promise<Map<string, unknown[]>>;
    save(tx: Transaction, key: string, value: unknown): Promise<void>;
    /** The rows as `save` stores them. */
    rows(key: string, value: unknown): Entry[];
  };
}

/** The path of a catalogue's entries, and the name of their key in it. */
export const placeOf = ({ entity, key, under }: Catalogue) =>
  under
    ? { path: `/v1/${under.entity}/:id/${under.path}`, key: under.key, tag: under.entity }
    : { path: `/v1/${entity}`, key, tag: entity as Under['entity'] };
