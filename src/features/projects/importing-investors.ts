/** Resolves the investors in a cell, one per line: by social credit code, exact name, or both. */

import { catalogueWrites } from '../../catalogues/writes.ts';
import type { Clock } from '../../core/clock.ts';
import type { Reader, Transaction } from '../../database/database.ts';
import { typeNames } from '../../http/messages.ts';
import type { Fault } from '../../http/problems.ts';
import { checked } from '../../http/validation.ts';
import type { Caller } from '../../log/service.ts';
import type { ImportContext, ImportedRow } from '../../sheets/importer.ts';
import { namesOn } from '../../sheets/reading/cells.ts';
import { enterprises } from '../enterprises/catalogue.ts';
import { type EnterpriseKeys, type FoundEnterprises, findEnterprises } from '../enterprises/service.ts';
import type { Project } from './schema.ts';

type Investor = Project['investors'][number];

/** Placeholder for the ids of a row's investors if they are faulty. */
export interface NamedInvestors {
  /** Undefined if the row has none, or they are faulty. */
  ids: string[] | undefined;
  faults: Fault[];
}

/** The investors of a batch of rows. */
export interface InvestorsOfBatch {
  /**
   * @param current those of the project as it is: of several enterprises with one name, they are meant
   * @returns ids, some of which stand for enterprises that are to be created
   */
  resolve(fields: ImportedRow['fields'], current: readonly Investor[]): NamedInvestors;
  /** Undefined where there is none of that id. */
  nameOf(id: string): string | undefined;
}

export interface InvestorResolver {
  /** Looks up what a batch of rows names, in a few queries. */
  read(reader: Reader, rows: readonly ImportedRow[]): Promise<InvestorsOfBatch>;
  /** Takes note that a row with these investors is going to be written: what it creates is there for those after it. */
  announce(ids: readonly string[]): void;
  /** Creates those that are not there yet. @returns the ids of all: the same list where none is created */
  create(tx: Transaction, ids: string[]): Promise<string[]>;
}

/** Before the social credit code and the name of an investor, which stand in place of its id until it is created. */
const PENDING = 'new ';
const pendingId = (name: string, code: string): string => `${PENDING}${code}\n${name}`;
const isPending = (id: string): boolean => id.startsWith(PENDING);
function pendingParts(id: string): { code: string; name: string } {
  const [code = '', name = ''] = id.slice(PENDING.length).split('\n');
  return { code, name };
}

const MAX_INVESTORS = 20;

const POINTERS = { investors: '/investors', investorCodes: '/investorCodes' } as const;
type ListField = keyof typeof POINTERS;

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const linesOf = (fields: ImportedRow['fields'], field: ListField): string[] => {
  const value = fields[field];
  return isTexts(value) ? value.map((line) => line.trim().normalize('NFC')) : [];
};

const withoutBlankEnd = (lines: readonly string[]): string[] =>
  lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);

/** Such that spellings of one name in full and half width are equal. */
const folded = (name: string): string => name.normalize('NFKC').toLowerCase().replaceAll(/\s/g, '');

const codesOn = (line: string): string[] => line.split(/[;；]/).map((code) => code.trim());

/** Everything in the rows that may name an enterprise: whole lines, and what stands between the semicolons of one. */
function keysIn(rows: readonly ImportedRow[]): EnterpriseKeys {
  const [ids, names, socialCreditCodes] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const { fields } of rows) {
    for (const line of linesOf(fields, 'investors'))
      for (const name of [line, ...namesOn(line)]) names.add(name);
    for (const line of linesOf(fields, 'investorCodes')) {
      for (const code of codesOn(line)) socialCreditCodes.add(code);
    }
    if (isTexts(fields.investorIds)) for (const id of fields.investorIds) ids.add(id.toLowerCase());
  }
  for (const set of [names, socialCreditCodes]) set.delete('');
  return { ids, names, socialCreditCodes };
}

