import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Answers } from '../../http/answers.ts';
import type { AsKnown } from '../../http/known.ts';
import { operation } from '../../http/operation.ts';
import { linkToNext, type PageOf } from '../../http/pages.ts';
import { NamedPage, NamedQuery, Quality, RuleParams, RulesQuery } from './schema.ts';
import type { QualityService } from './service.ts';

export const qualityRoutes =
  (quality: AsKnown<QualityService>, answers: Answers): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/quality',
      {
        config: { reusable: true },
        onRequest: answers.reuse,
        schema: operation({
          id: 'readQuality',
          asKnown: 'figures',
          access: 'read',
          tag: 'quality',
          summary: 'What needs attention, by rule',
          description:
            'All rules with their names and descriptions in English and Chinese, and for each the number of projects within the filter, as of a day. Each count links to exactly those projects.',
          query: RulesQuery,
          success: { description: 'The rules, the most severe first.', schema: Quality },
          conditional: true,
        }),
      },
      (request, reply) =>
        answers.send(request, reply, request.query.asOf, (asOf) =>
          quality(request).rules(request.query, asOf),
        ),
    );

    app.get(
      '/v1/quality/:rule',
      {
        schema: operation({
          id: 'listProjectsByRule',
          asKnown: 'records',
          access: 'read',
          tag: 'quality',
          summary: 'List the projects of a rule',
          description:
            'Pages, filter and order as in the list of projects; each project comes with the finding. `staleDays` applies only to `no_change_reported`.',
          params: RuleParams,
          query: NamedQuery,
          success: { description: 'A page of projects.', schema: NamedPage },
          problems: [404],
          conditional: true,
        }),
      },
      (request, reply) =>
        answers.send(
          request,
          reply,
          request.query.asOf,
          (asOf) => quality(request).projects(request.params.rule, request.query, asOf),
          (body) => linkToNext(request.url, body as PageOf<unknown>),
        ),
    );
  };
