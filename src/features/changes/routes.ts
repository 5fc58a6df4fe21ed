import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { callerOf, type StillHolds } from '../../access/authorize.ts';
import { networkOf } from '../../access/limits.ts';
import { nouns } from '../../core/entities.ts';
import type { Answers } from '../../http/answers.ts';
import { sendResource } from '../../http/conditional.ts';
import { integerText } from '../../http/fields.ts';
import { typeNames } from '../../http/messages.ts';
import { inPascalCase } from '../../http/nouns.ts';
import { NoQuery, operation } from '../../http/operation.ts';
import { linkToNext, type PageOf, pageFields, pageOf } from '../../http/pages.ts';
import { invalid } from '../../http/problems.ts';
import { fieldsField } from '../../http/projection.ts';
import { Change, Head } from '../../log/schema.ts';
import { type ChangesService, HISTORY_SORT, historySortKeys } from '../../log/service.ts';
import type { ChangesStream } from './stream.ts';
import type { Tracked } from './tracked.ts';

const { limit } = pageFields({}, '');

const after = integerText(z.int().min(0)).optional().meta({
  description: 'The `seq` of the last entry you have; default 0, the beginning.',
  example: 12,
});
const fields = fieldsField(Change);
const FeedQuery = z.strictObject({ after, limit, fields });
/**
 * Authorization has taken the token before the query is validated. Not a security scheme of the document: some generated
 * clients send their key by every scheme of an operation, and so would put it into the address.
 */
const token = z.string().optional().meta({
  description:
    'A token of `POST /v1/changes/stream-tokens`, instead of the `Authorization` header; for `EventSource`.',
  example: 'luodi_st_1w8nV2XxXxXxXxXxXxXxXxXxXxXxXxXxXxXx000000',
});
const StreamQuery = z.strictObject({ after, token });

const HistoryQuery = z.strictObject({ ...pageFields(historySortKeys, HISTORY_SORT), fields });
const ChangePage = pageOf('ChangePage', Change);

export const changesRoutes =
  (
    changes: ChangesService,
    stream: ChangesStream,
    answers: Answers,
    stillHolds: StillHolds,
    tracked: readonly Tracked[],
  ): FastifyPluginAsyncZod =>
  async (app) => {
    app.addHook('preClose', async () => stream.close());

    app.get(
      '/v1/changes',
      {
        schema: operation({
          id: 'listChanges',
          access: 'read',
          tag: 'changes',
          summary: 'Follow all changes, including deletions',
          description:
            'Log entries in commit order, without gaps. Keep the `seq` of the last one and send it as `after`: nothing is missed or repeated. `page.total` counts the entries after it; `page.nextCursor` is the `after` of the next page. A page has fewer than `limit` entries if they exceed a million characters.',
          query: FeedQuery,
          success: { description: 'Entries.', schema: ChangePage },
          conditional: true,
        }),
      },
      (request, reply) => {
        const isAdmin = callerOf(request).role === 'admin';
        return answers.send(
          request,
          reply,
          undefined,
          () => changes.feed(request.query, isAdmin),
          (body) => linkToNext(request.url, body as PageOf<unknown>, 'after'),
          isAdmin ? 'admin' : '',
        );
      },
    );

    app.get(
      '/v1/changes/head',
      {
        schema: operation({
          id: 'readChangesHead',
          access: 'read',
          tag: 'changes',
          summary: 'Read the head of the log',
          description:
            'Number and hash of the last entry. With a copy of it you can prove later that no earlier entry was rewritten.',
          query: NoQuery,
          success: { description: 'The last entry.', schema: Head },
          conditional: true,
        }),
      },
      async (request, reply) => sendResource(request, reply, await changes.head()),
    );

    app.get(
      '/v1/changes/stream',
      {
        schema: operation({
          id: 'streamChanges',
          access: 'read',
          tag: 'changes',
          summary: 'Stream changes live',
          description:
            'The feed as Server-Sent Events: the existing entries, then each new one within a quarter of a second of its commit. After a disconnect, continue with `Last-Event-ID`; nothing is missed. A client that reads nothing for 30 seconds is disconnected. `EventSource` in browsers cannot send a key: ask for a token (`POST /v1/changes/stream-tokens`) and send it as `token`, without an `Authorization` header (400 with both). It opens one stream: when that is disconnected, the browser gets 401 `access.invalid_token` and stops; ask for a new token, and continue with the id of the last event as `after`. To receive only new entries, send the `seq` of `/v1/changes/head`.',
          query: StreamQuery,
          // The schema is that of the data of an event: so generated clients read it.
          success: {
            description:
              'An endless stream of events, each with the `seq` of an entry as `id`, `change` as `event`, and the entry in JSON as `data`; a comment after every 15 seconds without an event.',
            schema: Change,
            type: 'text/event-stream',
          },
          resumable: true,
          takesToken: true,
        }),
      },
      async (request, reply) => {
        const { id, role } = callerOf(request);
        const position = positionOf(request);
        const isHead = request.method === 'HEAD';
        const events = isHead
          ? await changes.expectReached(position.after, position.parameter)
          : await stream.follow({
              ...position,
              caller: id ?? networkOf(request.ip),
              hasKey: id !== undefined,
              showsKeys: role === 'admin',
              mayFollow: () => stillHolds(request),
            });
        reply.headers({
          'cache-control': 'no-store',
          // A stream ends when the service stops; the client must not reuse this connection.
          connection: 'close',
          // Otherwise buffering proxies would delay every event.
          'x-accel-buffering': 'no',
        });
        return reply.type('text/event-stream').send(events);
      },
    );

    for (const { entity, path, tag, key, under, example, readers } of tracked) {
      const noun = nouns[entity].en;
      const Key = z.object({
        ...(under && {
          id: z.string().meta({
            description: `The id of the ${nouns[under.entity].en}.`,
            examples: [under.example],
          }),
        }),
        [key]: z.string().meta({
          description: `The ${under ? 'id' : key} of the ${noun}.`,
          examples: [example],
        }),
      });
      app.get(
        `${path}/:${key}/history`,
        {
          schema: operation({
            id: `list${inPascalCase(noun)}History`,
            access: readers,
            tag,
            summary: `List the history of a ${noun}`.replace(/a (?=[aeiou])/, 'an '),
            description:
              'Who changed what and when, with the values of each field before and after; the latest first. It cannot be changed or deleted.',
            params: Key,
            query: HistoryQuery,
            success: { description: 'Its log entries.', schema: ChangePage },
            problems: [404],
            conditional: true,
          }),
        },
        (request, reply) => {
          const params = request.params as Record<string, string>;
          const id = params[key] as string;
          const within = under && { field: under.field, key: params.id as string };
          return answers.send(
            request,
            reply,
            undefined,
            () => changes.history(entity, id, request.query, within),
            (body) => linkToNext(request.url, body as PageOf<unknown>),
          );
        },
      );
    }
  };

/**
 * The position where a follower continues. Clients reconnect with the same URL, so `Last-Event-ID` takes
 * precedence.
 */
function positionOf(request: FastifyRequest): { after: number; parameter: string } {
  const { 'last-event-id': id } = request.headers;
  const { after = 0 } = request.query as z.infer<typeof StreamQuery>;
  if (id === undefined || id === '') return { after, parameter: 'after' };
  const parameter = 'Last-Event-ID';
  if (!/^\d{1,15}$/.test(String(id))) {
    throw invalid([{ parameter, code: 'wrong_type', values: { expected: typeNames.int } }]);
  }
  return { after: Number(id), parameter };
}
