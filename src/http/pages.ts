/** The common page format: limit, sort order and cursor. */
import type { SQLWrapper } from 'drizzle-orm';
import * as z from 'zod';
import type { SortColumn } from '../database/keyset.ts';
import type { Tables } from '../database/tables.ts';
import { integerText } from './fields.ts';
import { Known } from './known.ts';
import { invalid } from './problems.ts';

/** What a list can be sorted by. */
export interface OrderKey<Row> {
  type: 'string' | 'number';
  /** The value of a row. */
  of(row: Row): string | number;
}

/** The same in SQL; its expression, which has the values of the rows, is never null. */
export interface SortKey<Row> extends OrderKey<Row> {
  expression(tables: Tables): SQLWrapper;
}

export type SortKeys<Row> = Readonly<Record<string, SortKey<Row>>>;

/** The parameters of every list. */
export const pageFields = (keys: Readonly<Record<string, unknown>>, standard: string) => ({
  limit: integerText(z.int().min(1).max(500))
    .optional()
    .meta({ description: 'Items on a page, 1–500; default 50.', example: 50 }),
  cursor: z.string().max(2_000).optional().meta({
    description: '`page.nextCursor` of the previous page, with the same sort.',
    example: 'WyItc2lnbmVkT24saWQiXQ',
  }),
  sort: sortField(Object.keys(keys), standard),
});

/** A `sort` parameter: names separated by commas, each at most once, descending with a minus. */
export const sortField = (names: readonly string[], standard: string) =>
  z
    .string()
    .refine(
      (sort) => {
        const asked = sort.split(',').map((part) => part.replace(/^-/, ''));
        return asked.every((name, i) => names.includes(name) && asked.indexOf(name) === i);
      },
      { error: 'not_sortable', params: { choices: names.join(', ') } },
    )
    .optional()
    .meta({
      description: `Order by ${names.map((name) => `\`${name}\``).join(', ')}; a leading minus reverses the order; separate several with commas. Default \`${standard}\`.`,
      example: standard,
      // All names, each with a minus.
      maxLength: names.join('-,').length + 1,
    });

export interface PageQuery {
  limit?: number | undefined;
  cursor?: string | undefined;
  sort?: string | undefined;
}

/** The order of a list, and where a page of it begins. */
export interface PageOrder<Row, Key = OrderKey<Row>> {
  /** Names the order; equal orders build the same SQL. */
  shape: string;
  limit: number;
  order: readonly { key: Key; descending: boolean }[];
  /** The values that the page comes after; null for the first page. */
  after: (string | number)[] | null;
  /** The cursor after a row. */
  cursorAfter(row: Row): string;
}

/** The input of a repository for a page. */
export interface PageRequest<Row> extends PageOrder<Row, SortKey<Row>> {
  columns(tables: Tables): SortColumn[];
}

export const DEFAULT_LIMIT = 50;

/**
 * Reads the parameters of a list.
 * @param tieBreaker a unique key among `keys`, appended so that every order is total
 * @throws Problem 422 for a cursor of another list or order
 */
export function pageOrder<Row, Key extends OrderKey<Row>>(
  query: PageQuery,
  keys: Readonly<Record<string, Key>>,
  standard: string,
  tieBreaker: { name: string; key: Key },
): PageOrder<Row, Key> {
  const order = (query.sort ?? standard).split(',').map((part) => {
    const descending = part.startsWith('-');
    const name = descending ? part.slice(1) : part;
    return { name, descending, key: keys[name] as Key };
  });
  if (!order.some(({ name }) => name === tieBreaker.name)) {
    order.push({ ...tieBreaker, descending: order.at(-1)?.descending ?? false });
  }
  const shape = order.map(({ name, descending }) => (descending ? `-${name}` : name)).join();
  return {
    shape,
    limit: query.limit ?? DEFAULT_LIMIT,
    order,
    after:
      query.cursor === undefined
        ? null
        : decodeCursor(
            query.cursor,
            shape,
            order.map(({ key }) => key.type),
          ),
    cursorAfter: (row) => encodeCursor([shape, ...order.map(({ key }) => key.of(row))]),
  };
}

/** As `pageOrder`, for SQL. */
export function pageRequest<Row>(
  query: PageQuery,
  keys: SortKeys<Row>,
  standard: string,
  tieBreaker: { name: string; key: SortKey<Row> },
): PageRequest<Row> {
  const request = pageOrder(query, keys, standard, tieBreaker);
  return {
    ...request,
    columns: (tables) =>
      request.order.map(({ key, descending }) => ({ expression: key.expression(tables), descending })),
  };
}

const encodeCursor = (values: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(values)).toString('base64url');

function decodeCursor(
  cursor: string,
  shape: string,
  types: readonly ('string' | 'number')[],
): (string | number)[] {
  const decoded = parse(Buffer.from(cursor, 'base64url').toString());
  const [of, ...values] = Array.isArray(decoded) ? decoded : [];
  const sound =
    of === shape && values.length === types.length && values.every((value, i) => isA(types[i], value));
  if (!sound) throw invalid([{ parameter: 'cursor', code: 'not_a_cursor' }]);
  return values;
}

const isA = (type: 'string' | 'number' | undefined, value: unknown): boolean =>
  type === 'number'
    ? Number.isSafeInteger(value)
    : typeof value === 'string' && value.isWellFormed() && !value.includes('\0');

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A page in a response. */
export interface PageOf<Item> {
  items: Item[];
  page: { total: number; limit: number; nextCursor: string | null };
  revision: number;
}

/** @param id names the schema in the OpenAPI document, e.g. `ProjectPage` */
export const pageOf = <Item extends z.ZodType>(id: string, item: Item) =>
  z
    .object({
      items: z.array(item),
      page: z.object({
        total: z.int().meta({ description: 'Total number on all pages.' }),
        limit: z.int(),
        nextCursor: z.string().nullable().meta({ description: 'Null on the last page.' }),
      }),
      revision: z.int().meta({ description: 'Revision of the data shown on the page.' }),
      known: Known.optional(),
    })
    .meta({
      id,
      examples: ((item.meta()?.examples ?? []) as unknown[]).map((example) => ({
        items: [example],
        page: { total: 1, limit: DEFAULT_LIMIT, nextCursor: null },
        revision: 1207,
      })),
    });

/**
 * Makes a page of rows.
 * @param rows one more than the limit if there is a next page
 */
export function toPage<Row, Item>(
  request: Pick<PageOrder<Row>, 'limit' | 'cursorAfter'>,
  rows: readonly Row[],
  total: number,
  revision: number,
  toItem: (row: Row) => Item,
): PageOf<Item> {
  const shown = rows.slice(0, request.limit);
  const last = shown.at(-1);
  const nextCursor = rows.length > request.limit && last !== undefined ? request.cursorAfter(last) : null;
  return { items: shown.map(toItem), page: { total, limit: request.limit, nextCursor }, revision };
}

/**
 * The `Link` header of a page (RFC 8288): the URL of the request with the next cursor.
 * @param parameter the name of the cursor parameter
 */
export function linkToNext(url: string, page: PageOf<unknown>, parameter = 'cursor'): Record<string, string> {
  if (page.page.nextCursor === null) return {};
  // An absolute request URL contains a host chosen by the client; leave it out.
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  searchParams.set(parameter, page.page.nextCursor);
  return { link: `<${pathname}?${searchParams}>; rel="next"` };
}
