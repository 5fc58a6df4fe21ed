/** Tables that show other rows than are stored. */
import { expect, it } from 'vitest';
import { testApp } from '../support/app.ts';
import { tearing } from '../support/torn-work.ts';

it('are made anew where rows were replaced only in part', async () => {
  const api = await testApp();
  const parts: string[][] = [];
  for await (const part of api.database.stream(tearing, '430100')) parts.push(part);
  expect(parts).toEqual([['torn'], ['430100']]);
  await api.close();
});
