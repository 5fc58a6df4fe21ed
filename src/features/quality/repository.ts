import { sql } from 'drizzle-orm';
import type { Reader } from '../../database/database.ts';
import { only } from '../../database/only.ts';
import { inValues, paddedValues } from '../../database/prepared.ts';
import type { Twin } from './double-signing.ts';

/** What is said of the other project of a double signing. */
export async function twinsById(reader: Reader, ids: readonly string[]): Promise<Twin[]> {
  const values = paddedValues(ids, '');
  const some = await only(reader, 'projects', ids);
  return some.prepared(`quality.twins ${Object.keys(values).length}`, values, (db) => {
    const { id, code, name, event, signedOn } = db.tables.projects;
    return db
      .select({ id, code, name, event, signedOn })
      .from(db.tables.projects)
      .where(sql`${id} in ${inValues(values)}`);
  }) as Promise<Twin[]>;
}
