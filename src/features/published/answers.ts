/** Compares published figures with computed ones: one summary for each selection of projects and day. */

import { LRUCache } from 'lru-cache';
import type { Columns } from '../../columns/columns.ts';
import type { State } from '../../columns/questions.ts';
import type { Calendar } from '../../core/clock.ts';
import { addDays } from '../../core/days.ts';
import { decimalText, type Quotient, quotientText, rounded, scaled } from '../../core/decimals.ts';
import type { Reader } from '../../database/database.ts';
import {
  agrees,
  type Comparator,
  differenceOf,
  inSmaller,
  misses,
  type Printed,
  slips,
} from './agreement.ts';
import { laterChanges, sinceWhen } from './later-changes.ts';
import { measureOf, type PublishedMeasure, type Quantities, type Quantity, sources } from './measures.ts';
import { changedSinceReason, partsWarning, type Reason, reason, type Warning } from './reasons.ts';
import { type FigureRow, partsOf } from './repository.ts';
import type { PublishedFigure } from './schema.ts';
import { scopeOf } from './scope.ts';
import { type Kind, type Unit, units } from './units.ts';

/** The address of the summary that answers a figure: those with the same source, scope and day share one. */
export const addressOf = (row: FigureRow): string => sources[measureOf(row.measure).source].address(row);

/** More parts than this are not added up. */
const MAX_PARTS = 2_000;

/** By the address of a source; until the next write, nothing is computed twice. */
interface Kept {
  revision: string;
  quantities: LRUCache<string, Quantities>;
}
const kept = new WeakMap<Columns, Kept>();

async function quantitiesOf(state: State, row: FigureRow): Promise<Quantities> {
  const { columns, revision } = state;
  const address = addressOf(row);
  let known = kept.get(columns);
  if (known?.revision !== revision.hash) {
    known = { revision: revision.hash, quantities: new LRUCache({ max: 1_000 }) };
    kept.set(columns, known);
  }
  const made =
    known.quantities.get(address) ?? (await sources[measureOf(row.measure).source].compute(state, row));
  known.quantities.set(address, made);
  return made;
}

async function changedSince(
  { reader, revision }: State,
  row: FigureRow,
  measure: PublishedMeasure,
  calendar: Calendar,
): Promise<Reason[]> {
  const { publishedOn } = row.source as PublishedFigure['source'];
  const published = calendar.startOf(addDays(publishedOn, 1));
  const from = await sinceWhen(reader, row.id, published);
  if (!from) return [];
  const question = { filter: scopeOf(row), asOf: row.asOf, reads: measure.reads, ...from };
  const changes = await laterChanges(reader, revision.seq, question);
  if (changes.total === 0 && changes.complete) return [];
  return [changedSinceReason(changes, calendar.dayOf(changes.since), from.afterSeq > 0)];
}

/**
 * Compares each figure.
 * @param explained maximum number of disagreeing figures for which the log is searched for later changes
 */
export async function answersTo(
  state: State,
  rows: readonly FigureRow[],
  explained: number,
  calendar: Calendar,
): Promise<PublishedFigure[]> {
  const parts = await partsByWhole(state.reader, rows);
  const items: PublishedFigure[] = [];
  let left = explained;
  for (const row of rows) {
    const quantity = (await quantitiesOf(state, row)).get(row.measure) as Quantity;
    const answer = answerOf(row, quantity, parts.get(row.id) ?? []);
    const measure = measureOf(row.measure);
    // Only for projects is it known which fields matter.
    if (!answer.agrees && left > 0 && measure.source === 'projects') {
      left--;
      answer.reasons.push(...(await changedSince(state, row, measure, calendar)));
    }
    items.push(answer);
  }
  return items;
}

const printedIn = ({ value, precision, comparator }: FigureRow): Printed => ({
  value,
  precision,
  comparator: comparator as Comparator,
});

function answerOf(row: FigureRow, { exact, raw, missing }: Quantity, parts: readonly FigureRow[]) {
  const printed = printedIn(row);
  const value = exact && scaled(exact, -units[row.unit as Unit].exponent);
  const holds = value !== null && agrees(value, printed);
  const { title, publisher, publishedOn, url } = row.source as PublishedFigure['source'];
  return {
    id: row.id,
    event: row.event,
    filter: row.filter,
    measure: row.measure,
    value: row.value,
    unit: row.unit as Unit,
    precision: row.precision,
    comparator: printed.comparator,
    asOf: row.asOf,
    partOf: row.partOf,
    // The database may change the order of an object's fields.
    source: { title, publisher, publishedOn, url },
    note: row.note,
    computed: {
      value: value && quotientText(value),
      rounded: value && decimalText(rounded(value, row.precision)),
      raw,
    },
    agrees: holds,
    difference: value && quotientText(differenceOf(value, printed)),
    reasons: [
      ...(missing ? [reason('not_computable', { why: missing })] : []),
      ...(value && !holds ? slipsIn(value, printed) : []),
    ],
    warnings: warningsOf(row, parts),
    links: { figures: addressOf(row) },
  };
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
