/**
 * Loads into PostgreSQL. Many rows go in by COPY, and while the server takes them in, the next ones are prepared.
 * When an empty database is filled, indexes and foreign keys of large tables are dropped and made anew at the end.
 * Elsewhere that would lock readers out, and the load itself could not look up what is there.
 */
import { getTableColumns, getTableName } from 'drizzle-orm';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Column, Revision, Row, Table, Transaction } from './database.ts';
import { transactionOn } from './postgres-reader.ts';

/** From so many rows on, COPY takes less time than an INSERT, and making an index less than adding to it. */
const MANY = 50;

/** Indexes except those of primary keys, and then foreign keys, since an index is of use to check these. */
const REMADE = `
  select format('drop index %I', relname) as drop, pg_get_indexdef(indexrelid) as make, false as "isLast"
    from pg_index join pg_class on pg_class.oid = indexrelid
    where indrelid = $1::regclass and not indisprimary
  union all
  select format('alter table %s drop constraint %I', conrelid::regclass, conname),
    format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)), true
    from pg_constraint where conrelid = $1::regclass and contype = 'f'`;

/** For making an index: memory to sort it, and as long as it takes. */
const MAKING = "set local maintenance_work_mem = '128MB'; set local statement_timeout = 0";

export interface Loading {
  tx: Transaction;
  /** To be called at the end, and after a failure, which may be that of rows that were sent before. */
  sent(): Promise<void>;
  /** Makes what was dropped. */
  finish(): Promise<void>;
}

/** @param isFill whether the database is empty, and filled without reading from it */
export function loadingOn(client: pg.PoolClient, log: Revision, isFill: boolean): Loading {
  const remade = new Map<string, { make: string; isLast: boolean }[]>();
  const writing = transactionOn(client, log);
  let underWay: Promise<void> = Promise.resolve();

  const announceRows = async (table: Table, rows: number): Promise<void> => {
    const name = getTableName(table);
    if (!isFill || rows < MANY || remade.has(name)) return;
    const { rows: found } = await client.query(REMADE, [name]);
    for (const { drop } of found) await client.query(drop);
    remade.set(name, found);
  };

  const insertRows: Transaction['insertRows'] = async (table, rows) => {
    if (rows.length < MANY) return writing.insertRows(table, rows);
    const lines = linesOf(table, rows);
    await underWay;
    underWay = copied(client, lines);
    // Told by whoever waits for it next.
    underWay.catch(() => {});
  };

  return {
    tx: { ...writing, announceRows, insertRows },
    sent: () => underWay,
    finish: async () => {
      await underWay;
      if (remade.size === 0) return;
      await client.query(MAKING);
      const all = [...remade.values()].flat();
      for (const isLast of [false, true]) {
        for (const one of all) if (one.isLast === isLast) await client.query(one.make);
      }
      for (const name of remade.keys()) await client.query(`analyze ${name}`);
    },
  };
}

interface Lines {
  statement: string;
  text: string;
}

const copied = (client: pg.PoolClient, { statement, text }: Lines): Promise<void> =>
  new Promise((resolve, reject) => {
    const copy = client.query(copyFrom(statement));
    copy.on('finish', resolve);
    copy.on('error', reject);
    copy.end(text);
  });

/** Rows that all have the same fields, in the text format of COPY. */
function linesOf(table: Table, rows: readonly Row[]): Lines {
  const columns = getTableColumns(table) as Record<string, Column>;
  const fields = Object.keys(rows[0] as Row).map((name) => ({ name, column: columns[name] as Column }));
  const names = fields.map(({ column }) => `"${column.name}"`);
  let text = '';
  for (const row of rows) {
    for (const [i, { name, column }] of fields.entries()) {
      if (i > 0) text += '\t';
      text += textOf(row[name], column);
    }
    text += '\n';
  }
  return { statement: `copy "${getTableName(table)}" (${names}) from stdin`, text };
}

const textOf = (value: unknown, column: Column): string =>
  value === null ? '\\N' : escaped(String(column.mapToDriverValue(value)));

const SPECIAL: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escaped = (text: string): string =>
  /[\\\n\r\t]/.test(text) ? text.replace(/[\\\n\r\t]/g, (special) => SPECIAL[special] as string) : text;
