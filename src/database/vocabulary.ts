import type * as vocabulary from './columns.postgres.ts';

/** What a column vocabulary offers. Postgres, the stricter engine, gives the types. */
export type Vocabulary = typeof vocabulary;
