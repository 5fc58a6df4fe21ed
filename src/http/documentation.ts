/** The pages at `/docs`. Loaded on the first request, because they would take a tenth of the start-up time. */
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { pagePolicy } from './page-policy.ts';
import { Problem } from './problems.ts';

/** Operations can be sent as soon as they are opened. Groups start closed: rendering all of them takes seconds. */
const UI = {
  // The default layout has a bar whose logo contains a style that the policy refuses.
  layout: 'BaseLayout',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  docExpansion: 'none',
  filter: true,
  tryItOutEnabled: true,
} as const;

/** The pages for a document, as a Fastify instance that does not listen. */
async function pagesOf(document: object): Promise<FastifyInstance> {
  const { default: swaggerUi } = await import('@fastify/swagger-ui');
  const pages = Fastify();
  await pages.register(swagger, { mode: 'static', specification: { document: document as never } });
  await pages.register(swaggerUi, {
    routePrefix: '/docs',
    // The images in its styles are data.
    staticCSP: pagePolicy('data:'),
    uiConfig: UI,
    theme: { title: 'Luodi' },
  });
  await pages.ready();
  return pages;
}

/** Headers of the connection, which are not forwarded. */
const OF_CONNECTIONS = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding']);

/** Call after the plugin that creates the document. The pages hold no resources that need closing. */
export function documentationRoutes(app: FastifyInstance): void {
  let opened: Promise<FastifyInstance> | undefined;

  const show = async ({ url, headers: { accept, range } }: FastifyRequest, reply: FastifyReply) => {
    opened ??= pagesOf(app.swagger());
    const pages = await opened.catch((error) => {
      opened = undefined;
      throw error;
    });
    const { statusCode, headers, rawPayload } = await pages.inject({
      url,
      headers: { ...(accept && { accept }), ...(range && { range }) },
    });
    if (statusCode >= 400) throw new Problem('request.unknown_path');
    const kept = Object.entries(headers).filter(([name]) => !OF_CONNECTIONS.has(name));
    return reply.code(statusCode).headers(Object.fromEntries(kept)).send(rawPayload);
  };
  for (const url of ['/docs', '/docs/*']) {
    app.get(url, { schema: { hide: true }, config: { access: 'open' } }, show);
  }
}
