/**
 * Tables that show other rows of some resources than those that are stored, such as their rows at an earlier
 * revision. They exist on one connection, as temporary tables and views; nothing that is stored changes.
 */
import { getTableColumns, getTableName, sql } from 'drizzle-orm';
import type {
  Column,
  Late,
  Reader,
  Revision,
  Row,
  Shadow,
  Shadows,
  StreamReader,
  Table,
} from './database.ts';
import { defineTables, type Tables } from './tables.ts';
import { GRAM_INDEXES, type Indexed } from './text-index.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What a connection must be able to do for it. */
export interface ShadowConnection {
  vocabulary: Vocabulary;
  /** Runs commands that change only temporary tables. */
  command(...commands: string[]): Promise<void>;
  /** Adds rows to a temporary table. @param columns their names, quoted, and SQL types */
  insert(name: string, columns: Readonly<Record<string, string>>, rows: readonly unknown[][]): Promise<void>;
  /** Those of some keys that are in a temporary table. */
  keysIn(name: string, keys: readonly string[]): Promise<string[]>;
  /** A reader with its own cache of statements. @param before is awaited before each of them */
  readerWith(
    shown: Pick<Reader, 'tables' | 'functions'> & { before?: (sql: string) => Promise<void> },
  ): StreamReader;
}

/** Shadows of one connection; the least recently used one is dropped for a new one. */
export class ShadowSet implements Shadows {
  readonly #connection: ShadowConnection;
  readonly #made = new Map<number, Awaited<ReturnType<typeof shadowOn>>>();

  constructor(connection: ShadowConnection) {
    this.#connection = connection;
  }

  async at(revision: Revision, most: number): Promise<Shadow> {
    let known = this.#made.get(revision.seq);
    this.#made.delete(revision.seq);
    if (known?.isTorn()) {
      await known.drop();
      known = undefined;
    }
    const shadow = known ?? (await shadowOn(this.#connection, revision));
    this.#made.set(revision.seq, shadow);
    for (const [seq, old] of this.#made) {
      if (this.#made.size <= most) break;
      this.#made.delete(seq);
      await old.drop();
    }
    return shadow;
  }
}

const indexed = Object.keys(GRAM_INDEXES) as Indexed[];
const UNLIMITED = '9223372036854775807';

const quoted = (name: string): string => `"${name}"`;

async function shadowOn(connection: ShadowConnection, revision: Revision) {
  const { vocabulary, command } = connection;
  const prefix = `past_${revision.seq}_`;
  const stored = defineTables(vocabulary);
  const renamed = defineTables({
    ...vocabulary,
    table: ((name: string, columns: never, indexes: never) =>
      vocabulary.table(prefix + name, columns, indexes)) as unknown as Vocabulary['table'],
  });
  const shown: Tables = { ...stored };
  // An index knows only stored texts: all other rows are candidates, which are then checked.
  const withGrams: typeof vocabulary.functions.withGrams = (index, match) => {
    const all = vocabulary.functions.withGrams(index, match);
    const table = indexed.find((one) => stored[GRAM_INDEXES[one]] === index);
    if (!table || shown[table] === stored[table]) return all;
    return sql`${all} union select "key" from ${sql.raw(part(table, 'keys'))}`;
  };
  // SQLite takes a query with a limit for one that must not be merged with the other.
  const apart: typeof vocabulary.functions.apart = (query) => sql`${query} limit ${sql.raw(UNLIMITED)}`;
  const functions = { ...vocabulary.functions, withGrams, apart };
  let isTorn = false;
  let reader: StreamReader | undefined;
  let waiting: StreamReader | undefined;
  let late: Late = { tables: [], show: async () => {} };

  const nameOf = (table: keyof Tables): string => getTableName(stored[table] as Table);
  const part = (table: keyof Tables, what: string): string => quoted(`${prefix}${nameOf(table)}_${what}`);
  const drops = (table: keyof Tables): string[] => [
    `drop view if exists ${quoted(prefix + nameOf(table))}`,
    `drop table if exists ${part(table, 'keys')}`,
    `drop table if exists ${part(table, 'rows')}`,
  ];

  async function show(table: keyof Tables, select: string, ...before: string[]): Promise<void> {
    await command(
      ...drops(table),
      ...before,
      `create temp view ${quoted(prefix + nameOf(table))} as ${select}`,
    );
    Object.assign(shown, { [table]: renamed[table] });
    reader = undefined;
    waiting = undefined;
  }

  /** The stored rows except those of some resources, and others in their place. */
  async function begin(table: keyof Tables, of: string): Promise<void> {
    const [name, keys, rows] = [quoted(nameOf(table)), part(table, 'keys'), part(table, 'rows')];
    const key = quoted((columnsOf(stored[table] as Table)[of] as Column).name);
    await show(
      table,
      `select * from ${name} where not exists (select 1 from ${keys} k where k."key" = ${name}.${key})
        union all select * from ${rows}`,
      `create temp table ${keys} as select ${key} as "key" from ${name} where false`,
      `create unique index ${part(table, 'keys_key')} on ${keys} ("key")`,
      `create temp table ${rows} as select * from ${name} where false`,
      `create index ${part(table, 'rows_key')} on ${rows} (${key})`,
    );
  }

  await show('revision', `select 1 as id, ${revision.seq} as seq, '${revision.hash}' as hash`);
  await show('changes', `select * from changes where seq <= ${revision.seq}`);

  return {
    completeTo: new Map<string, number>(),
    replace: async (table: keyof Tables, of: string, keys: readonly string[], rows: readonly Row[]) => {
      if (shown[table] === stored[table]) await begin(table, of);
      isTorn = true;
      const columns = columnsOf(stored[table] as Table);
      const typeOf = (name: string): string => (columns[name] as Column).getSQLType();
      await connection.insert(
        part(table, 'keys'),
        { '"key"': typeOf(of) },
        keys.map((key) => [key]),
      );
      await connection.insert(
        part(table, 'rows'),
        Object.fromEntries(
          Object.entries(columns).map(([name, { name: stored }]) => [quoted(stored), typeOf(name)]),
        ),
        rows.map((row) => Object.entries(columns).map(([name, column]) => encoded(column, row[name]))),
      );
      isTorn = false;
    },
    /** Whether a replacement failed halfway, so that it shows neither. */
    isTorn: () => isTorn,
    missing: async (table: keyof Tables, keys: readonly string[]) => {
      if (shown[table] === stored[table]) return [...keys];
      const known = new Set(await connection.keysIn(part(table, 'keys'), keys));
      return keys.filter((key) => !known.has(key));
    },
    reader: (wanted?: Late) => {
      const now = { tables: { ...shown }, functions };
      if (!wanted) {
        reader ??= connection.readerWith(now);
        return reader;
      }
      late = wanted;
      waiting ??= connection.readerWith({
        ...now,
        before: async (sql) => {
          if (late.tables.some((table) => sql.includes(quoted(prefix + nameOf(table))))) await late.show();
        },
      });
      return waiting;
    },
    drop: () =>
      command(
        ...(Object.keys(shown) as (keyof Tables)[])
          .filter((table) => shown[table] !== stored[table])
          .flatMap(drops),
      ),
  };
}

const encoded = (column: Column, value: unknown): unknown =>
  value === null || value === undefined ? null : column.mapToDriverValue(value);

const columnsOf = (table: Table): Record<string, Column> => getTableColumns(table);
