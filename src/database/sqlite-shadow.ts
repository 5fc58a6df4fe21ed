/** What shows other rows on a SQLite connection. */

import { ShadowSet } from './shadow.ts';
import { type Client, streamReaderOn, vocabulary } from './sqlite-reader.ts';

export function sqliteShadows(client: Client): ShadowSet {
  /** `query_only` also refuses to change temporary tables. */
  function allowing(work: () => void): void {
    client.pragma('query_only = OFF');
    try {
      work();
    } finally {
      client.pragma('query_only = ON');
    }
  }

  return new ShadowSet({
    vocabulary,
    command: async (...commands) => allowing(() => client.exec(commands.join(';'))),
    insert: async (name, columns, rows) => {
      const names = Object.keys(columns);
      const insert = client.prepare(
        `insert into ${name} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`,
      );
      allowing(() => {
        for (const row of rows) insert.run(...row);
      });
    },
    keysIn: async (name, keys) =>
      client
        .prepare(`select "key" from ${name} where "key" in (select value from json_each(?))`)
        .pluck()
        .all(JSON.stringify(keys)) as string[],
    readerWith: (shown) => streamReaderOn(client, shown),
  });
}
