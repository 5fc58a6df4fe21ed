/** A file sent as part of a form. */
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { withoutHidden } from './hidden-characters.ts';
import { Problem } from './problems.ts';

/** The limit of most file systems. */
const LONGEST_NAME = 255;

/** A file name cleaned for storage and display; null if nothing is left of it. */
const plainName = (name: string | undefined): string | null =>
  Array.from(withoutHidden(name ?? '').replace(/[\p{Cc}\p{Cs}]/gu, ''))
    .slice(0, LONGEST_NAME)
    .join('')
    .normalize('NFC')
    .trim() || null;

/** In characters; longer values are invalid anyway. */
const LONGEST_FIELD = 1_000;

/**
 * Streams the only file of a form to `take`; if the form turns out to be invalid, passes the result to `discard`, and
 * leaves the rest of the body unread.
 * @param names the fields that the form may have, each once
 * @returns what was taken, and the values of the fields
 * @throws Problem 422 for any other form
 */
export async function withFile<T>(
  request: FastifyRequest,
  body: Readable,
  names: readonly string[],
  take: (file: Readable, about: { name: string | null; type: string }) => Promise<T>,
  discard: (taken: T) => Promise<void>,
): Promise<{ taken: T; fields: Readonly<Record<string, string>> }> {
  // Loaded on demand: most services never receive a form.
  const {
    default: { Busboy },
  } = await import('@fastify/busboy');
  let part: Readable | undefined;
  let taken: Promise<T> | undefined;
  const fields: Record<string, string> = {};
  try {
    const form = new Busboy({
      headers: request.headers as { 'content-type': string },
      limits: {
        files: 1,
        fields: names.length,
        fieldSize: LONGEST_FIELD,
        headerPairs: 50,
        headerSize: 16_384,
      },
    });
    const fail = (error: Error) => form.emit('error', error);
    form.on('file', (_, file, name, __, type) => {
      part = file as unknown as Readable;
      part.on('error', fail);
      taken = take(part, { name: plainName(name), type });
      taken.catch(fail);
    });
    form.on('field', (name, value) => {
      if (names.includes(name) && !Object.hasOwn(fields, name)) fields[name] = value;
      else fail(new Problem('imports.no_file'));
    });
    for (const event of ['fieldsLimit', 'filesLimit', 'partsLimit'] as const) {
      form.on(event, () => fail(new Problem('imports.no_file')));
    }
    const isRead = once(form, 'finish');
    form.on('error', () => {});
    body.on('error', fail);
    body.pipe(form);
    await isRead;
    if (taken) return { taken: await taken, fields };
    throw new Problem('imports.no_file');
  } catch (cause) {
    body.unpipe();
    part?.destroy(new Problem('imports.no_file'));
    await taken?.then(discard, () => {});
    throw cause instanceof Problem ? cause : new Problem('imports.no_file', { cause });
  }
}
