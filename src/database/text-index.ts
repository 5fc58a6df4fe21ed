/**
 * Search for text anywhere in names, of any length and in any script, the same on both engines: an index of
 * grams, two characters long for Chinese, Japanese and Korean, else three. The index gives candidates, which
 * are then checked.
 */
import { and, asc, eq, gt, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Database, Reader, Transaction } from './database.ts';
import type { Values } from './prepared.ts';
import { searchText } from './search-text.ts';

/** The tables that are searched by `searchText`, and their indexes. */
export const GRAM_INDEXES = { projects: 'projectGrams', enterprises: 'enterpriseGrams' } as const;
export type Indexed = keyof typeof GRAM_INDEXES;

const RUN = /[\p{L}\p{N}\p{M}]+/gu;
const IDEOGRAPHIC = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

interface Gram {
  text: string;
  /** Whether it has the full length of a gram; the last one of a run may be shorter. */
  isWhole: boolean;
}

function gramsOf(text: string): Gram[] {
  return (text.match(RUN) ?? []).flatMap((run) => {
    const characters = [...run];
    return characters.map((character, i) => {
      const length = IDEOGRAPHIC.test(character) ? 2 : 3;
      return { text: characters.slice(i, i + length).join(''), isWhole: i + length <= characters.length };
    });
  });
}

/** More grams do not narrow the result further. */
const MAX_GRAMS = 50;

/** The FTS5 query for a folded text; null if the index cannot help. */
function matchOf(text: string): string | null {
  const grams = gramsOf(text);
  const all = new Set(grams.filter(({ isWhole }) => isWhole).map((gram) => `"${gram.text}"`));
  const whole = [...all].slice(0, MAX_GRAMS);
  if (whole.length > 0) return whole.join(' AND ');
  return grams[0] ? `"${grams[0].text}"*` : null;
}

/** Maximum number of words; each needs its own lookup. */
export const MAX_WORDS = 10;

/**
 * The words of a query, folded, without those contained in others; the longest first, as probably the most
 * selective.
 */
export function wordsOf(q: string): string[] {
  const words = [...new Set(searchText(q).split(/\s+/).filter(Boolean))];
  const needed = words.filter((word) => !words.some((other) => other !== word && other.includes(word)));
  return needed.sort((a, b) => b.length - a.length);
}

/** A search word as SQL. */
export interface Word {
  /** Whether a folded text contains it. */
  isIn(text: SQLWrapper): SQL;
  /** A query for the ids of a table whose `searchText` contains it, for the one word that is looked up in the index. */
  idsOf: ((table: Indexed) => SQL) | undefined;
}

/** A query for texts that contain every word of `q`. */
export interface TextQuery {
  /** Equal for two queries only if they build the same SQL. */
  shape: string;
  values: Values;
  /** @param condition the condition for one word */
  where(reader: Reader, condition: (word: Word) => SQL): SQL;
}

/** @param name prefix of its placeholders */
export function textQuery(name: string, q: string): TextQuery {
  const words = wordsOf(q);
  const matches = words.map(matchOf);
  // The results of one word are filtered by the others: looking each of them up takes as long as the most
  // frequent one.
  const leading = matches.findIndex((match) => match !== null);
  return {
    shape: `${name}${words.length}/${leading}`,
    values: {
      ...Object.fromEntries(words.map((word, i) => [`${name}${i}`, word])),
      ...(leading >= 0 && { [`${name}Grams`]: matches[leading] }),
    },
    where: (reader, condition) => {
      const { containsText, withGrams } = reader.functions;
      const conditions = words.map((_, i) => {
        const isIn = (text: SQLWrapper) => containsText(text, sql`${sql.placeholder(`${name}${i}`)}`);
        const idsOf = (table: Indexed): SQL => {
          const { id, searchText: text } = reader.tables[table];
          const found = withGrams(
            reader.tables[GRAM_INDEXES[table]],
            sql`${sql.placeholder(`${name}Grams`)}`,
          );
          // From the index to the table, never the other way round.
          return sql`select found.id from (${found}) as found
            where ${isIn(sql`(select ${text} from ${reader.tables[table]} where ${id} = found.id)`)}`;
        };
        return condition({ isIn, idsOf: i === leading ? idsOf : undefined });
      });
      return sql`(${sql.join(conditions, sql` and `)})`;
    },
  };
}

