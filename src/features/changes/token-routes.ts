import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { callerOf } from '../../access/authorize.ts';
import { StreamToken } from '../../access/schema.ts';
import type { StreamTokens } from '../../access/stream-tokens.ts';
import { NoQuery, operation } from '../../http/operation.ts';
import { refuseFields } from '../../http/validation.ts';

export const streamTokenRoutes =
  (tokens: StreamTokens): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/v1/changes/stream-tokens',
      {
        config: { showsSecret: true },
        schema: operation({
          id: 'createStreamToken',
          access: 'key',
          tag: 'changes',
          summary: 'Create a token for EventSource',
          description:
            'A token opens `/v1/changes/stream?token=…` once, within 60 seconds, with the rights of the key that asked for it: for `EventSource` in browsers, which cannot send a key. The stream ends when that key is revoked. A key may have 100 tokens that are neither used nor expired.',
          query: NoQuery,
          success: { status: 201, description: 'The token. It is shown only here.', schema: StreamToken },
          problems: [413, 415],
        }),
      },
      async (request, reply) => {
        refuseFields(request.body);
        const token = await tokens.create(callerOf(request));
        // No cache may store the response.
        return reply.code(201).header('cache-control', 'no-store').send(token);
      },
    );
  };
