/** The page that people look at: `/`, and what it loads from `/dashboard`. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { isFresh, sendResource } from '../../http/conditional.ts';
import { pagePolicy } from '../../http/page-policy.ts';
import { Problem } from '../../http/problems.ts';
import { type PageFile, pageFiles } from './files.ts';
import { screenNames } from './names.ts';

export const screenRoutes = (): FastifyPluginAsync => async (app) => {
  // The page contains no data: what a caller may not read, the page cannot read either.
  const open = { schema: { hide: true }, config: { access: 'open' as const } };
  let opened: Promise<ReadonlyMap<string, PageFile>> | undefined;

  async function fileNamed(name: string, request: FastifyRequest): Promise<PageFile> {
    opened ??= pageFiles();
    const files = await opened;
    if (files.size === 0) {
      opened = undefined;
      request.log.warn('the page has not been built: npm run dashboard');
    }
    const file = files.get(name);
    if (!file) throw new Problem('request.unknown_path');
    return file;
  }

  async function send(name: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { type, content, etag, cacheControl } = await fileNamed(name, request);
    reply.headers({ etag, 'cache-control': cacheControl, 'content-security-policy': pagePolicy() });
    if (isFresh(request, etag)) return reply.code(304).send();
    return reply.type(type).send(content);
  }

  app.get('/', open, (request, reply) => send('index.html', request, reply));
  app.get('/dashboard/names.json', open, async (request, reply) =>
    sendResource(request, reply, screenNames()),
  );
  app.get<{ Params: { '*': string } }>('/dashboard/*', open, (request, reply) =>
    send(request.params['*'], request, reply),
  );
};
