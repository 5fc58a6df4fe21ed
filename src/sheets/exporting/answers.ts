/** Requests for exports and their responses. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { nouns } from '../../core/entities.ts';
import type { Language } from '../../core/languages.ts';
import { onBehalfOf } from '../../database/asker.ts';
import type { Answers } from '../../http/answers.ts';
import { REVALIDATE } from '../../http/conditional.ts';
import { contentLanguage, fileHeaders, fitForName, sendStream } from '../../http/files.ts';
import type { FileFormat } from '../../http/media-types.ts';
import { pluralOf } from '../../http/nouns.ts';
import type { SheetQuery } from '../schema.ts';
import type { Asked, ExportHead, ExportRequest } from './exported.ts';
import type { ExportService } from './service.ts';

/**
 * Headers with the event or cluster, the day and the revision; the Chinese file name contains the name of the
 * subject.
 */
function headersOf(
  { subject, revision }: ExportHead,
  { entity, format, language, encoding, asOf }: ExportRequest,
) {
  const name = (word: string, of: string | undefined) =>
    [word, ...(of ? [fitForName(of)] : []), asOf, `r${revision.seq}`].join('-');
  const noun = nouns[entity];
  const plain = name(pluralOf(noun.en).replaceAll(' ', '-'), subject?.code);
  return {
    ...fileHeaders(format, encoding, language === 'zh' ? name(noun.zh, subject?.name) : plain, plain),
    ...(format !== 'ndjson' && { 'content-language': contentLanguage(language) }),
    'cache-control': REVALIDATE,
  };
}

export interface ExportAnswers {
  /**
   * Sends everything that the list selects, on all its pages.
   * @param asOf the day from the request, if given
   */
  send(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: Asked,
    shape: { format: FileFormat; language: Language; asOf: string | undefined } & Pick<
      SheetQuery,
      'encoding'
    >,
  ): Promise<FastifyReply>;
}

export const exportAnswers = (exports: ExportService, answers: Answers): ExportAnswers => ({
  send: async (request, reply, asked, { format, language, asOf, encoding = 'utf-8' }) => {
    const { day, etag, etagAt, fresh } = await answers.validate(request, asOf, `${format} ${language}`);
    if (fresh) return reply.code(304).headers({ etag, 'cache-control': REVALIDATE }).send();
    const seq = request.known?.seq;
    const wanted: ExportRequest = { ...asked, format, language, asOf: day, encoding, seq };
    const tagged = (head: ExportHead) =>
      reply.headers({ ...headersOf(head, wanted), etag: etagAt(head.revision) });
    if (request.method === 'HEAD') {
      // A stream, like the file itself, so that the response has no Content-Length.
      return tagged(await exports.describe(wanted)).send(Readable.from([]));
    }
    const { head, parts } = await onBehalfOf(reply.asker, () => exports.start(wanted));
    return sendStream(tagged(head), parts);
  },
});
