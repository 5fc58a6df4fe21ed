/** Imports contacts, matched by id or by code. */

import type { Entry } from '../../catalogues/catalogue.ts';
import { type Named, type Names, readNames, withCodes } from '../../catalogues/names.ts';
import { catalogueWrites } from '../../catalogues/writes.ts';
import { nouns } from '../../core/entities.ts';
import type { Reader } from '../../database/database.ts';
import type { Fault } from '../../http/problems.ts';
import { diff } from '../../log/diff.ts';
import { checkedRow, defined } from '../../sheets/checked-row.ts';
import {
  firstRows,
  type ImportContext,
  type ImportedRow,
  type Importer,
  type PlannedRow,
  refused,
  unchanged,
} from '../../sheets/importer.ts';
import { type InvestorsOfBatch, investorResolver } from '../projects/importing-investors.ts';
import {
  asInvestors,
  enterpriseOf,
  inWords,
  projectOf,
  type Resolved,
  textOf,
  typeFaults,
  unknownReference,
} from '../projects/importing-named.ts';
import { type FoundProjects, findProjects } from '../projects/matching.ts';
import { findContactsBy, findDelegations, type KnownDelegation } from './repository.ts';
import { contacts, delegationFaults } from './schema.ts';

const references: Readonly<Record<string, Named>> = { event: 'events', region: 'regions' };

/** What a new contact says besides whom it is with. */
const ofNamedEnterprise = contacts.create.omit({ enterprise: true });

/** What a row names by texts. */
const NAMED = ['id', 'enterprise', 'enterpriseCode', 'delegation', 'project'];

const codeOf = ({ fields }: ImportedRow): string | null => textOf(fields.code) || null;
const idOf = ({ fields }: ImportedRow): string | null => textOf(fields.id).toLowerCase() || null;

/** What is known of the contacts that a batch of rows is about, and of what it names. */
interface Known {
  byCode: ReadonlyMap<string, Entry>;
  byId: ReadonlyMap<string, Entry>;
  enterprises: InvestorsOfBatch;
  projects: FoundProjects;
  delegations: readonly KnownDelegation[];
  names: Names;
}

/** By its id, or by the zone that sent it to the event. */
function delegationOf({ fields }: ImportedRow, event: unknown, { delegations, names }: Known): Resolved {
  if (fields.delegation === undefined) return { faults: [] };
  const text = textOf(fields.delegation);
  if (text === '') return { id: null, faults: [] };
  const named = delegations.find(({ id }) => id === text.toLowerCase());
  if (named) return { id: named.id, faults: [] };
  const zone = names.resolve('zones', text, '/delegation');
  if ('fault' in zone) {
    return {
      faults: [
        zone.fault.code === 'unknown_reference'
          ? unknownReference('delegation', 'delegations', text)
          : zone.fault,
      ],
    };
  }
  const sent = delegations.filter((one) => one.zone === zone.code && one.event === event);
  const [first] = sent;
  if (!first) return { faults: [unknownReference('delegation', 'delegations', text)] };
  if (sent.length === 1) return { id: first.id, faults: [] };
  const choices = sent.map(({ id, sentOn }) => `${id} (${sentOn})`).join(', ');
  const values = { id: text.slice(0, 64), choices };
  return { faults: [{ pointer: '/delegation', code: 'ambiguous_reference', values }] };
}

/** The contact that a row is about: that of its id, else that of its code. */
function storedFor(row: ImportedRow, { byCode, byId }: Pick<Known, 'byCode' | 'byId'>): Entry | undefined {
  const id = idOf(row);
  return id === null ? byCode.get(codeOf(row) ?? '') : byId.get(id);
}

/** What is against the id and the code of a row, where it has an id. */
function identityFaults(row: ImportedRow, known: Known): Fault[] {
  const id = idOf(row);
  if (id === null) return [];
  const stored = known.byId.get(id);
  if (!stored) {
    const values = { noun: nouns.contacts, id: id.slice(0, 64) };
    return [{ pointer: '/id', code: 'unknown_reference', values }];
  }
  const { code: given } = row.fields;
  // A value that is not text is reported as such.
  if (given === undefined || (given !== null && typeof given !== 'string')) return [];
  const code = codeOf(row);
  if (code === stored.code) return [];
  if (stored.code !== null) return [{ pointer: '/code', code: 'immutable' }];
  const isTaken = code !== null && known.byCode.has(code);
  return isTaken ? [{ pointer: '/code', code: 'taken', values: { noun: nouns.contacts } }] : [];
}

