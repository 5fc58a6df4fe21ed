/** Imports rows of a sheet into any catalogue. */

import type { Reader } from '../database/database.ts';
import { diff } from '../log/diff.ts';
import { checkedRow, defined } from '../sheets/checked-row.ts';
import {
  effective,
  firstRows,
  type ImportContext,
  type ImportedRow,
  type Importer,
  type PlannedRow,
  refused,
  rowByRow,
  textOf,
  unchanged,
  unknownReference,
} from '../sheets/importer.ts';
import type { Catalogue, Entry } from './catalogue.ts';
import { isNamed, type Names, rememberedNames, withCodes } from './names.ts';
import { catalogueWrites, resolved } from './writes.ts';

/**
 * Matched by code, or as the catalogue defines. References must exist already, or be created by an earlier
 * row.
 */
export function catalogueImporter(catalogue: Catalogue, { caller, clock }: ImportContext): Importer {
  const { entity, key: keyField } = catalogue;
  const writes = catalogueWrites(catalogue, clock);
  const matcher = catalogue.matcher?.();
  const first = firstRows();
  const namesIn = rememberedNames();

  const match = (fields: ImportedRow['fields']) =>
    matcher?.match(fields) ?? { id: textOf(fields.code) || null, pointer: '/code' };

  async function plan(
    { row, fields: given, faults: found }: ImportedRow,
    { reader, names: known }: { reader: Reader; names: Names },
  ): Promise<PlannedRow> {
    const { id: _, ...texts } = given;
    const { fields: coded, faults: unnamed } = withCodes(texts, catalogue.references, known);
    const matched = match(given);
    const key = 'id' in matched ? matched.id : null;
    const repeated =
      'fault' in matched ? [matched.fault] : key === null ? [] : first.note(matched.pointer, key, row);
    // What an earlier row creates may not be written yet.
    const before = key === null || repeated.length > 0 ? undefined : await writes.find(reader, key);
    const isUnknown = keyField === 'id' && key !== null && repeated.length === 0 && !before;
    const schema = before || repeated.length > 0 || isUnknown ? catalogue.changes : catalogue.create;
    const { fields, faults: unread } = catalogue.fromSheet?.(coded, before) ?? { fields: coded, faults: [] };
    const { sound, faults } = checkedRow(schema, fields, [...found, ...unnamed, ...unread]);
    const changes: Entry = defined(sound);
    faults.push(...repeated);
    if (isUnknown) faults.push(unknownReference('/id', entity, key));
    const after: Entry = before ? { ...before, ...changes } : writes.complete(changes);
    const surroundings = resolved(
      async (entry) => (await catalogue.rulesAmong?.(reader, entry)) ?? [],
      async (code) => (isNamed(entity) ? known.parentOf(entity, code) : undefined),
    );
    const all = await writes.faultsIn(surroundings, after, before ?? null, faults);
    if (before) all.push(...writes.foreignFields(caller, before, after));
    if (matcher && repeated.length === 0) all.push(...matcher.takenFaults(after));
    const name = textOf(after[keyField === 'code' ? 'code' : 'name']) || key;
    if (all.length > 0) return refused(row, name, all);

    if (isNamed(entity)) known.add(entity, after as unknown as Parameters<Names['add']>[1]);
    matcher?.add(after);
    if (!before && keyField === 'id') first.note('/name', after.id as string, row);
    const differences = diff(before ?? null, after);
    if (before && Object.keys(differences).length === 0) return unchanged(row, name as string);
    return effective(
      row,
      name,
      before ? 'change' : 'create',
      () => differences,
      (tx) => writes.save(tx, caller, before ?? null, after),
    );
  }

  return rowByRow(
    async (reader, rows) => {
      const names = await namesIn(reader);
      await matcher?.read(reader, rows);
      return { reader, names };
    },
    plan,
    ({ row, fields }) => {
      const key = textOf(fields.code);
      // If the code is not sufficient, the entry of an earlier row cannot be identified any more.
      if (!matcher && key !== '') first.note('/code', key, row);
    },
  );
}
