import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { badLines } from '../support/bad-values.ts';
import { changesNothing, expectRefused } from '../support/state.ts';
import { kinds, pathOf, prepareKinds } from './kinds.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
  await prepareKinds(api);
});
afterAll(() => api.close());

describe.each(kinds.map((kind) => [kind.entity, kind] as const))('%s', (entity, kind) => {
  let path: string;
  let url: string;
  let entry: Body;
  beforeAll(async () => {
    path = pathOf(kind);
    entry = await created(api, path, kind.make());
    url = `${path}/${entry[kind.key]}`;
  });

  const ways = [
    ['added', 'POST'],
    ['changed', 'PATCH'],
  ] as const;

  describe.each(ways)('when %s', (_, method) => {
    changesNothing(() => api);

    const send = (fields: Body) =>
      method === 'POST' ? api.post(path, { ...kind.make(), ...fields }) : api.patch(url, fields);
    // The fields share a schema, so only one is tested with everything.
    const texts = Object.entries(kind.texts).flatMap(([field, max]) =>
      badLines(max)
        .filter(
          ([what]) => field === 'name' || ['NUL', 'a line break', 'one character too many'].includes(what),
        )
        .map(([what, value, code]) => [field, what, value, code] as const),
    );
    it.each(texts)('%s cannot be %s', async (field, _, value, code) => {
      expectProblem(await send({ [field]: value }), 422, 'request.invalid', [[`/${field}`, code]]);
    });

    it.each(['version', 'createdAt', 'id'])('%s cannot be set', async (field) => {
      const refused = () => send({ [field]: 1 });
      await expectRefused(api, refused, 422, 'request.invalid', [[`/${field}`, 'read_only']]);
    });

    it('unknown fields are refused by name, all of them', async () => {
      const refused = () => send({ colour: 'red', NAME: 'x' });
      await expectRefused(api, refused, 422, 'request.invalid', [
        ['/colour', 'unknown_field'],
        ['/NAME', 'unknown_field'],
      ]);
    });

    it.each([
      ['a list', '[]'],
      ['null', 'null'],
      ['a text', '"text"'],
      ['a number', '5'],
    ])('the body cannot be %s', async (_, body) => {
      const headers = { 'content-type': 'application/json', 'if-match': (await api.get(url)).etag };
      const refused = () => api.request(method, method === 'POST' ? path : url, body, headers);
      await expectRefused(api, refused, 422, 'request.invalid', [['', 'wrong_type']]);
    });
  });

  it.each(kind.required)('%s is required and cannot be cleared', async (field) => {
    const { [field]: _, ...rest } = kind.make();
    const add = () => api.post(path, rest);
    await expectRefused(api, add, 422, 'request.invalid', [[`/${field}`, 'required']]);
    const { status, body } = await api.patch(url, { [field]: null });
    expect({ status, pointers: body.errors?.map(({ pointer }: Body) => pointer) }).toEqual({
      status: 422,
      pointers: [`/${field}`],
    });
  });

  if (kind.key === 'code') {
    it.each(kind.badCodes)('the code cannot be %j', async (code) => {
      const send = () => api.post(path, { ...kind.make(), code });
      const answer = await expectRefused(api, send, 422, 'request.invalid');
      expect(answer.body.errors).toMatchObject([
        {
          pointer: '/code',
          code:
            { regions: 'not_a_region', industries: 'not_an_industry' }[entity as 'regions'] ?? 'not_a_slug',
        },
      ]);
    });

    it('the code cannot be changed', async () => {
      const [other] = [kind.make(), kind.make()].filter(({ code }) => code !== entry.code);
      const send = () => api.patch(url, { code: other?.code });
      await expectRefused(api, send, 422, 'request.invalid', [['/code', 'immutable']]);
    });

    it('a code in use is a conflict', async () => {
      const send = () => api.post(path, { ...kind.make(), code: entry.code });
      await expectRefused(api, send, 409, `${entity}.code_taken`);
    });
  }
});
