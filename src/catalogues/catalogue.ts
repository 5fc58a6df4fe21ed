/**
 * A catalogue: a resource with a few fields and a code or id, with list, read, write and delete. Regions, industries,
 * zones, events, enterprises and so on differ only in the data of these tables.
 */
import type { SQL, SQLWrapper } from 'drizzle-orm';
import type * as z from 'zod';
import type { Entity } from '../core/entities.ts';
import type { Reader, Transaction } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';
import type { Fault } from '../http/problems.ts';
import type { Caller } from '../log/service.ts';
import type { SheetTable } from '../sheets/columns.ts';
import type { ImportedRow } from '../sheets/importer.ts';

/** The entities that are catalogues; each names its table and, unless they are part of something, its path. */
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
>;

/** What an entry may refer to. */
export type Referable = CatalogueEntity | 'projects';

/** How many levels a tree may have; more would be a mistake, and an endless one is. */
export const MAX_DEPTH = 8;

/** One thing in a catalogue, in the words of the API. */
export type Entry = Readonly<Record<string, unknown>>;

/** A parameter of a list that is no field's value. */
export interface Condition {
  schema: z.ZodType<string | undefined>;
  /** @param day that the list is for: its `asOf`, or today */
  means(reader: Reader, value: SQLWrapper, day: SQLWrapper): SQL;
}

/** What entries are part of: their addresses follow its address. It is known by an id. */
export interface Under {
  entity: Exclude<CatalogueEntity, 'cluster_members'>;
  /** The field of an entry that names it; given by the address, and never changed. */
  field: string;
  /** What follows its address. */
  path: string;
  /** What the key of an entry is called in an address. */
  key: string;
  /** What it is called; undefined where there is none of that id. */
  nameOf(reader: Reader, id: string): Promise<string | undefined>;
}

/** Which entries rows of a sheet are about, as the rows so far leave these, whether those have been written or not. */
export interface EntryMatcher {
  /** Looks up what a batch of rows is about, in a few queries. */
  read(reader: Reader, rows: readonly ImportedRow[]): Promise<void>;
  /** @returns the entry that a row is about, null for a new one; and the field by which it is known */
  match(fields: ImportedRow['fields']): { id: string | null; pointer: string } | { fault: Fault };
  /** The fault of what no two entries may share. */
  takenFaults(entry: Entry): Fault[];
  /** Takes note of what a row is going to make of an entry. */
  add(entry: Entry): void;
}

export interface Catalogue {
  entity: CatalogueEntity;
  under?: Under;
  /** The field that identifies an entry: a code given by the client, or an id made by the service. */
  key: 'code' | 'id';
  /** The schemas of the API: an entry, what creates one, what changes one. */
  item: z.ZodObject;
  create: z.ZodObject;
  changes: z.ZodObject;
  /** The fields of an entry that are columns, in the order of the API. */
  columns: readonly string[];
  /** What the columns that cannot be null say where nothing is given; all others say null. */
  empty?: Entry;
  /** The fields whose value is the key of something else. */
  references: Readonly<Record<string, Referable>>;
  /** What refers to an entry, so that it cannot be deleted while something does. */
  referencedBy: readonly { by: Entity; table: keyof Tables; column: string }[];
  /** What the list can be sorted by, besides the key; texts and days that are never null. */
  sortedBy: readonly string[];
  /** What it is sorted by unless told otherwise; the key where left out. */
  sort?: string;
  /** Fields that the list can be filtered by, for equality. */
  filters: Readonly<Record<string, z.ZodType<string | undefined>>>;
  /** What else the list can be filtered by. */
  conditions?: Readonly<Record<string, Condition>>;
  /** Whether editors may write it; else only admins may. */
  editors?: true;
  /** Fields that figures of every region are made of: who may write only in some regions changes none of them. */
  inEveryRegion?: readonly string[];
  /** Whether the list takes `q`, looked for in the column `searchText`. */
  searchable?: true;
  /** A field besides the key that no two entries may share. */
  unique?: string;
  /** Rules about several fields at once. @param today the service's day */
  rules?(entry: Entry, today: string): Fault[];
  /** Rules that need a look at what an entry refers to. */
  rulesAmong?(reader: Reader, entry: Entry): Promise<Fault[]>;
  /** Restrictions on writing besides the role: called for an entry before and after the change. */
  expectMayWrite?(reader: Reader, caller: Caller, entry: Entry): Promise<void>;
  /** An entry with what is worked out from it for an answer. @param day that the answer is for */
  present?(entry: Entry, day: string): Entry;
  /** Entries with what is looked up for an answer, in a few queries for all of them; it is no part of what is logged. */
  lookUp?(reader: Reader, entries: readonly Entry[]): Promise<Entry[]>;
  /** Its sheet: where it has one, its list also comes as a file, with the columns that an import of it takes. */
  sheet?: SheetTable;
  /** Which entry a row of the sheet is about, where its code alone does not say so. */
  matcher?(): EntryMatcher;
  /** Entries in the words of the sheet, in a few queries for all of them; as they are where left out. */
  inSheet?(reader: Reader, entries: readonly Entry[]): Promise<Entry[]>;
  /** Columns that are worked out from an entry. */
  derived?(entry: Entry): Record<string, unknown>;
  /** A field that is kept in a table of its own. */
  part?: {
    field: string;
    table: keyof Tables;
    /** The column with the key of the entry, and those that tell its rows apart. */
    of: string;
    key: readonly string[];
    load(reader: Reader, keys: readonly string[]): Promise<Map<string, unknown[]>>;
    save(tx: Transaction, key: string, value: unknown): Promise<void>;
    /** The rows that `save` leaves. */
    rows(key: string, value: unknown): Entry[];
  };
}

/** Where the entries of a catalogue are, and what their key is called there. */
export const placeOf = ({ entity, key, under }: Catalogue) =>
  under
    ? { path: `/v1/${under.entity}/:id/${under.path}`, key: under.key, tag: under.entity }
    : { path: `/v1/${entity}`, key, tag: entity as Under['entity'] };
