import type { Reader } from './database.ts';

/** A reader for statements about no other resources of an entity than some (`Reader.only`). */
export const only = async (reader: Reader, entity: string, ids: readonly string[]): Promise<Reader> =>
  (await reader.only?.(entity, ids)) ?? reader;
