/** The changed fields of a resource. */
import { isDeepStrictEqual } from 'node:util';
import type { FieldChange } from '../database/tables.ts';

/** A resource as stored in the log: its own fields, no derived ones. */
export type Fields = Readonly<Record<string, unknown>>;

const isSet = (value: unknown): boolean => value !== null && value !== undefined;

/**
 * The changed fields, each with its value before and after. New resources have only `after`, deleted ones
 * only `before`; null fields are then left out.
 */
export function diff(before: Fields | null, after: Fields | null): Record<string, FieldChange> {
  const changed: Record<string, FieldChange> = {};
  for (const name of Object.keys(after ?? before ?? {})) {
    const was = before?.[name];
    const is = after?.[name];
    if (before === null) {
      if (isSet(is)) changed[name] = { after: is };
    } else if (after === null) {
      if (isSet(was)) changed[name] = { before: was };
    } else if (!isDeepStrictEqual(was, is)) {
      changed[name] = { before: was ?? null, after: is ?? null };
    }
  }
  return changed;
}
