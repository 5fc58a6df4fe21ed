/** Imports rows of a sheet into any catalogue. */

import { nouns } from '../core/entities.ts';
import type { Reader } from '../database/database.ts';
import { diff } from '../log/diff.ts';
import { checkedRow, defined } from '../sheets/checked-row.ts';
import {
  firstRows,
  type ImportContext,
  type ImportedRow,
  type Importer,
  type PlannedRow,
  refused,
  unchanged,
} from '../sheets/importer.ts';
import type { Catalogue, Entry } from './catalogue.ts';
import { isNamed, type Names, readNames, withCodes } from './names.ts';
import { catalogueWrites } from './writes.ts';

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null;

/** Matched by code, or as the catalogue defines. References must exist already, or be created by an earlier row. */
export function catalogueImporter(catalogue: Catalogue, { caller, clock }: ImportContext): Importer {
  const { entity, key: keyField } = catalogue;
  const writes = catalogueWrites(catalogue, clock);
  const matcher = catalogue.matcher?.();
  const first = firstRows();
  let names: Names | undefined;

  const match = (fields: ImportedRow['fields']) =>
    matcher?.match(fields) ?? { id: textOf(fields.code), pointer: '/code' };

  async function plan(
    reader: Reader,
    { row, fields: given, faults: found }: ImportedRow,
    known: Names,
  ): Promise<PlannedRow> {
    const { id: _, ...texts } = given;
    const { fields, faults: unnamed } = withCodes(texts, catalogue.references, known);
    const matched = match(given);
    const key = 'id' in matched ? matched.id : null;
    const repeated =
      'fault' in matched ? [matched.fault] : key === null ? [] : first.note(matched.pointer, key, row);
    // What an earlier row makes may not be there yet.
    const before = key === null || repeated.length > 0 ? undefined : await writes.find(reader, key);
    const isUnknown = keyField === 'id' && key !== null && repeated.length === 0 && !before;
    const schema = before || repeated.length > 0 || isUnknown ? catalogue.changes : catalogue.create;
    const { sound, faults } = checkedRow(schema, fields, [...found, ...unnamed]);
    const changes: Entry = defined(sound);
    faults.push(...repeated);
    if (isUnknown) {
      const values = { noun: nouns[entity], id: key.slice(0, 64) };
      faults.push({ pointer: '/id', code: 'unknown_reference', values });
    }
    const after: Entry = before ? { ...before, ...changes } : writes.complete(changes);
    const surroundings = {
      // Those that are given have been resolved.
      lookup: async () => [],
      among: async (entry: Entry) => (await catalogue.rulesAmong?.(reader, entry)) ?? [],
      parentOf: async (code: string) => (isNamed(entity) ? known.parentOf(entity, code) : undefined),
    };
    const all = await writes.faultsIn(surroundings, after, before ?? null, faults);
    if (before) all.push(...writes.foreignFields(caller, before, after));
    if (matcher && repeated.length === 0) all.push(...matcher.takenFaults(after));
    const name = textOf(after[keyField === 'code' ? 'code' : 'name']) ?? key;
    if (all.length > 0) return refused(row, name, all);

    if (isNamed(entity)) known.add(entity, after as unknown as Parameters<Names['add']>[1]);
    matcher?.add(after);
    if (!before && keyField === 'id') first.note('/name', after.id as string, row);
    const differences = diff(before ?? null, after);
    if (before && Object.keys(differences).length === 0) return unchanged(row, name as string);
    return {
      row,
      key: name,
      effect: before ? 'change' : 'create',
      differences: () => differences,
      faults: [],
      write: (tx) => (before ? writes.update(tx, caller, before, after) : writes.create(tx, caller, after)),
    };
  }

  return {
    plan: async (reader, rows) => {
      names ??= await readNames(reader);
      await matcher?.read(reader, rows);
      const planned: PlannedRow[] = [];
      for (const row of rows) planned.push(await plan(reader, row, names));
      return planned;
    },
    pass: (rows) => {
      // Which entry a row was about cannot be told any more.
      if (matcher) return;
      for (const { row, fields } of rows) {
        const key = textOf(fields.code);
        if (key !== null) first.note('/code', key, row);
      }
    },
  };
}