/** The distinct grams of a text, as they are indexed. @param text as folded by `searchText` */
export const gramsIn = (text: string): string =>
  [...new Set(gramsOf(text).map((gram) => gram.text))].join(' ');

/** A row of a searched table: `searchText` is folded by the function of that name. */
type Searched = Readonly<{ id: string; searchText: string }>;

/** Indexes new rows. */
export async function indexTexts(tx: Transaction, table: Indexed, rows: readonly Searched[]): Promise<void> {
  // Inserted in increasing order: FTS5 flushes what it has gathered each time a number is lower than the
  // previous one.
  await tx.insertRows(
    tx.tables[GRAM_INDEXES[table]],
    rows.map(({ id, searchText }) => ({ id, grams: gramsIn(searchText) })),
  );
}

/** Indexes a new row. @param text as folded by `searchText` */
export const indexText = (tx: Transaction, table: Indexed, id: string, text: string): Promise<void> =>
  indexTexts(tx, table, [{ id, searchText: text }]);

/** Indexes the new text of a changed row. */
export async function reindexText(
  tx: Transaction,
  table: Indexed,
  id: string,
  { before, after }: { before: string; after: string },
): Promise<void> {
  if (before === after) return;
  await forgetText(tx, table, id, before);
  await indexText(tx, table, id, after);
}

/** Removes a deleted row. @param text its indexed text, which locates its index entry */
export async function forgetText(tx: Transaction, table: Indexed, id: string, text: string): Promise<void> {
  const index = GRAM_INDEXES[table];
  const match = matchOf(text);
  await tx.perform(`${index}.delete ${match !== null}`, { id, match }, (db) => {
    const grams = db.tables[index];
    const has = match === null ? undefined : db.functions.hasGrams(grams, sql`${sql.placeholder('match')}`);
    const found = sql`select ${grams.number} from ${grams}
      where ${and(has, sql`${grams.id} = ${sql.placeholder('id')}`)}`;
    return db.delete(grams).where(sql`${grams.number} in (${found})`);
  });
}

const SETTING = 'text_index';
/** Version of folding and tokenizing; changing it rebuilds the indexes. */
export const TEXT_INDEX_VERSION = '1';
const AT_ONCE = 5_000;

/** Creates missing or outdated indexes: in databases from before they existed, or with other grams. */
export async function ensureTextIndexes(database: Database): Promise<void> {
  if (await isMade(database.read)) return;
  for (const table of Object.keys(GRAM_INDEXES) as Indexed[]) {
    await database.write(async (tx) => {
      await tx.delete(tx.tables[GRAM_INDEXES[table]]);
    });
    let after = '';
    for (;;) {
      const last = await database.write((tx) => indexSome(tx, table, after));
      if (last === undefined) break;
      after = last;
    }
  }
  await database.write(async (tx) => {
    await tx.delete(tx.tables.settings).where(eq(tx.tables.settings.name, SETTING));
    await tx.insert(tx.tables.settings).values({ name: SETTING, value: TEXT_INDEX_VERSION });
  });
}

async function isMade({ select, tables: { settings } }: Reader): Promise<boolean> {
  const [row] = await select().from(settings).where(eq(settings.name, SETTING));
  return row?.value === TEXT_INDEX_VERSION;
}

/**
 * Indexes some rows, folding them again because the folding may have changed.
 * @returns the id of the last one; undefined when done
 */
async function indexSome(tx: Transaction, table: Indexed, after: string): Promise<string | undefined> {
  const { id, searchText: text } = tx.tables[table];
  const rows = await tx
    .select({ id, text })
    .from(tx.tables[table])
    .where(gt(id, after))
    .orderBy(asc(id))
    .limit(AT_ONCE);
  const folded = rows.map((row) => ({ id: row.id, searchText: searchText(row.text) }));
  for (const [i, row] of folded.entries()) {
    if (row.searchText === rows[i]?.text) continue;
    await tx.update(tx.tables[table]).set({ searchText: row.searchText }).where(eq(id, row.id));
  }
  await indexTexts(tx, table, folded);
  return rows.at(-1)?.id;
}
