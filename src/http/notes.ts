/** What a route says about itself besides its schemas, for the document and for the hooks that act on it. */
import type { FastifySchema } from 'fastify';
import type { Deprecation } from './deprecation.ts';
import type { Format } from './media-types.ts';

/**
 * Who may use an operation: `open` means everybody; `statistics` and `read` everybody if ANONYMOUS_READ allows it, else
 * any key; `key` any key; the others a key with that role or a higher one.
 */
export type Access = 'open' | 'statistics' | 'read' | 'key' | 'edit' | 'administer';

/** The operation of a format. */
export interface FileRoute {
  format: Exclude<Format, 'json'>;
  schema: FastifySchema;
}

/** Where the document finds them until it is complete. */
export const NOTES = 'x-notes';

export interface Notes {
  retryable: boolean;
  resumable: boolean;
  /** Whether it may be authorized by a token in its address. */
  takesToken: boolean;
  takes: readonly string[] | undefined;
  mayGoOn: boolean;
  /** Whether `Prefer: return=minimal` leaves out the body of a success. */
  mayBeMinimal: boolean;
  replaces: boolean;
  access: Access;
  conditional: boolean;
  /** Whether it can be answered as it was known. */
  asKnown: 'figures' | 'records' | undefined;
  guarded: boolean;
  paged: boolean;
  deprecated: Deprecation | undefined;
  hidden: readonly string[];
  files: readonly FileRoute[];
}

/** What `operation` said of a route; undefined of one that is not in the document. */
export const notesOf = (schema: unknown): Notes | undefined =>
  (schema as { [NOTES]?: Notes } | undefined)?.[NOTES];
