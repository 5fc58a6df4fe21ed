import { and, count, eq, inArray } from 'drizzle-orm';
import type { Reader } from '../database/database.ts';

const kinds = ['projects', 'events', 'enterprises'] as const;
export type Kind = (typeof kinds)[number];

/** How many projects, events and enterprises there are. */
export async function countRows(reader: Reader): Promise<number> {
  let rows = 0;
  for (const kind of kinds) {
    const [found] = await reader.select({ total: count() }).from(reader.tables[kind]);
    rows += found?.total ?? 0;
  }
  return rows;
}

/** How many projects, events and enterprises each actor has ever created, by the log of changes. */
export async function countCreated(reader: Reader): Promise<{ kind: Kind; actor: string; total: number }[]> {
  const { changes } = reader.tables;
  const rows = await reader
    .select({ kind: changes.entity, actor: changes.actor, total: count() })
    .from(changes)
    .where(and(eq(changes.action, 'create'), inArray(changes.entity, [...kinds])))
    .groupBy(changes.entity, changes.actor);
  return rows.map((row) => ({ ...row, kind: row.kind as Kind }));
}
