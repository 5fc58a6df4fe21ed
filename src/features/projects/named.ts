/**
 * References of other entities to one enterprise and one project: resolving their texts in sheets, and
 * writing them.
 */
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

/** The ids of projects by code, and their codes by id. */
export interface FoundProjects {
  idOf(code: string): string | undefined;
  codeOf(id: string): string | undefined;
}

/** Finds any number of projects by code or id in a few queries, including archived ones. */
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

/** The distinct ids in a field of entries. */
export const idsIn = <E extends object>(entries: readonly E[], field: keyof E): string[] => [
  ...new Set(entries.map((entry) => entry[field]).filter((id) => typeof id === 'string')),
];

/** Replaces ids in entries: the enterprise by its name and social credit code, the project by its code. */
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

/** The id in a field of a row; undefined if the row does not contain the field. */
export interface ResolvedId {
  id?: string | null;
  faults: Fault[];
}

/** NDJSON may contain any type in place of a text. */
export const typeFaults = (fields: ImportedRow['fields'], texts: ReadonlySet<string>): Fault[] =>
  [...texts]
    .filter((field) => !['string', 'undefined'].includes(typeof (fields[field] ?? undefined)))
    .map((field) => ({ pointer: `/${field}`, code: 'wrong_type', values: { expected: typeNames.string } }));

const line = (text: unknown): [string] | undefined => (typeof text === 'string' ? [text.trim()] : undefined);

/** @param before id of the row's current enterprise */
const namedBy = ({ fields }: ImportedRow, before: string | undefined) =>
  ({
    names: line(fields.enterprise),
    codes: line(fields.enterpriseCode),
    ids: [textOf(fields.enterprise).toLowerCase(), ...(before === undefined ? [] : [before])],
  }) satisfies Named;

/** The resources that the rows of a batch refer to. */
export interface NamedThings {
  enterprises: NamedEnterprises;
  projects: FoundProjects;
}

/**
 * Loads the resources that the rows of a batch refer to, in a few queries.
 * @param before id of a row's current enterprise
 * @param projects ids whose codes are needed
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

/** Resolves by id, by social credit code, or by name if it is unique; or by code and name together. */
export function enterpriseOf(
  row: ImportedRow,
  before: string | undefined,
  { enterprises }: NamedThings,
): ResolvedId {
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

/** Resolves by code or id. */
export function projectOf({ fields: { project } }: ImportedRow, { projects }: NamedThings): ResolvedId {
  if (project === undefined) return { faults: [] };
  const text = textOf(project);
  if (text === '') return { id: null, faults: [] };
  const id = projects.idOf(text) ?? (projects.codeOf(text.toLowerCase()) && text.toLowerCase());
  return id ? { id, faults: [] } : { faults: [unknownReference('/project', 'projects', text)] };
}

/**
 * Differences with the name of the enterprise and the code of the project.
 * @param words the texts for other ids
 */
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
