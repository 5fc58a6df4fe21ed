/** A service that is stopped while it makes figures ready. */
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { aProject, created, instanceBeside, testApp } from '../support/app.ts';
import { insertCopies } from '../support/world.ts';

it('a service that has just started can be stopped', async () => {
  const api = await testApp();
  await created(api, '/v1/projects', aProject({ code: 'ORIGINAL' }));
  await insertCopies(api, { code: 'ORIGINAL' }, 5_000);
  const database = await openDatabase(api.url);
  const app = await instanceBeside(api, database);
  await app.listen({ host: '127.0.0.1', port: 0 });
  // Figures are being read.
  await new Promise((resolve) => setImmediate(resolve));
  await app.close();
  await expect(database.close()).resolves.toBeUndefined();
  await api.close();
});
