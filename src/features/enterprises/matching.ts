/** Finds the enterprise of a sheet row by id, social credit code or name. */

import type { EntryMatcher } from '../../catalogues/catalogue.ts';
import { nouns } from '../../core/entities.ts';
import { typeNames } from '../../http/messages.ts';
import type { ImportedRow } from '../../sheets/importer.ts';
import { type FoundEnterprises, findEnterprises } from './service.ts';

/** The properties that identify an enterprise. */
interface Known {
  id: string;
  name: string;
  socialCreditCode: string | null;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim().normalize('NFC') : '');

const textsOf = (rows: readonly ImportedRow[], field: string): Set<string> =>
  new Set(rows.map(({ fields }) => textOf(fields[field])).filter(Boolean));

/** Matches by id, by social credit code, or by name if it is unique. */
export function enterpriseMatcher(): EntryMatcher {
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

  function match(fields: ImportedRow['fields']): ReturnType<EntryMatcher['match']> {
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
    // An enterprise with the same name but another code is a different one; one without a code may be given
    // this code.
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
    takenFaults: (entry) => {
      const { id, socialCreditCode } = entry as unknown as Known;
      const owner = socialCreditCode === null ? undefined : byCode(socialCreditCode);
      if (owner === undefined || owner === id) return [];
      return [{ pointer: '/socialCreditCode', code: 'taken', values: { noun: nouns.enterprises } }];
    },
    add: (entry) => {
      const { id, name, socialCreditCode } = entry as unknown as Known;
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
