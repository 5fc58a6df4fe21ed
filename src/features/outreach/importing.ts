/** Imports contacts, matched by id or by code. */

import type { Entry } from '../../catalogues/catalogue.ts';
import { type Named, type Names, regionFaults, rememberedNames, withCodes } from '../../catalogues/names.ts';
import { catalogueWrites, resolved } from '../../catalogues/writes.ts';
import { nouns } from '../../core/entities.ts';
import type { Reader } from '../../database/database.ts';
import { type Fault, without } from '../../http/problems.ts';
import { diff } from '../../log/diff.ts';
import { checkedRow, defined } from '../../sheets/checked-row.ts';
import {
  effective,
  firstRows,
  type ImportContext,
  type ImportedRow,
  type Importer,
  type PlannedRow,
  refused,
  rowByRow,
  textOf,
  textsIn,
  unchanged,
  unknownReference,
} from '../../sheets/importer.ts';
import { enterpriseResolver } from '../enterprises/naming.ts';
import {
  enterpriseOf,
  idsIn,
  inWords,
  type NamedThings,
  projectOf,
  type ResolvedId,
  readNamed,
  typeFaults,
} from '../projects/named.ts';
import { findContactsBy, findDelegations, type KnownDelegation } from './repository.ts';
import { contacts, delegationFaults } from './schema.ts';

const references: Readonly<Record<string, Named>> = { event: 'events', region: 'regions' };

/** The fields of a new contact without the enterprise. */
const ofNamedEnterprise = contacts.create.omit({ enterprise: true });

/** Fields with references as texts. */
const NAMED: ReadonlySet<string> = new Set(['id', 'enterprise', 'enterpriseCode', 'delegation', 'project']);

const codeOf = ({ fields }: ImportedRow): string | null => textOf(fields.code) || null;
const idOf = ({ fields }: ImportedRow): string | null => textOf(fields.id).toLowerCase() || null;

/** The data of a batch of rows. */
interface Known extends NamedThings {
  byCode: ReadonlyMap<string, Entry>;
  byId: ReadonlyMap<string, Entry>;
  delegations: readonly KnownDelegation[];
  names: Names;
}

/** Finds a delegation by its id, or by the zone that sent it to the event. */
function delegationOf({ fields }: ImportedRow, event: unknown, { delegations, names }: Known): ResolvedId {
  if (fields.delegation === undefined) return { faults: [] };
  const text = textOf(fields.delegation);
  if (text === '') return { id: null, faults: [] };
  const unknown = unknownReference('/delegation', 'delegations', text);
  const named = delegations.find(({ id }) => id === text.toLowerCase());
  if (named) return { id: named.id, faults: [] };
  const zone = names.resolve('zones', text, '/delegation');
  if ('fault' in zone) {
    return { faults: [zone.fault.code === 'unknown_reference' ? unknown : zone.fault] };
  }
  const sent = delegations.filter((one) => one.zone === zone.code && one.event === event);
  const [first] = sent;
  if (!first) return { faults: [unknown] };
  if (sent.length === 1) return { id: first.id, faults: [] };
  const choices = sent.map(({ id, sentOn }) => `${id} (${sentOn})`).join(', ');
  const values = { id: text.slice(0, 64), choices };
  return { faults: [{ pointer: '/delegation', code: 'ambiguous_reference', values }] };
}

/** The contact of a row, by id if given, otherwise by code. */
function storedFor(row: ImportedRow, { byCode, byId }: Pick<Known, 'byCode' | 'byId'>): Entry | undefined {
  const id = idOf(row);
  return id === null ? byCode.get(codeOf(row) ?? '') : byId.get(id);
}

/** The faults of the id and code of a row that has an id. */
function identityFaults(row: ImportedRow, known: Known): Fault[] {
  const id = idOf(row);
  if (id === null) return [];
  const stored = known.byId.get(id);
  if (!stored) return [unknownReference('/id', 'contacts', id)];
  const { code: given } = row.fields;
  // Values of a wrong type are reported elsewhere.
  if (given === undefined || (given !== null && typeof given !== 'string')) return [];
  const code = codeOf(row);
  if (code === stored.code) return [];
  if (stored.code !== null) return [{ pointer: '/code', code: 'immutable' }];
  const isTaken = code !== null && known.byCode.has(code);
  return isTaken ? [{ pointer: '/code', code: 'taken', values: { noun: nouns.contacts } }] : [];
}

/**
 * Rows are matched by id, then by code. A row without an id may create a contact; one with neither always
 * does.
 */
