import { keyService } from '../../src/access/service.ts';
import { clockIn } from '../../src/core/clock.ts';
import { openDatabase } from '../../src/database/open.ts';
import { seedReferences } from '../../src/features/references/seed.ts';
import { byLuodi } from '../../src/log/service.ts';

/** The morning of the day on which the clocks of most tests stand. */
const SEEDED_AT = Date.parse('2026-11-22T00:00:00Z');

/** Migrates and seeds a database. @returns an administrator's key with the name `tests` */
export async function seeded(url: string): Promise<string> {
  const database = await openDatabase(url);
  const dependencies = { database, clock: clockIn('Asia/Shanghai', () => SEEDED_AT) };
  await seedReferences(dependencies);
  const { key } = await keyService(dependencies).create(byLuodi('tests'), { name: 'tests', role: 'admin' });
  await database.close();
  return key;
}
