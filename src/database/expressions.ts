/** SQL that both engines accept. */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';

/**
 * A nullable text as a sort key: null sorts as empty, on both engines.
 * (No `coalesce`: drizzle-kit splits an index expression at its commas.)
 */
export const orEmpty = (column: SQLWrapper): SQL<string> =>
  sql<string>`(case when ${column} is null then '' else ${column} end)`;

/** The names and values of an object, as arguments of the engines' JSON functions. */
export const pairs = (fields: Readonly<Record<string, SQLWrapper>>): SQL =>
  sql.join(
    Object.entries(fields).map(([name, value]) => sql`${sql.raw(`'${name}'`)}, ${value}`),
    sql`, `,
  );