export function investorResolver({
  caller,
  clock,
  createEnterprises,
}: Pick<ImportContext, 'createEnterprises'> & { caller: Caller; clock: Clock }): InvestorResolver {
  const writes = catalogueWrites(enterprises, clock);
  /** Those that rows so far create, by name and by code; and their ids once they are there. */
  const expectedByName = new Map<string, string>();
  const expectedByCode = new Map<string, string>();
  const created = new Map<string, string>();

  function ofBatch(found: FoundEnterprises): InvestorsOfBatch {
    const nameOf = (id: string) => (isPending(id) ? pendingParts(id).name : found.nameOf(id));
    const byName = (name: string): readonly string[] => {
      const expected = expectedByName.get(name);
      return expected === undefined ? found.byName(name) : [expected];
    };
    const byCode = (code: string) => expectedByCode.get(code) ?? found.byCode(code);

    /** Name and code of each investor that a row names; either may be empty. */
    function pairsIn(fields: ImportedRow['fields']): { name: string; code: string }[] | Fault {
      const lines = linesOf(fields, 'investors').flatMap((line) =>
        line === '' || byName(line).length > 0 ? [line] : namesOn(line),
      );
      const allCodes = linesOf(fields, 'investorCodes').flatMap(codesOn);
      const [names, codes] = [withoutBlankEnd(lines), withoutBlankEnd(allCodes)];
      const isOneEach = codes.length <= names.length && names.length <= allCodes.length;
      if (names.length > 0 && codes.length > 0 && !isOneEach) {
        const values = { codes: codes.length, names: names.length };
        return { pointer: POINTERS.investorCodes, code: 'codes_without_names', values };
      }
      return Array.from({ length: Math.max(names.length, codes.length) }, (_, i) => ({
        name: names[i] ?? '',
        code: codes[i] ?? '',
      })).filter(({ name, code }) => name !== '' || code !== '');
    }

    function idByCode(code: string, name: string): string | Fault {
      const pointer = POINTERS.investorCodes;
      const id = byCode(code);
      if (id !== undefined) {
        const own = nameOf(id) ?? '';
        if (name === '' || folded(name) === folded(own)) return id;
        return { pointer, code: 'code_of_another', values: { name: own } };
      }
      if (name !== '' && byName(name).length > 0) return { pointer, code: 'not_its_code', values: { name } };
      return newId(name, code);
    }

    function idByName(name: string, isTaken: (id: string) => boolean, current: readonly Investor[]) {
      const ids = byName(name);
      if (ids.length === 1) return ids[0] as string;
      if (ids.length === 0) return newId(name, '');
      const meant = current.find((one) => one.name === name && !isTaken(one.id));
      if (meant) return meant.id;
      const values = { id: name.slice(0, 64), count: ids.length };
      return { pointer: POINTERS.investors, code: 'ambiguous_enterprise', values } as const;
    }

    function newId(name: string, code: string): string | Fault {
      const pointer = code === '' ? POINTERS.investors : POINTERS.investorCodes;
      if (!createEnterprises || name === '') {
        return { pointer, code: 'unknown_enterprise', values: { id: (code || name).slice(0, 64) } };
      }
      const given = { name, ...(code !== '' && { socialCreditCode: code }) };
      const [fault] = checked(enterprises.create, given).faults;
      if (!fault) return pendingId(name, code);
      return { ...fault, pointer: fault.pointer === '/name' ? POINTERS.investors : POINTERS.investorCodes };
    }

    function resolve(fields: ImportedRow['fields'], current: readonly Investor[]): NamedInvestors {
      const given = (Object.keys(POINTERS) as ListField[]).filter((field) => fields[field] !== undefined);
      if (given.length === 0) return { ids: undefined, faults: [] };
      const mistyped = given
        .filter((field) => fields[field] !== null && !isTexts(fields[field]))
        .map(
          (field): Fault => ({
            pointer: POINTERS[field],
            code: 'wrong_type',
            values: { expected: typeNames.array },
          }),
        );
      if (mistyped.length > 0) return { ids: undefined, faults: mistyped };
      const pairs = pairsIn(fields);
      if (!Array.isArray(pairs)) return { ids: undefined, faults: [pairs] };
      // Those with a code first: of several with one name they leave the others.
      const taken = new Set(pairs.map(({ code }) => byCode(code)));
      const ids: string[] = [];
      const faults: Fault[] = [];
      for (const { name, code } of pairs) {
        const id = code === '' ? idByName(name, (one) => taken.has(one), current) : idByCode(code, name);
        if (typeof id !== 'string') faults.push(id);
        else {
          ids.push(id);
          taken.add(id);
        }
      }
      if (ids.length > MAX_INVESTORS) {
        faults.push({ pointer: POINTERS.investors, code: 'too_many', values: { max: MAX_INVESTORS } });
      }
      const different = new Set(ids.map((id) => (isPending(id) ? `${PENDING}${nameOf(id)}` : id)));
      if (different.size < ids.length) faults.push({ pointer: POINTERS.investors, code: 'duplicate' });
      return { ids: faults.length > 0 ? undefined : ids, faults };
    }

    return { resolve, nameOf };
  }

  return {
    read: async (reader, rows) => ofBatch(await findEnterprises(reader, keysIn(rows))),

    announce: (ids) => {
      for (const id of ids.filter(isPending)) {
        const { name, code } = pendingParts(id);
        expectedByName.set(name, id);
        if (code !== '') expectedByCode.set(code, id);
      }
    },

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
