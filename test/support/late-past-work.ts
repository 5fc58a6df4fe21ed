/** What is put together of a past by statements about no project, about one, and about all. */
import { pastStateReader } from '../../src/contributions.ts';
import type { StreamReader, StreamWork } from '../../src/database/database.ts';
import { hashAt } from '../../src/database/revision.ts';
import { findByIds } from '../../src/features/projects/repository.ts';

interface Asked {
  seq: number;
  /** Projects that were changed since. */
  ids: string[];
}

/** Those of the projects that are not put together yet, and what was read. */
export interface Found {
  missing: string[];
  names: string[];
}

export async function* run(reader: StreamReader, { seq, ids }: Asked): AsyncGenerator<Found> {
  const past = await pastStateReader(reader, seq);
  const shadow = await reader.shadows?.at({ seq, hash: (await hashAt(reader, seq)) as string }, 4);
  const found = async (names: string[]): Promise<Found> => ({
    missing: (await shadow?.missing('projects', ids)) ?? [],
    names,
  });
  await past.prepared('test.regions', {}, (db) => db.select().from(db.tables.regions));
  yield await found([]);
  const some = await findByIds(past, ids.slice(0, 1), '2022-08-31');
  yield await found(some.map(({ name }) => name));
  const all = await past.prepared('test.names', {}, (db) => {
    const { name } = db.tables.projects;
    return db.select({ name }).from(db.tables.projects).orderBy(name);
  });
  yield await found(all.map(({ name }) => name));
}

export const readingLate: StreamWork<Asked, Found> = {
  module: new URL(import.meta.url),
  run,
  shadows: true,
};
