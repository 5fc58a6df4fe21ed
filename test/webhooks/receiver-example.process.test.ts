/** The receiver in the documentation does what it says. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { signedHeaders } from '../../src/features/webhooks/signing.ts';
import { created, testApp } from '../support/app.ts';
import { documentAt, examplesIn } from '../support/documents.ts';
import { endAll, occupiedPort, start, until } from '../support/process.ts';

afterEach(endAll);

it('the receiver in the documentation takes each entry once, and nothing from others', async () => {
  const [example] = examplesIn(documentAt('docs/webhooks.md')).filter(({ language }) => language === 'js');
  const folder = mkdtempSync(join(tmpdir(), 'luodi-receiver-'));
  writeFileSync(join(folder, 'receiver.mjs'), example?.text ?? '');
  const { port, free } = await occupiedPort();
  await free();
  const url = `http://127.0.0.1:${port}/luodi`;
  const api = await testApp();
  api.clock.set(new Date().toISOString());
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  const { id, secret } = await created(api, '/v1/webhooks', { name: 'example', url, actions: ['create'] });
  const process = start(join(folder, 'receiver.mjs'), [], { env: { SECRET: secret, PORT: String(port) } });
  const test = () => api.post(`/v1/webhooks/${id}/test`);
  await until(async () => (await test()).body.status === 204);
  const { seq } = await api.database.revision();
  const event = { name: 'event', startsOn: '2020-06-29', endsOn: '2020-06-30' };
  for (const code of ['a', 'b']) await created(api, '/v1/events', { ...event, code });
  const lines = [`${seq + 1} events create a`, `${seq + 2} events create b`, ''].join('\n');
  await until(() => process.stdout() === lines);
  await api.post(`/v1/webhooks/${id}/redeliver`, { after: seq });
  await until(async () => (await api.get(`/v1/webhooks/${id}/progress`)).body.cursor === seq + 2);

  expect(process.stdout()).toBe(lines);

  const send = async (headers: Record<string, string>, body: string) =>
    (await fetch(url, { method: 'POST', headers, body })).status;
  const now = Math.floor(Date.now() / 1_000);
  const body = '{"type":"changes","data":{"entries":[{"seq":99}]}}';
  const good = signedHeaders('msg_1', now, body, [secret]);
  expect(await send(good, body)).toBe(204);
  expect(await send(good, `${body} `)).toBe(400);
  expect(await send({}, body)).toBe(400);
  expect(await send(signedHeaders('msg_1', now - 400, body, [secret]), body)).toBe(400);
  expect(await send(signedHeaders('msg_1', now, body, ['whsec_AAAA']), body)).toBe(400);
  expect(await send({ ...good, 'webhook-id': 'msg_2' }, body)).toBe(400);
  // After the secret has changed, the old one is still good.
  await api.post(`/v1/webhooks/${id}/rotate`);
  expect((await test()).body.status).toBe(204);
  await api.close();
  rmSync(folder, { recursive: true });
});
