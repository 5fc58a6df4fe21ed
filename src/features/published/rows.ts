/** Rows of published figures, from what a client sends. */
import { parseDecimal } from '../../core/decimals.ts';
import { newId } from '../../core/ids.ts';
import type { FigureRow } from './repository.ts';
import type { NewPublishedFigure, PublishedFigureChanges } from './schema.ts';

const precisionOf = (value: string): number => parseDecimal(value).places;

/** A new figure with a value for every field. */
export const complete = (input: NewPublishedFigure): FigureRow => ({
  ...input,
  id: newId(),
  event: input.event ?? null,
  filter: input.filter ?? null,
  // Invalid fields are missing; the figure is refused before they are used.
  precision: input.precision ?? precisionOf(input.value ?? '0'),
  comparator: input.comparator ?? 'exact',
  partOf: input.partOf ?? null,
  source: { ...input.source, title: input.source?.title ?? null, url: input.source?.url ?? null },
  note: input.note ?? null,
  knownAt: input.knownAt ?? null,
});

/**
 * Applies a merge patch. A precision that was implied by the value follows the new value, unless it is given.
 */
export function merge(before: FigureRow, { source, ...changes }: PublishedFigureChanges): FigureRow {
  const { value } = changes;
  const follows = value !== undefined && before.precision === precisionOf(before.value);
  return {
    ...before,
    ...(follows && { precision: precisionOf(value) }),
    ...changes,
    source: { ...before.source, ...source },
  } as FigureRow;
}
