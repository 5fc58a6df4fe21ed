/** Resolves the enterprises in a sheet, one per line: by social credit code, by exact name, or by both. */

import { catalogueWrites } from '../../catalogues/writes.ts';
import type { Reader, Transaction } from '../../database/database.ts';
import type { Fault } from '../../http/problems.ts';
import { checked } from '../../http/validation.ts';
import type { ImportContext } from '../../sheets/importer.ts';
import { namesOn } from '../../sheets/reading/cells.ts';
import { enterprises } from './catalogue.ts';
import { type EnterpriseKeys, type FoundEnterprises, findEnterprises } from './service.ts';

/** The enterprises in a row; line i of the names corresponds to line i of the codes. */
export interface Named {
  /** Undefined if the row does not contain the field; likewise for the codes. */
  names: readonly string[] | undefined;
  codes: readonly string[] | undefined;
  /** Ids that the row may contain, and ids whose names are needed. */
  ids: readonly string[];
}

/** Pointers for the faults of names and codes. */
export type Pointers = Readonly<Record<'names' | 'codes', string>>;

/** The resolved ids, or faults. */
export interface Resolved {
  /** Undefined if the row names no enterprises, or if there are faults. */
  ids: string[] | undefined;
  faults: Fault[];
}

/** The enterprises of a batch of rows. */
export interface NamedEnterprises {
  /**
   * @param current the current ones, which are preferred among several with the same name
   * @returns ids, including provisional ones of enterprises to be created
   */
  resolve(
    named: Named,
    pointers: Pointers,
    current: readonly { readonly id: string; readonly name: string }[],
  ): Resolved;
  /** Undefined if the id does not exist. */
  nameOf(id: string): string | undefined;
}

export interface EnterpriseResolver {
  /** Loads the enterprises of a batch of rows in a few queries. */
  read(reader: Reader, named: readonly Named[]): Promise<NamedEnterprises>;
  /**
   * Registers the enterprises that a row will create, so that later rows can refer to them.
   * @returns the names of those that no earlier row creates
   */
  announce(ids: readonly string[]): string[];
  /** Creates enterprises with provisional ids. @returns the final ids: the same list if none is created */
  create(tx: Transaction, ids: string[]): Promise<string[]>;
}

/**
 * Prefix of a provisional id, which contains the social credit code and name of an enterprise to be created.
 */
const PENDING = 'new ';
const pendingId = (name: string, code: string): string => `${PENDING}${code}\n${name}`;
const isPending = (id: string): boolean => id.startsWith(PENDING);
function pendingParts(id: string): { code: string; name: string } {
  const [code = '', name = ''] = id.slice(PENDING.length).split('\n');
  return { code, name };
}

const MOST = 20;

const normal = (lines: readonly string[] = []): string[] => lines.map((line) => line.trim().normalize('NFC'));

const withoutBlankEnd = (lines: readonly string[]): string[] =>
  lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);

/** Normalises names, so that full-width and half-width spellings are equal. */
const folded = (name: string): string => name.normalize('NFKC').toLowerCase().replaceAll(/\s/g, '');

const codesOn = (line: string): string[] => line.split(/[;；]/).map((code) => code.trim());

/** All texts that may identify an enterprise: whole lines, and their parts between semicolons. */
function keysIn(named: readonly Named[]): EnterpriseKeys {
  const keysOf = (of: (one: Named) => readonly string[]) => new Set(named.flatMap(of).filter(Boolean));
  return {
    ids: keysOf(({ ids }) => ids.map((id) => id.toLowerCase())),
    names: keysOf(({ names }) => normal(names).flatMap((line) => [line, ...namesOn(line)])),
    socialCreditCodes: keysOf(({ codes }) => normal(codes).flatMap(codesOn)),
  };
}

