/** Remembers that the bytes of a database are damaged, until the process is started again. */
import type { Database, Reader } from './database.ts';
import { isDamage } from './errors.ts';

/** A database that is not ready, and accepts no writes, once any read or write has found it damaged. */
export function refusingDamage(database: Database): Database {
  let damage: unknown;

  async function noting<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (isDamage(error)) damage ??= error;
      throw error;
    }
  }

  async function* notingParts<Part>(parts: AsyncIterable<Part>): AsyncGenerator<Part, void> {
    try {
      yield* parts;
    } catch (error) {
      if (isDamage(error)) damage ??= error;
      throw error;
    }
  }

  function expectWhole(): void {
    if (damage !== undefined) throw damage;
  }

  const { prepared } = database.read;
  const read: Reader = { ...database.read, prepared: (...statement) => noting(prepared(...statement)) };
  return {
    ...database,
    read,
    revision: () => noting(database.revision()),
    snapshot: (work) => noting(database.snapshot(work)),
    analyze: (work) => noting(database.analyze(work)),
    page: (work) => noting(database.page(work)),
    stream: (work, input) => notingParts(database.stream(work, input)),
    write: async (work) => {
      expectWhole();
      return noting(database.write(work));
    },
    load: async function* (work, input) {
      expectWhole();
      yield* notingParts(database.load(work, input));
    },
    loadHere: async function* (work) {
      expectWhole();
      yield* notingParts(database.loadHere(work));
    },
    ...(database.copyFile && { copyFile: (to: string) => noting(database.copyFile?.(to) as Promise<void>) }),
    check: async () => {
      expectWhole();
      await noting(database.check());
    },
  };
}
