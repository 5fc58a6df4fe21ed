/** A file sent as part of a form. */
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { withoutHidden } from './hidden-characters.ts';
import { Problem } from './problems.ts';

/** What systems allow. */
const LONGEST_NAME = 255;

/** The name of a file as it can be kept and shown; null where nothing is left of it. */
const plainName = (name: string | undefined): string | null =>
  Array.from(withoutHidden(name ?? '').replace(/[\p{Cc}\p{Cs}]/gu, ''))
    .slice(0, LONGEST_NAME)
    .join('')
    .normalize('NFC')
    .trim() || null;

/**
 * Gives the one file of a form to `take`, as it comes; to `discard` what that gave, where the form is no such form. The
 * body is then left as it stands.
 * @throws Problem 422 for a form of anything else
 */
export async function withFile<T>(
  request: FastifyRequest,
  body: Readable,
  take: (file: Readable, about: { name: string | null; type: string }) => Promise<T>,
  discard: (taken: T) => Promise<void>,
): Promise<T> {
  // Loaded where it is used: most services never are sent a form.
  const {
    default: { Busboy },
  } = await import('@fastify/busboy');
  let part: Readable | undefined;
  let taken: Promise<T> | undefined;
  try {
    const form = new Busboy({
      headers: request.headers as { 'content-type': string },
      limits: { files: 1, fields: 0, headerPairs: 50, headerSize: 16_384 },
    });
    const fail = (error: Error) => form.emit('error', error);
    form.on('file', (_, file, name, __, type) => {
      part = file as unknown as Readable;
      part.on('error', fail);
      taken = take(part, { name: plainName(name), type });
      taken.catch(fail);
    });
    for (const event of ['field', 'fieldsLimit', 'filesLimit', 'partsLimit'] as const) {
      form.on(event, () => fail(new Problem('imports.no_file')));
    }
    const isRead = once(form, 'finish');
    form.on('error', () => {});
    body.on('error', fail);
    body.pipe(form);
    await isRead;
    if (taken) return await taken;
    throw new Problem('imports.no_file');
  } catch (cause) {
    body.unpipe();
    part?.destroy(new Problem('imports.no_file'));
    await taken?.then(discard, () => {});
    throw cause instanceof Problem ? cause : new Problem('imports.no_file', { cause });
  }
}
