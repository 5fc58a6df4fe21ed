/** Whoever tries the document on the demo: each of its examples is sent as it is, and answered as it says. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemo } from '../../src/features/demo/service.ts';
import {
  bodyExamples,
  named,
  type Operation,
  operations,
  recordedNow,
  requiredQuery,
} from '../contract/operations.ts';
import { type Body, type TestApp, testApp } from '../support/app.ts';
import { isEndless } from '../support/contract.ts';
import { closeVerified } from '../support/verified.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
  await loadDemo(api, () => undefined);
});
afterAll(() => closeVerified(api));

const pathOf = ({ parameters = [], template }: Operation): string =>
  parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce(
      (url, { name, example }) => url.replace(`{${name}}`, encodeURIComponent(String(example))),
      template,
    );

const addressOf = (operation: Operation, query: Record<string, string> = {}): string =>
  `${pathOf(operation)}?${new URLSearchParams({ ...requiredQuery(operation), ...query })}`;

const does = (...methods: string[]): Operation[] =>
  operations.filter(({ method }) => methods.includes(method));
/** What the demo does not have: imports are kept for days only, its key is made when it starts, and it tells nobody. */
const isAbsent = ({ template }: Operation): boolean =>
  /^\/v1\/(imports|keys|webhooks)\/\{id\}/.test(template);

const reads = does('GET').filter(({ method, template }) => !isEndless(method, template));

describe('what reads', () => {
  it.each(named(reads))('%s', async (_, operation) => {
    const answer = await api.get(addressOf(operation));
    expect(answer.status, answer.text).toBe(isAbsent(operation) ? 404 : 200);
    if (isAbsent(operation)) return;
    const optional = (operation.parameters ?? []).filter(
      (parameter) => parameter.in === 'query' && !(parameter as Body).required,
    );
    for (const { name, schema } of optional as Body[]) {
      const [example] = schema.examples ?? [];
      if (example === undefined || name === 'cursor') continue;
      const given = { [name]: String(example), ...(await recordedNow(api, name)) };
      const { status, text } = await api.get(addressOf(operation, given));
      expect(`${name}=${example}: ${status === 200 ? 200 : text}`).toBe(`${name}=${example}: 200`);
    }
  });
});

describe('what creates', () => {
  it.each(named(does('POST')))('%s', async (_, operation) => {
    for (const body of bodyExamples(operation)) {
      const { status, text } = await api.request('POST', addressOf(operation), body);
      if (isAbsent(operation)) expect(status).toBe(404);
      else expect(status, text).toBeLessThan(300);
    }
  });
});

describe('what changes', () => {
  it.each(named(does('PATCH', 'PUT')))('%s', async (_, operation) => {
    for (const body of bodyExamples(operation)) {
      const { headers } = await api.get(pathOf(operation));
      const match = { 'if-match': String(headers.etag) };
      const { status, text } = await api.request(operation.method, addressOf(operation), body, match);
      expect(status, text).toBe(isAbsent(operation) ? 404 : 200);
    }
  });
});

describe('what deletes', () => {
  it.each(named(does('DELETE')))('%s', async (_, operation) => {
    const { headers } = await api.get(pathOf(operation));
    const match = { 'if-match': String(headers.etag) };
    const { status, body } = await api.request('DELETE', addressOf(operation), undefined, match);
    // Much of the demo refers to what the document shows.
    if (status === 409) expect(body.code).toMatch(/\.referenced$/);
    else expect(status).toBe(isAbsent(operation) ? 404 : 204);
  });
});
