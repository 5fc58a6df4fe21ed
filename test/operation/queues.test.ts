/** A single caller cannot delay others: neither with many requests, nor with abandoned ones. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { onBehalfOf } from '../../src/database/asker.ts';
import { GoneError } from '../../src/database/errors.ts';
import { clientOf, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { until } from '../support/process.ts';

/**
 * The maximum number of waiting requests per caller, and of concurrent ones, the same here on both engines.
 */
const WAITING_OF_ONE = 32;
const TURNS = 3;

let api: TestApp;
let address: string;
beforeAll(async () => {
  api = await testApp({ config: { ANONYMOUS_READ: 'all' } });
  address = await api.app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => api.close());

/** Occupies all slots. @returns releases them */
async function takeEveryTurn(): Promise<() => Promise<void>> {
  const { signal } = new AbortController();
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  let begun = 0;
  const works = Array.from({ length: TURNS }, (_, i) =>
    onBehalfOf({ names: [`other ${i}`], hasKey: true, signal }, () =>
      api.database.page(async () => {
        begun += 1;
        await over;
      }),
    ),
  );
  await until(() => begun === TURNS);
  return async () => {
    end();
    await Promise.all(works);
  };
}

let asked = 0;
/** A list that has not been requested before. */
const list = () => `/v1/projects?sort=name&minInvestment=${++asked}`;

describe('queued lists', () => {
  it('are limited per caller; others are served as before', async () => {
    const release = await takeEveryTurn();
    const page = vi.spyOn(api.database, 'page');
    const anonymous = clientOf(api.app, null);
    const waiting = Array.from({ length: WAITING_OF_ONE }, () => anonymous.get(list()));
    await until(() => page.mock.calls.length === WAITING_OF_ONE);
    const refused = await anonymous.get(list());
    expectProblem(refused, 503, 'service.too_many_waiting');
    expect(refused.headers['retry-after']).toBe('5');
    expect(refused.body.detail).toContain(String(WAITING_OF_ONE));
    const ofKey = api.get(list());
    await release();
    for (const { status } of await Promise.all([...waiting, ofKey])) expect(status).toBe(200);
  });

  it('are dropped when their callers disconnect, which makes room for others', async () => {
    const release = await takeEveryTurn();
    const page = vi.spyOn(api.database, 'page');
    for (const round of [1, 2, 3]) {
      const controller = new AbortController();
      const { signal } = controller;
      const dropped = Array.from({ length: WAITING_OF_ONE }, () =>
        fetch(`${address}${list()}`, { signal }).catch(() => null),
      );
      await until(() => page.mock.calls.length === round * WAITING_OF_ONE);
      controller.abort();
      await Promise.all(dropped);
      await until(() => page.mock.settledResults.every(({ type }) => type === 'rejected'));
    }
    for (const { value } of page.mock.settledResults) expect(value).toBeInstanceOf(GoneError);
    await release();
    expect((await fetch(`${address}${list()}`)).status).toBe(200);
  });

  it('continue for the last of several callers with the same request', async () => {
    const release = await takeEveryTurn();
    const page = vi.spyOn(api.database, 'page');
    const url = `${address}${list()}`;
    const controller = new AbortController();
    const left = fetch(url, { signal: controller.signal }).catch(() => null);
    await until(() => page.mock.calls.length === 1);
    const stays = fetch(url);
    // Both have been queued once a third, sent after them, waits too.
    const third = fetch(`${address}${list()}`);
    await until(() => page.mock.calls.length === 2);
    controller.abort();
    await left;
    await release();
    expect((await stays).status).toBe(200);
    expect((await third).status).toBe(200);
  });
});

describe('queued figures', () => {
  it('are limited per caller; others are served as before', async () => {
    const figure = () => `/v1/statistics/breakdown?by=region&minInvestment=${++asked}`;
    expect((await api.get(figure())).status).toBe(200);
    const { promise: over, resolve: release } = Promise.withResolvers<void>();
    const { snapshot } = api.database;
    const held = vi.spyOn(api.database, 'snapshot').mockImplementation(async (work) => {
      await over;
      return snapshot(work);
    });
    const running = api.get(figure());
    await until(() => held.mock.calls.length === 1);
    const anonymous = clientOf(api.app, null);
    const answers = Array.from({ length: WAITING_OF_ONE + 1 }, () => anonymous.get(figure()));
    const refused = await Promise.race(answers);
    expectProblem(refused, 503, 'service.too_many_waiting');
    const ofKey = api.get(figure());
    release();
    const statuses = (await Promise.all([running, ofKey, ...answers])).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(WAITING_OF_ONE + 2);
  });
});

describe('a page of a list', () => {
  const short = ['', '?limit=500', '?sort=name', '?sort=-startedOn', '?sort=signedOn&asOf=2020-06-29'];
  const few = ['?top500=false', '?archived=true', '?region=430100&sort=-investmentYuan'];
  const long = [
    '?q=%E5%8D%8A',
    '?region=430100&sort=name',
    '?region=430100&limit=101',
    '?sort=name,investmentYuan',
    '?sort=name&asOf=2020-06-29',
  ];

  const reads = async (path: string) => {
    // The first request also counts, which is more than an index scan.
    await api.get(path);
    const page = vi.spyOn(api.database, 'page');
    expect((await api.get(path)).status).toBe(200);
    return page.mock.calls.length;
  };

  it.each(short)('is read immediately if it needs only an index scan: /v1/projects%s', async (query) => {
    expect(await reads(`/v1/projects${query}`)).toBe(0);
  });

  it.each(few)(
    'is read immediately if columns say which few projects it has: /v1/projects%s',
    async (query) => {
      expect((await api.get('/v1/statistics/summary')).status).toBe(200);
      expect(await reads(`/v1/projects${query}`)).toBe(0);
    },
  );

  it.each(long)('is queued otherwise: /v1/projects%s', async (query) => {
    expect(await reads(`/v1/projects${query}`)).toBe(1);
  });
});
