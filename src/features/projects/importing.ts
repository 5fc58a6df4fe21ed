/** Imports projects, matched by code. */

import { type Named, type Names, regionFaults, rememberedNames, withCodes } from '../../catalogues/names.ts';
import type { Lookup } from '../../catalogues/service.ts';
import { nouns } from '../../core/entities.ts';
import type { Reader } from '../../database/database.ts';
import { typeNames } from '../../http/messages.ts';
import type { Fault } from '../../http/problems.ts';
import { diff } from '../../log/diff.ts';
import { checkedRow } from '../../sheets/checked-row.ts';
import {
  type Differences,
  effective,
  firstRows,
  type ImportContext,
  type ImportedRow,
  type Importer,
  type PlannedRow,
  refused,
  rowByRow,
  unchanged,
} from '../../sheets/importer.ts';
import {
  enterpriseResolver,
  type Named as NamedByTexts,
  type NamedEnterprises,
} from '../enterprises/naming.ts';
import { complete, inputOf, merge } from './record.ts';
import { findByCodes, type ProjectRow } from './repository.ts';
import { faultsIn } from './rules.ts';
import { NewProject, ProjectChanges } from './schema.ts';
import { changeProject, createProject } from './writes.ts';

const references: Readonly<Record<string, Named>> = {
  event: 'events',
  region: 'regions',
  zone: 'zones',
  industry: 'industries',
};

/** Fields that cannot be null, and their values for an empty cell. */
const neverNull = Object.entries({ investorIds: [], investmentEstimated: false });

/** Columns that are not fields of a project. */
const APART = new Set(['version', 'investors', 'investorCodes']);

const keyOf = ({ fields: { code } }: ImportedRow): string | null =>
  typeof code === 'string' && code !== '' ? code : null;

const POINTERS = { names: '/investors', codes: '/investorCodes' };

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const texts = (value: unknown): string[] => (isTexts(value) ? value : []);

/** The investors of a row, one per line. */
const namedIn = ({ fields }: ImportedRow): NamedByTexts => ({
  names: fields.investors === undefined ? undefined : texts(fields.investors),
  codes: fields.investorCodes === undefined ? undefined : texts(fields.investorCodes),
  ids: texts(fields.investorIds),
});

/** NDJSON may contain any type in place of lists. */
const listFaults = ({ fields }: ImportedRow): Fault[] =>
  Object.values(POINTERS)
    .filter((pointer) => !isTexts(fields[pointer.slice(1)] ?? []))
    .map((pointer) => ({ pointer, code: 'wrong_type', values: { expected: typeNames.array } }));

/** The data of a batch of rows. */
interface Known {
  existing: ReadonlyMap<string, ProjectRow>;
  investors: NamedEnterprises;
  names: Names;
}

