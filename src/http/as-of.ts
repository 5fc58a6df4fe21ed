/** `asOf`: the day that a question is asked about. That it does not lie ahead is checked with the rest of the query. */
import { day } from './fields.ts';

export const asOfField = day.optional().meta({
  description:
    'The day to answer for, 1900-01-01 to today; today if left out. Every status, count and sum is what it was on that day by the dates on record.',
  example: '2022-08-31',
});
