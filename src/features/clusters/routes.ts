import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import type { Answers } from '../../http/answers.ts';
import type { AsKnown } from '../../http/known.ts';
import { operation } from '../../http/operation.ts';
import { ClusterProgress, ProgressQuery } from './schema.ts';
import type { ClusterService } from './service.ts';

const Id = z.object({
  id: z.string().meta({
    description: 'The id of the cluster.',
    examples: ['0190a1b2-0000-7000-8000-000000000010'],
  }),
});

export const clusterRoutes =
  (clusters: AsKnown<ClusterService>, answers: Answers): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/clusters/:id/progress',
      {
        config: { reusable: true },
        onRequest: answers.reuse,
        schema: operation({
          id: 'readClusterProgress',
          asKnown: 'figures',
          access: 'read',
          tag: 'clusters',
          summary: 'Number of enterprises attracted by a cluster, and progress towards its targets',
          description:
            'As of a day, by the dates on record. An enterprise that left no longer counts towards a target from that day on.',
          params: Id,
          query: ProgressQuery,
          success: { description: 'The figures.', schema: ClusterProgress },
          problems: [404],
          conditional: true,
        }),
      },
      (request, reply) =>
        answers.send(request, reply, request.query.asOf, (asOf) =>
          clusters(request).progress(request.params.id, asOf),
        ),
    );
  };
