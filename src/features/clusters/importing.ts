/**
 * Imports cluster members: matched by id, or by cluster and enterprise, and by the day if that is ambiguous.
 */

import type { Entry } from '../../catalogues/catalogue.ts';
import { catalogueWrites, resolved } from '../../catalogues/writes.ts';
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
  inWords,
  type NamedThings,
  projectOf,
  readNamed,
  typeFaults,
} from '../projects/named.ts';
import { clusterMembers } from './catalogue.ts';
import { alreadyFault, type Membership, membershipFaults, overlap, type Term } from './membership.ts';
import { type ClusterRow, findClustersBy, findMembers, membershipsOfAll } from './repository.ts';

/** Fields with references as texts. */
const NAMED: ReadonlySet<string> = new Set(['id', 'cluster', 'enterprise', 'enterpriseCode', 'project']);

/** The other fields of a row. */
const created = clusterMembers.create.omit({ enterprise: true });
const changed = clusterMembers.changes.omit({ enterprise: true });

/** An entry of the catalogue. */
type Member = Entry & Membership & { cluster: string; enterprise: string };

/** The data of a batch of rows. */
interface Known extends NamedThings {
  members: ReadonlyMap<string, Member>;
  /** By name and by id. */
  clusters: ReadonlyMap<string, ClusterRow>;
}

const idOf = ({ fields }: ImportedRow): string => textOf(fields.id).toLowerCase();

const keyOf = (cluster: string, enterprise: string): string => `${cluster} ${enterprise}`;

/** Finds a cluster by its full name or its id. */
const clusterCalled = (text: string, { clusters }: Known): ClusterRow | undefined =>
  clusters.get(text.normalize('NFC')) ?? clusters.get(text.toLowerCase());

function clusterFaults({ fields: { cluster } }: ImportedRow, found: ClusterRow | undefined): Fault[] {
  const pointer = '/cluster';
  const text = textOf(cluster);
  if (found || (cluster !== undefined && cluster !== null && typeof cluster !== 'string')) return [];
  if (text === '') return [{ pointer, code: 'required' }];
  return [{ pointer, code: 'unknown_cluster', values: { id: text.slice(0, 64) } }];
}

/**
 * Finds the membership of a row among those of an enterprise in a cluster: the one of the same day; otherwise
 * a new one, if it does not overlap with the others; otherwise the only one.
 * @returns null for a new one
 */
function matched(memberships: readonly Member[], term: Partial<Term>): Member | null | Fault {
  const { introducedOn, leftOn = null } = term;
  const [only, another] = memberships;
  if (!only) return null;
  if (introducedOn !== undefined) {
    const same = memberships.find((one) => one.introducedOn === introducedOn);
    const other = memberships.find((one) => overlap(one, { introducedOn, leftOn }));
    if (same || !other) return same ?? null;
    if (another) return alreadyFault(other);
  }
  if (!another) return only;
  const values = { count: memberships.length };
  return { pointer: '/introducedOn', code: 'member_several_times', values };
}

const isFault = (found: Member | Fault | null): found is Fault => found !== null && 'code' in found;

