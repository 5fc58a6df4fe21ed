/** `/livez`: the process is running. `/readyz`: it can serve requests. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { NoQuery, operation } from './operation.ts';
import { databaseProblem, Problem } from './problems.ts';

const Health = z.object({ status: z.literal('ok') }).meta({ id: 'Health', examples: [{ status: 'ok' }] });

const Kept = z.object({
  revision: z.int().meta({ description: 'Number of the last entry of the change log in it.' }),
  at: z.iso.datetime(),
});

const Backups = z
  .object({
    base: Kept.nullable().meta({ description: 'The last whole backup.' }),
    written: Kept.nullable().meta({ description: 'The last entry that was appended to a backup.' }),
    proof: Kept.nullable().meta({
      description: 'The last backup that was restored aside and found to be what the database was.',
    }),
    backupFailedAt: z.iso.datetime().nullable().meta({
      description: 'When a backup last failed; null if one was made since.',
    }),
    proofFailedAt: z.iso.datetime().nullable().meta({
      description: 'When a proof last failed; null if one succeeded since.',
    }),
  })
  .meta({
    id: 'Backups',
    description: 'The backups that the service keeps (`BACKUP_DIR`); only with `verbose`.',
    examples: [
      {
        base: { revision: 1207, at: '2022-08-31T18:00:00.000Z' },
        written: { revision: 1311, at: '2022-09-01T09:12:44.000Z' },
        proof: { revision: 1207, at: '2022-08-31T18:00:21.000Z' },
        backupFailedAt: null,
        proofFailedAt: null,
      },
    ],
  });

const ReadinessQuery = z.strictObject({
  verbose: z
    .enum(['', 'true', 'false'])
    .default('false')
    .transform((text) => text !== 'false')
    .meta({
      description: 'Whether the response also tells about backups; `?verbose` means true.',
      example: 'true',
    }),
});

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
  backups: Backups.optional(),
}).meta({ id: 'Readiness', examples: [{ status: 'ok', figures: 'ready' }] });

/** What figures are computed from: its state, and how far it is filled. */
interface Figures {
  condition(): {
    state: 'ready' | 'filling' | 'empty' | 'differing';
    percent?: number;
    isLogIntact: boolean;
  };
}

/**
 * @param backups their state, if the service keeps any
 * @param stopping aborted once the service is about to stop
 */
export const healthRoutes =
  (
    database: Database,
    figures: Figures,
    backups: { state(): Promise<z.infer<typeof Backups>> } | undefined,
    stopping?: AbortSignal,
  ): FastifyPluginAsyncZod =>
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
          query: ReadinessQuery,
          description:
            'The database responds and is the one that was opened, its schema matches this version, writes are accepted and durable, figures do not differ from the data, and it is not about to stop. Otherwise `detail` says what is wrong.',
          success: { description: 'The service is ready.', schema: Readiness },
        }),
      },
      async ({ query: { verbose } }, reply) => {
        if (stopping?.aborted) throw new Problem('service.stopping', { headers: { 'retry-after': '5' } });
        await database.check().catch((cause: unknown) => {
          throw (
            databaseProblem(cause) ??
            new Problem('service.unavailable', { cause, headers: { 'retry-after': '5' } })
          );
        });
        const { state: condition, percent, isLogIntact } = figures.condition();
        if (condition === 'differing')
          throw new Problem('service.unavailable', { headers: { 'retry-after': '5' } });
        const state = verbose ? await backups?.state() : undefined;
        return reply.header('cache-control', 'no-store').send({
          status: 'ok',
          figures: condition,
          ...(percent !== undefined && { percent }),
          ...(!isLogIntact && { log: 'altered' as const }),
          ...(state && { backups: state }),
        });
      },
    );
  };
