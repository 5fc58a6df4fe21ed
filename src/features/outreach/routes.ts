import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Answers } from '../../http/answers.ts';
import type { AsKnown } from '../../http/known.ts';
import { operation } from '../../http/operation.ts';
import { Outreach, OutreachParams, OutreachQuery } from './outreach-schema.ts';
import type { OutreachService } from './service.ts';

export const outreachRoutes =
  (outreach: AsKnown<OutreachService>, answers: Answers): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/events/:code/outreach',
      {
        config: { reusable: true },
        onRequest: answers.reuse,
        schema: operation({
          id: 'readOutreach',
          asKnown: 'figures',
          access: 'read',
          tag: 'outreach',
          summary: 'Outreach figures of an event',
          description:
            'Enterprises connected, the top-500 among them, guests by level, delegations and zones, and how many contacts have signed, as of a day. Work at another event counts for the edition it was done for as well. `/v1/statistics/definitions` defines each figure.',
          params: OutreachParams,
          query: OutreachQuery,
          success: { description: 'The figures.', schema: Outreach },
          problems: [404],
          conditional: true,
        }),
      },
      (request, reply) => {
        const { code } = request.params;
        return answers.send(request, reply, request.query.asOf, (asOf) => outreach(request).of(code, asOf));
      },
    );
  };