/** A row that changed since its sheet was exported is refused, unless it would have no effect anyway. */
export function projectImporter(context: ImportContext): Importer {
  const { caller, clock } = context;
  const today = clock.today();
  const author = { caller, clock };
  const investors = enterpriseResolver(context);
  const first = firstRows();
  const namesIn = rememberedNames();

  /** The ids of the investors of a row; undefined if it names none, or if there are faults. */
  function investorsOf(given: ImportedRow, stored: ProjectRow | undefined, known: Known) {
    const faults = listFaults(given);
    if (faults.length > 0) return { ids: undefined, faults };
    return known.investors.resolve(namedIn(given), POINTERS, stored?.investors ?? []);
  }

  async function plan(given: ImportedRow, known: Known): Promise<PlannedRow> {
    const { row, faults: found } = given;
    const key = keyOf(given);
    const { version } = given.fields;
    const { fields, faults: unnamed } = withCodes(given.fields, references, known.names, APART);
    // Fields that cannot be null take the value that means "not given".
    for (const [field, value] of neverNull) if (fields[field] === null) fields[field] = value;
    const cellFaults = [...found, ...unnamed, ...versionFaults(version)];
    const repeated = key === null ? [] : first.note('/code', key, row);
    // The earlier row may be written already or not, so only the cells of this one are checked.
    if (repeated.length > 0) {
      return refused(row, key, [...checkedRow(ProjectChanges, fields, cellFaults).faults, ...repeated]);
    }
    const stored = key === null ? undefined : known.existing.get(key);
    const named = investorsOf(given, stored, known);
    const schema = stored ? ProjectChanges : NewProject;
    const { sound, faults } = checkedRow(schema, fields, [...cellFaults, ...named.faults]);
    if (stored?.archivedAt) {
      const values = { noun: nouns.projects, id: stored.code };
      return refused(row, key, [...faults, { pointer: '/code', code: 'archived_row', values }]);
    }

    const changes = named.ids ? { ...sound, investorIds: named.ids } : sound;
    const before = stored ? inputOf(stored) : null;
    const after = before ? merge(before, changes as ProjectChanges) : complete(changes as NewProject);
    const differences = diff(before, after);
    if (stored && faults.length === 0 && Object.keys(differences).length === 0) {
      return unchanged(row, stored.code);
    }
    if (stored && typeof version === 'number' && version !== stored.version) {
      const values = { sheet: version, now: stored.version };
      faults.push({ pointer: '/version', code: 'changed_since', values });
    }
    const regions = before ? [before.region, after.region] : [after.region];
    const isRegionUnread = faults.some(({ pointer }) => pointer === '/region');
    if (!isRegionUnread) faults.push(...regionFaults(caller, known.names, '/region', regions));
    const all = await faultsIn(unknownAmong(known.investors), after, before, faults, today);
    if (all.length > 0) return refused(row, key, all);

    const newEnterprises = investors.announce(after.investorIds);
    return effective(
      row,
      key,
      stored ? 'change' : 'create',
      () => inWords(differences, stored?.investors ?? [], known.investors),
      async (tx) => {
        const investorIds = await investors.create(tx, after.investorIds);
        const input = { ...after, investorIds };
        const fields = investorIds === after.investorIds ? differences : diff(before, input);
        if (stored) await changeProject(tx, author, stored, input, fields);
        else await createProject(tx, author, input, fields);
      },
      newEnterprises,
    );
  }

  async function look(reader: Reader, rows: readonly ImportedRow[]): Promise<Known> {
    const names = await namesIn(reader);
    const codes = rows.map(keyOf).filter((code) => code !== null);
    const stored = await findByCodes(reader, codes, today);
    return {
      existing: new Map(stored.map((one) => [one.code, one])),
      investors: await investors.read(reader, rows.map(namedIn)),
      names,
    };
  }

  return rowByRow(look, plan, (given) => {
    const key = keyOf(given);
    if (key !== null) first.note('/code', key, given.row);
  });
}

const versionFaults = (version: unknown): Fault[] =>
  version === undefined || version === null || Number.isInteger(version)
    ? []
    : [{ pointer: '/version', code: 'wrong_type', values: { expected: typeNames.int } }];

/** All other references are already resolved. */
const unknownAmong =
  (investors: NamedEnterprises): Lookup =>
  async (wanted) =>
    wanted
      .filter(({ entity, key }) => entity === 'enterprises' && investors.nameOf(key) === undefined)
      .map(({ key, pointer }) => ({
        pointer,
        code: 'unknown_reference',
        values: { noun: nouns.enterprises, id: key },
      }));

/** The differences for display: with the names of investors. */
function inWords(
  { investorIds, ...differences }: Differences,
  stored: readonly { id: string; name: string }[],
  investors: NamedEnterprises,
): Differences {
  if (!investorIds) return differences;
  const nameOf = (id: string) => investors.nameOf(id) ?? stored.find((one) => one.id === id)?.name ?? id;
  const inWords = (ids: unknown) => (ids as string[] | undefined)?.map(nameOf);
  const { before, after } = investorIds;
  return {
    ...differences,
    investors: { ...(before !== undefined && { before: inWords(before) }), after: inWords(after) },
  };
}
