import { and, count, eq } from 'drizzle-orm';
import type { Reader } from '../../database/database.ts';

/** Number of projects, events, enterprises and clusters. */
export async function countRows(reader: Reader): Promise<number> {
  let rows = 0;
  for (const kind of ['projects', 'events', 'enterprises', 'clusters'] as const) {
    const [found] = await reader.select({ total: count() }).from(reader.tables[kind]);
    rows += found?.total ?? 0;
  }
  return rows;
}

/** Whether an actor has ever created a project, according to the change log. */
export async function hasCreatedProjects(reader: Reader, actor: string): Promise<boolean> {
  const { changes } = reader.tables;
  const rows = await reader
    .select({ seq: changes.seq })
    .from(changes)
    .where(and(eq(changes.entity, 'projects'), eq(changes.action, 'create'), eq(changes.actor, actor)))
    .limit(1);
  return rows.length > 0;
}
