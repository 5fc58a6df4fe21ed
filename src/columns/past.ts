/**
 * Columns as they were at earlier revisions: what differs is kept, and changes places with what the columns hold while
 * a question is answered. So a past takes memory only for the projects that later entries name.
 */
import { sql } from 'drizzle-orm';
import { paced } from '../core/pace.ts';
import type { Reader } from '../database/database.ts';
import { inValues, paddedValues } from '../database/prepared.ts';
import type { Columns, Numbers } from './columns.ts';
import { type Derived, type Filled, readInvestors } from './following.ts';
import type { State } from './questions.ts';
import { undo } from './undoing.ts';

/** How many are kept; the least recently used one is dropped for a new one. */
const KEPT = 4;
/** Projects per query. */
const AT_ONCE = 500;

/** Of some rows, what the columns do not hold at the moment: the past, or the present. */
class Aside {
  /** The rows, each with its place. */
  readonly #places = new Map<number, number>();
  #rows = new Uint32Array(0);
  readonly #values = new Map<string, Numbers>();
  #parents: Columns['parents'];
  #countries: Columns['countries'];
  /** The revision of the present up to which it is complete. */
  completeTo: number;
  /** Of how many rows the names and times are those of the past, too. */
  named = 0;

  constructor({ parents, countries }: Columns, seq: number) {
    this.#parents = { regions: new Map(parents.regions), industries: new Map(parents.industries) };
    this.#countries = [...countries];
    this.completeTo = seq;
  }

  get size(): number {
    return this.#places.size;
  }

  /** The place of a row, in the order in which they were added; -1 if it has none. */
  placeOf(row: number): number {
    return this.#places.get(row) ?? -1;
  }

  /** The rows from a place on. */
  rowsFrom(place: number): Uint32Array {
    return this.#rows.subarray(place, this.size);
  }

  /** Keeps what the columns hold of rows that it does not know yet. */
  add(columns: Columns, rows: readonly number[]): void {
    const before = this.size;
    const added: number[] = [];
    for (const row of rows) {
      if (this.#places.has(row)) continue;
      this.#places.set(row, this.size);
      added.push(row);
    }
    if (added.length === 0) return;
    const room = Math.max(this.#rows.length, roomFor(this.size));
    this.#rows = enlarged(this.#rows, room);
    this.#rows.set(added, before);
    for (const [name, column] of Object.entries(columns.perProject())) {
      const values = enlarged(this.#valuesOf(name, column), room);
      for (const [i, row] of added.entries()) values[before + i] = column[row] as number;
      this.#values.set(name, values);
    }
  }

  /** Puts what is kept into the columns, and keeps what they held. */
  exchange(columns: Columns): void {
    const rows = this.rowsFrom(0);
    for (const [name, column] of Object.entries(columns.perProject())) {
      const values = this.#valuesOf(name, column);
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] as number;
        const held = column[row] as number;
        column[row] = values[i] as number;
        values[i] = held;
      }
    }
    [this.#parents, columns.parents] = [columns.parents, this.#parents];
    [this.#countries, columns.countries] = [columns.countries, this.#countries];
  }

  /** What is kept of a column, which may have been widened since. */
  #valuesOf(name: string, column: Numbers): Numbers {
    const known = this.#values.get(name);
    if (known?.constructor === column.constructor) return known;
    const values = newLike(column, known?.length ?? 0);
    if (known) values.set(known);
    this.#values.set(name, values);
    return values;
  }
}

const newLike = (column: Numbers, length: number): Numbers =>
  new (column.constructor as new (length: number) => Numbers)(length);

function enlarged<T extends Numbers>(values: T, length: number): T {
  if (values.length >= length) return values;
  const larger = newLike(values, length);
  larger.set(values);
  return larger as T;
}

const roomFor = (size: number): number => Math.max(64, size + (size >> 2));

/** The pasts of some columns. If anything fails while one is entered, the columns are to be filled anew. */
export class Pasts {
  readonly #kept = new Map<number, Aside>();

  /**
   * Answers from columns as they were; afterwards they are the present again.
   * @param present with a snapshot of the same revision
   * @param past with a reader of the data as it was
   * @param isNamed whether names and times of change are needed
   */
  async visit<T>(
    { now: { columns, revision }, reader, derived }: { now: Filled; reader: Reader; derived: Derived },
    past: State,
    isNamed: boolean,
    answer: () => Promise<T>,
  ): Promise<T> {
    const { seq } = past.revision;
    const aside = this.#kept.get(seq) ?? new Aside(columns, seq);
    this.#kept.delete(seq);
    const investors = columns.dictionaries.leadInvestorId.size;
    const { watcher } = columns;
    // What watches the present must not take the exchange for changes.
    columns.watcher = undefined;
    columns.isPast = true;
    aside.exchange(columns);
    if (aside.completeTo < revision.seq) {
      const { size } = aside;
      const span = { after: aside.completeTo, last: revision.seq };
      await undo(
        columns,
        reader,
        derived,
        span,
        (row) => aside.placeOf(row) < size,
        (rows) => aside.add(columns, rows),
      );
      await readInvestors(columns, past.reader, investors, paced());
      aside.completeTo = revision.seq;
    }
    if (isNamed) {
      await readNames(columns, past.reader, derived, aside.rowsFrom(aside.named));
      aside.named = aside.size;
    }
    try {
      return await answer();
    } finally {
      aside.exchange(columns);
      columns.isPast = false;
      columns.watcher = watcher;
      // Investors whom only the past knew have codes now.
      await readInvestors(columns, reader, investors, paced());
      this.#keep(seq, aside);
    }
  }

  #keep(seq: number, aside: Aside): void {
    this.#kept.set(seq, aside);
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
  }
}

/** Reads the names and times of change of some projects, as far as there were any. */
async function readNames(
  columns: Columns,
  past: Reader,
  { likenessOf }: Derived,
  rows: Uint32Array,
): Promise<void> {
  const pace = paced();
  for (let i = 0; i < rows.length; i += AT_ONCE) {
    const ids = [...rows.subarray(i, i + AT_ONCE)].map((row) => columns.ids.textOf(row));
    const listed = paddedValues(ids, ids[0] as string);
    const named = await past.prepared(`columns.names ${Object.keys(listed).length}`, listed, (db) => {
      const { id, searchText, updatedAt } = db.tables.projects;
      return db
        .select({ id, searchText, updatedAt })
        .from(db.tables.projects)
        .where(sql`${id} in ${inValues(listed)}`);
    });
    for (const { id, searchText, updatedAt } of named) {
      const row = columns.ids.find(id);
      columns.likeness[row] = likenessOf(searchText);
      columns.updatedAt[row] = Date.parse(updatedAt);
    }
    await pace();
  }
}
