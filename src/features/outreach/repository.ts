import { and, eq, getTableColumns, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Entry } from '../../catalogues/catalogue.ts';
import type { Reader } from '../../database/database.ts';
import { inValues, paddedValues, possibleKeys } from '../../database/prepared.ts';
import { type RankingList, rankingLists } from '../enterprises/rankings.ts';
import { inTimeFor } from '../projects/classes.ts';
import { asOfDay } from '../projects/conditions.ts';
import { by as hadBy, reached } from './filter.ts';
import { type Channel, channels } from './stages.ts';

export interface SentDelegation {
  event: string;
  sentOn: string;
}

/** The fields that a contact must agree with; undefined if the delegation does not exist. */
export async function findDelegation(reader: Reader, id: string): Promise<SentDelegation | undefined> {
  const [row] = await reader.prepared('delegations.sent', { id }, (db) => {
    const { event, sentOn, id: key } = db.tables.delegations;
    return db
      .select({ event, sentOn })
      .from(db.tables.delegations)
      .where(eq(key, sql.placeholder('id')));
  });
  return row;
}

export interface KnownDelegation extends SentDelegation {
  id: string;
  zone: string;
}

/** The delegations with the given ids, or sent by the given zones. */
export async function findDelegations(
  reader: Reader,
  column: 'id' | 'zone',
  wanted: readonly string[],
): Promise<KnownDelegation[]> {
  const possible = possibleKeys(wanted);
  if (possible.length === 0) return [];
  const values = paddedValues(possible, '');
  return reader.prepared(`delegations.by ${column} ${Object.keys(values).length}`, values, (db) => {
    const { id, event, zone, sentOn } = db.tables.delegations;
    return db
      .select({ id, event, zone, sentOn })
      .from(db.tables.delegations)
      .where(sql`${db.tables.delegations[column]} in ${inValues(values)}`);
  });
}

/** The contacts with one of the values in a column. */
export async function findContactsBy(
  reader: Reader,
  column: 'id' | 'code',
  wanted: readonly string[],
): Promise<Entry[]> {
  const possible = possibleKeys(wanted);
  if (possible.length === 0) return [];
  const values = paddedValues(possible, '');
  return reader.prepared(`contacts.by ${column} ${Object.keys(values).length}`, values, (db) => {
    const { contacts } = db.tables;
    return db
      .select(getTableColumns(contacts))
      .from(contacts)
      .where(sql`${contacts[column]} in ${inValues(values)}`);
  });
}

export interface ContactsOfDelegation {
  /** Number of contacts it made. */
  count: number;
  /** Their event and first day; null if there are none. */
  event: string | null;
  first: string | null;
}

export async function contactsOfDelegation(reader: Reader, id: string): Promise<ContactsOfDelegation> {
  const [row] = await reader.prepared('delegations.contacts', { id }, (db) => {
    const { contacts } = db.tables;
    return db
      .select({
        count: number(sql`count(*)`),
        event: sql<string | null>`max(${contacts.event})`,
        first: sql<string | null>`min(${contacts.contactedOn})`,
      })
      .from(contacts)
      .where(eq(contacts.delegation, sql.placeholder('id')));
  });
  return row as ContactsOfDelegation;
}

/** The event and day of a request. */
export type Question = Readonly<{ event: string; asOf: string }>;

const event = sql.placeholder('event');
const by = (day: SQLWrapper): SQL => hadBy(day, sql`${asOfDay}`);
const number = (expression: SQL): SQL<number> => sql<number>`${expression}`.mapWith(Number);
const oneIf = (condition: SQL): SQL => sql`(case when ${condition} then 1 else 0 end)`;
const countIf = (condition: SQL): SQL<number> => number(sql`count(*) filter (where ${condition})`);

/**
 * The contacts of the event's outreach: made at it, or by a delegation sent for it. Two disjoint selections,
 * because neither engine can use indexes for an "or" over two tables.
 */
function scopeOf(db: Reader) {
  const { contacts, delegations } = db.tables;
  const { enterprise, channel, guestLevel, contactedOn, negotiatingOn, signedOn, lostOn, project } = contacts;
  const fields = { enterprise, channel, guestLevel, contactedOn, negotiatingOn, signedOn, lostOn, project };
  const atTheEvent = db
    .select(fields)
    .from(contacts)
    .where(and(eq(contacts.event, event), by(contactedOn)));
  const forTheEvent = db
    .select(fields)
    .from(delegations)
    .innerJoin(contacts, eq(contacts.delegation, delegations.id))
    .where(and(eq(delegations.forEvent, event), sql`${contacts.event} <> ${event}`, by(contactedOn)));
  return atTheEvent.unionAll(forTheEvent as never).as('scope');
}

const delegationsOf = ({ tables: { delegations } }: Reader): SQL | undefined =>
  and(or(eq(delegations.event, event), eq(delegations.forEvent, event)), by(delegations.sentOn));

const has = (stage: keyof typeof reached, days: Parameters<typeof reached.signed>[0]): SQL =>
  reached[stage](days, sql`${asOfDay}`);

export interface ContactTally {
  channel: string;
  guestLevel: string | null;
  met: number;
  negotiating: number;
  signed: number;
  lost: number;
}

/** Contacts by channel and level of guest. */
export const tallyContacts = (reader: Reader, question: Question): Promise<ContactTally[]> =>
  reader.prepared('outreach.contacts', question, (db) => {
    const scope = scopeOf(db);
    return db
      .select({
        channel: scope.channel,
        guestLevel: scope.guestLevel,
        met: number(sql`count(*)`),
        negotiating: countIf(has('negotiating', scope)),
        signed: countIf(has('signed', scope)),
        lost: countIf(has('lost', scope)),
      })
      .from(scope)
      .groupBy(scope.channel, scope.guestLevel);
  });

