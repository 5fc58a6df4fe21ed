/** Responses that are files: headers, and bodies too large for memory. */
import { Readable } from 'node:stream';
import { create as dispositionOf } from 'content-disposition';
import type { FastifyReply } from 'fastify';
import type { Language } from '../core/languages.ts';
import { type LeastRate, watchRate } from './least-rate.ts';
import { type FileFormat, mediaTypes } from './media-types.ts';

/** Characters that systems and browsers refuse or misread in file names. */
const UNFIT = /[\\/:*?"<>|%\p{Cc}]/gu;

/** Leaves room for the rest of the name: systems allow 255 bytes, and a character takes up to four. */
const LONGEST = 50;

/** A part of a file's name. */
export const fitForName = (text: string): string =>
  Array.from(text.replace(UNFIT, '_')).slice(0, LONGEST).join('');

/**
 * The headers of a downloaded file.
 * @param plain its name in ASCII, for clients that know nothing else (RFC 6266)
 */
export function fileHeaders(
  format: FileFormat,
  encoding: string,
  name: string,
  plain: string,
): Record<string, string> {
  const type = mediaTypes[format];
  const text = type.startsWith('text/') ? `; charset=${encoding}` : '';
  return {
    'content-type': `${type}${text}`,
    'content-disposition': dispositionOf(`${name}.${format}`, { fallback: `${plain}.${format}` }),
  };
}

export const contentLanguage = (language: Language): string => (language === 'zh' ? 'zh-CN' : 'en');

/** Buffered ahead of the connection, besides the part being sent. */
const HELD_BYTES = 262_144;

/** A slower reader has gone away, or blocks others. */
export const LEAST_TAKEN: LeastRate = { bytes: 524_288, withinMs: 30_000 };

/** How often the caller's right to read is checked again. */
const LOOK_EVERY_MS = 1_000;

/**
 * Sends a stream with backpressure. If it breaks off, the connection is destroyed, so that the received part does not
 * look complete. The source is always closed (`return`).
 */
export function sendStream(
  reply: FastifyReply,
  parts: AsyncIterable<Uint8Array>,
  least = LEAST_TAKEN,
): FastifyReply {
  const source = parts[Symbol.asyncIterator]();
  let lookedAt = performance.now();
  async function next(): Promise<IteratorResult<Uint8Array>> {
    if (performance.now() - lookedAt > LOOK_EVERY_MS) {
      if ((await reply.request.stillHolds?.()) === false)
        throw new Error('The key of the reader is no longer valid.');
      lookedAt = performance.now();
    }
    return source.next();
  }

  let isFull = false;
  let taken = 0;
  const body = new Readable({
    highWaterMark: HELD_BYTES,
    read() {
      isFull = false;
      next().then(
        ({ done, value }) => {
          taken += value?.byteLength ?? 0;
          isFull = !body.push(done ? null : value);
          if (done) clearInterval(watch);
        },
        (error: Error) => body.destroy(error),
      );
    },
    destroy(error, done) {
      clearInterval(watch);
      const finish = () => done(error);
      (source.return?.() ?? Promise.resolve()).then(finish, finish);
    },
  });
  const cut = () => body.destroy(new Error('The client reads too slowly.'));
  const watch = watchRate(
    least,
    // Of the content, not of what is sent: compressed, a fast reader may be sent very little.
    () => taken,
    () => !isFull,
    cut,
  );
  return reply.send(body);
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the key that the request was let through by, if by any, still holds, as far as can be told. */
    stillHolds?(): Promise<boolean>;
  }
}
