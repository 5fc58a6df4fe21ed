/** The one filter: the list, all statistics, exports and links use the table of `parameters.ts`. */
import { and, type SQL } from 'drizzle-orm';
import * as z from 'zod';
import { ARCHIVED, type Columns } from '../../columns/columns.ts';
import { effectiveDay } from '../../columns/packed-days.ts';
import type { State } from '../../columns/questions.ts';
import type { Reader } from '../../database/database.ts';
import type { Values } from '../../database/prepared.ts';
import { inPopulation } from './conditions.ts';
import { lifecycleFlags } from './lifecycle.ts';
import type { Parameter, Plan } from './parameter-kinds.ts';
import { parameters } from './parameters.ts';
import type { Mask, Sifted } from './sieves.ts';

type Parameters = typeof parameters;
export type ParameterName = keyof Parameters;

/** The shape of a project filter, for `z.strictObject`. */
export const filterFields = Object.fromEntries(
  Object.entries(parameters).map(([name, { schema }]) => [name, schema]),
) as { [Name in ParameterName]: Parameters[Name]['schema'] };

const filterSchema = z.strictObject(filterFields);
export type ProjectFilter = z.infer<typeof filterSchema>;

/** A filter as responses repeat it: lists as arrays, numbers as numbers. */
export const Filter = z.object(filterFields).meta({
  id: 'Filter',
  description: 'The filter as parsed. Parameters that were not given are left out.',
  examples: [{ event: ['hyrd-2020'] }],
});

const parameterNames = Object.keys(parameters) as ParameterName[];

/** The parameters whose meaning depends on the day. */
export const movingParameters = ['operatingStatus', ...lifecycleFlags] as const;

/** With these a figure may concern a single project. */
export const revealingParameters = parameterNames.filter((name) => parameters[name].reveals);

/** Extracts the filter from the parameters of a query. */
export function filterOf(query: ProjectFilter): ProjectFilter {
  const filter: Record<string, unknown> = {};
  for (const name of parameterNames) {
    if (query[name] !== undefined) filter[name] = query[name];
  }
  return filter as ProjectFilter;
}

/** A condition on projects, ready for a query. */
export interface Condition {
  shape: string;
  values: Values;
  /** @param population the base set; by default the signed, unarchived projects */
  where(reader: Reader, population?: SQL): SQL;
}

/** A filter for a day. */
export interface Selection extends Condition {
  /**
   * The same over columns. Of the parameters that columns cannot answer, the ids come from SQL.
   * @param archived whether it selects from the archived projects instead of the others
   */
  mask(state: Pick<State, 'columns' | 'reader' | 'named'>, archived?: boolean): Promise<Mask>;
  /**
   * Takes rows out that do not satisfy the parameters that columns can answer.
   * @param which only those whose meaning depends on the day, or only the others
   */
  sift(sifted: Sifted, which?: 'moving' | 'fixed'): void;
  /** Takes rows out that do not satisfy those for which SQL is asked. */
  siftBySql(sifted: Sifted, reader: Reader): Promise<void>;
  /** Whether columns can answer all parameters. */
  isInColumns: boolean;
}

/** @param asOf the effective day */
export function select(filter: ProjectFilter, asOf: string): Selection {
  const plans: Plan[] = [];
  const moving = new Set<Plan>();
  for (const name of parameterNames) {
    const given = filter[name];
    if (given === undefined) continue;
    const plan = (parameters[name] as Parameter<unknown>).plan(name, given);
    plans.push(plan);
    if ((movingParameters as readonly string[]).includes(name)) moving.add(plan);
  }
  const sift = (sifted: Sifted, which?: 'moving' | 'fixed') => {
    for (const plan of plans) if (!which || moving.has(plan) === (which === 'moving')) plan.sieve?.(sifted);
  };
  const siftBySql = async (sifted: Sifted, reader: Reader) => {
    const others = plans.filter(({ sieve }) => sieve === undefined);
    if (others.length > 0) await keepFound(sifted, reader, others);
  };
  return {
    shape: plans.map((plan) => plan.shape).join('&'),
    values: Object.assign({ asOf }, ...plans.map((plan) => plan.values)),
    where: (reader, population = inPopulation(reader)) =>
      and(population, ...plans.map((plan) => plan.where(reader))) as SQL,
    isInColumns: plans.every(({ sieve }) => sieve !== undefined),
    sift,
    siftBySql,
    mask: async ({ columns, reader, named }, archived = false) => {
      if (filter.updatedSince !== undefined) await named();
      const sifted = populationOf(columns, columns.count, asOf, archived);
      sift(sifted);
      await siftBySql(sifted, reader);
      return sifted.mask;
    },
  };
}

/** The rows of projects that are signed by the day, archived or not. @param count of rows */
export function populationOf(columns: Columns, count: number, asOf: string, archived = false): Sifted {
  const { flags } = columns;
  const { signedOn } = columns.days;
  const day = effectiveDay(asOf);
  const mask = new Uint8Array(count);
  const wanted = archived ? ARCHIVED : 0;
  for (let row = 0; row < count; row++)
    mask[row] = ((flags[row] as number) & ARCHIVED) === wanted && (signedOn[row] as number) <= day ? 1 : 0;
  return { columns, mask, asOf: day };
}

/** Keeps the rows whose ids SQL finds. */
async function keepFound({ columns, mask }: Sifted, reader: Reader, plans: readonly Plan[]): Promise<void> {
  const found = new Uint8Array(mask.length);
  const rows = await reader.prepared(
    `columns.found ${plans.map(({ shape }) => shape).join('&')}`,
    Object.assign({}, ...plans.map(({ values }) => values)),
    (db) =>
      db
        .select({ id: db.tables.projects.id })
        .from(db.tables.projects)
        .where(and(...plans.map((plan) => plan.where(db)))),
  );
  for (const { id } of rows) found[columns.ids.find(id)] = 1;
  for (let row = 0; row < mask.length; row++) mask[row] = (mask[row] as number) & (found[row] as number);
}

/** The query string of a filter, without the question mark: comma-separated lists, repeated flags. */
export function queryOf(filter: ProjectFilter, more: Readonly<Record<string, string>> = {}): string {
  const parts: string[] = [];
  const add = (name: string, value: unknown) =>
    parts.push(`${name}=${encodeURIComponent(String(value)).replaceAll('%2C', ',').replaceAll('%3A', ':')}`);
  for (const [name, given] of Object.entries(filter)) {
    if (!Array.isArray(given)) add(name, given);
    else if (typeof given[0] === 'boolean' || name === 'top500') for (const one of given) add(name, one);
    else add(name, given.join());
  }
  for (const [name, value] of Object.entries(more)) add(name, value);
  return parts.join('&');
}
