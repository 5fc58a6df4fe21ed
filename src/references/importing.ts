/** What the rows of a sheet do to a catalogue, whichever it is. */
import { diff } from '../changes/diff.ts';
import type { Reader } from '../database/database.ts';
import { type FoundEnterprises, findEnterprises } from '../enterprises/service.ts';
import { nouns } from '../http/messages.ts';
import type { Fault } from '../http/problems.ts';
import { checked } from '../http/validation.ts';
import {
  type ImportContext,
  type ImportedRow,
  type Importer,
  type PlannedRow,
  refused,
  unchanged,
} from '../imports/importer.ts';
import type { Catalogue, Entry } from './catalogue.ts';
import { unknownReferences } from './lookup.ts';
import { type Named, type Names, readNames } from './names.ts';
import { catalogueWrites } from './writes.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim().normalize('NFC') : '');

/**
 * Matched by code; an enterprise by its id, its social credit code, or its name where only one has it. What a row
 * refers to is there already, or stands in a row before it.
 */
export function catalogueImporter(catalogue: Catalogue, { caller, clock }: ImportContext): Importer {
  const { entity, key: keyField } = catalogue;
  const writes = catalogueWrites(catalogue, clock);
  let names: Names | undefined;

  /** The key of the entry that a row is about; null for a new one. */
  function keyOf(fields: ImportedRow['fields'], found: FoundEnterprises): string | null | Fault {
    if (keyField === 'code') return textOf(fields.code) || null;
    const id = textOf(fields.id);
    if (id) return id;
    const code = textOf(fields.socialCreditCode);
    const known = code && found.byCode(code);
    if (known) return known;
    const name = textOf(fields.name);
    const ids = found.byName(name);
    if (ids.length > 1 && !code) {
      const values = { id: name.slice(0, 64), count: ids.length };
      return { pointer: '/name', code: 'ambiguous_enterprise', values };
    }
    // One of that name which has another code is another enterprise.
    return code ? null : (ids[0] ?? null);
  }

  function resolve(given: Record<string, unknown>, known: Names): Fault[] {
    const faults: Fault[] = [];
    for (const [field, to] of Object.entries(catalogue.references)) {
      if (typeof given[field] !== 'string') continue;
      const resolved = known.resolve(to as Named, given[field], `/${field}`);
      if ('code' in resolved) given[field] = resolved.code;
      else {
        delete given[field];
        faults.push(resolved.fault);
      }
    }
    return faults;
  }

  async function plan(
    reader: Reader,
    { row, fields: given, faults: found }: ImportedRow,
    enterprises: FoundEnterprises,
    known: Names,
  ): Promise<PlannedRow> {
    const key = keyOf(given, enterprises);
    if (key !== null && typeof key === 'object') return refused(row, textOf(given.name), [...found, key]);
    const name = key ?? (textOf(given.name) || null);
    const before = key === null ? undefined : await writes.find(reader, key);
    if (keyField === 'id' && key !== null && !before) {
      const values = { noun: nouns[entity], id: key.slice(0, 64) };
      return refused(row, name, [...found, { pointer: '/id', code: 'unknown_reference', values }]);
    }
    const { id: _, ...fields } = given;
    const faults = [...found, ...resolve(fields, known)];
    const { sound, faults: unsound } = checked(before ? catalogue.changes : catalogue.create, fields);
    const unread = new Set(faults.map(({ pointer }) => pointer));
    faults.push(...unsound.filter(({ pointer, code }) => code !== 'required' || !unread.has(pointer)));
    const after: Entry = before ? { ...before, ...sound } : writes.complete(sound);
    // References have been resolved, among them those to rows of this file.
    const others = unknownReferences(reader);
    const lookup = async (wanted: Parameters<typeof others>[0]) =>
      others(wanted.filter((one) => catalogue.references[one.pointer.slice(1)] === undefined));
    const all = await writes.faultsIn(reader, after, before ?? null, faults, lookup);
    if (await writes.isTaken(reader, after)) {
      all.push({ pointer: `/${catalogue.unique}`, code: 'taken', values: { noun: nouns[entity] } });
    }
    if (all.length > 0) return refused(row, name, all);

    if (keyField === 'code' && entity in { events: 0, regions: 0, zones: 0, industries: 0 }) {
      known.add(entity as Named, after as unknown as Parameters<Names['add']>[1]);
    }
    const differences = diff(before ?? null, after);
    if (before && Object.keys(differences).length === 0) return unchanged(row, name as string);
    return {
      row,
      key: name,
      effect: before ? 'change' : 'create',
      fields: differences,
      faults: [],
      write: (tx) => (before ? writes.update(tx, caller, before, after) : writes.create(tx, caller, after)),
    };
  }

  return {
    plan: async (reader, rows) => {
      names ??= await readNames(reader);
      const texts = (field: string) =>
        new Set(rows.map(({ fields }) => textOf(fields[field])).filter(Boolean));
      const isOfEnterprises = entity === 'enterprises';
      const none = new Set<string>();
      const enterprises = await findEnterprises(
        reader,
        isOfEnterprises ? texts('name') : none,
        isOfEnterprises ? texts('socialCreditCode') : none,
      );
      const planned: PlannedRow[] = [];
      for (const row of rows) planned.push(await plan(reader, row, enterprises, names));
      return planned;
    },
  };
}
