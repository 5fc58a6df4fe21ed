/** Copies a database into an empty one of either engine, and keeps the copy up to date. */
import type { Database, Revision } from '../database/database.ts';
import { openDatabase } from '../database/open.ts';
import type { LoggedEntity } from '../log/logged.ts';
import { copyToFile } from './base.ts';
import { copyRows } from './copying.ts';
import { type Following, follow } from './following.ts';
import type { RestoreContext } from './restoring.ts';
import { intoEmpty } from './target.ts';

/**
 * @param target the URL of a database
 * @returns the last entry that was copied
 * @throws StartupError if the target is not empty, or the copy differs from what was read
 */
export const copyDatabase = (
  source: Database,
  target: string,
  { works, steps, signal, settle }: RestoreContext,
): Promise<Revision> =>
  intoEmpty(target, {
    file: async (scratch) => {
      const settled = (copy: Database) => copy.write(settle);
      return (await copyToFile(source, scratch, { works, steps, signal }, settled)).facts.head;
    },
    database: async (database) => {
      const { head } = await steps('Copying', (onProgress) => copyRows(source, database, works, onProgress));
      await database.write(settle);
      return head;
    },
  });

/**
 * Appends each further entry of the source to its copy, until the signal.
 * @returns the last one
 */
export async function followInto(
  source: Database,
  target: string,
  from: Revision,
  entities: readonly LoggedEntity[],
  {
    works: { append },
    signal,
    settle,
    onAway,
  }: Pick<RestoreContext, 'works' | 'signal' | 'settle'> & Pick<Following, 'onAway'>,
): Promise<Revision> {
  const copy = await openDatabase(target);
  try {
    const last = await follow({
      database: source,
      entities,
      from,
      write: async (entries) => {
        if (entries.length === 0) return;
        // They may be there: the answer to a commit is lost when the server restarts.
        const head = await copy.revision();
        const rest = entries.slice(entries.findIndex(({ hash }) => hash === head.hash) + 1);
        if (rest.length === 0) return;
        for await (const _ of copy.load(append, { entries: rest }));
      },
      signal,
      onAway,
    });
    await copy.write(settle);
    return last;
  } finally {
    await copy.close();
  }
}
