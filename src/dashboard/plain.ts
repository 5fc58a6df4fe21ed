import { NO_VALUE } from './measures.ts';

/** A value of a record as text: whatever it is, it is data. */
export function plain(value: unknown): string {
  if (value === undefined || value === null || value === '') return NO_VALUE;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
