/** `asOf`: the day of the figures. The query validation checks that it is not in the future. */
import { day } from './fields.ts';

export const asOfField = day.optional().meta({
  description:
    'Day of the figures, 1900-01-01 to today; default today. Every status, count and sum is as of that day, by the dates on record.',
  example: '2022-08-31',
});
