import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import type { Answers } from '../http/answers.ts';
import { resourceAnswer, sendResource } from '../http/conditional.ts';
import { NoQuery, operation } from '../http/operation.ts';
import { linkToNext, type PageOf, pageFields, pageOf } from '../http/pages.ts';
import { refuseFields } from '../http/validation.ts';
import { answerOnce, callerOf } from './authorize.ts';
import { keySortKeys } from './repository.ts';
import { ApiKey, CreatedApiKey, NewApiKey } from './schema.ts';
import { KEY_SORT, type KeyService } from './service.ts';

const Id = z.object({
  id: z.string().meta({ description: 'Id of the key.', examples: ['0190a1b2-0000-7000-8000-000000000007'] }),
});

const ListQuery = z.strictObject(pageFields(keySortKeys, KEY_SORT));
const KeyPage = pageOf('ApiKeyPage', ApiKey);

export const keyRoutes =
  (keys: KeyService, answers: Answers): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/keys',
      {
        schema: operation({
          id: 'listKeys',
          access: 'administer',
          tag: 'keys',
          summary: 'List API keys',
          query: ListQuery,
          success: { description: 'A page.', schema: KeyPage },
          conditional: true,
        }),
      },
      async (request, reply) =>
        answers.send(
          request,
          reply,
          undefined,
          () => keys.list(request.query),
          (body) => linkToNext(request.url, body as PageOf<unknown>),
          (await keys.latestUse()) ?? '',
        ),
    );

    app.post(
      '/v1/keys',
      {
        config: { gathersFaults: true, showsSecret: true },
        schema: operation({
          id: 'createKey',
          access: 'administer',
          tag: 'keys',
          summary: 'Create an API key',
          description: 'The response is the only place where the key is shown; only its hash is stored.',
          query: NoQuery,
          body: NewApiKey,
          success: { status: 201, description: 'The key.', schema: CreatedApiKey },
        }),
      },
      async (request, reply) => {
        const key = await keys.create(callerOf(request), request.body, request.faults);
        // No cache may store the response.
        return reply
          .code(201)
          .headers({ location: `/v1/keys/${key.id}`, 'cache-control': 'no-store' })
          .send(key);
      },
    );

    app.get(
      '/v1/keys/:id',
      {
        schema: operation({
          id: 'readKey',
          access: 'administer',
          tag: 'keys',
          summary: 'Read an API key',
          params: Id,
          query: NoQuery,
          success: { description: 'The key, without its secret.', schema: ApiKey },
          problems: [404],
          conditional: true,
        }),
      },
      async (request, reply) => sendResource(request, reply, await keys.read(request.params.id)),
    );

    app.post(
      '/v1/keys/:id/revoke',
      {
        schema: operation({
          id: 'revokeKey',
          retryable: true,
          access: 'administer',
          tag: 'keys',
          summary: 'Revoke an API key',
          description:
            'It is refused from the next request on, by every instance. Its waiting writes, exports and imports are cancelled (what they have written stays). It stays in the list.',
          params: Id,
          query: NoQuery,
          success: { description: 'The key as it is now.', schema: ApiKey },
          problems: [404, 413, 415],
        }),
      },
      async (request, reply) => {
        refuseFields(request.body);
        return answerOnce(
          request,
          reply,
          (key: ApiKey) => resourceAnswer(key, 200),
          (caller) => keys.revoke(caller, request.params.id),
        );
      },
    );
  };
