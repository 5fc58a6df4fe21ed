/**
 * Which projects may have been signed twice. They are found by grouping, never by comparing one with another: an
 * investor may have tens of thousands of projects of one amount.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Reader } from '../database/database.ts';
import { countsAs, foldedName, inPopulation } from '../projects/conditions.ts';

/** What makes no difference to a name, once width and capitals make none. */
const PUNCTUATION = ` -‐–—―_.,·・、。/\\|()[]{}<>《》〈〉「」『』【】〔〕"'“”‘’:;!?&+*#~`;
/** Taken out after that, in this order. The first phase of a project often goes by its plain name, a second never. */
const WORDS = ['项目', '工程', '基地', '一期', 'project'];

/** Two names are nearly equal when this of them is equal. */
function bareName(reader: Reader): SQL {
  let name: SQL = foldedName(reader);
  for (const part of [...PUNCTUATION, ...WORDS]) {
    name = sql`replace(${name}, ${sql.raw(`'${part.replaceAll("'", "''")}'`)}, '')`;
  }
  return name;
}

/**
 * What can be one of two signings: signed at an event, by an investor, and not terminated, for a contract that ended
 * may well be signed again.
 */
function eligible(reader: Reader): SQL {
  const { projects: p } = reader.tables;
  return sql`${inPopulation(reader, true)} and ${p.event} is not null and ${p.leadInvestorId} is not null
    and (${countsAs('terminated', p)}) is not true`;
}

const differs = sql.raw('low <> high');
const bounds = (event: SQLWrapper, by: SQL): SQL =>
  sql`min(${event}) over (partition by ${by}) as low, max(${event}) over (partition by ${by}) as high`;

/**
 * The ids of the projects of which another has the same investor, the same amount and a nearly equal name, and was
 * signed at another event. Only where investor and amount meet at two events are names looked at.
 */
export function signedTwice(reader: Reader): SQL {
  const { projects: p, projectInvestors: i } = reader.tables;
  return sql`(select twice.id from (
    select named.id, ${bounds(sql.raw('named.event'), sql.raw('named.investor, named.yuan, named.bare'))} from (
      select met.id, met.event, met.investor, met.yuan, ${bareName(reader)} as bare from (
        select ${p.id} as id, ${p.event} as event, ${i.enterpriseId} as investor, ${p.investmentYuan} as yuan,
          ${bounds(p.event, sql`${i.enterpriseId}, ${p.investmentYuan}`)}
        from ${p} cross join ${i} where ${i.projectId} = ${p.id} and ${eligible(reader)}
      ) met cross join ${p} where ${p.id} = met.id and ${differs}
    ) named
  ) twice where ${differs})`;
}

/** Investor, amount and bare name: what two signings share. */
export interface Signing {
  id: string;
  investor: string;
  yuan: number;
  bare: string;
}

/** One of the projects that share it. */
export interface Twin extends Signing {
  code: string;
  name: string;
  event: string;
  signedOn: string;
}

/** What the projects with these ids could share with others. @param ids the list in SQL */
export function signingsOf(reader: Reader, ids: SQL): SQL {
  const { projects: p, projectInvestors: i } = reader.tables;
  return sql`(select ${p.id} as id, ${i.enterpriseId} as investor, ${p.investmentYuan} as yuan,
      ${bareName(reader)} as bare
    from ${p} cross join ${i} where ${i.projectId} = ${p.id} and ${p.id} in ${ids} and ${eligible(reader)})`;
}

/**
 * Of all projects that share something with those with these ids, themselves included, the first `most` signed at each
 * event. Each investor's projects are gone through once, however many of the ids are among them.
 */
export function twinsOf(reader: Reader, ids: SQL, most: number): SQL {
  const { projects: p, projectInvestors: i } = reader.tables;
  const investors = sql`(select ${i.enterpriseId} from ${i} where ${i.projectId} in ${ids})`;
  const amounts = sql`(select ${p.investmentYuan} from ${p} where ${p.id} in ${ids})`;
  const shared = sql`(select mine.investor, mine.yuan, mine.bare from ${signingsOf(reader, ids)} mine)`;
  return sql`(select placed.* from (
    select alike.*, row_number() over (
      partition by alike.investor, alike.yuan, alike.bare, alike.event order by alike.signed, alike.id) as place
    from (
      select ${p.id} as id, ${p.code} as code, ${p.name} as name, ${p.event} as event, ${p.signedOn} as signed,
        ${i.enterpriseId} as investor, ${p.investmentYuan} as yuan, ${bareName(reader)} as bare
      from ${i} cross join ${p} where ${p.id} = ${i.projectId} and ${i.enterpriseId} in ${investors}
        and ${p.investmentYuan} in ${amounts} and ${eligible(reader)}
    ) alike where (alike.investor, alike.yuan, alike.bare) in ${shared}
  ) placed where placed.place <= ${sql.raw(String(most))})`;
}

const keyOf = ({ investor, yuan, bare }: Signing): string => `${investor} ${yuan} ${bare}`;

/** For each project the first `most` others, by the day of signing. @param signings what the projects could share */
export function othersOf(
  signings: readonly Signing[],
  events: ReadonlyMap<string, string | null>,
  twins: readonly Twin[],
  most: number,
): Map<string, Twin[]> {
  const groups = Map.groupBy(twins, keyOf);
  const others = new Map<string, Map<string, Twin>>();
  for (const signing of signings) {
    const found = others.get(signing.id) ?? new Map<string, Twin>();
    others.set(signing.id, found);
    for (const twin of groups.get(keyOf(signing)) ?? []) {
      if (twin.event !== events.get(signing.id)) found.set(twin.id, twin);
    }
  }
  return new Map(
    [...others].map(([id, found]) => [id, [...found.values()].sort(bySigning).slice(0, most)] as const),
  );
}

const bySigning = (a: Twin, b: Twin): number =>
  a.signedOn === b.signedOn ? (a.id < b.id ? -1 : 1) : a.signedOn < b.signedOn ? -1 : 1;
