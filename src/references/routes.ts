/** The routes of any catalogue. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { answerOnce, callerOf } from '../access/authorize.ts';
import type { Answers } from '../http/answers.ts';
import { requireIfMatch, resourceAnswer, sendResource } from '../http/conditional.ts';
import { line } from '../http/fields.ts';
import { nouns } from '../http/messages.ts';
import { MERGE_PATCH, NoQuery, operation } from '../http/openapi.ts';
import { linkToNext, type PageOf, pageFields, pageOf } from '../http/pages.ts';
import type { Catalogue, Entry } from './catalogue.ts';
import { type CatalogueService, sortKeysOf } from './service.ts';

export const catalogueRoutes =
  (catalogue: Catalogue, service: CatalogueService, answers: Answers): FastifyPluginAsyncZod =>
  async (app) => {
    const { entity: tag, key, item, create, changes } = catalogue;
    const noun = nouns[tag].en;
    const a = /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
    const Name = `${noun[0]?.toUpperCase()}${noun.slice(1)}`;
    const path = `/v1/${tag}`;
    const writers = catalogue.editors ? 'edit' : 'administer';

    const [example] = (item.meta()?.examples ?? []) as Entry[];
    const Key = z.object({
      [key]: z.string().meta({ description: `The ${key} of the ${noun}.`, examples: [example?.[key]] }),
    });
    const keyOf = (params: unknown): string => (params as Record<string, string>)[key] as string;

    const ListQuery = z.strictObject({
      ...catalogue.filters,
      ...Object.fromEntries(
        Object.entries(catalogue.conditions ?? {}).map(([name, { schema }]) => [name, schema]),
      ),
      ...(catalogue.searchable && {
        q: line(200).optional().meta({ description: 'Text to find in the names.', example: '半导体' }),
      }),
      ...pageFields(sortKeysOf(catalogue), key),
    });

    app.get(
      path,
      {
        schema: operation({
          id: `list${Name}s`.replace(/ys$/, 'ies'),
          access: 'read',
          tag,
          summary: `List ${tag}`,
          query: ListQuery,
          success: { description: 'A page.', schema: pageOf(`${Name}Page`, item) },
          conditional: true,
        }),
      },
      (request, reply) =>
        answers.send(
          request,
          reply,
          (request.query as { asOf?: string }).asOf,
          () => service.list(request.query),
          (body) => linkToNext(request.url, body as PageOf<unknown>),
        ),
    );

    app.post(
      path,
      {
        config: { gathersFaults: true },
        schema: operation({
          retryable: true,
          id: `create${Name}`,
          access: writers,
          tag,
          summary: `Add ${a}`,
          query: NoQuery,
          body: create,
          success: { status: 201, description: `The ${noun} as recorded.`, schema: item },
          problems: [409],
        }),
      },
      (request, reply) =>
        answerOnce(
          request,
          reply,
          (entry: Entry) => resourceAnswer(entry, 201, `${path}/${entry[key]}`),
          (caller) => service.create(caller, request.body),
        ),
    );

    app.get(
      `${path}/:${key}`,
      {
        schema: operation({
          id: `read${Name}`,
          access: 'read',
          tag,
          summary: `Read ${a}`,
          params: Key,
          query: NoQuery,
          success: { description: `The ${noun}.`, schema: item },
          problems: [404],
          conditional: true,
        }),
      },
      async (request, reply) => sendResource(request, reply, await service.read(keyOf(request.params))),
    );

    app.patch(
      `${path}/:${key}`,
      {
        config: { gathersFaults: true },
        schema: operation({
          id: `change${Name}`,
          access: writers,
          tag,
          summary: `Change ${a}`,
          description: 'A merge patch (RFC 7396): what is absent stays, `null` clears.',
          params: Key,
          query: NoQuery,
          body: changes,
          consumes: MERGE_PATCH,
          success: { description: `The ${noun} as it is now.`, schema: item },
          guarded: true,
          problems: [409],
        }),
      },
      async (request, reply) => {
        const ifMatch = requireIfMatch(request);
        const entry = await service.change(callerOf(request), keyOf(request.params), ifMatch, request.body);
        return sendResource(request, reply, entry);
      },
    );

    app.delete(
      `${path}/:${key}`,
      {
        schema: operation({
          id: `delete${Name}`,
          access: writers,
          tag,
          summary: `Delete ${a}`,
          description: `Refused while something refers to the ${noun}.`,
          params: Key,
          query: NoQuery,
          success: { status: 204, description: 'Deleted.' },
          guarded: true,
          problems: [409],
        }),
      },
      async (request, reply) => {
        await service.remove(callerOf(request), keyOf(request.params), requireIfMatch(request));
        return reply.code(204).send();
      },
    );
  };
