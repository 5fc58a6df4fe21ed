/** What webhooks are told: everything, in order, signed, and again if it did not arrive. */
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  aProject,
  type Body,
  clientOf,
  created,
  instanceBeside,
  type TestApp,
  testApp,
} from '../support/app.ts';
import { concurrent } from '../support/engines.ts';
import { until } from '../support/process.ts';
import { accepting, answering, type Receiver, receiver, seqsIn } from '../support/receiver.ts';
import { perform } from '../support/sql.ts';
import { closeVerified } from '../support/verified.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let api: TestApp;
let to: Receiver;
let began: number;
beforeEach(async () => {
  api = await testApp();
  // A receiver refuses signatures of another time.
  began = Date.now();
  api.clock.set(new Date(began).toISOString());
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  to = await receiver();
});
afterEach(async () => {
  await closeVerified(api);
  await to.close();
});

const at = (milliseconds: number): void => api.clock.set(new Date(began + milliseconds).toISOString());
const head = async (): Promise<number> => (await api.database.revision()).seq;
const webhook = (fields: Body = {}): Promise<Body> =>
  created(api, '/v1/webhooks', { name: 'receiver', url: to.url, ...fields });
const progressOf = async ({ id }: Body): Promise<Body> => (await api.get(`/v1/webhooks/${id}/progress`)).body;
const deliveriesTo = async ({ id }: Body): Promise<Body[]> =>
  (await api.get(`/v1/webhooks/${id}/deliveries?limit=500`)).body.items;
const anEvent = (code: string) =>
  created(api, '/v1/events', { code, name: code, startsOn: '2020-06-29', endsOn: '2020-06-30' });
const events = async (count: number, prefix = 'event'): Promise<void> => {
  for (let i = 0; i < count; i++) await anEvent(`${prefix}-${i}`);
};
const range = (after: number, upTo: number): number[] =>
  Array.from({ length: upTo - after }, (_, i) => after + 1 + i);
/** Waits until a webhook has been told everything. */
const told = (one: Body) =>
  until(async () => {
    const { cursor, head } = await progressOf(one);
    return cursor === head;
  });