export function clusterMemberImporter(context: ImportContext): Importer {
  const { caller, clock } = context;
  const writes = catalogueWrites(clusterMembers, clock);
  const enterprises = enterpriseResolver(context);
  const first = firstRows();
  /** The memberships of each enterprise in each cluster after the rows so far, written or not. */
  const memberships = new Map<string, Member[]>();
  const read = new Set<string>();

  async function plan(given: ImportedRow, known: Known): Promise<PlannedRow> {
    const { row, fields: texts } = given;
    const fields = without(NAMED, texts);
    const id = idOf(given);
    const stored = known.members.get(id);
    const name = textOf(texts.enterprise) || textOf(texts.enterpriseCode);
    const key = [textOf(texts.cluster), name].filter(Boolean).join(' ') || id || null;
    const cluster = clusterCalled(textOf(texts.cluster) || (stored?.cluster ?? ''), known);
    const enterprise = enterpriseOf(given, stored?.enterprise, known);
    const project = projectOf(given, known);
    const found: Fault[] = [
      ...given.faults,
      ...typeFaults(texts, NAMED),
      ...enterprise.faults,
      ...project.faults,
    ];
    const isUnread = (field: string) => found.some(({ pointer }) => pointer === `/${field}`);
    if (!isUnread('cluster')) found.push(...clusterFaults(given, cluster));
    if (id !== '' && !stored) {
      found.push(unknownReference('/id', 'cluster_members', id));
      return refused(row, key, checkedRow(changed, fields, found).faults);
    }
    if (stored && cluster && cluster.id !== stored.cluster) {
      found.push({ pointer: '/cluster', code: 'immutable' });
    }
    const isFaulty = isUnread('enterprise') || isUnread('enterpriseCode');
    const enterpriseId = enterprise.id ?? (isFaulty ? undefined : stored?.enterprise);
    if (!enterpriseId && !isFaulty) {
      found.push({ pointer: '/enterprise', code: 'required' });
    }
    // Without them it is unknown whether the row is new, so only its cells are checked.
    if (!cluster || !enterpriseId) return refused(row, key, checkedRow(changed, fields, found).faults);

    const place = keyOf(cluster.id, enterpriseId);
    const all = memberships.get(place) ?? [];
    const before = stored
      ? (all.find((one) => one.id === stored.id) ?? stored)
      : matched(all, checkedRow(changed, fields, found).sound as Partial<Term>);
    if (isFault(before)) {
      const { faults } = checkedRow(changed, fields, found);
      return refused(row, key, isUnread('introducedOn') ? faults : [...faults, before]);
    }
    const { sound, faults } = checkedRow(before ? changed : created, fields, found);
    const changes = { ...defined(sound), ...(project.id !== undefined && { project: project.id }) };
    const after = (
      before
        ? { ...before, ...changes, enterprise: enterpriseId }
        : { ...writes.complete(changes), cluster: cluster.id, enterprise: enterpriseId }
    ) as Member;
    faults.push(...first.note('/enterprise', after.id, row));
    const surroundings = resolved(async () => membershipFaults(after, cluster.leader, all));
    const against = await writes.faultsIn(surroundings, after, before, faults);
    if (against.length > 0) return refused(row, key, against);

    const named = `${cluster.name} ${known.enterprises.nameOf(enterpriseId)}`;
    const differences = diff(before, after);
    if (before && Object.keys(differences).length === 0) return unchanged(row, named);
    const others = (members: readonly Member[]) => members.filter((one) => one.id !== after.id);
    if (before) {
      const left = keyOf(before.cluster, before.enterprise);
      memberships.set(left, others(memberships.get(left) ?? []));
    }
    memberships.set(place, [...others(all), after]);
    const newEnterprises = enterprises.announce([after.enterprise]);
    return effective(
      row,
      named,
      before ? 'change' : 'create',
      () => inWords(differences, known, { cluster: () => cluster.name }),
      async (tx) => {
        const [real] = await enterprises.create(tx, [after.enterprise]);
        await writes.save(tx, caller, before, { ...after, enterprise: real });
      },
      newEnterprises,
    );
  }

  async function look(reader: Reader, rows: readonly ImportedRow[]): Promise<Known> {
    const ids = [...new Set(rows.map(idOf).filter(Boolean))];
    const stored = (await findMembers(reader, ids)) as Member[];
    const members = new Map(stored.map((one) => [one.id, one]));
    const called = [...new Set([...textsIn(rows, 'cluster'), ...stored.map(({ cluster }) => cluster)])];
    const names = called.map((text) => text.normalize('NFC'));
    const clusters = [
      ...(await findClustersBy(reader, 'name', names)),
      ...(await findClustersBy(
        reader,
        'id',
        called.map((text) => text.toLowerCase()),
      )),
    ];
    const known: Known = {
      ...(await readNamed(reader, enterprises, rows, (row) => members.get(idOf(row))?.enterprise)),
      members,
      clusters: new Map(clusters.flatMap((one) => [one.id, one.name].map((key) => [key, one] as const))),
    };
    await readMemberships(reader, rows, known);
    return known;
  }

  /** Loads the memberships of enterprises that have not occurred before. */
  async function readMemberships(reader: Reader, rows: readonly ImportedRow[], known: Known): Promise<void> {
    const ids = rows.flatMap((row) => {
      const before = known.members.get(idOf(row))?.enterprise;
      return [enterpriseOf(row, before, known).id, before];
    });
    const fresh = [...new Set(ids)].filter((id): id is string => typeof id === 'string' && !read.has(id));
    for (const id of fresh) read.add(id);
    for (const one of (await membershipsOfAll(reader, fresh)) as Member[]) {
      const place = keyOf(one.cluster, one.enterprise);
      memberships.set(place, [...(memberships.get(place) ?? []), one]);
    }
  }

  // The membership of a row before the first batch cannot be determined any more.
  return rowByRow(look, plan, () => {});
}
