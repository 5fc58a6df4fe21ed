/** The one enterprise and the one project that something else names: what a sheet means by texts, and how it is written. */
import type { Entry } from '../../catalogues/catalogue.ts';
import type { Reader } from '../../database/database.ts';
import { typeNames } from '../../http/messages.ts';
import type { Fault } from '../../http/problems.ts';
import {
  type Differences,
  type ImportedRow,
  textOf,
  textsIn,
  unknownReference,
} from '../../sheets/importer.ts';
import type { EnterpriseResolver, Named, NamedEnterprises } from '../enterprises/naming.ts';
import { enterprisesById } from '../enterprises/service.ts';
import * as repository from './repository.ts';

/** The id of each project by its code, and its code by its id. */
export interface FoundProjects {
  idOf(code: string): string | undefined;
  codeOf(id: string): string | undefined;
}

/** Finds the projects of any number of codes or ids in a few queries. Archived ones are found as well. */
async function findProjects(
  reader: Reader,
  keys: { codes: Iterable<string>; ids: Iterable<string> },
): Promise<FoundProjects> {
  const found = [
    ...(await repository.findKeys(reader, 'code', [...new Set(keys.codes)])),
    ...(await repository.findKeys(reader, 'id', [...new Set(keys.ids)])),
  ];
  const ids = new Map(found.map(({ code, id }) => [code, id]));
  const codes = new Map(found.map(({ code, id }) => [id, code]));
  return { idOf: (code) => ids.get(code), codeOf: (id) => codes.get(id) };
}

/** Every id that entries have in a field, once. */
export const idsIn = <E extends object>(entries: readonly E[], field: keyof E): string[] => [
  ...new Set(entries.map((entry) => entry[field]).filter((id) => typeof id === 'string')),
];

/** Entries with their enterprise by its name and its social credit code, and their project by its code. */
export async function withNames(reader: Reader, entries: readonly Entry[]): Promise<Entry[]> {
  const enterprises = await enterprisesById(reader, idsIn(entries, 'enterprise'));
  const projects = await findProjects(reader, { codes: [], ids: idsIn(entries, 'project') });
  return entries.map((entry) => {
    const { enterprise, project } = entry as { enterprise: string; project: string | null };
    return {
      ...entry,
      enterprise: enterprises.nameOf(enterprise) ?? null,
      enterpriseCode: enterprises.codeOf(enterprise) ?? null,
      project: project && (projects.codeOf(project) ?? null),
    };
  });
}

/** The id that a field of a row stands for; undefined where the row says nothing of it. */
export interface Resolved {
  id?: string | null;
  faults: Fault[];
}

/** A line of JSON may hold anything where a text is meant. */
export const typeFaults = (fields: ImportedRow['fields'], texts: readonly string[]): Fault[] =>
  texts
    .filter((field) => !['string', 'undefined'].includes(typeof (fields[field] ?? undefined)))
    .map((field) => ({ pointer: `/${field}`, code: 'wrong_type', values: { expected: typeNames.string } }));

/** What a row says besides what it names. */
export const without = (fields: ImportedRow['fields'], texts: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([field]) => !texts.includes(field)));

const line = (text: unknown): [string] | undefined => (typeof text === 'string' ? [text.trim()] : undefined);

/** @param before id of the enterprise that what the row is about names now */
const namedBy = ({ fields }: ImportedRow, before: string | undefined) =>
  ({
    names: line(fields.enterprise),
    codes: line(fields.enterpriseCode),
    ids: [textOf(fields.enterprise).toLowerCase(), ...(before === undefined ? [] : [before])],
  }) satisfies Named;

/** What the rows of a batch name. */
export interface NamedThings {
  enterprises: NamedEnterprises;
  projects: FoundProjects;
}

/**
 * Looks up what the rows of a batch name, in a few queries.
 * @param before id of the enterprise that what a row is about names now
 * @param projects ids of those that are to be told by their codes
 */
export async function readNamed(
  reader: Reader,
  enterprises: EnterpriseResolver,
  rows: readonly ImportedRow[],
  before: (row: ImportedRow) => string | undefined,
  projects: readonly string[] = [],
): Promise<NamedThings> {
  const codes = textsIn(rows, 'project');
  return {
    enterprises: await enterprises.read(
      reader,
      rows.map((row) => namedBy(row, before(row))),
    ),
    projects: await findProjects(reader, {
      codes,
      ids: [...codes.map((code) => code.toLowerCase()), ...projects],
    }),
  };
}

/** By its id, by its social credit code, by its name where only one has it; by the last two together. */
export function enterpriseOf(
  row: ImportedRow,
  before: string | undefined,
  { enterprises }: NamedThings,
): Resolved {
  const pointers = { names: '/enterprise', codes: '/enterpriseCode' };
  const { enterprise, enterpriseCode } = row.fields;
  const named = namedBy(row, before);
  const [id = ''] = named.ids;
  const hasCode = textOf(enterpriseCode) !== '';
  if (id === '' && !hasCode) {
    const isCleared = enterprise === null || enterpriseCode === null;
    return { faults: isCleared ? [{ pointer: pointers.names, code: 'required' }] : [] };
  }
  if (!hasCode && enterprises.nameOf(id) !== undefined) return { id, faults: [] };
  const current = before === undefined ? [] : [{ id: before, name: enterprises.nameOf(before) ?? '' }];
  const { ids: [found, another] = [], faults } = enterprises.resolve(named, pointers, current);
  if (another !== undefined) faults.push({ pointer: pointers.names, code: 'too_many', values: { max: 1 } });
  return faults.length > 0 ? { faults } : { ...(found !== undefined && { id: found }), faults: [] };
}

/** By its code or its id. */
export function projectOf({ fields: { project } }: ImportedRow, { projects }: NamedThings): Resolved {
  if (project === undefined) return { faults: [] };
  const text = textOf(project);
  if (text === '') return { id: null, faults: [] };
  const id = projects.idOf(text) ?? (projects.codeOf(text.toLowerCase()) && text.toLowerCase());
  return id ? { id, faults: [] } : { faults: [unknownReference('/project', 'projects', text)] };
}

/** Differences with the enterprise by its name, and the project by its code. @param words what stands for other ids */
export function inWords(
  differences: Differences,
  { enterprises, projects }: NamedThings,
  words: Readonly<Record<string, (id: string) => string | undefined>> = {},
): Differences {
  const all = { enterprise: enterprises.nameOf, project: projects.codeOf, ...words };
  return Object.fromEntries(
    Object.entries(differences).map(([field, change]) => {
      const word = all[field as keyof typeof all];
      const say = (id: unknown) => (typeof id === 'string' ? (word?.(id) ?? id) : id);
      const said = Object.entries(change).map(([side, value]) => [side, say(value)]);
      return [field, Object.fromEntries(said)];
    }),
  );
}
