/** Days of figures. The query validation checks that they are not in the future. */
import * as z from 'zod';
import { day } from './fields.ts';

const registered = z.registry<{ isUntilToday: true }>();

/** A parameter that is a day until today, or a word. */
export function dayUntilToday<Field extends z.ZodType>(field: Field): Field {
  registered.add(field, { isUntilToday: true });
  return field;
}

export const isUntilToday = (field: z.ZodType): boolean => registered.get(field) !== undefined;

export const asOfField = dayUntilToday(
  day.optional().meta({
    description:
      'Day of the figures, 1900-01-01 to today; default today. Every status, count and sum is as of that day, by the dates on record.',
    example: '2022-08-31',
  }),
);