export function enterpriseResolver({ caller, clock, createEnterprises }: ImportContext): EnterpriseResolver {
  const writes = catalogueWrites(enterprises, clock);
  /** Enterprises to be created by rows so far, by name and by code; and their ids once created. */
  const expectedByName = new Map<string, string>();
  const expectedByCode = new Map<string, string>();
  const created = new Map<string, string>();

  function ofBatch(found: FoundEnterprises): NamedEnterprises {
    const nameOf = (id: string) => (isPending(id) ? pendingParts(id).name : found.nameOf(id));
    const byName = (name: string): readonly string[] => {
      const expected = expectedByName.get(name);
      return expected === undefined ? found.byName(name) : [expected];
    };
    const byCode = (code: string) => expectedByCode.get(code) ?? found.byCode(code);

    /** Name and code of each enterprise in a row; either may be empty. */
    function pairsIn(named: Named, pointers: Pointers): { name: string; code: string }[] | Fault {
      const lines = normal(named.names).flatMap((line) =>
        line === '' || byName(line).length > 0 ? [line] : namesOn(line),
      );
      const allCodes = normal(named.codes).flatMap(codesOn);
      const [names, codes] = [withoutBlankEnd(lines), withoutBlankEnd(allCodes)];
      const isOneEach = codes.length <= names.length && names.length <= allCodes.length;
      if (names.length > 0 && codes.length > 0 && !isOneEach) {
        const values = { codes: codes.length, names: names.length };
        return { pointer: pointers.codes, code: 'codes_without_names', values };
      }
      return Array.from({ length: Math.max(names.length, codes.length) }, (_, i) => ({
        name: names[i] ?? '',
        code: codes[i] ?? '',
      })).filter(({ name, code }) => name !== '' || code !== '');
    }

    function idByCode(code: string, name: string, pointers: Pointers): string | Fault {
      const id = byCode(code);
      if (id !== undefined) {
        const own = nameOf(id) ?? '';
        if (name === '' || folded(name) === folded(own)) return id;
        return { pointer: pointers.codes, code: 'code_of_another', values: { name: own } };
      }
      if (name === '' || byName(name).length === 0) return newId(name, code, pointers);
      return { pointer: pointers.codes, code: 'not_its_code', values: { name } };
    }

    function idByName(name: string, meant: string | undefined, pointers: Pointers): string | Fault {
      const [id, ...others] = byName(name);
      if (id === undefined) return newId(name, '', pointers);
      if (others.length === 0) return id;
      const values = { id: name.slice(0, 64), count: others.length + 1 };
      return meant ?? { pointer: pointers.names, code: 'ambiguous_enterprise', values };
    }

    function newId(name: string, code: string, { names, codes }: Pointers): string | Fault {
      if (!createEnterprises || name === '') {
        const values = { id: (code || name).slice(0, 64) };
        return { pointer: code === '' ? names : codes, code: 'unknown_enterprise', values };
      }
      const given = { name, ...(code !== '' && { socialCreditCode: code }) };
      const [fault] = checked(enterprises.create, given).faults;
      return fault ? { ...fault, pointer: fault.pointer === '/name' ? names : codes } : pendingId(name, code);
    }

    const resolve: NamedEnterprises['resolve'] = (named, pointers, current) => {
      if (named.names === undefined && named.codes === undefined) return { ids: undefined, faults: [] };
      const pairs = pairsIn(named, pointers);
      if (!Array.isArray(pairs)) return { ids: undefined, faults: [pairs] };
      // Those with a code are taken first, which leaves the others of the same name for names alone.
      const taken = new Set(pairs.map(({ code }) => byCode(code)));
      const ids: string[] = [];
      const faults: Fault[] = [];
      for (const { name, code } of pairs) {
        const meant = current.find((one) => one.name === name && !taken.has(one.id))?.id;
        const id = code === '' ? idByName(name, meant, pointers) : idByCode(code, name, pointers);
        if (typeof id !== 'string') faults.push(id);
        else {
          ids.push(id);
          taken.add(id);
        }
      }
      if (ids.length > MOST)
        faults.push({ pointer: pointers.names, code: 'too_many', values: { max: MOST } });
      const different = new Set(ids.map((id) => (isPending(id) ? `${PENDING}${nameOf(id)}` : id)));
      if (different.size < ids.length) faults.push({ pointer: pointers.names, code: 'duplicate' });
      return { ids: faults.length > 0 ? undefined : ids, faults };
    };

    return { resolve, nameOf };
  }

  return {
    read: async (reader, named) => ofBatch(await findEnterprises(reader, keysIn(named))),

    announce: (ids) =>
      ids.filter(isPending).flatMap((id) => {
        const { name, code } = pendingParts(id);
        const isNew = expectedByName.get(name) !== id;
        expectedByName.set(name, id);
        if (code !== '') expectedByCode.set(code, id);
        return isNew ? [name] : [];
      }),

    create: async (tx, ids) => {
      if (!ids.some(isPending)) return ids;
      const real: string[] = [];
      for (const id of ids) {
        if (isPending(id) && !created.has(id)) {
          const { name, code } = pendingParts(id);
          created.set(id, await writes.insert(tx, caller, { name, socialCreditCode: code || null }));
        }
        real.push(created.get(id) ?? id);
      }
      return real;
    },
  };
}
