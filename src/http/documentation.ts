/** The pages at `/docs`. Loaded on the first request, because they would take a tenth of the start-up time. */
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Problem } from './problems.ts';

/**
 * Everything comes from this service, except images in the styles. No upgrade to TLS: the pages also open over plain
 * HTTP, inside networks that have nothing else.
 */
const POLICY = [
  "default-src 'none'",
  "base-uri 'none'",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "script-src 'self'",
  "style-src 'self'",
].join('; ');

/** An operation can be sent as soon as it is opened. Opening all groups at once would take seconds. */
const UI = {
  // The other layout has a bar whose logo brings a style of its own, which the policy refuses.
  layout: 'BaseLayout',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  docExpansion: 'none',
  filter: true,
  tryItOutEnabled: true,
} as const;

/** Pages over a document, as a service of their own that listens nowhere. */
async function pagesOf(document: object): Promise<FastifyInstance> {
  const { default: swaggerUi } = await import('@fastify/swagger-ui');
  const pages = Fastify();
  await pages.register(swagger, { mode: 'static', specification: { document: document as never } });
  await pages.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: POLICY,
    uiConfig: UI,
    theme: { title: 'Luodi' },
  });
  await pages.ready();
  return pages;
}

/** What belongs to a connection, not to a page. */
const OF_CONNECTIONS = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding']);

/** Call after the plugin that makes the document. The pages hold nothing that would have to be closed. */
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
