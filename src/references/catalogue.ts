/**
 * What a catalogue is: a resource that projects refer to by its code or id, with a few fields and no life of its own.
 * Regions, industries, zones, events and enterprises differ only in the rows of these tables of data.
 */
import type * as z from 'zod';
import type { Reader, Transaction } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';
import type { Entity } from '../http/messages.ts';
import type { Fault } from '../http/problems.ts';

/** The entities that are catalogues; each is the name of its table and of its path as well. */
export type CatalogueEntity = Extract<
  Entity,
  'regions' | 'industries' | 'zones' | 'events' | 'enterprises' | 'mappings'
>;

/** How many levels a tree may have; more would be a mistake, and an endless one is. */
export const MAX_DEPTH = 8;

/** One thing in a catalogue, in the words of the API. */
export type Entry = Readonly<Record<string, unknown>>;

export interface Catalogue {
  entity: CatalogueEntity;
  /** The field that identifies an entry: a code given by the client, or an id made by the service. */
  key: 'code' | 'id';
  /** The schemas of the API: an entry, what creates one, what changes one. */
  item: z.ZodObject;
  create: z.ZodObject;
  changes: z.ZodObject;
  /** The fields of an entry that are columns, in the order of the API. */
  columns: readonly string[];
  /** The fields whose value is the key of something in a catalogue. */
  references: Readonly<Record<string, CatalogueEntity>>;
  /** What refers to an entry, so that it cannot be deleted while something does. */
  referencedBy: readonly { by: Entity; table: keyof Tables; column: string }[];
  /** What the list can be sorted by, besides the key; texts that are never null. */
  sortedBy: readonly string[];
  /** Fields that the list can be filtered by, for equality. */
  filters: Readonly<Record<string, z.ZodType<string | undefined>>>;
  /** Whether editors may write it; else only admins may. */
  editors?: true;
  /** Whether the list takes `q`, looked for in the column `searchText`. */
  searchable?: true;
  /** A field besides the key that no two entries may share. */
  unique?: string;
  /** Rules about several fields at once. */
  rules?(entry: Entry): Fault[];
  /** Columns that are worked out from an entry. */
  derived?(entry: Entry): Record<string, unknown>;
  /** A field that is kept in a table of its own. */
  part?: {
    field: string;
    load(reader: Reader, keys: readonly string[]): Promise<Map<string, unknown[]>>;
    save(tx: Transaction, key: string, value: unknown): Promise<void>;
  };
}
