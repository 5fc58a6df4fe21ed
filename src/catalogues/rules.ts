/** Rules that entries of several catalogues share. */
import type { Fault } from '../http/problems.ts';
import type { Entry } from './catalogue.ts';

/** The faults of days that lie ahead. @param today the service's day */
export const notAfterToday = (entry: Entry, today: string, fields: readonly string[]): Fault[] =>
  fields
    .filter((field) => typeof entry[field] === 'string' && (entry[field] as string) > today)
    .map((field) => ({ pointer: `/${field}`, code: 'after_today', values: { today } }));
