/** The kinds of filter parameters: accepted values and SQL. */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { CodeName, Columns, DayName, TreeName } from '../../columns/columns.ts';
import { NEVER, packedDay } from '../../columns/packed-days.ts';
import type { Reader } from '../../database/database.ts';
import type { Values } from '../../database/prepared.ts';
import { day, flags, listOf } from '../../http/fields.ts';
import type { FaultCode } from '../../http/messages.ts';
import { isBelow, keepCodes, keepRows, type Sieve } from './sieves.ts';

/** Selects projects without a value. */
export const NONE = 'none';

/** The contribution of a parameter to a query. */
export interface Plan {
  /** Equal for two plans only if they build the same SQL. */
  shape: string;
  values: Values;
  where(reader: Reader): SQL;
  /** The same over columns; undefined if they do not hold what it needs. */
  sieve?: Sieve;
}

export interface ParameterKind<Given> {
  schema: z.ZodType<Given | undefined>;
  plan(name: string, given: Given): Plan;
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

/** "Any of" some values, in both meanings. */
export interface Among {
  /** The list is not empty. */
  sql(reader: Reader, values: SQL): SQL;
  /** What `none` means, if it can be given. */
  none?(reader: Reader): SQL;
  sieve?(values: ReadonlySet<string>, withNone: boolean): Sieve;
}

/** "Any of" the values, which may include `none` for projects without a value. */
export function anyOf<Item extends string>(
  schema: z.ZodType<Item[] | undefined>,
  { sql: among, none, sieve }: Among,
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
        ...(sieve && { sieve: sieve(new Set(values), withNone) }),
      };
    },
  };
}

export type ColumnOf = (reader: Reader) => SQLWrapper;

/** What the project refers to. */
export const reference = (name: CodeName): Among => ({
  sql: (reader, values) => sql`${projectsIn(reader)[name]} in ${values}`,
  none: (reader) => sql`${projectsIn(reader)[name]} is null`,
  sieve: (values, withNone) => keepCodes(name, (text) => (text === null ? withNone : values.has(text))),
});

/** One of a few texts, which each project has. */
export const choice = (name: CodeName): Among => {
  const { none: _, ...among } = reference(name);
  return among;
};

/** A class of projects, which each project has. @param classOn the class over columns */
export const classified = (
  expression: ColumnOf,
  classOn: (columns: Columns, asOf: number) => (row: number) => string,
): Among => ({
  sql: (reader, values) => sql`${expression(reader)} in ${values}`,
  sieve: (values) =>
    keepRows((columns, asOf) => {
      const classOf = classOn(columns, asOf);
      return (row) => values.has(classOf(row));
    }),
});

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

/** What the project refers to, including all that is below it in a tree. */
export const referenceBelow = (name: CodeName, tree: TreeName): Among => ({
  ...reference(name),
  sql: (reader, values) => {
    const table = reader.tables[tree];
    return sql`${projectsIn(reader)[name]} in (
    with recursive tree(code) as (
      select ${table.code} from ${table} where ${table.code} in ${values}
      union select ${table.code} from ${table} join tree on ${table.parent} = tree.code
    ) select code from tree)`;
  },
  sieve: (values, withNone) =>
    keepCodes(name, (text, columns) => (text === null ? withNone : isBelow(columns, tree, text, values))),
});

/** Projects whose lead investor satisfies a condition. */
const leadInvestor =
  (condition: (enterprises: Reader['tables']['enterprises']) => SQL) =>
  (reader: Reader): SQL => {
    const { enterprises, projects } = reader.tables;
    return sql`${projects.leadInvestorId} in (select ${enterprises.id} from ${enterprises} where ${condition(enterprises)})`;
  };

/** What the country of the lead investor implies; `none` if there is no investor, or its country is unknown. */
export const ofLeadInvestor = (
  expression: (country: SQLWrapper) => SQLWrapper,
  classOf: (country: string) => string,
): Among => ({
  sql: (reader, values) => leadInvestor((e) => sql`${expression(e.country)} in ${values}`)(reader),
  none: (reader) =>
    sql`${projectsIn(reader).leadInvestorId} is null or ${leadInvestor((e) => sql`${e.country} is null`)(reader)}`,
  sieve: (values, withNone) =>
    keepCodes('leadInvestorId', (_, columns, code) => {
      const country = columns.countries[code] ?? null;
      return country === null ? withNone : values.has(classOf(country));
    }),
});

/** A yes-or-no question, which may be repeated; then all answers must hold. */
export function question<Answer extends string | boolean>(
  schema: z.ZodType<Answer[] | undefined>,
  condition: (reader: Reader, answer: Answer) => SQL,
  sieveOf: (answer: Answer) => Sieve,
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
      sieve: (sifted) => {
        for (const answer of given) sieveOf(answer)(sifted);
      },
    }),
  };
}

export const yesNo = (
  description: string,
  condition: (reader: Reader) => SQL,
  conditionOn: (columns: Columns, asOf: number) => (row: number) => boolean,
): ParameterKind<boolean[]> =>
  question(
    describe(flags, description, [true]),
    (reader, yes) => (yes ? condition(reader) : sql`(${condition(reader)}) is not true`),
    (yes) =>
      keepRows((columns, asOf) => {
        const holds = conditionOn(columns, asOf);
        return (row) => holds(row) === yes;
      }),
  );

/** An inclusive bound of a range. @param numbers the column over columns, and what the given value is there */
export function bound<Given extends string | number>(
  schema: z.ZodType<Given | undefined>,
  operator: '>=' | '<=',
  column: ColumnOf,
  numbers: { of(columns: Columns): Uint16Array | Float64Array; to(given: Given): number },
): ParameterKind<Given> {
  return {
    schema,
    plan: (name, given) => ({
      shape: name,
      values: { [name]: given },
      where: (reader) => sql`${column(reader)} ${sql.raw(operator)} ${sql.placeholder(name)}`,
      sieve: keepRows((columns) => {
        const [values, limit] = [numbers.of(columns), numbers.to(given)];
        // A missing day is never within a range.
        return operator === '>='
          ? (row) => (values[row] as number) >= limit && values[row] !== NEVER
          : (row) => (values[row] as number) <= limit;
      }),
    }),
  };
}

const dayOf = (name: DayName) => ({ of: ({ days }: Columns) => days[name], to: packedDay });

export const from = (what: string, name: DayName) =>
  bound<string>(
    describe(day, `${what} on this day or later.`, '2020-01-01').optional(),
    '>=',
    (reader) => projectsIn(reader)[name],
    dayOf(name),
  );
export const to = (what: string, name: DayName) =>
  bound<string>(
    describe(day, `${what} on this day or earlier.`, '2022-12-31').optional(),
    '<=',
    (reader) => projectsIn(reader)[name],
    dayOf(name),
  );
