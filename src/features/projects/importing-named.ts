/** Resolves the enterprise and the project that a row of another entity refers to. */
import { nouns } from '../../core/entities.ts';
import { typeNames } from '../../http/messages.ts';
import type { Fault } from '../../http/problems.ts';
import type { Differences, ImportedRow } from '../../sheets/importer.ts';
import type { InvestorsOfBatch } from './importing-investors.ts';
import type { FoundProjects } from './matching.ts';

/** The id that a field of a row refers to; undefined if the row does not have the field. */
export interface Resolved {
  id?: string | null;
  faults: Fault[];
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** A line of JSON may hold anything where a text is meant. */
export const typeFaults = (fields: ImportedRow['fields'], texts: readonly string[]): Fault[] =>
  texts
    .filter((field) => !['string', 'undefined'].includes(typeof (fields[field] ?? undefined)))
    .map((field) => ({ pointer: `/${field}`, code: 'wrong_type', values: { expected: typeNames.string } }));

export const unknownReference = (field: string, entity: keyof typeof nouns, text: string): Fault => {
  const values = { noun: nouns[entity], id: text.slice(0, 64) };
  return { pointer: `/${field}`, code: 'unknown_reference', values };
};

/**
 * The row as one of investors: an enterprise is found by the same rules, and created where that is wanted.
 * @param before id of the enterprise that what the row is about names now
 */
export function asInvestors({ row, fields, faults }: ImportedRow, before?: string): ImportedRow {
  const { enterprise, enterpriseCode } = fields;
  const named = textOf(enterprise).toLowerCase();
  return {
    row,
    faults,
    fields: {
      ...(typeof enterprise === 'string' && { investors: [enterprise.trim()] }),
      ...(typeof enterpriseCode === 'string' && { investorCodes: [enterpriseCode.trim()] }),
      investorIds: [named, ...(before === undefined ? [] : [before])],
    },
  };
}

const POINTERS: Readonly<Record<string, string>> = {
  '/investors': '/enterprise',
  '/investorCodes': '/enterpriseCode',
};

/** By its id, by its social credit code, by its name where only one has it; by the last two together. */
export function enterpriseOf(
  given: ImportedRow,
  before: string | undefined,
  enterprises: InvestorsOfBatch,
): Resolved {
  const asked = asInvestors(given, before);
  const { investors: [name = ''] = [], investorCodes: [code = ''] = [] } = asked.fields as {
    investors?: string[];
    investorCodes?: string[];
  };
  if (name === '' && code === '') {
    const isCleared = given.fields.enterprise === null || given.fields.enterpriseCode === null;
    return { faults: isCleared ? [{ pointer: '/enterprise', code: 'required' }] : [] };
  }
  const id = name.toLowerCase();
  if (code === '' && enterprises.nameOf(id) !== undefined) return { id, faults: [] };
  const current = before === undefined ? [] : [{ id: before, name: enterprises.nameOf(before) ?? '' }];
  const { ids = [], faults } = enterprises.resolve(asked.fields, current);
  const own = faults.map(({ pointer = '', ...fault }) => ({
    ...fault,
    pointer: POINTERS[pointer] ?? pointer,
  }));
  if (ids.length > 1) own.push({ pointer: '/enterprise', code: 'too_many', values: { max: 1 } });
  return own.length > 0 ? { faults: own } : { ...(ids[0] !== undefined && { id: ids[0] }), faults: [] };
}

/** By its code or its id. */
export function projectOf({ fields: { project } }: ImportedRow, projects: FoundProjects): Resolved {
  if (project === undefined) return { faults: [] };
  const text = textOf(project);
  if (text === '') return { id: null, faults: [] };
  const id = projects.idOf(text) ?? (projects.codeOf(text.toLowerCase()) && text.toLowerCase());
  return id ? { id, faults: [] } : { faults: [unknownReference('project', 'projects', text)] };
}

type Words = Readonly<Record<string, (id: string) => string | undefined>>;

/** Differences in words. @param words what stands for the ids of a field */
export const inWords = (differences: Differences, words: Words): Differences =>
  Object.fromEntries(
    Object.entries(differences).map(([field, change]) => {
      const say = (id: unknown) => (typeof id === 'string' ? (words[field]?.(id) ?? id) : id);
      const said = Object.entries(change).map(([side, value]) => [side, say(value)]);
      return [field, Object.fromEntries(said)];
    }),
  );
