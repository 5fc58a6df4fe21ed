/** Compares published figures with computed ones: one summary for each selection of projects and day. */

import { LRUCache } from 'lru-cache';
import type { Columns } from '../../columns/columns.ts';
import type { State } from '../../columns/questions.ts';
import type { Calendar } from '../../core/clock.ts';
import { compare, decimalText, type Quotient, quotientText, rounded, scaled } from '../../core/decimals.ts';
import type { Reader } from '../../database/database.ts';
import { pinnedLink } from '../../http/known.ts';
import { entryIn } from '../../log/entries.ts';
import { lastKnown } from '../../log/known.ts';
import {
  agrees,
  type Comparator,
  differenceOf,
  inSmaller,
  misses,
  type Printed,
  slips,
} from './agreement.ts';
import { measureOf, type Quantities, type Quantity, sources } from './measures.ts';
import { partsWarning, type Reason, reason, type Warning } from './reasons.ts';
import { type FigureRow, partsOf } from './repository.ts';
import type { PublishedFigure } from './schema.ts';
import { type Kind, type Unit, units } from './units.ts';

/** The address of the summary that answers a figure. */
export const addressOf = (row: FigureRow): string => sources[measureOf(row.measure).source].address(row);

/** When a figure was printed, as far as that matters for what was known. */
const printedAt = ({ knownAt, source }: FigureRow): string =>
  knownAt ?? (source as PublishedFigure['source']).publishedOn;

/** Figures of which this is equal are answered by the same summary, now and as it was known when they were printed. */
export const summaryOf = (row: FigureRow): string => `${addressOf(row)} ${printedAt(row)}`;

/** More parts than this are not added up. */
const MAX_PARTS = 2_000;

/** By revision and address of a source: until the next write, nothing is computed twice. */
const kept = new WeakMap<Columns, LRUCache<string, Quantities>>();

async function quantityOf(state: State, row: FigureRow): Promise<Quantity> {
  const { columns, revision } = state;
  const known = kept.get(columns) ?? new LRUCache<string, Quantities>({ max: 1_000 });
  kept.set(columns, known);
  const key = `${revision.hash} ${addressOf(row)}`;
  const made = known.get(key) ?? (await sources[measureOf(row.measure).source].compute(state, row));
  known.set(key, made);
  return made.get(row.measure) as Quantity;
}

/** Compares each figure with what is computed now, and as it was known when it was printed. */
export async function answersTo(
  state: State,
  rows: readonly FigureRow[],
  calendar: Calendar,
): Promise<PublishedFigure[]> {
  const parts = await partsByWhole(state.reader, rows);
  const items: PublishedFigure[] = [];
  for (const row of rows) {
    const now = compared(row, await quantityOf(state, row));
    const { told: whenPrinted, value } = await toldWhenPrinted(state, row, now, calendar);
    const isOther = value !== undefined && !isSame(value, now.value);
    const { agrees, difference } = now;
    items.push({
      ...fieldsOf(row),
      computed: now.computed,
      ...{ agrees, difference, whenPrinted },
      reasons: reasonsFor(row, now, isOther ? value : undefined, whenPrinted?.links.differences),
      warnings: warningsOf(row, parts.get(row.id) ?? []),
      links: { figures: addressOf(row) },
    });
  }
  return items;
}

type Compared = ReturnType<typeof compared>;

/** A computed value, in the unit of the figure, and whether it is what was printed. */
function compared(row: FigureRow, { exact, raw, missing }: Quantity) {
  const printed = printedIn(row);
  const value = exact && scaled(exact, -units[row.unit as Unit].exponent);
  return {
    value,
    missing,
    computed: {
      value: value && quotientText(value),
      rounded: value && decimalText(rounded(value, row.precision)),
      raw,
    },
    agrees: value !== null && agrees(value, printed),
    difference: value && quotientText(differenceOf(value, printed)),
  };
}

const isSame = (a: Quotient | null, b: Quotient | null): boolean =>
  a === null || b === null ? a === b : compare(a, b) === 0;

/**
 * The same as it was known when the figure was printed.
 * @returns null if nothing was known then, with the value if it was
 */