export function contactImporter(context: ImportContext): Importer {
  const { caller, clock } = context;
  const writes = catalogueWrites(contacts, clock);
  const enterprises = enterpriseResolver(context);
  const rowsByCode = firstRows();
  const rowsById = firstRows();
  const namesIn = rememberedNames();

  /** A contact may occur only once, by whichever key it is matched. */
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
    const { fields, faults: unnamed } = withCodes(without(NAMED, given.fields), references, known.names);
    const repeated = repeatedIn(given, code, (stored?.id as string | undefined) ?? idOf(given)).slice(0, 1);
    // The earlier row may be written already or not, so only the cells of this one are checked.
    if (repeated.length > 0) {
      const { faults } = checkedRow(contacts.changes, fields, [...found, ...unnamed]);
      return refused(row, key, [...faults, ...repeated]);
    }
    const meant = {
      enterprise: enterpriseOf(given, stored?.enterprise as string | undefined, known),
      project: projectOf(given, known),
      delegation: delegationOf(given, fields.event ?? stored?.event, known),
    };
    const named = Object.values(meant).flatMap(({ faults }) => faults);
    const isNamed =
      meant.enterprise.id !== undefined ||
      [...found, ...named].some(({ pointer }) => pointer === '/enterprise' || pointer === '/enterpriseCode');
    const isMeant = stored !== undefined || idOf(given) !== null;
    const schema = isMeant ? contacts.changes : isNamed ? ofNamedEnterprise : contacts.create;
    const { sound, faults } = checkedRow(schema, fields, [...found, ...unnamed, ...named]);
    faults.push(...identityFaults(given, known));
    if (isMeant && !stored) return refused(row, key, faults);
    const ids = Object.fromEntries(
      Object.entries(meant).flatMap(([field, { id }]) => (id === undefined ? [] : [[field, id]])),
    );
    const changes = { ...defined(sound), ...ids };
    const after: Entry = stored ? { ...stored, ...changes } : writes.complete(changes);
    const differences = diff(stored ?? null, after);
    if (stored && faults.length === 0 && Object.keys(differences).length === 0) {
      return unchanged(row, key as string);
    }
    const regions = stored ? [stored.region, after.region] : [after.region];
    const isRegionUnread = faults.some(({ pointer }) => pointer === '/region');
    if (!isRegionUnread) faults.push(...regionFaults(caller, known.names, '/region', regions));
    const surroundings = resolved(async ({ delegation, event, contactedOn }) => {
      const sent = known.delegations.find(({ id }) => id === delegation);
      return sent ? delegationFaults(sent, event, contactedOn) : [];
    });
    const all = await writes.faultsIn(surroundings, after, stored ?? null, faults);
    if (all.length > 0) return refused(row, key, all);

    const newEnterprises = enterprises.announce([after.enterprise as string]);
    return effective(
      row,
      key,
      stored ? 'change' : 'create',
      () => inWords(differences, known),
      async (tx) => {
        const [enterprise] = await enterprises.create(tx, [after.enterprise as string]);
        await writes.save(tx, caller, stored ?? null, { ...after, enterprise });
      },
      newEnterprises,
    );
  }

  async function look(reader: Reader, rows: readonly ImportedRow[]): Promise<Known> {
    const names = await namesIn(reader);
    const given = (of: (row: ImportedRow) => string | null) => rows.map(of).filter((one) => one !== null);
    const stored = [
      ...(await findContactsBy(reader, 'code', given(codeOf))),
      ...(await findContactsBy(reader, 'id', given(idOf))),
    ];
    const coded = stored.filter(({ code }) => code !== null);
    const byCode = new Map(coded.map((one) => [one.code as string, one]));
    const byId = new Map(stored.map((one) => [one.id as string, one]));
    const texts = textsIn(rows, 'delegation');
    const zones = texts.flatMap((text) => {
      const zone = names.resolve('zones', text, '/delegation');
      return 'code' in zone ? [zone.code] : [];
    });
    const ids = [...texts.map((text) => text.toLowerCase()), ...idsIn(stored, 'delegation')];
    const sent = [
      ...(await findDelegations(reader, 'id', [...new Set(ids)])),
      ...(await findDelegations(reader, 'zone', [...new Set(zones)])),
    ];
    const before = (row: ImportedRow) => storedFor(row, { byCode, byId })?.enterprise as string | undefined;
    return {
      ...(await readNamed(reader, enterprises, rows, before, idsIn(stored, 'project'))),
      byCode,
      byId,
      delegations: [...new Map(sent.map((one) => [one.id, one])).values()],
      names,
    };
  }

  return rowByRow(look, plan, (row) => void repeatedIn(row, codeOf(row), idOf(row)));
}
