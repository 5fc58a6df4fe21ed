/** Rankings in sheets: one per line, such as `世界500强 2022 120`. */
import type { Entry } from '../../catalogues/catalogue.ts';
import type { Language } from '../../core/languages.ts';
import type { Reader } from '../../database/database.ts';
import type { Fault } from '../../http/problems.ts';
import { wordOf } from '../../sheets/reading/cells.ts';
import { rankingListNames, rankingLists } from './rankings.ts';
import { rankingsOf } from './repository.ts';
import type { Ranking } from './schema.ts';

const listNamed = new Map(
  rankingLists.flatMap((list) =>
    [list, ...Object.values(rankingListNames[list])].map((name) => [wordOf(name).replaceAll(' ', ''), list]),
  ),
);

const LINE = /^(.+?)[ ,:]*((?:19|20)\d\d)年?(?:[ ,:]*(?:no\.|#|第)? ?(\d{1,3})(?: ?[位名])?)?$/;

/** Longer lines are none, and would take time. */
const LONGEST = 100;

function rankingIn(line: string): Ranking | undefined {
  if (line.length > LONGEST) return undefined;
  const [, name = '', year, rank] = LINE.exec(wordOf(line)) ?? [];
  const list = listNamed.get(name.replaceAll(' ', ''));
  return list && { list, year: Number(year), rank: rank === undefined ? null : Number(rank) };
}

const isLine = (value: unknown): value is string => typeof value === 'string';

const placeOf = ({ list, year }: Ranking): string => `${list} ${year}`;

/** Those on record with those of a row. A line without a rank leaves a known one. */
function added(before: readonly Ranking[], given: readonly Ranking[]): Ranking[] {
  const places = new Set(given.map(placeOf));
  const rankOf = (one: Ranking) =>
    one.rank ?? before.find((other) => placeOf(other) === placeOf(one))?.rank ?? null;
  return [
    ...before.filter((one) => !places.has(placeOf(one))),
    ...given.map((one) => ({ ...one, rank: rankOf(one) })),
  ];
}

/** The lists, for a fault. */
const choices = {
  zh: rankingLists.map((list) => rankingListNames[list].zh).join('、'),
  en: rankingLists.map((list) => rankingListNames[list].en).join(', '),
};

const isRanking = (value: unknown): value is Ranking =>
  typeof value === 'object' && value !== null && 'list' in value && 'year' in value;

/**
 * The fields of a row, with its rankings in addition to those on record: lines of text, or, in NDJSON, in the
 * form of the API.
 */
export function withRankings(fields: Entry, before: Entry | undefined): { fields: Entry; faults: Fault[] } {
  const { rankings: given, ...others } = fields;
  if (given === null) return { fields: { ...others, rankings: [] }, faults: [] };
  if (!Array.isArray(given) || !given.every((one) => isLine(one) || isRanking(one))) {
    return { fields, faults: [] };
  }
  const all: readonly (string | Ranking)[] = given;
  const parts = all.flatMap((one): (string | Ranking)[] => (isLine(one) ? one.split(/[;；]/) : [one]));
  const rankings: Ranking[] = [];
  for (const part of parts) {
    if (!isLine(part)) rankings.push({ ...part, rank: part.rank ?? null });
    else if (part.trim() !== '') {
      const read = rankingIn(part);
      if (!read) {
        const values = { line: part.trim().slice(0, 64), choices };
        return { fields: others, faults: [{ pointer: '/rankings', code: 'not_a_ranking', values }] };
      }
      rankings.push(read);
    }
  }
  const known = (before?.rankings ?? []) as Ranking[];
  return { fields: { ...others, rankings: added(known, rankings) }, faults: [] };
}

/** Enterprises with their rankings as lines. */
export async function rankingsInSheet(
  reader: Reader,
  entries: readonly Entry[],
  language: Language,
): Promise<Entry[]> {
  const rankings = await rankingsOf(
    reader,
    entries.map(({ id }) => id as string),
  );
  const lineOf = ({ list, year, rank }: Ranking) =>
    [rankingListNames[list][language], year, ...(rank === null ? [] : [rank])].join(' ');
  return entries.map((entry) => {
    const lines = (rankings.get(entry.id as string) as Ranking[] | undefined)?.map(lineOf) ?? [];
    return { ...entry, rankings: lines.length === 0 ? null : lines.join('\n') };
  });
}
