import type * as vocabulary from './columns.postgres.ts';

/** The interface of a column vocabulary. PostgreSQL, the stricter engine, defines the types. */
export type Vocabulary = typeof vocabulary;
