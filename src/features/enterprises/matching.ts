/** Which enterprise a row of a sheet is about: that of its id, of its social credit code, or of its name. */

import { nouns } from '../../core/entities.ts';
import type { Reader } from '../../database/database.ts';
import { typeNames } from '../../http/messages.ts';
import type { Fault } from '../../http/problems.ts';
import type { ImportedRow } from '../imports/importer.ts';
import { type FoundEnterprises, findEnterprises } from './service.ts';

type Fields = ImportedRow['fields'];

export interface Matched {
  /** Null for a new one. */
  id: string | null;
  /** The field by which it is known. */
  pointer: '/id' | '/socialCreditCode' | '/name';
}

/** What an enterprise is known by. */
export interface Known {
  id: string;
  name: string;
  socialCreditCode: string | null;
}

/** Enterprises as the rows so far leave them, whether those have been written or not. */
export interface EnterpriseMatcher {
  /** Looks up what a batch of rows is about, in a few queries. */
  read(reader: Reader, rows: readonly ImportedRow[]): Promise<void>;
  match(fields: Fields): Matched | { fault: Fault };
  /** The fault of a social credit code that another enterprise has. */
  takenFaults(enterprise: Known): Fault[];
  /** Takes note of what a row is going to make of an enterprise. */
  add(enterprise: Known): void;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim().normalize('NFC') : '');

const textsOf = (rows: readonly ImportedRow[], field: string): Set<string> =>
  new Set(rows.map(({ fields }) => textOf(fields[field])).filter(Boolean));

export function enterpriseMatcher(): EnterpriseMatcher {
  const added = new Map<string, Known>();
  const addedByName = new Map<string, Set<string>>();
  const addedByCode = new Map<string, string>();
  let found: FoundEnterprises;

  const isAsFound = (id: string) => !added.has(id);
  const byName = (name: string): string[] => [
    ...found.byName(name).filter(isAsFound),
    ...(addedByName.get(name) ?? []),
  ];
  const byCode = (code: string): string | undefined => {
    const id = found.byCode(code);
    return addedByCode.get(code) ?? (id !== undefined && isAsFound(id) ? id : undefined);
  };
  const codeOf = (id: string) => (added.get(id) ?? { socialCreditCode: found.codeOf(id) }).socialCreditCode;

  function match(fields: Fields): ReturnType<EnterpriseMatcher['match']> {
    const given = fields.id ?? '';
    if (typeof given !== 'string') {
      return { fault: { pointer: '/id', code: 'wrong_type', values: { expected: typeNames.string } } };
    }
    const id = given.trim().toLowerCase();
    if (id !== '') return { id, pointer: '/id' };
    const code = textOf(fields.socialCreditCode);
    const owner = code === '' ? undefined : byCode(code);
    if (owner !== undefined) return { id: owner, pointer: '/socialCreditCode' };
    const name = textOf(fields.name);
    // One of that name that has another code is another enterprise; one that has none may get this.
    const ids = code === '' ? byName(name) : byName(name).filter((one) => !codeOf(one));
    if (ids.length > 1) {
      const values = { id: name.slice(0, 64), count: ids.length };
      return { fault: { pointer: '/name', code: 'ambiguous_enterprise', values } };
    }
    return { id: ids[0] ?? null, pointer: '/name' };
  }

  return {
    read: async (reader, rows) => {
      found = await findEnterprises(reader, {
        ids: new Set(),
        names: textsOf(rows, 'name'),
        socialCreditCodes: textsOf(rows, 'socialCreditCode'),
      });
    },
    match,
    takenFaults: ({ id, socialCreditCode }) => {
      const owner = socialCreditCode === null ? undefined : byCode(socialCreditCode);
      if (owner === undefined || owner === id) return [];
      return [{ pointer: '/socialCreditCode', code: 'taken', values: { noun: nouns.enterprises } }];
    },
    add: ({ id, name, socialCreditCode }) => {
      const before = added.get(id);
      if (before) {
        addedByName.get(before.name)?.delete(id);
        if (before.socialCreditCode !== null) addedByCode.delete(before.socialCreditCode);
      }
      added.set(id, { id, name, socialCreditCode });
      addedByName.set(name, (addedByName.get(name) ?? new Set()).add(id));
      if (socialCreditCode !== null) addedByCode.set(socialCreditCode, id);
    },
  };
}
