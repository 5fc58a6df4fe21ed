/** The rules of any catalogue, and the questions that other features ask of one. */
import { v7 as uuid } from 'uuid';
import { diff } from '../changes/diff.ts';
import type { Action, Caller } from '../changes/service.ts';
import { record } from '../changes/service.ts';
import type { Clock } from '../clock.ts';
import type { Database, Reader, Transaction } from '../database/database.ts';
import { revisionIn } from '../database/revision.ts';
import { searchText } from '../database/search-text.ts';
import type { Computed } from '../http/answers.ts';
import { expectUnchanged } from '../http/conditional.ts';
import { nouns } from '../http/messages.ts';
import { type PageQuery, pageRequest, type SortKey, toPage } from '../http/pages.ts';
import { type Fault, notFound, referenced, refuse, taken } from '../http/problems.ts';
import { faultsOf } from '../http/validation.ts';
import { once } from '../retries/service.ts';
import type { Catalogue, CatalogueEntity, Entry } from './catalogue.ts';
import * as repository from './repository.ts';

export { namesOf, readTree, type TreeNode } from './repository.ts';

/** Gives a fault for each of the keys that names nothing. `pointer` says where each key stands. */
export type Lookup = (
  references: readonly { entity: CatalogueEntity; key: string; pointer: string }[],
) => Promise<Fault[]>;

/** Looks in the database. */
export const unknownReferences =
  (reader: Reader): Lookup =>
  async (references) => {
    const faults: Fault[] = [];
    for (const { entity, key, pointer } of references) {
      if (await repository.keyExists(reader, entity, key)) continue;
      faults.push({ pointer, code: 'unknown_reference', values: { noun: nouns[entity], id: key } });
    }
    return faults;
  };

/** Whether a region is one of some, or belongs to one. */
export async function isWithin(reader: Reader, region: string, scopes: readonly string[]): Promise<boolean> {
  let code: string | null | undefined = region;
  for (let depth = 0; typeof code === 'string' && depth <= MAX_DEPTH; depth++) {
    if (scopes.includes(code)) return true;
    code = await repository.parentOf(reader, code);
  }
  return false;
}

export interface CatalogueService {
  list(query: PageQuery & Readonly<Record<string, unknown>>): Promise<Computed>;
  read(key: string): Promise<Entry>;
  create(caller: Caller, input: Entry): Promise<Entry>;
  /** @param ifMatch the ETag of what the client read */
  change(caller: Caller, key: string, ifMatch: string, input: Entry): Promise<Entry>;
  remove(caller: Caller, key: string, ifMatch: string): Promise<void>;
  /** For a transaction of the caller's own, such as a load of many: `create` without its answer. @returns the key */
  insert(tx: Transaction, caller: Caller, input: Entry): Promise<string>;
}

/** What the list of a catalogue can be sorted by, the key first. */
export const sortKeysOf = (catalogue: Catalogue): Record<string, SortKey<Entry>> =>
  Object.fromEntries(
    [catalogue.key, ...catalogue.sortedBy].map((name) => [
      name,
      {
        expression: (tables) => tables[catalogue.entity][name as 'name'],
        type: 'string',
        of: (row) => row[name] as string,
      } satisfies SortKey<Entry>,
    ]),
  );

/** How many levels a tree may have; more would be a mistake, and an endless one is. */
const MAX_DEPTH = 8;

