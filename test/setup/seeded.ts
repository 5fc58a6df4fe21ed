import { keyService } from '../../src/access/service.ts';
import { clockIn } from '../../src/core/clock.ts';
import { openDatabase } from '../../src/database/open.ts';
import { seedReferences } from '../../src/features/references/seed.ts';
import { byLuodi } from '../../src/log/service.ts';

/** Migrates and seeds a database. @returns an administrator's key with the name `tests` */
export async function seeded(url: string): Promise<string> {
  const database = await openDatabase(url);
  const dependencies = { database, clock: clockIn('Asia/Shanghai') };
  await seedReferences(dependencies);
  const { key } = await keyService(dependencies).create(byLuodi('tests'), { name: 'tests', role: 'admin' });
  await database.close();
  return key;
}
