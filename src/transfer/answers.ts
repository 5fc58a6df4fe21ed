/** How an export is asked for and answered. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answers } from '../http/answers.ts';
import { REVALIDATE } from '../http/conditional.ts';
import { contentLanguage, fileHeaders, fitForName, sendStream } from '../http/files.ts';
import type { FileFormat } from '../http/formats.ts';
import type { Language } from '../http/messages.ts';
import type { ProjectQuery } from '../projects/batches.ts';
import type { ExportHead, ExportRequest } from './export-head.ts';
import type { SheetQuery } from './schema.ts';
import type { ExportService } from './service.ts';

const NAME = { zh: '项目', en: 'projects' };

/** Names the event, the day and the state of the data; in Chinese by the event's name. */
function headersOf({ event, revision }: ExportHead, { format, language, encoding, asOf }: ExportRequest) {
  const name = (word: string, of: string | undefined) =>
    [word, ...(of ? [fitForName(of)] : []), asOf, `r${revision.seq}`].join('-');
  const plain = name(NAME.en, event?.code);
  return {
    ...fileHeaders(format, encoding, language === 'zh' ? name(NAME.zh, event?.name) : plain, plain),
    ...(format !== 'ndjson' && { 'content-language': contentLanguage(language) }),
    'cache-control': REVALIDATE,
  };
}

export interface ExportAnswers {
  /** Sends the projects that the list would show on all its pages. */
  send(
    request: FastifyRequest,
    reply: FastifyReply,
    query: ProjectQuery & SheetQuery & { asOf?: string | undefined },
    asked: { format: FileFormat; language: Language },
  ): Promise<FastifyReply>;
}

export const exportAnswers = (exports: ExportService, answers: Answers): ExportAnswers => ({
  send: async (request, reply, { asOf, unit = 'yuan', encoding = 'utf-8', ...query }, asked) => {
    const { day, etag, etagAt, fresh } = await answers.validate(
      request,
      asOf,
      Object.values(asked).join(' '),
    );
    if (fresh) return reply.code(304).headers({ etag, 'cache-control': REVALIDATE }).send();
    const wanted: ExportRequest = { ...asked, query, asOf: day, unit, encoding };
    const tagged = (head: ExportHead) =>
      reply.headers({ ...headersOf(head, wanted), etag: etagAt(head.revision) });
    if (request.method === 'HEAD') {
      // A stream, as the file would be one: it has no length that could be told.
      return tagged(await exports.describe(wanted)).send(Readable.from([]));
    }
    const { head, parts } = await exports.start(wanted);
    return sendStream(tagged(head), parts);
  },
});
