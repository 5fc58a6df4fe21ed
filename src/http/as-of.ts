/** `asOf`: the day that a question is asked about. That it does not lie ahead is checked with the rest of the query. */
import { day } from './fields.ts';

export const asOfField = day.optional().meta({
  description:
    'Day of the figures, 1900-01-01 to today; default today. Every status, count and sum is as of that day, by the dates on record.',
  example: '2022-08-31',
});
