/** Imports projects, matched by code. */

import { type Named, type Names, readNames, withCodes } from '../../catalogues/names.ts';
import type { Lookup } from '../../catalogues/service.ts';
import { nouns } from '../../core/entities.ts';
import type { Reader } from '../../database/database.ts';
import { typeNames } from '../../http/messages.ts';
import type { Fault } from '../../http/problems.ts';
import { diff } from '../../log/diff.ts';
import { checkedRow } from '../../sheets/checked-row.ts';
import {
  type Differences,
  firstRows,
  type ImportContext,
  type ImportedRow,
  type Importer,
  type PlannedRow,
  refused,
  unchanged,
} from '../../sheets/importer.ts';
import { type InvestorsOfBatch, investorResolver } from './importing-investors.ts';
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

/** What has no empty value, and what an empty cell gives it. */
const neverNull = Object.entries({ investorIds: [], investmentEstimated: false });

/** What is no field of a project. */
const APART = new Set(['version', 'investors', 'investorCodes']);

const keyOf = ({ fields: { code } }: ImportedRow): string | null =>
  typeof code === 'string' && code !== '' ? code : null;

/** What is known of the things that a batch of rows is about, and of those that it names. */
interface Known {
  existing: ReadonlyMap<string, ProjectRow>;
  investors: InvestorsOfBatch;
  names: Names;
}

/** A row that changed since its sheet was exported is refused, unless it would change nothing anyway. */
export function projectImporter({ caller, clock, createEnterprises }: ImportContext): Importer {
  const today = clock.today();
  const author = { caller, clock };
  const investors = investorResolver({ caller, clock, createEnterprises });
  const first = firstRows();
  let names: Names | undefined;

  const isOwn = (region: string | null | undefined, known: Names): boolean =>
    caller.regions === null || (typeof region === 'string' && known.isWithin(region, caller.regions));

  async function plan(given: ImportedRow, known: Known): Promise<PlannedRow> {
    const { row, faults: found } = given;
    const key = keyOf(given);
    const { version } = given.fields;
    const { fields, faults: unnamed } = withCodes(given.fields, references, known.names, APART);
    // A field without an empty value takes the one that means "not given".
    for (const [field, value] of neverNull) if (fields[field] === null) fields[field] = value;
    const cellFaults = [...found, ...unnamed, ...versionFaults(version)];
    const repeated = key === null ? [] : first.note('/code', key, row);
    // What it would come on top of may be there by now or not: only its cells are looked at.
    if (repeated.length > 0) {
      return refused(row, key, [...checkedRow(ProjectChanges, fields, cellFaults).faults, ...repeated]);
    }
    const stored = key === null ? undefined : known.existing.get(key);
    const named = known.investors.resolve(given.fields, stored?.investors ?? []);
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
    if (!isRegionUnread && !regions.every((one) => isOwn(one, known.names))) {
      const values = { regions: (caller.regions ?? []).join(', ') };
      faults.push({ pointer: '/region', code: 'other_region', values });
    }
    const all = await faultsIn(unknownAmong(known.investors), after, before, faults, today);
    if (all.length > 0) return refused(row, key, all);

    investors.announce(after.investorIds);
    return {
      row,
      key,
      effect: stored ? 'change' : 'create',
      differences: () => inWords(differences, stored?.investors ?? [], known.investors),
      faults: [],
      write: async (tx) => {
        const investorIds = await investors.create(tx, after.investorIds);
        const input = { ...after, investorIds };
        const fields = investorIds === after.investorIds ? differences : diff(before, input);
        if (stored) await changeProject(tx, author, stored, input, fields);
        else await createProject(tx, author, input, fields);
      },
    };
  }

  return {
    plan: async (reader: Reader, rows) => {
      names ??= await readNames(reader);
      const codes = rows.map(keyOf).filter((code) => code !== null);
      const stored = await findByCodes(reader, codes, today);
      const known: Known = {
        existing: new Map(stored.map((one) => [one.code, one])),
        investors: await investors.read(reader, rows),
        names,
      };
      const planned: PlannedRow[] = [];
      for (const row of rows) planned.push(await plan(row, known));
      return planned;
    },
    pass: (rows) => {
      for (const row of rows) {
        const key = keyOf(row);
        if (key !== null) first.note('/code', key, row.row);
      }
    },
  };
}

const versionFaults = (version: unknown): Fault[] =>
  version === undefined || version === null || Number.isInteger(version)
    ? []
    : [{ pointer: '/version', code: 'wrong_type', values: { expected: typeNames.int } }];

/** All other references have been resolved. */
const unknownAmong =
  (investors: InvestorsOfBatch): Lookup =>
  async (wanted) =>
    wanted
      .filter(({ entity, key }) => entity === 'enterprises' && investors.nameOf(key) === undefined)
      .map(({ key, pointer }) => ({
        pointer,
        code: 'unknown_reference',
        values: { noun: nouns.enterprises, id: key },
      }));

/** The differences in words: investors by their names. */
function inWords(
  { investorIds, ...differences }: Differences,
  stored: readonly { id: string; name: string }[],
  investors: InvestorsOfBatch,
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
