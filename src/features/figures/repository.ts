import { sql } from 'drizzle-orm';
import type { Reader } from '../../database/database.ts';
import { only } from '../../database/only.ts';
import { inValues, paddedValues } from '../../database/prepared.ts';

export interface Named {
  id: string;
  code: string;
  name: string;
  nameEn: string | null;
}

/** Ids per statement. */
const CHUNK = 512;

/** What projects are called, by id. */
export async function namesById(reader: Reader, ids: readonly string[]): Promise<Map<string, Named>> {
  const found = new Map<string, Named>();
  for (let done = 0; done < ids.length; done += CHUNK) {
    const chunk = ids.slice(done, done + CHUNK);
    const values = paddedValues(chunk, '');
    const some = await only(reader, 'projects', chunk);
    const rows = (await some.prepared(`figures.names ${Object.keys(values).length}`, values, (db) => {
      const { id, code, name, nameEn } = db.tables.projects;
      return db
        .select({ id, code, name, nameEn })
        .from(db.tables.projects)
        .where(sql`${id} in ${inValues(values)}`);
    })) as Named[];
    for (const row of rows) found.set(row.id, row);
  }
  return found;
}
