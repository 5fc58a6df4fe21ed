import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type * as z from 'zod';
import type { Answers } from '../../http/answers.ts';
import { contentLanguage } from '../../http/files.ts';
import { type Files, negotiate } from '../../http/formats.ts';
import type { AsKnown } from '../../http/known.ts';
import { mediaTypes } from '../../http/media-types.ts';
import { operation } from '../../http/operation.ts';
import { markdownOf } from './markdown.ts';
import { Briefing, BriefingParams, BriefingQuery, formats } from './schema.ts';
import type { BriefingService } from './service.ts';

const files: Files = { formats: ['markdown'], description: 'The paragraph as text.', shared: ['lang'] };

export const briefingRoutes =
  (briefings: AsKnown<BriefingService>, answers: Answers): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/events/:code/briefing',
      {
        schema: operation({
          id: 'readBriefing',
          asKnown: 'figures',
          access: 'read',
          tag: 'events',
          summary: 'Press paragraph about an event',
          description:
            'A paragraph in Chinese or English as of a day, with every figure computed. A sentence appears only if its figures are known and not zero. As JSON each sentence comes with its figures: the value, the printed text, the definition, and the projects behind it.',
          params: BriefingParams,
          query: BriefingQuery,
          success: { description: 'The briefing.', schema: Briefing, files },
          problems: [404],
          conditional: true,
        }),
      },
      (request, reply) => {
        const { asOf } = request.query;
        const { format, language } = negotiate(request, reply, formats, files.shared);
        const variant = `${format} ${language}`;
        const compute = (day: string) => briefings(request).of(request.params.code, day, language);
        reply.header('content-language', contentLanguage(language));
        if (format === 'json') return answers.send(request, reply, asOf, compute, undefined, variant);
        return answers.sendFile(request, reply, asOf, variant, compute, async (body) => ({
          headers: { 'content-type': `${mediaTypes.markdown}; charset=utf-8` },
          content: Buffer.from(`${markdownOf((body as z.infer<typeof Briefing>).text)}\n`),
        }));
      },
    );
  };
