import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBehalfOf } from '../../src/database/asker.ts';
import { exportsOf } from '../../src/workers/works.ts';
import { type TestApp, testApp } from '../support/app.ts';

describe('the slots of exports', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp();
  });
  afterAll(() => api.close());

  it('reserve one for keys, however many callers without a key occupy theirs', async () => {
    const exports = exportsOf(api.database);
    const { signal } = new AbortController();
    const start = (name: string, hasKey: boolean) =>
      onBehalfOf({ names: [name], hasKey, signal }, () =>
        exports.start({
          entity: 'projects',
          query: {},
          unit: 'yuan',
          format: 'ndjson',
          language: 'en',
          asOf: '2026-11-22',
        } as never),
      );
    const share = Math.max(1, api.database.streams - 1);
    const open = await Promise.all(Array.from({ length: share }, (_, i) => start(`192.0.2.${i}`, false)));
    await expect(start('198.51.100.1', false)).rejects.toMatchObject({ code: 'transfer.too_many_exports' });
    if (api.database.streams > 1) open.push(await start('a key', true));
    for (const { parts } of open) await parts[Symbol.asyncIterator]().return?.();
  });
});