describe('a webhook', () => {
  it('is told every change in order, as viewers see them, in signed messages of at most 100', async () => {
    const viewer = clientOf(api.app, (await created(api, '/v1/keys', { name: 'v', role: 'viewer' })).key);
    const first = await webhook();
    const after = await head();
    await events(250);
    await created(api, '/v1/keys', { name: 'a key', role: 'viewer' });
    await told(first);
    expect(to.told).toEqual(range(after, after + 251));
    const shown = (await viewer.get(`/v1/changes?after=${after}&limit=251`)).body.items;
    expect(to.received.flatMap(({ body }) => body.data.entries)).toEqual(shown);
    expect(Math.max(...to.received.map((message) => seqsIn(message).length))).toBeLessThanOrEqual(100);
    const verifier = new Webhook(first.secret);
    for (const { text, headers, body } of to.received) {
      expect(verifier.verify(text, headers as Record<string, string>)).toEqual(body);
      expect(body).toMatchObject({ type: 'changes', data: { webhook: first.id } });
      expect(headers['content-type']).toBe('application/json');
      expect(headers['user-agent']).toMatch(/^luodi\//);
    }
    expect(new Set(to.received.map(({ headers }) => headers['webhook-id'])).size).toBe(to.received.length);
    expect(() => verifier.verify(`${to.received[0]?.text} `, to.received[0]?.headers as never)).toThrow();
    const deliveries = await deliveriesTo(first);
    expect(deliveries).toHaveLength(to.received.length);
    expect(deliveries.map(({ number }) => number)).toEqual(range(0, deliveries.length).toReversed());
    expect(deliveries.toReversed().map(({ message }) => message)).toEqual(
      to.received.map(({ headers }) => headers['webhook-id']),
    );
    expect(deliveries[0]).toMatchObject({ kind: 'changes', status: 204, answer: '', error: null });
  });

  it('gets messages with two signatures for a day after its secret has changed', async () => {
    const one = await webhook();
    const { secret } = (await api.post(`/v1/webhooks/${one.id}/rotate`)).body;
    await told(one);
    const verified = (with_: string): boolean[] =>
      to.received.splice(0).map(({ text, headers }) => {
        try {
          return Boolean(new Webhook(with_).verify(text, headers as Record<string, string>));
        } catch {
          return false;
        }
      });
    await anEvent('with-both');
    await told(one);
    const both = [...to.received];
    expect(verified(one.secret)).not.toContain(false);
    to.received.push(...both);
    expect(verified(secret)).not.toContain(false);
    at(24 * HOUR);
    await anEvent('with-one');
    await told(one);
    // It would be too old for the receiver, so only how many signatures there are.
    expect(to.received.at(-1)?.headers['webhook-signature']).toMatch(/^v1,\S+$/);
    expect(both.at(-1)?.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
  });

  it('is sent a failed message again as it was, and misses nothing', async () => {
    to.answers((response, nth) => (nth < 2 ? answering(500, {}, 'not now')(response) : accepting(response)));
    const one = await webhook();
    const after = await head();
    await anEvent('first');
    await until(() => to.received.length === 1);
    await until(async () => (await progressOf(one)).failures === 1);
    expect(await progressOf(one)).toMatchObject({
      cursor: after,
      failingSince: new Date(began).toISOString(),
    });
    await anEvent('second');
    at(5_000);
    await until(async () => (await progressOf(one)).failures === 2);
    at(15_000);
    await told(one);
    expect(to.received.map(seqsIn)).toEqual([[after + 1], [after + 1], [after + 1], [after + 2]]);
    const ids = to.received.map(({ headers }) => headers['webhook-id']);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).toBe(ids[0]);
    expect(ids[3]).not.toBe(ids[0]);
    expect(await progressOf(one)).toMatchObject({ failures: 0, failingSince: null, nextAttemptAt: null });
    const attempts = (await deliveriesTo(one)).toReversed();
    expect(attempts.map(({ status, answer, error }) => [status, answer, error])).toEqual([
      [500, 'not now', 'status'],
      [500, 'not now', 'status'],
      [204, '', null],
      [204, '', null],
    ]);
    const logged = api.logged.filter((line) => line.includes('webhook failed'));
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain(one.id);
    expect(logged[0]).not.toContain(to.url);
  });

  it('that fails for 24 hours is told nothing more, which the log says, until it is made active', async () => {
    to.answers(answering(503));
    const one = await webhook();
    const after = await head();
    await anEvent('lost');
    await until(async () => (await progressOf(one)).failures === 1);
    const statusNow = async () => (await api.get(`/v1/webhooks/${one.id}`)).body.status;
    at(24 * HOUR - 1);
    await until(async () => (await progressOf(one)).failures === 2);
    expect(await statusNow()).toBe('active');
    at(25 * HOUR);
    await until(async () => (await statusNow()) === 'failed');
    expect(api.logged.filter((line) => line.includes('webhook stopped'))).toHaveLength(1);
    const { items } = (await api.get(`/v1/webhooks/${one.id}/history`)).body;
    expect(items[0]).toMatchObject({
      actor: 'luodi webhooks',
      action: 'change',
      fields: { status: { before: 'active', after: 'failed' } },
    });
    const tried = to.received.length;
    at(30 * HOUR);
    to.answers(accepting);
    await anEvent('while-stopped');
    expect(to.received).toHaveLength(tried);
    await api.patch(`/v1/webhooks/${one.id}`, { status: 'active' });
    await told(one);
    expect(to.told).toEqual(range(after, await head()));
  });

  it('whose receiver says that it is gone is told nothing more', async () => {
    to.answers(answering(410));
    const one = await webhook();
    await anEvent('gone');
    await until(async () => (await api.get(`/v1/webhooks/${one.id}`)).body.status === 'gone');
    expect(to.received).toHaveLength(1);
  });

  it('is asked again when its receiver wants to be, if that is later', async () => {
    to.answers(answering(429, { 'retry-after': '600' }));
    const one = await webhook();
    await anEvent('too-fast');
    await until(async () => (await progressOf(one)).failures === 1);
    expect((await progressOf(one)).nextAttemptAt).toBe(new Date(began + 10 * MINUTE).toISOString());
  });

  it('is not held up by another that does not answer, nor are requests', async () => {
    const silent = await receiver();
    silent.answers(() => {});
    const slow = await webhook({ url: silent.url });
    const quick = await webhook();
    await events(5);
    await told(quick);
    expect((await progressOf(slow)).cursor).toBeLessThan(await head());
    await silent.close();
  });

  it('that is paused is told nothing, and later everything since', async () => {
    const one = await webhook();
    const after = await head();
    await api.patch(`/v1/webhooks/${one.id}`, { status: 'paused' });
    await until(() =>
      api.database.read
        .select()
        .from(api.database.read.tables.webhookStates)
        .then(([row]) => row?.owner === null),
    );
    await events(3);
    expect(to.received.flatMap(seqsIn).filter((seq) => seq > after + 1)).toEqual([]);
    await api.patch(`/v1/webhooks/${one.id}`, { status: 'active' });
    await told(one);
    expect(to.told).toEqual(range(after, await head()));
  });

  it('that is deleted while it is told ends the telling', async () => {
    to.answers(answering(500));
    const one = await webhook();
    await anEvent('never-told');
    await until(async () => (await progressOf(one)).failures === 1);
    await api.delete(`/v1/webhooks/${one.id}`);
    const other = await webhook();
    to.answers(accepting);
    await anEvent('told');
    await told(other);
    expect(to.received.at(-1)?.body.data.webhook).toBe(other.id);
    expect(api.logged.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
  });

  it('is told again from any entry, also while it fails', async () => {
    const one = await webhook();
    const after = await head();
    await events(3);
    await told(one);
    const url = `/v1/webhooks/${one.id}/redeliver`;
    expect((await api.post(url, { after: after + 1 })).body).toMatchObject({ cursor: after + 1 });
    await told(one);
    expect(to.told).toEqual([...range(after, after + 3), after + 2, after + 3]);
    to.answers(answering(500));
    await anEvent('fails');
    await until(async () => (await progressOf(one)).failures === 1);
    to.answers(accepting);
    to.told.length = 0;
    await api.post(url, { after: after + 2 });
    await told(one);
    expect(to.told).toEqual([after + 3, after + 4]);
  });

  it('is told again what was under way when it was sent back in the log', async () => {
    const one = await webhook();
    const after = await head();
    await events(3);
    await told(one);
    const held: (() => void)[] = [];
    to.answers((response) => void held.push(() => accepting(response)));
    await anEvent('under-way');
    await until(() => held.length === 1);
    await api.post(`/v1/webhooks/${one.id}/redeliver`, { after });
    to.answers(accepting);
    to.told.length = 0;
    held[0]?.();
    await told(one);
    expect(to.told).toEqual([after + 4, ...range(after, after + 4)]);
  });

  it('that another instance has taken over is left to it, until that is silent for 90 seconds', async () => {
    const one = await webhook();
    const after = await head();
    const held: (() => void)[] = [];
    to.answers((response) => void held.push(() => accepting(response)));
    await anEvent('taken-over');
    await until(() => held.length === 1);
    const { webhookStates } = api.database.read.tables;
    const owner = { host: 'elsewhere', pid: 1, life: 'another', folder: '', deaths: 0 };
    await api.database.write(async (tx) => {
      await tx.update(webhookStates).set({ owner, seenAt: api.clock.now() });
    });
    to.answers(accepting);
    held[0]?.();
    await until(async () => (await deliveriesTo(one)).length === 1);
    at(90_000);
    await anEvent('not-for-this-one');
    expect(await progressOf(one)).toMatchObject({ cursor: after });
    at(90_001);
    await told(one);
    expect(to.received.map(seqsIn)).toEqual([[after + 1], [after + 1, after + 2]]);
  });

  it('at another address is tried at once', async () => {
    const other = await receiver();
    to.answers(answering(500));
    const one = await webhook();
    const after = await head();
    await anEvent('moved');
    await until(async () => (await progressOf(one)).failures === 1);
    await api.patch(`/v1/webhooks/${one.id}`, { url: other.url });
    await told(one);
    expect(other.told).toEqual(range(after, after + 2));
    await other.close();
  });

  it('is sent a test, whatever its status', async () => {
    const one = await webhook({ status: 'paused' });
    to.answers(answering(200, {}, `${'好'.repeat(1_000)}more`));
    const answer = await api.post(`/v1/webhooks/${one.id}/test`);
    expect(answer.body).toMatchObject({
      kind: 'test',
      after: null,
      upTo: null,
      entries: 0,
      status: 200,
      answer: '好'.repeat(1_000),
      error: null,
    });
    const [{ text, headers, body }] = to.received as [(typeof to.received)[0]];
    expect(body).toEqual({ type: 'test', timestamp: expect.any(String), data: { webhook: one.id } });
    new Webhook(one.secret).verify(text, headers as Record<string, string>);
    expect(await deliveriesTo(one)).toEqual([answer.body]);
  });

  it('shows attempts for seven days, after which they are deleted', async () => {
    const one = await webhook({ status: 'paused' });
    await api.post(`/v1/webhooks/${one.id}/test`);
    at(7 * 24 * HOUR);
    await api.post(`/v1/webhooks/${one.id}/test`);
    expect(await deliveriesTo(one)).toHaveLength(2);
    at(7 * 24 * HOUR + 1);
    expect(await deliveriesTo(one)).toHaveLength(1);
    const { webhookDeliveries } = api.database.read.tables;
    await until(async () => (await api.database.read.select().from(webhookDeliveries)).length === 1);
  });

  it('is passed by what does not concern it', async () => {
    await webhook({ entities: ['projects'], actions: ['create'] });
    await events(3);
    const { id } = await created(api, '/v1/projects', aProject());
    await api.patch(`/v1/projects/${id}`, { note: '改' });
    await until(() => to.received.length === 1);
    expect(to.received[0]?.body.data.entries.map(({ entityId }: Body) => entityId)).toEqual([id]);
  });

  it('goes on after a failure of the database', async () => {
    const one = await webhook();
    const after = await head();
    await api.database.write((tx) => perform(tx, 'alter table webhook_deliveries rename to aside'));
    await anEvent('unnoted');
    await until(() => api.logged.some((line) => line.includes('webhooks not told')));
    await api.database.write((tx) => perform(tx, 'alter table aside rename to webhook_deliveries'));
    await told(one);
    expect([...new Set(to.told)]).toEqual(range(after, after + 1));
  });
});

describe.runIf(concurrent)('with two instances', () => {
  it('one of them tells a webhook, and the other when it stops', async () => {
    const other = await instanceBeside(api, api.database);
    await other.listen({ host: '127.0.0.1', port: 0 });
    const one = await webhook();
    const after = await head();
    await events(20, 'beside');
    await told(one);
    // In one process each takes the other for dead, so some entries may be told again; processes are tried elsewhere.
    const once = () => [...new Set(to.told)];
    expect(once()).toEqual(range(after, after + 20));
    const { webhookStates } = api.database.read.tables;
    const ownerNow = async () => (await api.database.read.select().from(webhookStates))[0]?.owner;
    const last = await ownerNow();
    await other.close();
    await until(async () => (await ownerNow())?.pid);
    await events(3, 'after');
    await told(one);
    expect(once()).toEqual(range(after, after + 23));
    expect(last).toMatchObject({ pid: process.pid });
  });
});
