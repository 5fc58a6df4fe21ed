import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Clock } from '../../core/clock.ts';
import type { Language } from '../../core/languages.ts';
import type { Answers, Computed } from '../../http/answers.ts';
import { sendResource } from '../../http/conditional.ts';
import { type Files, negotiate } from '../../http/formats.ts';
import type { AsKnown } from '../../http/known.ts';
import { NoQuery, operation } from '../../http/operation.ts';
import { linkToNext, type PageOf } from '../../http/pages.ts';
import type { SheetQuery } from '../../sheets/schema.ts';
import { tableFile } from '../../sheets/sheet-file.ts';
import type { ProjectFilter } from '../projects/filter.ts';
import { Differences, DifferencesQuery } from './difference-schema.ts';
import type { Disclosure } from './disclosure.ts';
import {
  Breakdown,
  BreakdownQuery,
  Definitions,
  type Format,
  formats,
  Summary,
  SummaryQuery,
} from './schema.ts';
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
      request: FastifyRequest<{ Querystring: SheetQuery & ProjectFilter }>,
      reply: FastifyReply,
      asOf: string | undefined,
      compute: (asOf: string, disclosure: Disclosure | undefined, format: Format) => Promise<Computed>,
      { shared }: Files = files,
    ): Promise<FastifyReply> {
      const { unit = 'yuan', encoding = 'utf-8', event = [] } = request.query;
      const { format, language } = negotiate(request, reply, formats, shared);
      const disclosure = disclosureFor(request, clock);
      const computed = (today: string) => compute(asOf ?? disclosure?.latest ?? today, disclosure, format);
      // What may be disclosed of a day depends on today, so the response does not depend on `asOf` alone.
      const named = disclosure ? undefined : asOf;
      if (format === 'json') {
        const headers = (body: object) =>
          'page' in body ? linkToNext(request.url, body as PageOf<unknown>) : {};
        return answers.send(request, reply, named, computed, headers);
      }
      const variant = `${format} ${language}`;
      return answers.sendFile(request, reply, named, variant, computed, (body, { seq }) => {
        const { asOf: day } = ('to' in body ? body.to : body) as { asOf: string };
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
    const listed: Files = { ...files, shared: [] };
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
        answer('summary', request, reply, request.query.asOf, (asOf, disclosure) =>
          statistics(request).summary(
            { ...request.query, knownBefore: request.knownBefore },
            asOf,
            disclosure,
          ),
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
        answer('breakdown', request, reply, request.query.asOf, (asOf, disclosure) =>
          statistics(request).breakdown(
            { ...request.query, knownBefore: request.knownBefore },
            asOf,
            disclosure,
          ),
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
        const { interval = 'month', ...query } = { ...request.query, knownBefore: request.knownBefore };
        return answer('timeline', request, reply, request.query.asOf, (asOf) =>
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
        return answer('cohorts', request, reply, request.query.asOf, (asOf) =>
          statistics(request).cohorts({ ...query, by, measure, step }, asOf),
        );
      },
    );

    app.get(
      '/v1/statistics/differences',
      {
        ...reused,
        schema: operation({
          id: 'readDifferences',
          asKnown: 'records',
          access: 'read',
          tag: 'statistics',
          summary: 'What a difference consists of',
          description:
            'A measure on two days, and every event of a project between them that changed it, with its contribution: what was signed, started, terminated, received … With `fromKnownAt` or `fromRevision` the first day is told as it was known then, and every correction since that changed it comes first, with its entry of the change log. The contributions add up exactly to the difference of a count or a sum, and to those of the numerator and the denominator of a rate. Projects whose contributions cancel out are left out. Files have all contributions.',
          query: DifferencesQuery,
          success: { description: 'A page of contributions.', schema: Differences, files: listed },
          conditional: true,
        }),
      },
      (request, reply) =>
        answer(
          'differences',
          request,
          reply,
          request.query.to,
          (to, _, format) =>
            statistics(request).differences(
              { ...request.query, knownBefore: request.knownBefore },
              to,
              format !== 'json',
            ),
          listed,
        ),
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
