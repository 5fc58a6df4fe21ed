import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { answerOnce, callerOf } from '../../access/authorize.ts';
import { onBehalfOf } from '../../database/asker.ts';
import type { Answers } from '../../http/answers.ts';
import { requireIfMatch, resourceAnswer, sendResource } from '../../http/conditional.ts';
import { MERGE_PATCH, NoQuery, operation } from '../../http/openapi.ts';
import { linkToNext, type PageOf } from '../../http/pages.ts';
import {
  ListQuery,
  NewPublishedFigure,
  PUBLISHED_FIGURES,
  PublishedFigure,
  PublishedFigureChanges,
  PublishedFigurePage,
  Reconciliation,
  ReconciliationQuery,
} from './schema.ts';
import type { PublishedService } from './service.ts';

const Id = z.object({
  id: z.string().meta({
    description: 'The id of the published figure.',
    examples: ['0190a1b2-0000-7000-8000-000000000013'],
  }),
});

export const publishedRoutes =
  (published: PublishedService, answers: Answers): FastifyPluginAsyncZod =>
  async (app) => {
    const tag = 'published-figures';

    app.get(
      PUBLISHED_FIGURES,
      {
        schema: operation({
          id: 'listPublishedFigures',
          access: 'read',
          tag,
          summary: 'List published figures beside what is computed now',
          description:
            'Each with the value that is computed now for the same projects and day. What has changed since is told where a single one is read, and in the reconciliation.',
          query: ListQuery,
          success: { description: 'A page.', schema: PublishedFigurePage },
          conditional: true,
        }),
      },
      (request, reply) =>
        answers.send(
          request,
          reply,
          undefined,
          () => published.list(request.query),
          (body) => linkToNext(request.url, body as PageOf<unknown>),
        ),
    );

    app.get(
      `${PUBLISHED_FIGURES}/reconciliation`,
      {
        schema: operation({
          id: 'reconcilePublishedFigures',
          access: 'read',
          tag,
          summary: 'Reconcile every published figure with what is computed now',
          description:
            'All figures, or those of an event: those that do not agree first, then those that are printed oddly. Of the first 20 that do not agree it says what has changed since they were published. More than 1000 are refused, and so are those that take more than 50 summaries, one for each selection of projects and day: name an event, or read the list, page by page.',
          query: ReconciliationQuery,
          success: { description: 'The figures, and how many agree.', schema: Reconciliation },
          conditional: true,
        }),
      },
      (request, reply) =>
        answers.send(request, reply, undefined, () => published.reconciliation(request.query.event)),
    );

    app.post(
      PUBLISHED_FIGURES,
      {
        config: { gathersFaults: true },
        schema: operation({
          retryable: true,
          id: 'createPublishedFigure',
          access: 'administer',
          tag,
          summary: 'Add a published figure',
          query: NoQuery,
          body: NewPublishedFigure,
          success: {
            status: 201,
            description: 'The figure, beside what is computed now.',
            schema: PublishedFigure,
          },
          problems: [409],
        }),
      },
      (request, reply) =>
        answerOnce(
          request,
          reply,
          (figure: PublishedFigure) => resourceAnswer(figure, 201, `${PUBLISHED_FIGURES}/${figure.id}`),
          (caller) => published.create(caller, request.body, request.faults),
        ),
    );

    app.get(
      `${PUBLISHED_FIGURES}/:id`,
      {
        schema: operation({
          id: 'readPublishedFigure',
          access: 'read',
          tag,
          summary: 'Read a published figure beside what is computed now',
          description:
            'With the reasons why it does not agree, where it does not: among them the changes since it was published that touch what it is computed from. Its ETag covers what is computed.',
          params: Id,
          query: NoQuery,
          success: { description: 'The figure.', schema: PublishedFigure },
          problems: [404],
          conditional: true,
        }),
      },
      async (request, reply) => {
        const figure = await onBehalfOf(reply.asker, () => published.read(request.params.id));
        return sendResource(request, reply, figure);
      },
    );

    app.patch(
      `${PUBLISHED_FIGURES}/:id`,
      {
        config: { gathersFaults: true },
        schema: operation({
          id: 'changePublishedFigure',
          access: 'administer',
          tag,
          summary: 'Change a published figure',
          description:
            'A merge patch (RFC 7396): what is absent stays, `null` clears. A precision that was that of the value follows a new value.',
          params: Id,
          query: NoQuery,
          body: PublishedFigureChanges,
          consumes: MERGE_PATCH,
          success: { description: 'The figure as it is now.', schema: PublishedFigure },
          guarded: true,
          problems: [409],
        }),
      },
      async (request, reply) => {
        const ifMatch = requireIfMatch(request);
        const figure = await published.change(
          callerOf(request),
          request.params.id,
          ifMatch,
          request.body,
          request.faults,
        );
        return sendResource(request, reply, figure);
      },
    );

    app.delete(
      `${PUBLISHED_FIGURES}/:id`,
      {
        schema: operation({
          id: 'deletePublishedFigure',
          access: 'administer',
          tag,
          summary: 'Delete a published figure',
          description: 'Refused while other figures are part of it.',
          params: Id,
          query: NoQuery,
          success: { status: 204, description: 'Deleted.' },
          guarded: true,
          problems: [409],
        }),
      },
      async (request, reply) => {
        await published.remove(callerOf(request), request.params.id, requireIfMatch(request));
        return reply.code(204).send();
      },
    );
  };
