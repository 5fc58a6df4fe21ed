import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { callerOf } from '../access/authorize.ts';
import type { Answers } from '../http/answers.ts';
import { sendResource } from '../http/conditional.ts';
import { integerText } from '../http/fields.ts';
import { type Entity, nouns } from '../http/messages.ts';
import { NoQuery, operation } from '../http/openapi.ts';
import { linkToNext, type PageOf, pageFields, pageOf } from '../http/pages.ts';
import { Change, Head } from './schema.ts';
import { type ChangesService, HISTORY_SORT, historySortKeys } from './service.ts';

/** A resource that has a history, and the name of its key in its path. */
export interface Tracked {
  entity: Exclude<Entity, 'funds'>;
  key: 'id' | 'code';
  /** Who may read it. */
  readers: 'read' | 'administer';
  /** A key, for the document. */
  example: string;
}

const { limit } = pageFields({}, '');

const FeedQuery = z.strictObject({
  after: integerText(z.int().min(0)).optional().meta({
    description: 'The `seq` of the last entry that you have; 0, the beginning, if left out.',
    example: 1200,
  }),
  limit,
});

const HistoryQuery = z.strictObject(pageFields(historySortKeys, HISTORY_SORT));
const ChangePage = pageOf('ChangePage', Change);

export const changesRoutes =
  (changes: ChangesService, answers: Answers, tracked: readonly Tracked[]): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/changes',
      {
        schema: operation({
          id: 'listChanges',
          access: 'read',
          tag: 'changes',
          summary: 'Follow every change, deletions included',
          description:
            'Entries of the log in the order of their commits, without gaps. Keep the `seq` of the last one and ask for what comes `after` it: nothing is missed and nothing comes twice. `page.total` counts what comes after; `page.nextCursor` is the `after` of the next page.',
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
          summary: 'Read the end of the log',
          description:
            'The number and hash of the last entry. Whoever keeps a copy can prove later that nothing before it was rewritten.',
          query: NoQuery,
          success: { description: 'The last entry.', schema: Head },
          conditional: true,
        }),
      },
      async (request, reply) => sendResource(request, reply, await changes.head()),
    );

    for (const { entity, key, example, readers } of tracked) {
      const noun = nouns[entity].en;
      const Key = z.object({
        [key]: z.string().meta({ description: `The ${key} of the ${noun}.`, examples: [example] }),
      });
      app.get(
        `/v1/${entity}/:${key}/history`,
        {
          schema: operation({
            id: `list${noun[0]?.toUpperCase()}${noun.slice(1)}History`,
            access: readers,
            tag: entity,
            summary: `List what happened to a ${noun}`.replace(/a (?=[aeiou])/, 'an '),
            description:
              'Who changed what, when, and what each field said before and after; the newest first. Nothing can change or delete it.',
            params: Key,
            query: HistoryQuery,
            success: { description: 'Entries of the log about it.', schema: ChangePage },
            problems: [404],
            conditional: true,
          }),
        },
        (request, reply) => {
          const id = (request.params as Record<string, string>)[key] as string;
          return answers.send(
            request,
            reply,
            undefined,
            () => changes.history(entity, id, request.query),
            (body) => linkToNext(request.url, body as PageOf<unknown>),
          );
        },
      );
    }
  };
