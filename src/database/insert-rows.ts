import { getTableName, sql } from 'drizzle-orm';
import type { Transaction } from './database.ts';

/**
 * Makes `Transaction.insertRows`.
 * @param values how many values a statement takes at most; it takes at least one row
 */
export const inserter =
  (transaction: () => Transaction, values: number): Transaction['insertRows'] =>
  async (table, rows) => {
    const fields = Object.keys(rows[0] ?? {});
    const atOnce = Math.max(1, Math.floor(values / fields.length));
    for (let i = 0; i < rows.length; i += atOnce) {
      const some = rows.slice(i, i + atOnce);
      const shape = `insert ${getTableName(table)} ${fields} ${some.length}`;
      const placed = some.flatMap((row, r) => fields.map((field) => [`${r}.${field}`, row[field]] as const));
      await transaction().perform(shape, Object.fromEntries(placed), (tx) => {
        const placeholders = some.map((_, r) =>
          Object.fromEntries(fields.map((field) => [field, sql.placeholder(`${r}.${field}`)])),
        );
        return tx.insert(table).values(placeholders as never);
      });
    }
  };
