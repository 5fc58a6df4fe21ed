/**
 * Projects that may have been signed twice. They are found by grouping, not by pairwise comparison: an
 * investor may have tens of thousands of projects with the same amount.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Reader } from '../../database/database.ts';
import { countsAs, foldedName, inPopulation } from '../projects/conditions.ts';

/** Ignored in names, in addition to width and case. */
const PUNCTUATION = ` -‐–—―_.,·・、。/\\|()[]{}<>《》〈〉「」『』【】〔〕"'“”‘’:;!?&+*#~`;
/**
 * Removed after that, in this order. The first phase of a project is often called by its plain name, a second
 * one never.
 */
const WORDS = ['项目', '工程', '基地', '一期', 'project'];

/** The rest of a name; two names are nearly equal if it is equal and not empty: nothing is left of `项目`. */
function bareName(reader: Reader): SQL {
  let name: SQL = foldedName(reader);
  for (const part of [...PUNCTUATION, ...WORDS]) {
    name = sql`replace(${name}, ${sql.raw(`'${part.replaceAll("'", "''")}'`)}, '')`;
  }
  return name;
}

/**
 * Candidates for double signing: signed at an event, with an investor, and not terminated, because a project
 * may be signed again after a termination.
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
 * The ids of projects for which another one has the same investor, the same amount and a nearly equal name,
 * and was signed at another event. Names are compared only if investor and amount occur at two events.
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
    ) named where named.bare <> ''
  ) twice where ${differs})`;
}

/** What a project can share with another: an investor, its amount and its bare name, as one text. */
export interface Signing {
  id: string;
  share: string;
}

/** One of the projects that share it. */
export interface Twin extends Signing {
  code: string;
  name: string;
  event: string;
  signedOn: string;
}

const shareOf = (reader: Reader): SQL => {
  const { projects, projectInvestors } = reader.tables;
  return sql`${projectInvestors.enterpriseId} || ' ' || ${projects.investmentYuan} || ' ' || ${bareName(reader)}`;
};

/** The signings of the given projects. @param ids the list in SQL */
export function signingsOf(reader: Reader, ids: SQL): SQL {
  const { projects: p, projectInvestors: i } = reader.tables;
  return sql`(select ${p.id} as id, ${shareOf(reader)} as share
    from ${p} cross join ${i} where ${i.projectId} = ${p.id} and ${p.id} in ${ids} and ${eligible(reader)})`;
}

/**
 * Of the projects that share something with the given ones, including these, the first `most` signed at each
 * event. Each investor's projects are scanned once, however many of the given ids they include, instead of
 * looking up an index for each shared item; this is why that is a single text.
 */
export function twinsOf(reader: Reader, ids: SQL, most: number): SQL {
  const { projects: p, projectInvestors: i } = reader.tables;
  const investors = sql`(select ${i.enterpriseId} from ${i} where ${i.projectId} in ${ids})`;
  const amounts = sql`(select ${p.investmentYuan} from ${p} where ${p.id} in ${ids})`;
  return sql`(select placed.* from (
    select alike.*, row_number() over (
      partition by alike.share, alike.event order by alike.signed, alike.id) as place
    from (
      select ${p.id} as id, ${p.code} as code, ${p.name} as name, ${p.event} as event, ${p.signedOn} as signed,
        ${shareOf(reader)} as share
      from ${i} cross join ${p} where ${p.id} = ${i.projectId} and ${i.enterpriseId} in ${investors}
        and ${reader.functions.unindexed(p.investmentYuan)} in ${amounts} and ${eligible(reader)}
    ) alike where alike.share in (select mine.share from ${signingsOf(reader, ids)} mine)
  ) placed where placed.place <= ${sql.raw(String(most))})`;
}

/**
 * For each project the first `most` others, by day of signing.
 * @param signings what the projects could share
 * @param events the event at which each was signed
 */
export function othersOf(
  signings: readonly Signing[],
  events: ReadonlyMap<string, string | null>,
  twins: readonly Twin[],
  most: number,
): Map<string, Twin[]> {
  const sharing = Map.groupBy(twins, ({ share }) => share);
  const others = new Map<string, Twin[]>();
  for (const [id, shares] of Map.groupBy(signings, (signing) => signing.id)) {
    const found = new Map<string, Twin>();
    for (const twin of shares.flatMap(({ share }) => sharing.get(share) ?? [])) {
      if (twin.event !== events.get(id)) found.set(twin.id, twin);
    }
    others.set(id, [...found.values()].sort(bySigning).slice(0, most));
  }
  return others;
}

const bySigning = (a: Twin, b: Twin): number =>
  a.signedOn < b.signedOn || (a.signedOn === b.signedOn && a.id < b.id) ? -1 : 1;
