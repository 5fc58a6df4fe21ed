import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Clock } from '../../core/clock.ts';
import type { Language } from '../../core/languages.ts';
import type { Answers, Computed } from '../../http/answers.ts';
import { sendResource } from '../../http/conditional.ts';
import { type Files, negotiate } from '../../http/formats.ts';
import type { AsKnown } from '../../http/known.ts';
import { NoQuery, operation } from '../../http/operation.ts';
import type { SheetQuery } from '../../sheets/schema.ts';
import { tableFile } from '../../sheets/sheet-file.ts';
import type { ProjectFilter } from '../projects/filter.ts';
import type { Disclosure } from './disclosure.ts';
import { Breakdown, BreakdownQuery, Definitions, formats, Summary, SummaryQuery } from './schema.ts';
import type { StatisticsService } from './service.ts';
import { type TableName, tableNames, tables } from './tables.ts';
import { Cohorts, CohortsQuery, Timeline, TimelineQuery } from './time-schema.ts';
import { disclosureFor, refuseDetails } from './without-key.ts';

export const statisticsRoutes =
  (statistics: AsKnown<StatisticsService>, answers: Answers, clock: Clock): FastifyPluginAsyncZod =>
  async (app) => {
    /** Sends figures, as JSON or as a table. */
    function answer(
      name: TableName,
      request: FastifyRequest<{ Querystring: SheetQuery & { asOf?: string | undefined } & ProjectFilter }>,
      reply: FastifyReply,
      compute: (asOf: string, disclosure?: Disclosure) => Promise<Computed>,
    ): Promise<FastifyReply> {
      const { asOf, unit = 'yuan', encoding = 'utf-8', event = [] } = request.query;
      const { format, language } = negotiate(request, reply, formats, files.shared);
      const disclosure = disclosureFor(request, clock);
      const computed = (today: string) => compute(asOf ?? disclosure?.latest ?? today, disclosure);
      // What may be disclosed of a day depends on today, so the response does not depend on `asOf` alone.
      const named = disclosure ? undefined : asOf;
      if (format === 'json') return answers.send(request, reply, named, computed);
      const variant = `${format} ${language}`;
      return answers.sendFile(request, reply, named, variant, computed, (body, { seq }) => {
        const { asOf: day } = body as { asOf: string };
        const parts = [...(event.length === 1 ? event : []), day, `r${seq}`];
        const titled = (inLanguage: Language) => [tableNames[name][inLanguage], ...parts].join('-');
        const sheet = tables[name](body, language, unit);
        return tableFile(sheet, titled(language), titled('en'), { format, language, encoding, day });
      });
    }
    const files: Files = {
      formats: ['csv', 'xlsx'],
      description: 'The figures as a table, with definitions in its headings.',
      shared: ['limit'],
    };
    const withoutKey =
      'Without a key, if only statistics are public: one group or one dimension, as of the last day of a month (by default the latest), with small groups suppressed.';
    const reused = { config: { reusable: true as const }, onRequest: answers.reuse };
    const guarded = { ...reused, onRequest: [refuseDetails(clock), answers.reuse] };

    app.get(
      '/v1/statistics/summary',
      {
        ...guarded,
        schema: operation({
          id: 'readSummary',
          asKnown: 'figures',
          access: 'statistics',
          tag: 'statistics',
          summary: 'All measures over a filter',
          description: `Counts, sums and rates over the projects selected by the filter, as of a day. Each count links to exactly the projects behind it. ${withoutKey}`,
          query: SummaryQuery,
          success: { description: 'The measures.', schema: Summary, files },
          conditional: true,
        }),
      },
      (request, reply) =>
        answer('summary', request, reply, (asOf, disclosure) =>
          statistics(request).summary(request.query, asOf, disclosure),
        ),
    );

    app.get(
      '/v1/statistics/breakdown',
      {
        ...guarded,
        schema: operation({
          id: 'readBreakdown',
          asKnown: 'figures',
          access: 'statistics',
          tag: 'statistics',
          summary: 'The measures for each group of projects',
          description: `Grouped by one to three dimensions. \`region\` rolls up to prefectures, \`industry\` to sections. Projects without a value form a group whose code is null. ${withoutKey}`,
          query: BreakdownQuery,
          success: { description: 'The groups, and their total.', schema: Breakdown, files },
          conditional: true,
        }),
      },
      (request, reply) =>
        answer('breakdown', request, reply, (asOf, disclosure) =>
          statistics(request).breakdown(request.query, asOf, disclosure),
        ),
    );

    app.get(
      '/v1/statistics/timeline',
      {
        ...reused,
        schema: operation({
          id: 'readTimeline',
          asKnown: 'figures',
          access: 'read',
          tag: 'statistics',
          summary: 'Figures over time',
          description:
            'For each period, what happened in it and the summary as of its last day, from the first signing to the day, without gaps; with `by` for each group, too. Parameters whose meaning depends on the day are refused.',
          query: TimelineQuery,
          success: { description: 'The periods.', schema: Timeline, files },
          conditional: true,
        }),
      },
      (request, reply) => {
        const { interval = 'month', ...query } = request.query;
        return answer('timeline', request, reply, (asOf) =>
          statistics(request).timeline({ ...query, interval }, asOf),
        );
      },
    );

    app.get(
      '/v1/statistics/cohorts',
      {
        ...reused,
        schema: operation({
          id: 'readCohorts',
          asKnown: 'figures',
          access: 'read',
          tag: 'statistics',
          summary: 'Rates by the age of the projects',
          description:
            'For each event or year of signing, the rates at each age since signing, to compare editions at the same age. An age that not all projects have reached covers only those that have, and is marked as incomplete. Parameters whose meaning depends on the day are refused.',
          query: CohortsQuery,
          success: { description: 'The cohorts, each with its ages.', schema: Cohorts, files },
          conditional: true,
        }),
      },
      (request, reply) => {
        const { by = 'event', measure = ['operatingRate'], step = 'month', ...query } = request.query;
        return answer('cohorts', request, reply, (asOf) =>
          statistics(request).cohorts({ ...query, by, measure, step }, asOf),
        );
      },
    );

    app.get(
      '/v1/statistics/definitions',
      {
        schema: operation({
          id: 'readDefinitions',
          access: 'statistics',
          tag: 'statistics',
          summary: 'What each measure and dimension means',
          query: NoQuery,
          success: {
            description: 'Names, descriptions and formulas in English and Chinese.',
            schema: Definitions,
          },
          conditional: true,
        }),
      },
      async (request, reply) => sendResource(request, reply, statistics(request).definitions()),
    );
  };