export function catalogueService(
  { database, clock }: { database: Database; clock: Clock },
  catalogue: Catalogue,
): CatalogueService {
  const { entity, key: keyField, part } = catalogue;
  const sortKeys = sortKeysOf(catalogue);

  async function withPart(reader: Reader, entries: readonly Entry[]): Promise<Entry[]> {
    if (!part) return [...entries];
    const parts = await part.load(
      reader,
      entries.map((entry) => entry[keyField] as string),
    );
    return entries.map((entry) => ({ ...entry, [part.field]: parts.get(entry[keyField] as string) ?? [] }));
  }

  async function existing(reader: Reader, key: string): Promise<Entry> {
    const entry = await repository.findEntry(reader, catalogue, key);
    if (!entry) throw notFound(entity, key);
    return (await withPart(reader, [entry]))[0] as Entry;
  }

  const rowOf = (entry: Entry): Entry => {
    const row = { ...entry, ...catalogue.derived?.(entry) };
    if (part) delete (row as Record<string, unknown>)[part.field];
    return row;
  };

  /** Every fault that needs more than one field or a look at the database. */
  async function faultsIn(
    tx: Transaction,
    entry: Entry,
    before: Entry | null,
    found: readonly Fault[],
  ): Promise<Fault[]> {
    const named = Object.entries(catalogue.references)
      .filter(([field]) => typeof entry[field] === 'string' && entry[field] !== before?.[field])
      .map(([field, to]) => ({ entity: to, key: entry[field] as string, pointer: `/${field}` }));
    // What is faulty is measured against nothing, and nothing against what it said before.
    const unsound = new Set(found.map(({ pointer }) => pointer?.split('/')[1]));
    const sound = Object.fromEntries(Object.entries(entry).filter(([field]) => !unsound.has(field)));
    const faults = [...found, ...(catalogue.rules?.(sound) ?? []), ...(await unknownReferences(tx)(named))];
    if (await isOwnAncestor(tx, entry)) faults.push({ pointer: '/parent', code: 'circular' });
    return faults;
  }

  async function isOwnAncestor(tx: Transaction, entry: Entry): Promise<boolean> {
    let parent = entry.parent;
    for (let depth = 0; typeof parent === 'string'; depth++) {
      if (parent === entry[keyField] || depth > MAX_DEPTH) return true;
      parent = (await repository.findEntry(tx, catalogue, parent))?.parent;
    }
    return false;
  }

  async function refuseTaken(tx: Transaction, entry: Entry): Promise<void> {
    const { unique } = catalogue;
    const value = unique && entry[unique];
    if (typeof value !== 'string') return;
    if (await repository.valueTaken(tx, catalogue, unique as string, value, entry[keyField] as string)) {
      throw taken(entity, unique as string);
    }
  }

  const log = (tx: Transaction, caller: Caller, action: Action, before: Entry | null, after: Entry | null) =>
    record(tx, caller, {
      entity,
      entityId: (after ?? before)?.[keyField] as string,
      action,
      at: clock.now(),
      fields: diff(before, after),
    });

  async function insert(tx: Transaction, caller: Caller, input: Entry): Promise<string> {
    const empty = Object.fromEntries(catalogue.columns.map((column) => [column, null]));
    const made = keyField === 'id' ? { id: uuid() } : {};
    const entry: Entry = { ...empty, ...(part && { [part.field]: [] }), ...made, ...input };
    refuse(await faultsIn(tx, entry, null, faultsOf(input)));
    const key = entry[keyField] as string;
    if (await repository.keyExists(tx, entity, key)) throw taken(entity, keyField);
    await refuseTaken(tx, entry);
    await repository.insertEntry(tx, catalogue, rowOf(entry));
    if (part) await part.save(tx, key, entry[part.field]);
    await log(tx, caller, 'create', null, entry);
    return key;
  }

  return {
    list: (query) =>
      database.snapshot(async (reader) => {
        const filter: repository.ListFilter = {
          equal: Object.fromEntries(
            Object.keys(catalogue.filters)
              .filter((name) => query[name] !== undefined)
              .map((name) => [name, query[name] as string]),
          ),
          q: typeof query.q === 'string' ? searchText(query.q) : undefined,
        };
        const request = pageRequest(query, sortKeys, keyField, {
          name: keyField,
          key: sortKeys[keyField] as SortKey<Entry>,
        });
        const revision = await revisionIn(reader);
        const rows = await withPart(reader, await repository.listEntries(reader, catalogue, filter, request));
        const total = await repository.countEntries(reader, catalogue, filter);
        return { revision, body: toPage(request, rows, total, revision.seq, (row) => row) };
      }),

    read: (key) => existing(database.read, key),

    create: (caller, input) =>
      once({ database, clock }, caller, async (tx) => existing(tx, await insert(tx, caller, input))),

    insert,

    change: (caller, key, ifMatch, input) =>
      database.write(async (tx) => {
        const before = await existing(tx, key);
        expectUnchanged(ifMatch, before);
        const entry: Entry = { ...before, ...input };
        const faults = await faultsIn(tx, entry, before, faultsOf(input));
        if (entry[keyField] !== key) faults.push({ pointer: `/${keyField}`, code: 'immutable' });
        refuse(faults);
        await refuseTaken(tx, entry);
        if (Object.keys(diff(before, entry)).length === 0) return before;
        await repository.updateEntry(tx, catalogue, rowOf(entry));
        if (part) await part.save(tx, key, entry[part.field]);
        await log(tx, caller, 'change', before, entry);
        return existing(tx, key);
      }),

    remove: (caller, key, ifMatch) =>
      database.write(async (tx) => {
        const before = await existing(tx, key);
        expectUnchanged(ifMatch, before);
        for (const { by, table, column } of catalogue.referencedBy) {
          const count = await repository.countReferences(tx, table, column, key);
          if (count > 0) throw referenced(entity, key, count, by);
        }
        await repository.deleteEntry(tx, catalogue, key);
        await log(tx, caller, 'delete', before, null);
      }),
  };
}
