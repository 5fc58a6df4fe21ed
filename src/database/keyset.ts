/** Keyset pagination in SQL: a page starts after the values of the last row, never at a row number. */
import { and, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm';

/** One column of an order. The expression must never be null. */
export interface SortColumn {
  expression: SQLWrapper;
  descending: boolean;
}

export const orderBy = (columns: readonly SortColumn[]): SQL[] =>
  columns.map(({ expression, descending }) => sql`${expression} ${sql.raw(descending ? 'desc' : 'asc')}`);

const operator = (descending: boolean, inclusive = false): SQL =>
  sql.raw(`${descending ? '<' : '>'}${inclusive ? '=' : ''}`);

/** Placeholder for the i-th value of the row before the page. */
const after = (i: number) => sql`${sql.placeholder(`after${i}`)}`;

/** The values for `comesAfter`'s placeholders. */
export const afterValues = (values: readonly unknown[]): Record<string, unknown> =>
  Object.fromEntries(values.map((value, i) => [`after${i}`, value]));

/** Rows that come after the row with the values `after0`, `after1` … The last column must be unique. */
export function comesAfter(columns: readonly SortColumn[]): SQL {
  const [first] = columns;
  if (!first) throw new Error('An order has at least one column.');
  if (columns.every(({ descending }) => descending === first.descending)) {
    const left = sql.join(
      columns.map(({ expression }) => expression),
      sql`, `,
    );
    const right = sql.join(
      columns.map((_, i) => after(i)),
      sql`, `,
    );
    return sql`(${left}) ${operator(first.descending)} (${right})`;
  }
  // Redundant, but lets an index on the first column start at the right place.
  const lead = sql`${first.expression} ${operator(first.descending, true)} ${after(0)}`;
  const alternatives = columns.map(({ expression, descending }, i) => {
    const equal = columns.slice(0, i).map((column, j) => sql`${column.expression} = ${after(j)}`);
    return and(...equal, sql`${expression} ${operator(descending)} ${after(i)}`);
  });
  return and(lead, or(...alternatives)) as SQL;
}
