/** `/livez`: the process is running. `/readyz`: it can serve requests. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { NoQuery, operation } from './operation.ts';
import { databaseProblem, Problem } from './problems.ts';

const Health = z.object({ status: z.literal('ok') }).meta({ id: 'Health', examples: [{ status: 'ok' }] });

const Readiness = Health.extend({
  figures: z.enum(['ready', 'filling', 'empty']).meta({
    description:
      '`filling`: figures are being made ready, and wait; records do not. `empty`: they will be at the first request.',
  }),
  percent: z.int().optional().meta({ description: 'How far they are.' }),
  log: z.literal('altered').optional().meta({
    description:
      'The last entry of the change log is not the one that the revision names: somebody has changed the database. `luodi verify` says more.',
  }),
}).meta({ id: 'Readiness', examples: [{ status: 'ok', figures: 'ready' }] });

/** What figures are computed from: its state, and how far it is filled. */
interface Figures {
  condition(): {
    state: 'ready' | 'filling' | 'empty' | 'differing';
    percent?: number;
    isLogIntact: boolean;
  };
}

export const healthRoutes =
  (database: Database, figures: Figures): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/livez',
      {
        schema: operation({
          id: 'readLiveness',
          access: 'open',
          tag: 'operation',
          summary: 'Whether the process is running',
          query: NoQuery,
          success: { description: 'The process is running.', schema: Health },
        }),
        config: { alwaysServed: true },
      },
      async (_, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }),
    );

    app.get(
      '/readyz',
      {
        schema: operation({
          id: 'readReadiness',
          access: 'open',
          tag: 'operation',
          summary: 'Whether the service is ready',
          query: NoQuery,
          description:
            'The database responds and is the one that was opened, its schema matches this version, writes are accepted and durable, and figures do not differ from the data. Otherwise `detail` says what is wrong.',
          success: { description: 'The service is ready.', schema: Readiness },
        }),
      },
      async (_, reply) => {
        await database.check().catch((cause: unknown) => {
          throw (
            databaseProblem(cause) ??
            new Problem('service.unavailable', { cause, headers: { 'retry-after': '5' } })
          );
        });
        const { state, percent, isLogIntact } = figures.condition();
        if (state === 'differing')
          throw new Problem('service.unavailable', { headers: { 'retry-after': '5' } });
        return reply.header('cache-control', 'no-store').send({
          status: 'ok',
          figures: state,
          ...(percent !== undefined && { percent }),
          ...(!isLogIntact && { log: 'altered' as const }),
        });
      },
    );
  };