/** A row with an id is that contact; one with a code is that contact, or a new one; one with neither is a new one. */
export function contactImporter({ caller, clock, createEnterprises }: ImportContext): Importer {
  const writes = catalogueWrites(contacts, clock);
  const enterprises = investorResolver({ caller, clock, createEnterprises });
  const rowsByCode = firstRows();
  const rowsById = firstRows();
  let names: Names | undefined;

  const isOwn = (region: unknown, known: Names): boolean =>
    caller.regions === null || (typeof region === 'string' && known.isWithin(region, caller.regions));

  /** A contact may occur in one row only, by whatever key it is matched. */
  const repeatedIn = ({ row }: ImportedRow, code: string | null, id: string | null): Fault[] => [
    ...(id === null ? [] : rowsById.note('/id', id, row)),
    ...(code === null ? [] : rowsByCode.note('/code', code, row)),
  ];

  async function plan(given: ImportedRow, known: Known): Promise<PlannedRow> {
    const { row } = given;
    const found = [...given.faults, ...typeFaults(given.fields, NAMED)];
    const stored = storedFor(given, known);
    const code = codeOf(given) ?? (stored?.code as string | null | undefined) ?? null;
    const key = code ?? (textOf(given.fields.enterprise) || idOf(given));
    const {
      id: _,
      enterprise: __,
      enterpriseCode: ___,
      delegation: ____,
      project: _____,
      ...texts
    } = given.fields;
    const { fields, faults: unnamed } = withCodes(texts, references, known.names);
    const repeated = repeatedIn(given, code, (stored?.id as string | undefined) ?? idOf(given)).slice(0, 1);
    // What it would come on top of may be there by now or not: only its cells are looked at.
    if (repeated.length > 0) {
      const { faults } = checkedRow(contacts.changes, fields, [...found, ...unnamed]);
      return refused(row, key, [...faults, ...repeated]);
    }
    const resolved = {
      enterprise: enterpriseOf(given, stored?.enterprise as string | undefined, known.enterprises),
      project: projectOf(given, known.projects),
      delegation: delegationOf(given, fields.event ?? stored?.event, known),
    };
    const named = Object.values(resolved).flatMap(({ faults }) => faults);
    const isNamed =
      resolved.enterprise.id !== undefined ||
      [...found, ...named].some(({ pointer }) => pointer === '/enterprise' || pointer === '/enterpriseCode');
    const isMeant = stored !== undefined || idOf(given) !== null;
    const schema = isMeant ? contacts.changes : isNamed ? ofNamedEnterprise : contacts.create;
    const { sound, faults } = checkedRow(schema, fields, [...found, ...unnamed, ...named]);
    faults.push(...identityFaults(given, known));
    if (isMeant && !stored) return refused(row, key, faults);
    const ids = Object.fromEntries(
      Object.entries(resolved).flatMap(([field, { id }]) => (id === undefined ? [] : [[field, id]])),
    );
    const changes = { ...defined(sound), ...ids };
    const after: Entry = stored ? { ...stored, ...changes } : writes.complete(changes);
    const differences = diff(stored ?? null, after);
    if (stored && faults.length === 0 && Object.keys(differences).length === 0) {
      return unchanged(row, key as string);
    }
    const regions = stored ? [stored.region, after.region] : [after.region];
    const isRegionUnread = faults.some(({ pointer }) => pointer === '/region');
    if (!isRegionUnread && !regions.every((one) => isOwn(one, known.names))) {
      const values = { regions: (caller.regions ?? []).join(', ') };
      faults.push({ pointer: '/region', code: 'other_region', values });
    }
    const surroundings = {
      // What a row names has been resolved.
      lookup: async () => [],
      among: async ({ delegation, event, contactedOn }: Entry) => {
        const sent = known.delegations.find(({ id }) => id === delegation);
        return sent ? delegationFaults(sent, event, contactedOn) : [];
      },
      parentOf: async () => undefined,
    };
    const all = await writes.faultsIn(surroundings, after, stored ?? null, faults);
    if (all.length > 0) return refused(row, key, all);

    enterprises.announce([after.enterprise as string]);
    return {
      row,
      key,
      effect: stored ? 'change' : 'create',
      differences: () =>
        inWords(differences, {
          enterprise: known.enterprises.nameOf,
          project: known.projects.codeOf,
        }),
      faults: [],
      write: async (tx) => {
        const [enterprise] = await enterprises.create(tx, [after.enterprise as string]);
        const contact = { ...after, enterprise };
        await (stored ? writes.update(tx, caller, stored, contact) : writes.create(tx, caller, contact));
      },
    };
  }

  async function read(reader: Reader, rows: readonly ImportedRow[], names: Names): Promise<Known> {
    const stored = [
      ...(await findContactsBy(
        reader,
        'code',
        rows.map(codeOf).filter((code) => code !== null),
      )),
      ...(await findContactsBy(
        reader,
        'id',
        rows.map(idOf).filter((id) => id !== null),
      )),
    ];
    const byCode = new Map(
      stored.filter(({ code }) => code !== null).map((one) => [one.code as string, one]),
    );
    const byId = new Map(stored.map((one) => [one.id as string, one]));
    const texts = (field: string) => rows.map(({ fields }) => textOf(fields[field])).filter(Boolean);
    const given = texts('delegation');
    const zones = given.flatMap((text) => {
      const zone = names.resolve('zones', text, '/delegation');
      return 'code' in zone ? [zone.code] : [];
    });
    const lowered = (field: string) => texts(field).map((text) => text.toLowerCase());
    const current = (field: string) => stored.map((one) => one[field]).filter((id) => typeof id === 'string');
    const ids = [...lowered('delegation'), ...current('delegation')];
    const sent = [
      ...(await findDelegations(reader, 'id', [...new Set(ids)])),
      ...(await findDelegations(reader, 'zone', [...new Set(zones)])),
    ];
    const before = (row: ImportedRow) => storedFor(row, { byCode, byId })?.enterprise as string | undefined;
    return {
      byCode,
      byId,
      enterprises: await enterprises.read(
        reader,
        rows.map((one) => asInvestors(one, before(one))),
      ),
      projects: await findProjects(reader, {
        codes: texts('project'),
        ids: [...lowered('project'), ...current('project')],
      }),
      delegations: [...new Map(sent.map((one) => [one.id, one])).values()],
      names,
    };
  }

  return {
    plan: async (reader, rows) => {
      names ??= await readNames(reader);
      const known = await read(reader, rows, names);
      const planned: PlannedRow[] = [];
      for (const row of rows) planned.push(await plan(row, known));
      return planned;
    },
    pass: (rows) => {
      for (const row of rows) repeatedIn(row, codeOf(row), idOf(row));
    },
  };
}
