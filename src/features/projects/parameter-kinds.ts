/** The kinds of filter parameters: accepted values and SQL. */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Reader } from '../../database/database.ts';
import type { Values } from '../../database/prepared.ts';
import { day, flags, listOf } from '../../http/fields.ts';
import type { FaultCode } from '../../http/messages.ts';

/** Selects projects without a value. */
export const NONE = 'none';

/** The contribution of a parameter to a query. */
export interface Plan {
  /** Equal for two plans only if they build the same SQL. */
  shape: string;
  values: Values;
  where(reader: Reader): SQL;
}

export interface ParameterKind<Given> {
  schema: z.ZodType<Given | undefined>;
  /** @param asTheyWere whether it is applied to projects in a state other than the stored one */
  plan(name: string, given: Given, asTheyWere: boolean): Plan;
}

export interface Parameter<Given> extends ParameterKind<Given> {
  /** Whether it can single out a project, and therefore needs a key if only statistics are public. */
  reveals: boolean;
}

export const revealing = <Kind>(kind: Kind): Kind & { reveals: true } => ({ ...kind, reveals: true });
export const open = <Kind>(kind: Kind): Kind & { reveals: false } => ({ ...kind, reveals: false });

/** A named parameter of a statement: its placeholder and its current value. */
const placeholders = (name: string, count: number): SQLWrapper[] =>
  Array.from({ length: count }, (_, i) => sql.placeholder(`${name}${i}`) as unknown as SQLWrapper);

const listed = (items: SQLWrapper[]): SQL => sql`(${sql.join(items, sql`, `)})`;

/** The condition of a list parameter; the list is not empty. */
type AmongValues = (reader: Reader, values: SQL) => SQL;

/** "Any of" the values, which may include `none` for projects without a value. */
export function anyOf<Item extends string>(
  schema: z.ZodType<Item[] | undefined>,
  among: AmongValues,
  none?: (reader: Reader) => SQL,
): ParameterKind<Item[]> {
  return {
    schema,
    plan: (name, given) => {
      const values = none ? given.filter((value) => value !== NONE) : given;
      const withNone = values.length < given.length;
      return {
        shape: `${name}${values.length}${withNone ? '+none' : ''}`,
        values: Object.fromEntries(values.map((value, i) => [`${name}${i}`, value])),
        where: (reader) => {
          const alternatives: SQL[] = [];
          if (values.length > 0) alternatives.push(among(reader, listed(placeholders(name, values.length))));
          if (withNone && none) alternatives.push(none(reader));
          return sql`(${sql.join(alternatives, sql` or `)})`;
        },
      };
    },
  };
}

export type ColumnOf = (reader: Reader) => SQLWrapper;

/** A column with one of the values. */
export const among =
  (column: ColumnOf): AmongValues =>
  (reader, values) =>
    sql`${column(reader)} in ${values}`;

export const missing =
  (column: ColumnOf) =>
  (reader: Reader): SQL =>
    sql`${column(reader)} is null`;

export const describe = <T extends z.ZodType>(schema: T, description: string, example?: unknown): T =>
  schema.meta({ description, ...(example !== undefined && { example }) }) as T;

/** Values of a format, or `none`. */
export const referenceList = (
  item: z.ZodType<string>,
  error: FaultCode,
  description: string,
  example: string,
) =>
  describe(
    listOf(z.string().refine((value) => value === NONE || item.safeParse(value).success, { error })),
    `${description} Repeated or comma-separated: any of them; \`none\` selects projects without one.`,
    [example],
  );

export const choiceList = <C extends string>(choices: readonly C[], description: string) =>
  describe(
    listOf(z.enum(choices as readonly [C, ...C[]])),
    `${description} Repeated or comma-separated: any of them.`,
    [choices[0]],
  );

export const projectsIn = (reader: Reader) => reader.tables.projects;

/** The codes and all their descendants in a tree. */
export const andBelow =
  (tree: 'regions' | 'industries', column: ColumnOf): AmongValues =>
  (reader, values) => {
    const table = reader.tables[tree];
    return sql`${column(reader)} in (
    with recursive tree(code) as (
      select ${table.code} from ${table} where ${table.code} in ${values}
      union select ${table.code} from ${table} join tree on ${table.parent} = tree.code
    ) select code from tree)`;
  };

/** Projects whose lead investor satisfies a condition. */
export const leadInvestor =
  (condition: (enterprises: Reader['tables']['enterprises']) => SQL) =>
  (reader: Reader): SQL => {
    const { enterprises, projects } = reader.tables;
    return sql`${projects.leadInvestorId} in (select ${enterprises.id} from ${enterprises} where ${condition(enterprises)})`;
  };

export const orNoLead =
  (condition: (reader: Reader) => SQL) =>
  (reader: Reader): SQL =>
    sql`${projectsIn(reader).leadInvestorId} is null or ${condition(reader)}`;

/** A yes-or-no question, which may be repeated; then all answers must hold. */
export function question<Answer extends string | boolean>(
  schema: z.ZodType<Answer[] | undefined>,
  condition: (reader: Reader, answer: Answer) => SQL,
): ParameterKind<Answer[]> {
  return {
    schema,
    plan: (name, given) => ({
      shape: `${name}=${given.join()}`,
      values: {},
      where: (reader) =>
        sql.join(
          given.map((answer) => condition(reader, answer)),
          sql` and `,
        ),
    }),
  };
}

export const yesNo = (description: string, condition: (reader: Reader) => SQL): ParameterKind<boolean[]> =>
  question(describe(flags, description, [true]), (reader, yes) =>
    yes ? condition(reader) : sql`(${condition(reader)}) is not true`,
  );

/** An inclusive bound of a range. */
export function bound<Given extends string | number>(
  schema: z.ZodType<Given | undefined>,
  operator: '>=' | '<=',
  column: ColumnOf,
): ParameterKind<Given> {
  return {
    schema,
    plan: (name, given) => ({
      shape: name,
      values: { [name]: given },
      where: (reader) => sql`${column(reader)} ${sql.raw(operator)} ${sql.placeholder(name)}`,
    }),
  };
}

export const from = (what: string, column: ColumnOf) =>
  bound(describe(day, `${what} on this day or later.`, '2020-01-01').optional(), '>=', column);
export const to = (what: string, column: ColumnOf) =>
  bound(describe(day, `${what} on this day or earlier.`, '2022-12-31').optional(), '<=', column);