export type EnterpriseTally = Record<
  'met' | 'negotiating' | 'signed' | 'lost' | 'top500' | 'exhibitorsSigned' | RankingList | Channel,
  number
>;

/** Enterprises, each counted once. */
export async function tallyEnterprises(reader: Reader, question: Question): Promise<EnterpriseTally> {
  const [row] = await reader.prepared('outreach.enterprises', question, (db) => {
    const { rankings } = db.tables;
    const scope = scopeOf(db);
    const any = (name: string, condition: SQL) => sql`max(${oneIf(condition)})`.as(name);
    const flags = Object.fromEntries([
      ['negotiating', any('negotiating', has('negotiating', scope))],
      ['signed', any('signed', has('signed', scope))],
      ['lost', sql`min(${oneIf(has('lost', scope))})`.as('lost')],
      ['top500', any('top500', sql`${rankings.year} is not null`)],
      ...rankingLists.map((list) => [list, any(list, sql`${rankings.list} = ${sql.raw(`'${list}'`)}`)]),
      ...channels.map(({ code }) => [code, any(code, sql`${scope.channel} = ${sql.raw(`'${code}'`)}`)]),
    ]) as Record<Exclude<keyof EnterpriseTally, 'met' | 'exhibitorsSigned'>, SQL.Aliased>;
    const met = db
      .select(flags)
      .from(scope)
      .leftJoin(
        rankings,
        and(eq(rankings.enterpriseId, scope.enterprise), inTimeFor(rankings.year, scope.contactedOn)),
      )
      .groupBy(scope.enterprise)
      .as('met');
    const sums = Object.fromEntries(
      Object.keys(flags).map((name) => [
        name,
        number(sql`coalesce(sum(${met[name as keyof typeof flags]}), 0)`),
      ]),
    ) as Record<keyof typeof flags, SQL<number>>;
    return db
      .select({
        met: number(sql`count(*)`),
        ...sums,
        exhibitorsSigned: countIf(sql`${met.exhibition} = 1 and ${met.signed} = 1`),
      })
      .from(met);
  });
  return row as EnterpriseTally;
}

export interface ZoneLevelTally {
  level: string;
  delegations: number;
  elsewhere: number;
  zones: number;
}

/** Delegations, and the zones that sent them, by level of the zone. */
export const tallyDelegations = (reader: Reader, question: Question): Promise<ZoneLevelTally[]> =>
  reader.prepared('outreach.delegations', question, (db) => {
    const { delegations, zones } = db.tables;
    return db
      .select({
        level: zones.level,
        delegations: number(sql`count(*)`),
        elsewhere: countIf(sql`${delegations.event} <> ${event}`),
        zones: number(sql`count(distinct ${zones.code})`),
      })
      .from(delegations)
      .innerJoin(zones, eq(zones.code, delegations.zone))
      .where(delegationsOf(db))
      .groupBy(zones.level);
  });

export interface ZoneTally {
  zone: string;
  name: string;
  nameEn: string | null;
  level: string;
  delegations: number;
  elsewhere: number;
  contacts: number;
  enterprises: number;
  turnedInvestors: number;
}

/** The zones that sent delegations with their results, the most successful first. */
export const tallyZones = (reader: Reader, question: Question, limit: number): Promise<ZoneTally[]> =>
  reader.prepared('outreach.zones', { ...question, limit }, (db) => {
    const { delegations, zones, contacts } = db.tables;
    const scope = scopeOf(db);
    const signed = db
      .selectDistinct({ enterprise: scope.enterprise })
      .from(scope)
      .where(has('signed', scope))
      .as('signed');
    return db
      .select({
        zone: zones.code,
        name: zones.name,
        nameEn: zones.nameEn,
        level: zones.level,
        delegations: number(sql`count(distinct ${delegations.id})`),
        elsewhere: number(
          sql`count(distinct ${delegations.id}) filter (where ${delegations.event} <> ${event})`,
        ),
        contacts: number(sql`count(${contacts.id})`),
        enterprises: number(sql`count(distinct ${contacts.enterprise})`),
        turnedInvestors: number(sql`count(distinct ${signed.enterprise})`),
      })
      .from(delegations)
      .innerJoin(zones, eq(zones.code, delegations.zone))
      .leftJoin(contacts, and(eq(contacts.delegation, delegations.id), by(contacts.contactedOn)))
      .leftJoin(signed, eq(signed.enterprise, contacts.enterprise))
      .where(delegationsOf(db))
      .groupBy(zones.code, zones.name, zones.nameEn, zones.level)
      .orderBy(sql.raw('9 desc, 8 desc, 5 desc, 1'))
      .limit(sql.placeholder('limit'));
  });

/** The projects that resulted from signed contacts, each counted once. */
export async function tallyProjects(
  reader: Reader,
  question: Question,
): Promise<{ count: number; yuan: number }> {
  const [row] = await reader.prepared('outreach.projects', question, (db) => {
    const { projects } = db.tables;
    const scope = scopeOf(db);
    const became = db.select({ project: scope.project }).from(scope).where(has('signed', scope));
    return db
      .select({
        count: number(sql`count(*)`),
        yuan: number(sql`coalesce(sum(${projects.investmentYuan}), 0)`),
      })
      .from(projects)
      .where(
        sql`${projects.id} in ${became} and ${projects.archivedAt} is null and ${by(projects.signedOn)}`,
      );
  });
  return row as { count: number; yuan: number };
}
