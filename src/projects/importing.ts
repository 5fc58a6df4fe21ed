/** What the rows of a sheet do to projects: matched by code, they create, change, or change nothing. */
import { diff } from '../changes/diff.ts';
import type { Reader, Transaction } from '../database/database.ts';
import { enterprises } from '../enterprises/schema.ts';
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
import { type Named, type Names, readNames } from '../references/names.ts';
import { unknownReferences } from '../references/service.ts';
import { catalogueWrites } from '../references/writes.ts';
import { type Input, inputOf, merge, toProject, UNKNOWN } from './record.ts';
import { findByCodes, type ProjectRow } from './repository.ts';
import { faultsIn } from './rules.ts';
import { NewProject, ProjectChanges } from './schema.ts';
import { changeProject, createProject } from './writes.ts';

type Fields = Record<string, unknown>;

const references: Readonly<Record<string, Named>> = {
  event: 'events',
  region: 'regions',
  zone: 'zones',
  industry: 'industries',
};

/** Before the social credit code and the name of an investor, which stand in place of its id until it is created. */
const PENDING = 'new ';
const MAX_INVESTORS = 20;

export function projectImporter({ caller, clock, createEnterprises }: ImportContext): Importer {
  const today = clock.today();
  const author = { caller, clock };
  const newEnterprises = catalogueWrites(enterprises, clock);
  /** The ids of investors that this import has created, by what stood in their place. */
  const created = new Map<string, string>();
  let names: Names | undefined;

  /** Replaces names by codes and ids. What names nothing is taken out and told. */
  function resolve(given: Fields, found: FoundEnterprises, known: Names) {
    const { version, investors, investorCodes, ...fields } = given;
    const faults: Fault[] = [];
    for (const [field, entity] of Object.entries(references)) {
      if (typeof fields[field] !== 'string') continue;
      const resolved = known.resolve(entity, fields[field], `/${field}`);
      if ('code' in resolved) fields[field] = resolved.code;
      else {
        delete fields[field];
        faults.push(resolved.fault);
      }
    }
    const named = investorsOf(investors, investorCodes, found);
    faults.push(...named.faults);
    // What has no empty value takes the one that stands for "not given".
    for (const [field, value] of Object.entries(UNKNOWN)) {
      if (value !== null && fields[field] === null) fields[field] = value;
    }
    return { version, fields, investorIds: named.ids, faults };
  }

  function investorsOf(given: unknown, givenCodes: unknown, found: FoundEnterprises) {
    const faults: Fault[] = [];
    if (given === undefined && givenCodes === undefined) return { ids: undefined, faults };
    const investorNames = (given ?? []) as string[];
    const codes = (givenCodes ?? []) as string[];
    if (investorNames.length > 0 && codes.length > 0 && codes.length !== investorNames.length) {
      const values = { codes: codes.length, names: investorNames.length };
      faults.push({ pointer: '/investorCodes', code: 'codes_without_names', values });
      return { ids: undefined, faults };
    }
    const ids: string[] = [];
    for (let i = 0; i < Math.max(investorNames.length, codes.length); i++) {
      const [name = '', code = ''] = [investorNames[i]?.trim().normalize('NFC'), codes[i]?.trim()];
      const id = investorId(name, code, found);
      if (typeof id === 'string') ids.push(id);
      else faults.push(id);
    }
    if (ids.length > MAX_INVESTORS) {
      faults.push({ pointer: '/investors', code: 'too_many', values: { max: MAX_INVESTORS } });
    } else if (new Set(ids).size < ids.length) faults.push({ pointer: '/investors', code: 'duplicate' });
    return { ids: faults.length > 0 ? undefined : ids, faults };
  }

  function investorId(name: string, code: string, found: FoundEnterprises): string | Fault {
    const ids = code ? [found.byCode(code) ?? []].flat() : found.byName(name);
    if (ids.length === 1) return ids[0] as string;
    const pointer = code ? '/investorCodes' : '/investors';
    const values = { id: (code || name).slice(0, 64), count: ids.length };
    if (ids.length > 1) return { pointer, code: 'ambiguous_enterprise', values };
    if (!createEnterprises || !name) return { pointer, code: 'unknown_enterprise', values };
    const { faults } = checked(enterprises.create, { name, ...(code && { socialCreditCode: code }) });
    const [fault] = faults;
    if (!fault) return `${PENDING}${code}\n${name}`;
    return { ...fault, pointer: fault.pointer === '/name' ? '/investors' : '/investorCodes' };
  }

  /** The ids of investors, those created that are not there yet. */
  async function investorIds(tx: Transaction, ids: readonly string[]): Promise<string[]> {
    const real: string[] = [];
    for (const id of ids) {
      if (id.startsWith(PENDING) && !created.has(id)) {
        const [code = '', name = ''] = id.slice(PENDING.length).split('\n');
        const made = await newEnterprises.insert(tx, caller, { name, socialCreditCode: code || null });
        created.set(id, made).set(`${PENDING}\n${name}`, made);
      }
      real.push(created.get(id) ?? id);
    }
    return real;
  }

  const isOwn = (region: string | null, known: Names): boolean =>
    caller.regions === null || (region !== null && known.isWithin(region, caller.regions));

  async function plan(
    reader: Reader,
    { row, fields: given, faults: found }: ImportedRow,
    existing: ReadonlyMap<string, ProjectRow>,
    enterprisesFound: FoundEnterprises,
    known: Names,
  ): Promise<PlannedRow> {
    const key = typeof given.code === 'string' ? given.code : null;
    const stored = key === null ? undefined : existing.get(key);
    const resolved = resolve({ ...given }, enterprisesFound, known);
    const { sound, faults: unsound } = checked(stored ? ProjectChanges : NewProject, resolved.fields);
    // A cell that could not be read is not also missing.
    const unread = new Set([...found, ...resolved.faults].map(({ pointer }) => pointer));
    const faults = [
      ...found,
      ...resolved.faults,
      ...unsound.filter(({ pointer, code }) => code !== 'required' || !unread.has(pointer)),
    ];
    if (stored?.archivedAt) {
      faults.push({
        pointer: '/code',
        code: 'archived_row',
        values: { noun: nouns.projects, id: stored.code },
      });
      return refused(row, key, faults);
    }
    const changes = { ...sound, ...(resolved.investorIds && { investorIds: resolved.investorIds }) };
    const project = stored && toProject(stored, today);
    const before = stored && project ? inputOf(stored, project) : null;
    const after = before ? merge(before, changes as ProjectChanges) : ({ ...UNKNOWN, ...changes } as Input);
    const regions = before ? [before.region, after.region] : [after.region];
    if (!faults.some(({ pointer }) => pointer === '/region') && !regions.every((one) => isOwn(one, known))) {
      const values = { regions: (caller.regions ?? []).join(', ') };
      faults.push({ pointer: '/region', code: 'other_region', values });
    }
    const lookup = unknownReferences(reader);
    const all = await faultsIn(
      // All others have been resolved.
      (wanted) => lookup(wanted.filter((one) => one.entity === 'enterprises' && isGiven(one.key))),
      after,
      before,
      faults,
      today,
    );
    function isGiven(id: string): boolean {
      return !id.startsWith(PENDING) && enterprisesFound.nameOf(id) === undefined;
    }
    if (all.length > 0) return refused(row, key, all);

    const differences = diff(before, after);
    if (stored && Object.keys(differences).length === 0) return unchanged(row, stored.code);
    if (stored && resolved.version !== undefined && resolved.version !== stored.version) {
      const values = { sheet: Number(resolved.version), now: stored.version };
      return refused(row, key, [{ pointer: '/version', code: 'changed_since', values }]);
    }
    return {
      row,
      key,
      effect: stored ? 'change' : 'create',
      fields: shown(differences, project?.investors ?? [], enterprisesFound),
      faults: [],
      write: async (tx) => {
        const input = { ...after, investorIds: await investorIds(tx, after.investorIds) };
        if (stored && before) await changeProject(tx, author, stored, input, diff(before, input));
        else await createProject(tx, author, input);
      },
    };
  }

  return {
    plan: async (reader, rows) => {
      names ??= await readNames(reader);
      const texts = (field: string) => {
        const lists = rows.map(({ fields }) => (fields[field] ?? []) as string[]);
        return new Set(lists.flat().map((text) => text.trim().normalize('NFC')));
      };
      const found = await findEnterprises(reader, texts('investors'), texts('investorCodes'));
      const codes = rows.flatMap(({ fields: { code } }) => (typeof code === 'string' ? [code] : []));
      const existing = new Map((await findByCodes(reader, codes, today)).map((one) => [one.code, one]));
      const planned: PlannedRow[] = [];
      for (const row of rows) planned.push(await plan(reader, row, existing, found, names));
      return planned;
    },
  };
}

/** The differences in words: investors by their names. */
function shown(
  { investorIds, ...differences }: PlannedRow['fields'],
  stored: readonly { id: string; name: string }[],
  found: FoundEnterprises,
): PlannedRow['fields'] {
  if (!investorIds) return differences;
  const nameOf = (id: string) =>
    id.startsWith(PENDING)
      ? id.slice(id.indexOf('\n') + 1)
      : (found.nameOf(id) ?? stored.find((one) => one.id === id)?.name ?? id);
  const inWords = (ids: unknown) => (ids as string[] | undefined)?.map(nameOf);
  const { before, after } = investorIds;
  return {
    ...differences,
    investors: { ...(before !== undefined && { before: inWords(before) }), after: inWords(after) },
  };
}
