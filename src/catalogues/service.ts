import type { Clock } from '../core/clock.ts';
import { nouns } from '../core/entities.ts';
import type { Database, Reader, Transaction } from '../database/database.ts';
import { revisionIn } from '../database/revision.ts';
import type { Computed } from '../http/answers.ts';
import { expectUnchanged } from '../http/conditional.ts';
import { toPage } from '../http/pages.ts';
import { type Fault, notFound, Problem, referenced, refuse } from '../http/problems.ts';
import { diff } from '../log/diff.ts';
import { once } from '../log/once.ts';
import type { Caller } from '../log/service.ts';
import type { Catalogue, Entry } from './catalogue.ts';
import { type EntryQuery, entryFilter, pageOfEntries, presented, withPart } from './lists.ts';
import * as repository from './repository.ts';
import { catalogueWrites } from './writes.ts';

export { type Lookup, unknownReferences } from './lookup.ts';
export { namesOf, parentOf, readTree, type TreeNode } from './repository.ts';
export { existingEntry } from './writes.ts';

export interface CatalogueService {
  list(query: EntryQuery): Promise<Computed>;
  read(key: string): Promise<Entry>;
  create(caller: Caller, input: Entry, found?: readonly Fault[]): Promise<Entry>;
  /** @param ifMatch the ETag of the state that the client read */
  change(
    caller: Caller,
    key: string,
    ifMatch: string,
    input: Entry,
    found?: readonly Fault[],
  ): Promise<Entry>;
  remove(caller: Caller, key: string, ifMatch: string): Promise<void>;
  /**
   * As `create`, without a response, in the caller's own transaction, such as a bulk load.
   * @returns the key
   */
  insert(tx: Transaction, caller: Caller, input: Entry): Promise<string>;
}

/** @param parent the key of the parent, if the entries have one */
export function catalogueService(
  { database, clock }: { database: Database; clock: Clock },
  catalogue: Catalogue,
  parent = '',
): CatalogueService {
  const { entity, under } = catalogue;
  const ofParent: Readonly<Record<string, string>> = under ? { [under.field]: parent } : {};
  const writes = catalogueWrites(catalogue, clock);
  const { lookingIn, faultsIn, foreignFields, refuseTaken, update } = writes;

  const present = async (reader: Reader, entry: Entry): Promise<Entry> =>
    (await presented(reader, catalogue, [entry], clock.today()))[0] as Entry;

  async function expectParent(reader: Reader): Promise<void> {
    if (!under || (await repository.keyExists(reader, under.entity, parent))) return;
    throw notFound(under.entity, parent);
  }

  async function existing(reader: Reader, key: string): Promise<Entry> {
    await expectParent(reader);
    const entry = await writes.existing(reader, key);
    if (under && entry[under.field] !== parent) throw notFound(entity, key);
    return entry;
  }

  async function insert(
    tx: Transaction,
    caller: Caller,
    input: Entry,
    found: readonly Fault[] = [],
  ): Promise<string> {
    await expectParent(tx);
    return writes.insert(tx, caller, { ...input, ...ofParent }, found);
  }

  function refuseForeign(faults: readonly Fault[]): void {
    if (faults.length === 0) return;
    const fields = faults.map(({ pointer = '' }) => pointer.slice(1)).join(', ');
    throw new Problem('access.in_every_region', { faults, values: { noun: nouns[entity], fields } });
  }

  return {
    list: (query) =>
      database.page(async (reader) => {
        await expectParent(reader);
        const day = typeof query.asOf === 'string' ? query.asOf : clock.today();
        const filter = entryFilter(catalogue, query, day, parent);
        const request = pageOfEntries(catalogue, query);
        const revision = await revisionIn(reader);
        const listed = await repository.listEntries(reader, catalogue, filter, request);
        const rows = await withPart(reader, catalogue, listed);
        const total = await repository.countEntries(reader, catalogue, filter);
        const shown = await presented(reader, catalogue, rows, day);
        return { revision, body: toPage(request, shown, total, revision.seq, (entry) => entry) };
      }),

    read: (key) => database.snapshot(async (reader) => present(reader, await existing(reader, key))),

    create: (caller, input, found) =>
      once({ database, clock }, caller, async (tx) => {
        const key = await insert(tx, caller, input, found);
        const entry = await present(tx, await existing(tx, key));
        return { ...entry, ...(await catalogue.shownOnce?.load(tx, key)) };
      }),

    insert,

    change: (caller, key, ifMatch, input, found = []) =>
      database.write(async (tx) => {
        const before = await existing(tx, key);
        await catalogue.expectMayWrite?.(tx, caller, before);
        expectUnchanged(ifMatch, await present(tx, before));
        const entry: Entry = { ...before, ...input };
        const faults = await faultsIn(lookingIn(tx), entry, before, found);
        if (typeof before.code === 'string' && entry.code !== before.code) {
          faults.push({ pointer: '/code', code: 'immutable' });
        }
        refuse(faults);
        await catalogue.expectMayWrite?.(tx, caller, entry);
        refuseForeign(foreignFields(caller, before, entry));
        await refuseTaken(tx, entry);
        if (Object.keys(diff(before, entry)).length > 0) await update(tx, caller, before, entry);
        return present(tx, await existing(tx, key));
      }),

    remove: (caller, key, ifMatch) =>
      database.write(async (tx) => {
        const before = await existing(tx, key);
        await catalogue.expectMayWrite?.(tx, caller, before);
        expectUnchanged(ifMatch, await present(tx, before));
        for (const { by, table, column } of catalogue.referencedBy) {
          const count = await repository.countReferences(tx, table, column, key);
          if (count > 0) throw referenced(entity, key, count, by);
        }
        await writes.remove(tx, caller, before);
      }),
  };
}