async function toldWhenPrinted(
  state: State,
  row: FigureRow,
  now: Compared,
  calendar: Calendar,
): Promise<{ told: PublishedFigure['whenPrinted']; value?: Quotient | null }> {
  const { reader, revision } = state;
  const entryAt = (seq: number) => entryIn(reader, seq);
  const seq = await lastKnown(entryAt, revision.seq, printedAt(row), calendar);
  if (seq === 0) return { told: null };
  const isNow = seq === revision.seq;
  const source = sources[measureOf(row.measure).source];
  const then = isNow ? now : compared(row, await state.at(seq, (told) => quantityOf(told, row)));
  const { computed, agrees, difference, value } = then;
  const links = {
    figures: isNow ? addressOf(row) : pinnedLink(addressOf(row), seq),
    ...(!isNow &&
      !isSame(value, now.value) &&
      'differences' in source && { differences: source.differences(row, row.measure, seq) }),
  };
  // While nothing is entered since, the number would change with the next entry about anything.
  const known = isNow ? null : { revision: seq, at: (await entryAt(seq)).at };
  return { told: { known, computed, agrees, difference, links }, value };
}

const printedIn = ({ value, precision, comparator }: FigureRow): Printed => ({
  value,
  precision,
  comparator: comparator as Comparator,
});

/** What was entered of a figure. */
function fieldsOf(row: FigureRow) {
  const { id, event, filter, measure, value, precision, asOf, partOf, note, knownAt } = row;
  const { title, publisher, publishedOn, url } = row.source as PublishedFigure['source'];
  return {
    ...{ id, event, filter, measure, value, unit: row.unit as Unit, precision },
    comparator: row.comparator as Comparator,
    ...{ asOf, partOf },
    // The database may change the order of an object's fields.
    source: { title, publisher, publishedOn, url },
    ...{ note, knownAt },
  };
}

/** @param then the value as it was known when the figure was printed, if it was another one */
function reasonsFor(
  row: FigureRow,
  { value, missing, agrees: holds }: Compared,
  then: Quotient | null | undefined,
  differences: string | undefined,
): Reason[] {
  return [
    ...(missing ? [reason('not_computable', { why: missing })] : []),
    ...(value && !holds ? slipsIn(value, printedIn(row)) : []),
    ...(!holds && then ? [reason('changed_since', { before: quotientText(then) }, differences)] : []),
  ];
}

/** For bounds, the correct number cannot be determined. */
const BOUNDS: ReadonlySet<Comparator> = new Set(['at_least', 'more_than']);

function slipsIn(computed: NonNullable<Quantity['exact']>, printed: Printed): Reason[] {
  if (BOUNDS.has(printed.comparator)) return [];
  return (Object.keys(slips) as (keyof typeof slips)[]).flatMap((code) => {
    const told = slips[code](computed, printed);
    return told ? [reason(code, { ...told, value: printed.value })] : [];
  });
}

async function partsByWhole(
  reader: Reader,
  rows: readonly FigureRow[],
): Promise<ReadonlyMap<string, FigureRow[]>> {
  const parts = new Map<string, FigureRow[]>();
  if (rows.length === 0) return parts;
  const ids = rows.map(({ id }) => id);
  const found = await partsOf(reader, ids, MAX_PARTS + 1);
  if (found.length > MAX_PARTS) return parts;
  for (const part of found) {
    const whole = part.partOf as string;
    parts.set(whole, [...(parts.get(whole) ?? []), part]);
  }
  return parts;
}

const NOT_ADDITIVE: ReadonlySet<Kind> = new Set(['rate', 'days']);

/**
 * Only exact numbers of the same measure and day are additive, in any units. If a part is not such a number,
 * the others need not add up to the whole.
 */
function warningsOf(row: FigureRow, parts: readonly FigureRow[]): Warning[] {
  const addUp = [row, ...parts].every(
    ({ measure, asOf, comparator }) => measure === row.measure && asOf === row.asOf && comparator === 'exact',
  );
  if (NOT_ADDITIVE.has(measureOf(row.measure).kind) || parts.length === 0 || !addUp) return [];
  const inWholeOnes = (figure: FigureRow) =>
    inSmaller(printedIn(figure), units[figure.unit as Unit].exponent);
  const missed = misses(parts.map(inWholeOnes), inWholeOnes(row));
  if (!missed) return [];
  const told = (value: Quotient) => quotientText(scaled(value, -units[row.unit as Unit].exponent));
  const ids = parts.map(({ id }) => id);
  return [partsWarning(told(missed.sum), told(missed.difference), ids)];
}
