import type { FastifyPluginAsync } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { answerOnce, callerOf } from '../../access/authorize.ts';
import type { Answers } from '../../http/answers.ts';
import { resourceAnswer, secretAnswer, sendResource } from '../../http/conditional.ts';
import { NoQuery, operation } from '../../http/operation.ts';
import { linkToNext, type PageOf, pageFields, pageOf } from '../../http/pages.ts';
import { sendAnswer } from '../../http/replayed.ts';
import { refuseFields } from '../../http/validation.ts';
import { Redelivery, RotatedSecret, Webhook, WebhookDelivery, WebhookProgress } from './schema.ts';
import { DELIVERY_SORT, deliverySortKeys, type WebhookService } from './service.ts';

const [example] = (Webhook.meta()?.examples ?? []) as { id: string }[];
const Id = z.object({
  id: z.string().meta({ description: 'The id of the webhook.', examples: [example?.id] }),
});

const DeliveryPage = pageOf('WebhookDeliveryPage', WebhookDelivery);

/** @param entries the routes of webhooks as a catalogue */
export const webhookRoutes =
  (entries: FastifyPluginAsync, service: WebhookService, answers: Answers): FastifyPluginAsyncZod =>
  async (app) => {
    app.addHook('preHandler', async (request) => {
      const { url } = (request.body ?? {}) as { url?: unknown };
      // Looking a name up takes time that a write must not take.
      if (typeof url === 'string')
        request.faults = [...request.faults, ...(await service.addressFaults(url))];
    });
    await app.register(entries);

    const about = { access: 'administer', tag: 'webhooks', params: Id } as const;

    app.get(
      '/v1/webhooks/:id/progress',
      {
        schema: operation({
          ...about,
          id: 'readWebhookProgress',
          summary: 'How far a webhook has been told',
          query: NoQuery,
          success: { description: 'Its progress.', schema: WebhookProgress },
          problems: [404],
          conditional: true,
        }),
      },
      async (request, reply) => sendResource(request, reply, await service.progress(request.params.id)),
    );

    app.get(
      '/v1/webhooks/:id/deliveries',
      {
        schema: operation({
          ...about,
          id: 'listWebhookDeliveries',
          summary: 'List the deliveries to a webhook',
          description: 'Every attempt of the last seven days with its answer, the latest first.',
          query: z.strictObject(pageFields(deliverySortKeys, DELIVERY_SORT)),
          success: { description: 'A page.', schema: DeliveryPage },
          problems: [404],
          conditional: true,
        }),
      },
      async (request, reply) =>
        answers.send(
          request,
          reply,
          undefined,
          () => service.deliveries(request.params.id, request.query),
          (body) => linkToNext(request.url, body as PageOf<unknown>),
          String(await service.attempts(request.params.id)),
        ),
    );

    app.post(
      '/v1/webhooks/:id/redeliver',
      {
        schema: operation({
          ...about,
          id: 'redeliverWebhook',
          retryable: true,
          summary: 'Tell a webhook again',
          description:
            'It is told again what comes after an entry, at once and in order; a failure is forgotten. If it is not active, this waits until it is.',
          query: NoQuery,
          body: Redelivery,
          success: { description: 'Its progress.', schema: WebhookProgress },
          problems: [404],
        }),
      },
      (request, reply) =>
        answerOnce(
          request,
          reply,
          (progress: WebhookProgress) => resourceAnswer(progress, 200),
          (caller) => service.redeliver(caller, request.params.id, request.body.after),
        ),
    );

    app.post(
      '/v1/webhooks/:id/rotate',
      {
        config: { showsSecret: true },
        schema: operation({
          ...about,
          id: 'rotateWebhookSecret',
          summary: 'Change the secret of a webhook',
          description:
            'The response is the only place where the new secret is shown. For 24 hours messages are signed with both, so that the receiver can change over. To stop using a secret at once, do it twice.',
          query: NoQuery,
          success: { description: 'The new secret.', schema: RotatedSecret },
          problems: [404, 413, 415],
        }),
      },
      async (request, reply) => {
        refuseFields(request.body);
        const rotated = await service.rotate(callerOf(request), request.params.id);
        return sendAnswer(reply, secretAnswer(rotated, 200));
      },
    );

    app.post(
      '/v1/webhooks/:id/test',
      {
        schema: operation({
          ...about,
          id: 'testWebhook',
          summary: 'Send a test to a webhook',
          description:
            'Sends a signed message of the type `test`, without entries, and tells how it was received.',
          query: NoQuery,
          success: { description: 'The attempt.', schema: WebhookDelivery },
          problems: [404, 413, 415],
        }),
      },
      async (request, reply) => {
        refuseFields(request.body);
        const delivery = await service.test(request.params.id);
        return reply.header('cache-control', 'no-store').send(delivery);
      },
    );
  };
