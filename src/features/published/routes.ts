import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { answerOnce, callerOf } from '../../access/authorize.ts';
import { onBehalfOf } from '../../database/asker.ts';
import type { Answers } from '../../http/answers.ts';
import { requireIfMatch, resourceAnswer, sendResource } from '../../http/conditional.ts';
import type { AsKnown } from '../../http/known.ts';
import { MERGE_PATCH, NoQuery, operation } from '../../http/operation.ts';
import { linkToNext, type PageOf } from '../../http/pages.ts';
import {
  ListQuery,
  NewPublishedFigure,
  PUBLISHED_FIGURES,
  PublishedFigure,
  PublishedFigureChanges,
  PublishedFigurePage,
  ReadQuery,
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
  (published: AsKnown<PublishedService>, answers: Answers): FastifyPluginAsyncZod =>
  async (app) => {
    const tag = 'published-figures';

    app.get(
      PUBLISHED_FIGURES,
      {
        schema: operation({
          id: 'listPublishedFigures',
          asKnown: 'records',
          access: 'read',
          tag,
          summary: 'List published figures with what is computed now',
          description:
            'Each with the value computed now for the same projects and day, and as it was known when it was printed.',
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
          () => published(request).list(request.query),
          (body) => linkToNext(request.url, body as PageOf<unknown>),
        ),
    );

    app.get(
      `${PUBLISHED_FIGURES}/reconciliation`,
      {
        schema: operation({
          id: 'reconcilePublishedFigures',
          asKnown: 'records',
          access: 'read',
          tag,
          summary: 'Reconcile published figures with what is computed now',
          description:
            'All figures, or those of an event: first those that do not agree, then those with warnings. Refused above 1000 figures, or 50 different selections of projects, days and times of printing: restrict it to an event, or read the list page by page.',
          query: ReconciliationQuery,
          success: { description: 'The figures, and how many agree.', schema: Reconciliation },
          conditional: true,
        }),
      },
      (request, reply) =>
        answers.send(request, reply, undefined, () => published(request).reconciliation(request.query.event)),
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
            description: 'The figure, with what is computed now.',
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
          (caller) => published(request).create(caller, request.body, request.faults),
        ),
    );

    app.get(
      `${PUBLISHED_FIGURES}/:id`,
      {
        schema: operation({
          id: 'readPublishedFigure',
          asKnown: 'records',
          access: 'read',
          tag,
          summary: 'Read a published figure with what is computed now',
          description:
            'With the value as it was known when it was printed, and if it does not agree, the reasons. Its ETag covers the computed values.',
          params: Id,
          query: ReadQuery,
          success: { description: 'The figure.', schema: PublishedFigure },
          problems: [404],
          conditional: true,
        }),
      },
      async (request, reply) => {
        const figure = await onBehalfOf(reply.asker, () => published(request).read(request.params.id));
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
            'A merge patch (RFC 7396): absent fields stay, `null` clears. If the precision was derived from the value, it follows a new value.',
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
        const figure = await published(request).change(
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
        await published(request).remove(callerOf(request), request.params.id, requireIfMatch(request));
        return reply.code(204).send();
      },
    );
  };
