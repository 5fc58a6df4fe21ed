/**
 * What the base of a backup says of itself, in front of its content: a frame that tools for zstd skip, so that
 * `zstd -d` gives the database alone.
 */
import { open } from 'node:fs/promises';
import * as z from 'zod';
import { StartupError } from '../core/startup-error.ts';
import { rootMessage } from '../database/errors.ts';

const MAGIC = 0x184d2a50;
const FORMAT = 1;
const MOST_BYTES = 1_000_000;

const Manifest = z.object({
  format: z.literal(FORMAT),
  /** The version of Luodi that made it. */
  version: z.string(),
  schema: z.string(),
  /** When it was made. */
  at: z.string(),
  /** The last entry that it contains; its time is null if there is none. */
  head: z.object({ seq: z.int(), hash: z.string(), at: z.string().nullable() }),
  tables: z.record(z.string(), z.object({ rows: z.int(), hash: z.string() })),
  /** Size of the database. */
  bytes: z.int(),
});
export type Manifest = z.infer<typeof Manifest>;

export type ManifestFacts = Omit<Manifest, 'format'>;

export function frameOf(facts: ManifestFacts): Buffer {
  const text = Buffer.from(JSON.stringify({ format: FORMAT, ...facts }));
  const head = Buffer.alloc(8);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(text.length, 4);
  return Buffer.concat([head, text]);
}

/** @returns it, and where the content begins @throws StartupError if the file is not the base of a backup */
export async function readManifest(file: string): Promise<{ manifest: Manifest; start: number }> {
  let given: unknown;
  let bytes = 0;
  const handle = await open(file).catch((cause: unknown) => {
    throw new StartupError(`${file} cannot be read: ${rootMessage(cause)}`, { cause });
  });
  try {
    const head = Buffer.alloc(8);
    await handle.read(head, 0, 8, 0);
    bytes = head.readUInt32LE(4);
    if (head.readUInt32LE(0) === MAGIC && bytes <= MOST_BYTES) {
      const text = Buffer.alloc(bytes);
      await handle.read(text, 0, bytes, 8);
      given = JSON.parse(text.toString('utf8'));
    }
  } catch {
    given = undefined;
  } finally {
    await handle.close();
  }
  const format = (given as { format?: unknown } | undefined)?.format;
  if (typeof format === 'number' && format > FORMAT) {
    throw new StartupError(`${file} was written by a newer version of Luodi`);
  }
  const { success, data } = Manifest.safeParse(given);
  if (!success) throw new StartupError(`${file} is not the base of a backup, or it is damaged`);
  return { manifest: data, start: 8 + bytes };
}
