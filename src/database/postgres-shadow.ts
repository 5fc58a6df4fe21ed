/** What shows other rows on a PostgreSQL connection. */
import type pg from 'pg';
import * as vocabulary from './columns.postgres.ts';
import { type Statement, streamReaderOn } from './postgres-reader.ts';
import { shapeCache } from './prepared.ts';
import { ShadowSet } from './shadow.ts';

const shadows = new WeakMap<pg.PoolClient, ShadowSet>();

export function shadowsOf(client: pg.PoolClient): ShadowSet {
  const known = shadows.get(client);
  if (known) return known;
  const made = new ShadowSet({
    vocabulary,
    command: async (...commands) => {
      await client.query(commands.join(';'));
    },
    insert: async (name, columns, rows) => {
      if (rows.length === 0) return;
      const names = Object.keys(columns);
      // A collation is not part of the type.
      const values = Object.entries(columns).map(([column, type]) => `${column}::${type.split(' ', 1)}`);
      await client.query(
        `insert into ${name} (${names}) select ${values}
          from unnest(${names.map((_, i) => `$${i + 1}::text[]`)}) as r (${names})`,
        names.map((_, i) => rows.map((row) => row[i])),
      );
    },
    keysIn: async (name, keys) => {
      const { rows } = await client.query({
        text: `select "key" from ${name} where "key" = any($1::text[])`,
        values: [keys],
        rowMode: 'array',
      });
      return rows.map(([key]) => key);
    },
    readerWith: (shown) => {
      const cache = shapeCache<Statement>();
      // Without a name, since the server would keep them for longer than their tables.
      const prepare: typeof cache = (shape, build) => cache(shape, () => ({ ...build(), name: undefined }));
      return streamReaderOn(client, { ...shown, prepare });
    },
  });
  shadows.set(client, made);
  return made;
}

/** After a rollback, which also took back temporary tables. */
export const forgetShadows = (client: pg.PoolClient): void => void shadows.delete(client);
