/** The collection for Postman and its like: current, and each request that only reads works as it is. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Collection, collectionText, type Entry, type Item } from '../../openapi/collection.ts';
import { type Answer, type TestApp, testApp } from '../support/app.ts';
import { openapi } from '../support/contract.ts';
import { addresses, operations } from './operations.ts';

const file = new URL('../../openapi/luodi.postman_collection.json', import.meta.url);
const text = readFileSync(file, 'utf8');
const collection: Collection = JSON.parse(text);
const folderOf = (name: string): Item[] => collection.item.find((one) => one.name === name)?.item ?? [];
const items = collection.item.flatMap(({ item }) => item);
const nameOf = ({ request: { method, url } }: Item): string =>
  `${method} /${url.path.join('/').replaceAll(/:(\w+)/g, '{$1}')}`;

/** Not that of the example, which is created as well. */
const A_COMPANY = { mode: 'raw', raw: '{"name": "瑶华"}' } as const;

/** Sends requests as such a program does: it fills in variables, and runs the script with the answer. */
function sender(api: TestApp): (item: Item) => Promise<Answer> {
  const variables = new Map(collection.variable.map(({ key, value }) => [key, value]));
  variables.set('baseUrl', '');
  const filled = (written: string): string =>
    written
      .replaceAll('{{$guid}}', () => randomUUID())
      .replaceAll(/\{\{(\w+)\}\}/g, (_, name) => {
        const value = variables.get(name);
        if (value === undefined) throw new Error(`There is no variable ${name}.`);
        return value;
      });
  const sent = (entries: readonly Entry[]): [string, string][] =>
    entries.filter(({ disabled }) => !disabled).map(({ key, value }) => [key.toLowerCase(), filled(value)]);
  return async ({ request: { method, url, header, body }, event = [] }) => {
    const parts = new Map(url.variable.map(({ key, value }) => [`:${key}`, filled(value)]));
    const path = [...url.host.map(filled), ...url.path.map((part) => parts.get(part) ?? part)].join('/');
    const query = url.query
      .filter(({ disabled }) => !disabled)
      .map(({ key, value }) => `${key}=${encodeURIComponent(filled(value))}`);
    const address = query.length > 0 ? `${path}?${query.join('&')}` : path;
    const content = body?.mode === 'raw' ? filled(body.raw) : undefined;
    const answer = await api.request(method, address, content, Object.fromEntries(sent(header)));
    const pm = {
      response: {
        code: answer.status,
        json: () => answer.body,
        headers: { get: (name: string) => answer.headers[name.toLowerCase()] },
      },
      collectionVariables: variables,
    };
    for (const { script } of event) runInNewContext(script.exec.join('\n'), { pm });
    return answer;
  };
}

describe('the collection', () => {
  it('is what the document says: run `npm run collection` when it is not', () => {
    expect(text).toBe(collectionText(openapi as never));
  });

  it('has each operation once, in the folders of the document', () => {
    expect(items.map(nameOf).sort()).toEqual(operations.map((one) => `${one.method} ${one.template}`).sort());
    const { tags } = openapi as unknown as { tags: { name: string }[] };
    expect(collection.item.map(({ name }) => name)).toEqual(tags.map(({ name }) => name));
    for (const { item } of collection.item) expect(item.length).toBeGreaterThan(0);
  });

  it('has every parameter with a value, and sends the required ones only', () => {
    for (const item of items) {
      const operation = operations.find((one) => `${one.method} ${one.template}` === nameOf(item));
      const { url, header } = item.request;
      for (const { name, in: place, ...parameter } of operation?.parameters ?? []) {
        const entry = { query: url.query, header, path: url.variable }[place]?.find(
          ({ key }) => key === name,
        );
        expect(entry?.value, `${nameOf(item)} ${name}`).toMatch(/\S/);
        const isSent = 'required' in parameter && parameter.required === true;
        const always = ['If-Match', 'Idempotency-Key'].includes(name);
        expect(entry?.disabled !== true, `${nameOf(item)} ${name}`).toBe(isSent || always);
      }
    }
  });

  it('has a body where one is needed', () => {
    for (const item of items) {
      const operation = operations.find((one) => `${one.method} ${one.template}` === nameOf(item));
      expect(item.request.body !== undefined, nameOf(item)).toBe(operation?.requestBody !== undefined);
    }
  });
});

describe('with one thing of each kind', () => {
  let api: TestApp;
  let send: (item: Item) => Promise<Answer>;
  beforeAll(async () => {
    api = await testApp();
    await addresses(api);
    send = sender(api);
  });
  afterAll(() => api.close());

  // In their order: lists fill in the ids that the others need.
  const reading = items.filter(({ request }) => request.method === 'GET');
  it.each(reading.map((item) => [nameOf(item), item] as const))('%s is answered', async (_, item) => {
    const answer = await send(item);
    expect(answer.status, answer.text).toBe(200);
  });
});

describe.each(['events', 'enterprises', 'mappings'])('in an empty service', (name) => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp();
  });
  afterAll(() => api.close());

  it(`the folder ${name} creates, reads, changes and deletes from top to bottom`, async () => {
    const send = sender(api);
    const [enterprise] = folderOf('enterprises').filter(({ request }) => request.method === 'POST') as [Item];
    await send({ ...enterprise, request: { ...enterprise.request, body: A_COMPANY } });
    for (const item of folderOf(name)) {
      const answer = await send(item);
      const outcome = answer.status < 300 ? 'done' : `${answer.status} ${answer.text}`;
      expect(`${nameOf(item)}: ${outcome}`).toBe(`${nameOf(item)}: done`);
    }
  });
});
