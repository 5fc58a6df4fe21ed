/** Restores a backup: its base, then the entries after it up to the one that is wanted. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartupError } from '../core/startup-error.ts';
import type { Database, Revision, Transaction } from '../database/database.ts';
import { rootMessage } from '../database/errors.ts';
import type { CarriedEntry } from '../log/appending.ts';
import { entryTime } from '../log/entries.ts';
import { type Context, openBase, removeDatabase } from './base.ts';
import { copyRows } from './copying.ts';
import { type Backups, type Base, backupsAt } from './folder.ts';
import { readManifest } from './manifest.ts';
import { readSegments } from './segments.ts';
import { intoEmpty } from './target.ts';

/** Up to which entry: its number, or the last one up to a time (RFC 3339 in UTC, with milliseconds). */
export type Until = { seq: number } | { at: string } | null;

export interface RestoreContext extends Context {
  /** Ends what was under way where the data comes from. */
  settle(tx: Transaction): Promise<void>;
}

export interface Restored {
  /** The file of the base. */
  base: string;
  /** The end of the restored log. */
  head: Revision & { at: string | null };
  /** Number of entries after the base. */
  entries: number;
}

/**
 * Restores into an empty database of either engine. Nothing of it is to be seen before all is there.
 * @param source a folder of backups, or the file of a base in one
 * @param target the URL of a database
 * @throws StartupError saying what does not agree, and at which entry
 */
export async function restore(
  source: string,
  target: string,
  until: Until,
  context: RestoreContext,
): Promise<Restored> {
  return intoEmpty(target, {
    file: (scratch) => restoreTo(source, scratch, until, context),
    database: async (database) => {
      const folder = await mkdtemp(join(tmpdir(), 'luodi-restore-'));
      try {
        return await restoreTo(source, join(folder, 'restored.db'), until, context, async (scratch) => {
          await context.steps('Copying', (onProgress) =>
            copyRows(scratch, database, context.works, onProgress),
          );
        });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  });
}

/**
 * Restores the newest backup into a file beside it, which is deleted afterwards.
 * @param use is given the restored database
 */
export async function inScratch(
  folder: string,
  context: RestoreContext,
  use: (database: Database) => Promise<void>,
): Promise<Restored> {
  const scratch = join(folder, `.luodi-${process.pid}-restored.part.db`);
  await removeDatabase(scratch);
  try {
    return await restoreTo(folder, scratch, null, context, use);
  } finally {
    await removeDatabase(scratch);
  }
}

async function restoreTo(
  source: string,
  file: string,
  until: Until,
  context: RestoreContext,
  use: (database: Database) => Promise<void> = async () => {},
): Promise<Restored> {
  const backups = await backupsAt(source);
  const candidates = backups.named ? [backups.named] : backups.bases;
  const base = await baseFor(source, candidates, until);
  const { database, manifest } = await openBase(base, file, context);
  try {
    const { head } = manifest;
    const entries = await context.steps('Replaying', (onProgress) =>
      replayUntil(database, backups, base, head, until, onProgress, context),
    );
    const end = await database.revision();
    expectReached(source, end, until);
    await database.write(context.settle);
    await use(database);
    return {
      base: base.file,
      head: { ...end, at: await entryTime(database.read, end.seq) },
      entries,
    };
  } finally {
    await database.close();
  }
}

/** The newest base that does not go beyond what is wanted. */
async function baseFor(source: string, bases: readonly Base[], until: Until): Promise<Base> {
  for (const base of bases.toReversed()) {
    if (until === null) return base;
    if ('seq' in until) {
      if (base.seq <= until.seq) return base;
    } else {
      const { manifest } = await readManifest(base.file);
      if (manifest.head.at === null || manifest.head.at <= until.at) return base;
    }
  }
  const [oldest] = bases;
  if (!oldest) throw new StartupError(`There is no backup in ${source}`);
  throw new StartupError(
    `The oldest backup in ${source} begins with entry ${oldest.seq}; it has no earlier state`,
  );
}

const isBeyond = ({ seq, at }: CarriedEntry, until: Until): boolean =>
  until !== null && ('seq' in until ? seq > until.seq : at > until.at);

/**
 * Replays the segments of the base, and then of later bases as long as they continue the same log.
 * @returns how many entries
 */
async function replayUntil(
  database: Database,
  { bases, segments }: Backups,
  base: Base,
  head: Revision,
  until: Until,
  onProgress: (done: number, total: number) => void,
  { works, signal }: RestoreContext,
): Promise<number> {
  let last: Revision = head;
  const stems = bases.slice(bases.indexOf(base)).map(({ stem }) => stem);
  const wanted = until && 'seq' in until ? until.seq - head.seq : 0;
  for (const stem of stems) {
    const isOwn = stem === base.stem;
    const files = readSegments(segments.filter((one) => one.stem === stem));
    for (;;) {
      const { value: batch, done } = await nextOf(files, last);
      if (done) break;
      signal.throwIfAborted();
      const entries: CarriedEntry[] = [];
      let isOver = false;
      for (const entry of batch) {
        const expected = (entries.at(-1) ?? last) as Revision;
        if (entry.seq <= expected.seq) continue;
        // After a restore, say, the log went on differently.
        const isOther = entry.seq !== expected.seq + 1 || entry.previousHash !== expected.hash;
        isOver = isBeyond(entry, until) || (isOther && !isOwn);
        if (isOver) break;
        entries.push(entry);
      }
      await append(database, entries, works);
      last = entries.at(-1) ?? last;
      onProgress(last.seq - head.seq, Math.max(wanted, last.seq - head.seq));
      if (isOver) return last.seq - head.seq;
    }
  }
  return last.seq - head.seq;
}

/** @throws StartupError that names the entry that should follow, if it cannot be read */
async function nextOf(
  files: AsyncGenerator<CarriedEntry[]>,
  last: Revision,
): Promise<IteratorResult<CarriedEntry[], void>> {
  return files.next().catch((cause: unknown) => {
    throw new StartupError(`entry ${last.seq + 1} cannot be restored: ${rootMessage(cause)}`, { cause });
  });
}

async function append(
  database: Database,
  entries: readonly CarriedEntry[],
  { append }: Context['works'],
): Promise<void> {
  if (entries.length === 0) return;
  try {
    for await (const _ of database.load(append, { entries }));
  } catch (error) {
    const [first, last] = [entries[0], entries.at(-1)] as [CarriedEntry, CarriedEntry];
    throw new StartupError(
      `the entries ${first.seq} to ${last.seq} cannot be restored: ${rootMessage(error)}`,
      { cause: error },
    );
  }
}

function expectReached(source: string, end: Revision, until: Until): void {
  if (until && 'seq' in until && end.seq < until.seq) {
    throw new StartupError(`The backup in ${source} ends with entry ${end.seq}; there is no ${until.seq}`);
  }
}
