/** The schema as defined in `tables.ts`, and as found in a database. */
import { getTableConfig } from 'drizzle-orm/pg-core';
import * as columns from '../../src/database/columns.postgres.ts';
import { defineTables } from '../../src/database/tables.ts';
import { engine } from './engines.ts';
import type { Connection } from './sql.ts';

interface Table {
  /** Type and nullability, by name. */
  columns: Record<string, string>;
  primaryKey: string[];
  /** `column → table.column`, in order. */
  foreignKeys: string[];
  /** `unique` or `plain`, and the columns in order, by name. */
  indexes: Record<string, string>;
}

export type Schema = Record<string, Table>;

/** SQLite's types for those of PostgreSQL. */
const sqliteTypes: Readonly<Record<string, string>> = {
  text: 'text',
  integer: 'integer',
  bigint: 'integer',
  boolean: 'integer',
  jsonb: 'text',
};

const described = (type: string, notNull: boolean): string => `${type}${notNull ? ' not null' : ''}`;
const indexed = (unique: boolean, names: readonly string[]): string =>
  `${unique ? 'unique' : 'plain'} (${names.join(', ')})`;
const reference = (from: readonly string[], table: string, to: readonly string[]): string =>
  `${from} → ${table}.${to}`;

/** The defined schema in terms of the engine under test. */
export function definedSchema(): Schema {
  const typeOf = (sqlType: string): string => {
    const type = sqlType.split(' ')[0] as string;
    return engine === 'sqlite' ? (sqliteTypes[type] as string) : type;
  };
  return Object.fromEntries(
    Object.values(defineTables(columns))
      .filter((table) => !getTableConfig(table).name.endsWith('_grams'))
      .map((table) => {
        const config = getTableConfig(table);
        const alone = config.columns.filter(({ primary }) => primary).map(({ name }) => name);
        const together = config.primaryKeys[0]?.columns.map(({ name }) => name);
        return [
          config.name,
          {
            columns: Object.fromEntries(
              config.columns.map((column) => [
                column.name,
                described(typeOf(column.getSQLType()), column.notNull),
              ]),
            ),
            primaryKey: together ?? alone,
            foreignKeys: config.foreignKeys
              .map((key) => {
                const { columns: from, foreignTable, foreignColumns } = key.reference();
                return reference(
                  from.map(({ name }) => name),
                  getTableConfig(foreignTable).name,
                  foreignColumns.map(({ name }) => name),
                );
              })
              .sort(),
            indexes: Object.fromEntries(
              config.indexes.map(({ config: index }) => [
                index.name,
                indexed(
                  index.unique,
                  index.columns.map((column) => ('name' in column ? String(column.name) : '(expression)')),
                ),
              ]),
            ),
          },
        ];
      }),
  );
}

/** The tables of a database, except those of the migrator. */
export const actualSchema = (connection: Connection): Promise<Schema> =>
  engine === 'sqlite' ? sqliteSchema(connection) : postgresSchema(connection);

async function sqliteSchema({ rows }: Connection): Promise<Schema> {
  const tables = await rows(
    "select name from sqlite_schema where type = 'table' and name not like 'sqlite%' and name not like '%\\_grams%' escape '\\' and name not like '\\_\\_drizzle%' escape '\\'",
  );
  const schema: Schema = {};
  for (const { name } of tables) {
    const info = await rows(`select * from pragma_table_info('${name}')`);
    const keys = await rows(`select * from pragma_foreign_key_list('${name}')`);
    const indexes = await rows(`select * from pragma_index_list('${name}') where origin = 'c'`);
    const found: [string, string][] = [];
    for (const index of indexes) {
      const parts = await rows(`select * from pragma_index_info('${index.name}') order by seqno`);
      const names = parts.map((part) => String(part.name ?? '(expression)'));
      found.push([String(index.name), indexed(index.unique === 1, names)]);
    }
    schema[String(name)] = {
      columns: Object.fromEntries(
        info.map((column) => [
          column.name,
          described(String(column.type).toLowerCase(), column.notnull === 1),
        ]),
      ),
      primaryKey: info
        .filter(({ pk }) => pk)
        .toSorted((a, b) => Number(a.pk) - Number(b.pk))
        .map((column) => String(column.name)),
      foreignKeys: keys
        .map((key) => reference([String(key.from)], String(key.table), [String(key.to)]))
        .sort(),
      indexes: Object.fromEntries(found),
    };
  }
  return schema;
}

const POSTGRES = `
  select c.relname as name,
    (select json_object_agg(a.attname, json_build_object(
        'type', format_type(a.atttypid, null), 'notNull', a.attnotnull, 'collation', l.collname))
      from pg_attribute a left join pg_collation l on l.oid = a.attcollation
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
    (select json_agg(json_build_object('name', i.relname, 'unique', x.indisunique, 'primary', x.indisprimary,
        'columns', (select json_agg(coalesce(a.attname, '(expression)') order by k.place)
          from unnest(x.indkey) with ordinality as k (number, place)
          left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number and k.number > 0)))
      from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = c.oid) as indexes,
    (select json_agg(json_build_object('table', f.relname,
        'from', (select json_agg(a.attname) from unnest(k.conkey) n join pg_attribute a on a.attrelid = c.oid and a.attnum = n),
        'to', (select json_agg(a.attname) from unnest(k.confkey) n join pg_attribute a on a.attrelid = f.oid and a.attnum = n)))
      from pg_constraint k join pg_class f on f.oid = k.confrelid
      where k.conrelid = c.oid and k.contype = 'f') as keys
  from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
    and c.relname not like '%\\_grams'`;

interface PostgresTable {
  name: string;
  columns: Record<string, { type: string; notNull: boolean; collation: string | null }>;
  indexes: { name: string; unique: boolean; primary: boolean; columns: string[] }[];
  keys: { table: string; from: string[]; to: string[] }[] | null;
}

async function postgresSchema({ rows }: Connection): Promise<Schema> {
  const tables = (await rows(POSTGRES)) as unknown as PostgresTable[];
  return Object.fromEntries(
    tables.map(({ name, columns, indexes, keys }) => [
      name,
      {
        columns: Object.fromEntries(
          Object.entries(columns).map(([column, { type, notNull, collation }]) => {
            // With a locale-dependent collation, the server would sort differently from SQLite.
            const bytewise = collation === null || collation === 'C';
            return [column, described(bytewise ? type : `${type} collated ${collation}`, notNull)];
          }),
        ),
        primaryKey: indexes.find(({ primary }) => primary)?.columns ?? [],
        foreignKeys: (keys ?? []).map(({ table, from, to }) => reference(from, table, to)).sort(),
        indexes: Object.fromEntries(
          indexes
            .filter(({ primary }) => !primary)
            .map((index) => [index.name, indexed(index.unique, index.columns)]),
        ),
      },
    ]),
  );
}

const DEFINITIONS = {
  sqlite: 'select name, sql as "is" from sqlite_schema order by name',
  postgres: `
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as "is" from pg_index
      where indrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)
    union all
    select conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) || ' ' || convalidated
      from pg_constraint where connamespace = 'public'::regnamespace
    union all
    select tgrelid::regclass || ' ' || tgname, pg_get_triggerdef(oid) || ' ' || tgenabled::text
      from pg_trigger where not tgisinternal
    order by 1`,
} as const;

/** All indexes, constraints and triggers of a database as it defines them. */
export const definitionsIn = ({ rows }: Connection) => rows(DEFINITIONS[engine]);
