/** Rules common to several catalogues. */
import type { Fault } from '../http/problems.ts';
import type { Entry } from './catalogue.ts';

/** Faults of days in the future. @param today the service's day */
export const notAfterToday = (entry: Entry, today: string, fields: readonly string[]): Fault[] =>
  fields
    .filter((field) => typeof entry[field] === 'string' && (entry[field] as string) > today)
    .map((field) => ({ pointer: `/${field}`, code: 'after_today', values: { today } }));
