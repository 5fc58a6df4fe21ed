/** Writes to a catalogue and their checks, for requests and imports alike. */

import type { Clock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import type { Reader, Transaction } from '../database/database.ts';
import { type Fault, faultyFields, notFound, refuse, taken, without } from '../http/problems.ts';
import { diff } from '../log/diff.ts';
import { type Action, type Caller, record } from '../log/service.ts';
import { type Catalogue, type Entry, MAX_DEPTH } from './catalogue.ts';
import { withPart } from './lists.ts';
import { type Lookup, unknownReferences } from './lookup.ts';
import * as repository from './repository.ts';
import { emptyEntry, rowOf } from './rows.ts';

/** The data that an entry is checked against. */
export interface Surroundings {
  lookup: Lookup;
  /** Faults of the entry in the context of what it refers to. */
  among(entry: Entry): Promise<Fault[]>;
  /** The parent of an entry. */
  parentOf(key: string): Promise<unknown>;
}

/** For an entry whose references are already resolved. */
export const resolved = (
  among: Surroundings['among'],
  parentOf: Surroundings['parentOf'] = async () => undefined,
): Surroundings => ({ lookup: async () => [], among, parentOf });

async function findEntry(reader: Reader, catalogue: Catalogue, key: string): Promise<Entry | undefined> {
  const entry = await repository.findEntry(reader, catalogue, key);
  return entry && (await withPart(reader, catalogue, [entry]))[0];
}

/** @throws Problem 404 */
export async function existingEntry(reader: Reader, catalogue: Catalogue, key: string): Promise<Entry> {
  const entry = await findEntry(reader, catalogue, key);
  if (!entry) throw notFound(catalogue.entity, key);
  return entry;
}

export function catalogueWrites(catalogue: Catalogue, clock: Clock) {
  const { entity, key: keyField, part } = catalogue;

  const find = (reader: Reader, key: string) => findEntry(reader, catalogue, key);
  const existing = (reader: Reader, key: string) => existingEntry(reader, catalogue, key);

  const lookingIn = (reader: Reader): Surroundings => ({
    lookup: unknownReferences(reader),
    among: async (entry) => (await catalogue.rulesAmong?.(reader, entry)) ?? [],
    parentOf: async (key) => (await repository.findEntry(reader, catalogue, key))?.parent,
  });

  /** All faults that need more than one field, or other data. */
  async function faultsIn(
    { lookup, among, parentOf }: Surroundings,
    entry: Entry,
    before: Entry | null,
    found: readonly Fault[],
  ): Promise<Fault[]> {
    const named = Object.entries(catalogue.references)
      .filter(([field]) => typeof entry[field] === 'string' && entry[field] !== before?.[field])
      .map(([field, to]) => ({ entity: to, key: entry[field] as string, pointer: `/${field}` }));
    const sound = without(faultyFields(found), entry);
    const faults = [...found, ...(catalogue.rules?.(sound, clock.today()) ?? []), ...(await lookup(named))];
    if (faults.length === 0) faults.push(...(await among(entry)));
    if (await isOwnAncestor(entry, parentOf)) faults.push({ pointer: '/parent', code: 'circular' });
    return faults;
  }

  async function isOwnAncestor(entry: Entry, parentOf: Surroundings['parentOf']): Promise<boolean> {
    let parent = entry.parent;
    for (let depth = 0; typeof parent === 'string'; depth++) {
      if (parent === entry[keyField] || depth > MAX_DEPTH) return true;
      parent = await parentOf(parent);
    }
    return false;
  }

  /** Changes that the caller may not make, field by field. */
  function foreignFields({ regions }: Caller, before: Entry, after: Entry): Fault[] {
    if (regions === null) return [];
    const changed = diff(before, after);
    return (catalogue.inEveryRegion ?? [])
      .filter((field) => changed[field])
      .map((field) => ({
        pointer: `/${field}`,
        code: 'in_every_region',
        values: { regions: regions.join(', ') },
      }));
  }

  /** @throws Problem 409 if another entry has the same unique value */
  async function refuseTaken(tx: Transaction, entry: Entry): Promise<void> {
    const { unique } = catalogue;
    const value = unique && entry[unique];
    if (typeof value !== 'string') return;
    const key = entry[keyField] as string;
    if (await repository.valueTaken(tx, catalogue, unique as string, value, key)) {
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

  /** The input with a value for every field. */
  const complete = (input: Entry): Entry => {
    const made = keyField === 'id' ? { id: newId() } : {};
    return { ...emptyEntry(catalogue), ...made, ...input };
  };

  /** @param found the faults of the input so far; fields with faults are missing from it */
  async function insert(
    tx: Transaction,
    caller: Caller,
    input: Entry,
    found: readonly Fault[] = [],
  ): Promise<string> {
    const entry = complete(input);
    refuse(await faultsIn(lookingIn(tx), entry, null, found));
    const key = entry[keyField] as string;
    if (await repository.keyExists(tx, entity, key)) throw taken(entity, keyField);
    await catalogue.expectMayWrite?.(tx, caller, entry);
    await refuseTaken(tx, entry);
    await create(tx, caller, entry);
    return key;
  }

  async function create(tx: Transaction, caller: Caller, entry: Entry): Promise<void> {
    await repository.insertEntry(tx, catalogue, rowOf(catalogue, entry));
    if (part) await part.save(tx, entry[keyField] as string, entry[part.field]);
    await log(tx, caller, 'create', null, entry);
    await catalogue.saved?.(tx, null, entry);
  }

  async function update(tx: Transaction, caller: Caller, before: Entry, after: Entry): Promise<void> {
    await repository.updateEntry(tx, catalogue, rowOf(catalogue, before), rowOf(catalogue, after));
    if (part) await part.save(tx, after[keyField] as string, after[part.field]);
    await log(tx, caller, 'change', before, after);
    await catalogue.saved?.(tx, before, after);
  }

  /** Creates or changes an entry. @param before null for a new one */
  const save = (tx: Transaction, caller: Caller, before: Entry | null, after: Entry): Promise<void> =>
    before ? update(tx, caller, before, after) : create(tx, caller, after);

  async function remove(tx: Transaction, caller: Caller, before: Entry): Promise<void> {
    await repository.deleteEntry(tx, catalogue, rowOf(catalogue, before));
    await log(tx, caller, 'delete', before, null);
  }

  return {
    find,
    existing,
    complete,
    lookingIn,
    faultsIn,
    foreignFields,
    refuseTaken,
    insert,
    create,
    update,
    save,
    remove,
  };
}
