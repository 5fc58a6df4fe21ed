/**
 * A replica of the database, which lags behind it, and reads that it may answer: those of clients who have seen
 * nothing that it does not have yet.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database, Replica } from './database.ts';
import { isOfDatabase, isReadOnly } from './errors.ts';
import { GENESIS, hashAt } from './revision.ts';

/** How long a replica that has failed is left alone. */
const REST_MS = 5_000;

const fromReplica = new AsyncLocalStorage<true>();

/** Runs a function whose reads the replica may answer, including everything it starts. */
export const readingFromReplica = <T>(work: () => T): T => fromReplica.run(true, work);

/** @param database the replica, as a database that is only read */
export function replicaOf(primary: Database, database: Database): Replica {
  let isKnown = false;
  let restsUntil = 0;

  /** @throws if it is not a replica of this database, or not of this version yet */
  async function expectReplica(): Promise<void> {
    await database.check().catch((error) => {
      if (!isReadOnly(error)) throw error;
    });
    const { seq, hash } = await database.revision();
    const expected = seq === 0 ? GENESIS : await hashAt(primary.read, seq);
    if (hash !== expected) throw new Error('The replica is one of another database.');
  }

  const rest = (): void => {
    isKnown = false;
    restsUntil = performance.now() + REST_MS;
  };

  return {
    database,
    has: async (seq) => {
      if (performance.now() < restsUntil) return false;
      try {
        if (!isKnown) await expectReplica();
        isKnown = true;
        return (await database.revision()).seq >= seq;
      } catch {
        rest();
        return false;
      }
    },
    rest,
  };
}

/** A database whose reads the replica answers, if it may and can; else the primary does. */
export function readingRecords(primary: Database): Database {
  const { replica } = primary;
  if (!replica) return primary;

  const either = async <T>(read: (database: Database) => Promise<T>): Promise<T> => {
    if (!fromReplica.getStore()) return read(primary);
    try {
      return await read(replica.database);
    } catch (error) {
      if (!isOfDatabase(error)) throw error;
      replica.rest();
      return read(primary);
    }
  };

  return {
    ...primary,
    read: {
      ...primary.read,
      prepared: (...statement) => either(({ read }) => read.prepared(...statement)),
    },
    revision: () => either((database) => database.revision()),
    snapshot: (work) => either((database) => database.snapshot(work)),
    analyze: (work) => either((database) => database.analyze(work)),
    page: (work) => either((database) => database.page(work)),
    // A file is under way when it fails, so it ends.
    stream: (work, input) =>
      (fromReplica.getStore() && !work.resident ? replica.database : primary).stream(work, input),
  };
}
