/** A file that comes as a part of a form. */
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problems.ts';

/**
 * Gives the one file of a form to `take`, as it comes; to `discard` what that gave, where there is more in the form.
 * @throws Problem 422 for a form of anything else
 */
export async function withFile<T>(
  request: FastifyRequest,
  body: Readable,
  take: (file: Readable, about: { name: string; type: string }) => Promise<T>,
  discard: (taken: T) => Promise<void>,
): Promise<T> {
  // Loaded where it is used: most services never are sent a form.
  const { Busboy } = await import('@fastify/busboy');
  let taken: Promise<T> | undefined;
  let isOther = false;
  const other = () => {
    isOther = true;
  };
  try {
    const form = new Busboy({
      headers: request.headers as { 'content-type': string },
      limits: { files: 1, fields: 0, headerPairs: 50 },
    });
    form.on('file', (_, file, name, __, type) => {
      taken = take(file as unknown as Readable, { name, type });
      // Whoever waits for it hears of its failure; until then it is nobody's.
      taken.catch((error: Error) => form.destroy(error));
    });
    for (const event of ['field', 'fieldsLimit', 'filesLimit', 'partsLimit'] as const) form.on(event, other);
    body.on('error', (error) => form.destroy(error));
    body.pipe(form);
    await once(form, 'finish');
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem('imports.no_file', { cause });
  }
  if (taken && !isOther) return taken;
  if (taken) await discard(await taken);
  throw new Problem('imports.no_file');
}
