import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Answers } from '../http/answers.ts';
import { sendResource } from '../http/conditional.ts';
import { NoQuery, operation } from '../http/openapi.ts';
import {
  Breakdown,
  BreakdownQuery,
  Definitions,
  Summary,
  SummaryQuery,
  Timeline,
  TimelineQuery,
} from './schema.ts';
import type { StatisticsService } from './service.ts';

export const statisticsRoutes =
  (statistics: StatisticsService, answers: Answers): FastifyPluginAsyncZod =>
  async (app) => {
    const reused = { config: { reusable: true as const }, onRequest: answers.reuse };

    app.get(
      '/v1/statistics/summary',
      {
        ...reused,
        schema: operation({
          id: 'summary',
          access: 'statistics',
          tag: 'statistics',
          summary: 'Every measure over a filter',
          description:
            'Counts, sums and rates over the projects that the filter selects, as of a day. Each count has a link to exactly the projects that make it up.',
          query: SummaryQuery,
          success: { description: 'The measures.', schema: Summary },
          conditional: true,
        }),
      },
      (request, reply) =>
        answers.send(request, reply, request.query.asOf, (asOf) => statistics.summary(request.query, asOf)),
    );

    app.get(
      '/v1/statistics/breakdown',
      {
        ...reused,
        schema: operation({
          id: 'breakdown',
          access: 'statistics',
          tag: 'statistics',
          summary: 'The measures for each group of projects',
          description:
            'Grouped by one or two dimensions. `region` rolls up to prefectures, `industry` to sections. Projects without a value stand in a group whose code is null.',
          query: BreakdownQuery,
          success: { description: 'The groups, and their total.', schema: Breakdown },
          conditional: true,
        }),
      },
      (request, reply) =>
        answers.send(request, reply, request.query.asOf, (asOf) => statistics.breakdown(request.query, asOf)),
    );

    app.get(
      '/v1/statistics/timeline',
      {
        ...reused,
        schema: operation({
          id: 'timeline',
          access: 'statistics',
          tag: 'statistics',
          summary: 'How the figures came about over time',
          description:
            'Each period with what happened in it and the summary as of its last day, from the first signing to the day, without holes. Parameters whose meaning depends on the day are refused.',
          query: TimelineQuery,
          success: { description: 'The periods.', schema: Timeline },
          conditional: true,
        }),
      },
      (request, reply) => {
        const { interval = 'month', asOf } = request.query;
        return answers.send(request, reply, asOf, (day) => statistics.timeline(request.query, interval, day));
      },
    );

    app.get(
      '/v1/statistics/definitions',
      {
        schema: operation({
          id: 'definitions',
          access: 'statistics',
          tag: 'statistics',
          summary: 'What each measure and dimension means',
          query: NoQuery,
          success: {
            description: 'Names, sentences and formulas in English and Chinese.',
            schema: Definitions,
          },
          conditional: true,
        }),
      },
      async (request, reply) => sendResource(request, reply, statistics.definitions()),
    );
  };
