/**
 * Common code for tests of the OWASP API Security Top 10: a service with keys of every kind, and means to
 * attack it.
 */

import { addresses, type Operation, operations, resolve } from '../contract/operations.ts';
import { kinds, prepareKinds, templateOf } from '../references/kinds.ts';
import type { Answer, Body, Client } from '../support/app.ts';
import { aProject, clientOf, created } from '../support/app.ts';
import { adminKey } from '../support/engines.ts';
import { type TestServer, testServer } from '../support/server.ts';

export interface Target extends TestServer {
  keys: Record<'viewer' | 'editor' | 'of Changsha' | 'revoked' | 'expired', string>;
  /** A client with one of the keys; null for none. */
  as(who: keyof Target['keys'] | null): Client;
  addressOf(operation: Operation): string;
  /** Calls an operation with the current ETag, by default as an admin. */
  call(operation: Operation, body: unknown, client?: Client): Promise<Answer>;
  /** Sends a request exactly as written; HTTP clients would normalise its URL and headers. */
  exactly(method: string, path: string, headers?: readonly string[]): Promise<RawAnswer>;
  /** Writes a text into fields (by default all text fields) of a new or an existing resource. */
  writeEverywhere(operation: Operation, text: string, fields?: readonly string[]): Promise<Answer>;
}

export interface RawAnswer {
  status: number;
  head: string;
  text: string;
}

export const JSON_TYPE = { 'content-type': 'application/json' };

export const bearer = (key = adminKey()): string => `Authorization: Bearer ${key}`;

/** Whether the body is a file, which is not looked into as a body is. */
export const takesFile = ({ requestBody }: Operation): boolean =>
  ['text/csv', 'multipart/form-data'].some((type) => type in (requestBody?.content ?? {}));

/** Every POST, PUT and PATCH, and those of them that take a body. */
export const writes = operations.filter(
  (operation) => ['POST', 'PUT', 'PATCH'].includes(operation.method) && !takesFile(operation),
);
export const takers = writes.filter(({ requestBody }) => requestBody);

/** The fields of an operation's body, as the document describes them. */
export function fieldsOf({ requestBody }: Operation): Record<string, Body> {
  const [media] = Object.values(requestBody?.content ?? {});
  return media ? resolve(media.schema).properties : {};
}

/** Texts with a format of their own do not count, nor does one that is a query string. */
const isStructured = (name: string, field: Body): boolean =>
  name === 'filter' || 'properties' in resolve(field);

const isAnyText = ({ maxLength, pattern, format, enum: choices, anyOf = [] }: Body): boolean =>
  (maxLength !== undefined && !pattern && !format && !choices) || anyOf.some(isAnyText);

/** The fields that take any text. */
export const textsOf = (operation: Operation): string[] =>
  Object.entries(fieldsOf(operation))
    .filter(([name, field]) => isAnyText(resolve(field)) && !isStructured(name, field))
    .map(([name]) => name);

/** Those that are not names, and may have several lines. */
export const FREE_TEXTS = ['description', 'note'];

export const writers = takers.filter((operation) => textsOf(operation).length > 0);

let made = 0;
const aFigure = {
  measure: 'projectCount',
  value: '1',
  unit: 'projects',
  asOf: '2020-06-29',
  source: { publisher: '商务厅', publishedOn: '2020-07-01' },
};
const definition = { fields: { code: { from: 'No.' } } };

/** What each POST takes to make one more of its kind, and each PUT to replace one. */
export const makers: Record<string, () => Body> = {
  '/v1/projects': aProject,
  '/v1/projects/by-code/{code}': () => ({ ...aProject(), code: undefined }),
  '/v1/projects/{id}/funds': () => ({ receivedOn: '2021-01-01', amountYuan: 1 }),
  '/v1/mappings': () => ({ code: `mapping-${++made}`, name: '映射', definition }),
  '/v1/keys': () => ({ name: 'key', role: 'viewer' }),
  '/v1/published-figures': () => aFigure,
  ...Object.fromEntries(kinds.map((kind) => [templateOf(kind), kind.make])),
};

export const repeated = (count: number, value: (i: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => value(i));

export async function target(): Promise<Target> {
  const api = await testServer();
  const addressOf = await addresses(api);
  await prepareKinds(api);
  const ids: Record<string, string> = {};
  const make = async (name: string, fields: object): Promise<string> => {
    const { id, key } = await created(api, '/v1/keys', { name, ...fields });
    ids[name] = id;
    return key;
  };
  const keys: Target['keys'] = {
    viewer: await make('viewer', { role: 'viewer' }),
    editor: await make('editor', { role: 'editor' }),
    'of Changsha': await make('of Changsha', { role: 'editor', regions: ['430100'] }),
    revoked: await make('revoked', { role: 'admin' }),
    expired: await make('expired', { role: 'admin', expiresAt: '2026-11-22T04:00:01Z' }),
  };
  await api.post(`/v1/keys/${ids.revoked}/revoke`);
  api.clock.set('2026-11-22T05:00:00Z');

  const call: Target['call'] = (operation, body, client = api) =>
    client.request(operation.method, addressOf(operation), body, { 'if-match': '*', ...JSON_TYPE });

  return {
    ...api,
    keys,
    addressOf,
    call,
    as: (who) => clientOf(api.app, who && keys[who]),
    exactly: async (method, path, headers = []) => {
      const lines = [`${method} ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers];
      const received = await api.raw(`${lines.join('\r\n')}\r\n\r\n`);
      const [head = '', text = ''] = received.split('\r\n\r\n');
      return { status: Number(head.split(' ')[1]), head, text };
    },
    writeEverywhere: async (operation, text, fields = textsOf(operation)) => {
      const texts = Object.fromEntries(fields.map((field) => [field, text]));
      const base = operation.method === 'PATCH' ? {} : makers[operation.template]?.();
      const answer = await call(operation, { ...base, ...texts });
      // There are only a few codes of industries, and names of clusters are unique.
      if (answer.status === 201 && ['/v1/industries', '/v1/clusters'].includes(operation.template)) {
        await api.delete(String(answer.headers.location));
      }
      return answer;
    },
  };
}
