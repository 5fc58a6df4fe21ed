/** `asOf`: the day that a question is asked about. */
import { day } from './fields.ts';
import { invalid } from './problems.ts';

export const asOfField = day.optional().meta({
  description:
    'The day to answer for, 1900-01-01 to today; today if left out. Every status, count and sum is what it was on that day by the dates on record.',
  example: '2022-08-31',
});

/** The day to answer for. @throws Problem 422 when it lies after today */
export function effectiveDay(asOf: string | undefined, today: string): string {
  if (asOf === undefined) return today;
  if (asOf > today) throw invalid([{ parameter: 'asOf', code: 'after_today', values: { today } }]);
  return asOf;
}
