/** Of a past, no more projects are put together than are read. */
import { expect, it } from 'vitest';
import { aProject, created, testApp } from '../support/app.ts';
import { type Found, readingLate } from '../support/late-past-work.ts';

it('statements about some projects need those only', async () => {
  const api = await testApp();
  const ids: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    ids.push((await created(api, '/v1/projects', aProject({ name }))).id as string);
  }
  const { seq } = await api.database.revision();
  for (const id of ids) await api.patch(`/v1/projects/${id}`, { name: 'changed' });
  const found: Found[] = [];
  for await (const part of api.database.stream(readingLate, { seq, ids })) found.push(part);
  expect(found).toEqual([
    { missing: ids, names: [] },
    { missing: ids.slice(1), names: ['a'] },
    { missing: [], names: ['a', 'b', 'c'] },
  ]);
  await api.close();
});
