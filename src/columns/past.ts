/**
 * Columns as they were at earlier revisions: what differs is kept, and changes places with what the columns hold while
 * a question is answered. So a past takes memory only for the projects that later entries name.
 */
import { sql } from 'drizzle-orm';
import { paced } from '../core/pace.ts';
import type { Reader } from '../database/database.ts';
import { inValues, paddedValues } from '../database/prepared.ts';
import type { ColumnName, Columns, Numbers, Watcher } from './columns.ts';
import { type Derived, type Filled, readInvestors } from './following.ts';
import type { State } from './questions.ts';
import { undo } from './undoing.ts';

/** How many are kept; the least recently used one is dropped for a new one. */
const KEPT = 4;
/** Projects per query. */
const AT_ONCE = 500;

/** Values of some rows of a column. */
class Cells {
  #rows = new Uint32Array(0);
  #values: Numbers;
  #size = 0;
  readonly #known = new Rows();
  #settled = new Rows();

  constructor(column: Numbers) {
    this.#values = newLike(column, 0);
  }

  /** Those that are kept are as they were; entries that are undone from now on say nothing about them. */
  settle(): void {
    this.#settled = this.#known.copy();
  }

  isSettled(row: number): boolean {
    return this.#settled.has(row);
  }

  /** Keeps the value of a row, unless it does already. */
  keep(column: Numbers, row: number): void {
    if (!this.#known.add(row)) return;
    if (this.#size === this.#rows.length) {
      const room = Math.max(64, 2 * this.#size);
      this.#rows = enlarged(this.#rows, room);
      this.#values = enlarged(this.#values, room);
    }
    this.#widenFor(column);
    this.#rows[this.#size] = row;
    this.#values[this.#size++] = column[row] as number;
  }

  /** Puts what is kept into the column, and keeps what it held. */
  exchange(column: Numbers): void {
    this.#widenFor(column);
    const [rows, values] = [this.#rows, this.#values];
    for (let i = 0; i < this.#size; i++) {
      const row = rows[i] as number;
      const held = column[row] as number;
      column[row] = values[i] as number;
      values[i] = held;
    }
  }

  /** A column may have become wider since. */
  #widenFor(column: Numbers): void {
    if (this.#values.BYTES_PER_ELEMENT === column.BYTES_PER_ELEMENT) return;
    const wider = newLike(column, this.#values.length);
    wider.set(this.#values);
    this.#values = wider;
  }
}

/** A set of rows, as bits. */
class Rows {
  #bits = new Uint32Array(0);

  has(row: number): boolean {
    return (((this.#bits[row >> 5] ?? 0) >> (row & 31)) & 1) === 1;
  }

  /** @returns false if it was there already */
  add(row: number): boolean {
    const place = row >> 5;
    if (place >= this.#bits.length) this.#bits = enlarged(this.#bits, Math.max(64, place + (place >> 2) + 1));
    const bits = this.#bits[place] as number;
    const bit = 1 << (row & 31);
    if (bits & bit) return false;
    this.#bits[place] = bits | bit;
    return true;
  }

  /** Those that are not in another set. */
  without(others: Rows): number[] {
    const rows: number[] = [];
    for (const [place, bits] of this.#bits.entries()) {
      for (let left = bits & ~(others.#bits[place] ?? 0); left !== 0; left &= left - 1)
        rows.push(place * 32 + 31 - Math.clz32(left & -left));
    }
    return rows;
  }

  copy(): Rows {
    const copy = new Rows();
    copy.#bits = this.#bits.slice();
    return copy;
  }
}

/** What the columns do not hold at the moment of what differs between a past and the present. */
class Aside {
  /** The projects that later entries are about. */
  readonly touched = new Rows();
  /** Those of them whose names and times are as they were, and those that were not there. */
  named = new Rows();
  readonly absent = new Rows();
  /** The revision of the present up to which it is complete. */
  completeTo: number;
  readonly #cells = new Map<ColumnName, Cells>();
  /** Regions, industries and investors that are as they were; and those of them that stay so. */
  readonly #others = new Set<string>();
  #settledOthers = new Set<string>();
  #parents: Columns['parents'];
  #countries: Columns['countries'];

  constructor({ parents, countries }: Columns, seq: number) {
    this.#parents = { regions: new Map(parents.regions), industries: new Map(parents.industries) };
    this.#countries = [...countries];
    this.completeTo = seq;
  }

  settle(): void {
    for (const cells of this.#cells.values()) cells.settle();
    this.#settledOthers = new Set(this.#others);
  }

  keepOf(entity: string, id: string): boolean {
    const key = `${entity} ${id}`;
    this.#others.add(key);
    return !this.#settledOthers.has(key);
  }

  /** Keeps what columns hold of a row, before it changes. @returns false if it must not, being as it was already */
  keep(columns: Columns, row: number, names: readonly ColumnName[]): boolean {
    if (names.some((name) => this.#cells.get(name)?.isSettled(row))) return false;
    for (const name of names) {
      const column = columns.column(name);
      let cells = this.#cells.get(name);
      if (!cells) {
        cells = new Cells(column);
        this.#cells.set(name, cells);
      }
      cells.keep(column, row);
    }
    return true;
  }

  /** Puts what is kept into the columns, and keeps what they held. */
  exchange(columns: Columns): void {
    for (const [name, cells] of this.#cells) cells.exchange(columns.column(name));
    [this.#parents, columns.parents] = [columns.parents, this.#parents];
    [this.#countries, columns.countries] = [columns.countries, this.#countries];
  }
}

const newLike = (column: Numbers, length: number): Numbers =>
  new (column.constructor as new (length: number) => Numbers)(length);

function enlarged<T extends Numbers>(values: T, length: number): T {
  const larger = newLike(values, length);
  larger.set(values);
  return larger as T;
}

/** A past that the columns hold, and a reader of the same. */
interface Entered {
  aside: Aside;
  reader: Reader;
  /** Whether names and times of change were needed. */
  isNamed: boolean;
}

/** A state without the way to others. */
export type Place = Omit<State, 'at'>;

/** The pasts of some columns. If anything fails while one is entered, the columns are to be filled anew. */
export class Pasts {
  readonly #kept = new Map<number, Aside>();
  #inside: Entered | undefined;
  #watcher: Watcher | undefined;

  /**
   * Answers from columns as they were; afterwards they are as before: the present, or another past.
   * @param present with a snapshot of the same revision
   * @param past with a reader of the data as it was
   */
  async visit<T>(
    present: Present,
    past: Omit<Place, 'named'>,
    answer: (past: Place) => Promise<T>,
  ): Promise<T> {
    const { columns } = present.now;
    const { seq } = past.revision;
    return this.present(present, async () => {
      const aside = this.#kept.get(seq) ?? new Aside(columns, seq);
      this.#kept.delete(seq);
      const investors = columns.dictionaries.leadInvestorId.size;
      const entered = { aside, reader: past.reader, isNamed: false };
      this.#enter(columns, entered);
      await complete(aside, present, past.reader, investors);
      const named = async () => {
        await completeNames(aside, present, past.reader);
        entered.isNamed = true;
        columns.areNamed = true;
      };
      try {
        return await answer({ ...past, named });
      } finally {
        this.#leave(columns);
        this.#keep(seq, aside);
      }
    });
  }

  /** Answers from the present, also within a past. */
  async present<T>({ now: { columns }, reader }: Present, answer: () => Promise<T>): Promise<T> {
    const outer = this.#inside;
    const investors = columns.dictionaries.leadInvestorId.size;
    if (outer) this.#leave(columns);
    try {
      return await answer();
    } finally {
      // Investors whom only a past knew have codes now.
      await readInvestors(columns, reader, investors, paced());
      if (outer) {
        this.#enter(columns, outer);
        await readInvestors(columns, outer.reader, investors, paced());
      }
    }
  }

  #enter(columns: Columns, entered: Entered): void {
    this.#inside = entered;
    // What watches the present must not take the exchange for changes.
    this.#watcher = columns.watcher;
    columns.watcher = undefined;
    columns.isPast = true;
    columns.areNamed = entered.isNamed;
    entered.aside.exchange(columns);
  }

  #leave(columns: Columns): void {
    this.#inside?.aside.exchange(columns);
    this.#inside = undefined;
    columns.isPast = false;
    columns.areNamed = true;
    columns.watcher = this.#watcher;
  }

  #keep(seq: number, aside: Aside): void {
    this.#kept.set(seq, aside);
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
  }
}

/** The columns of the present, and a snapshot of the same revision. */
export interface Present {
  now: Filled;
  reader: Reader;
  derived: Derived;
}

/** Has columns that were entered be as they were, whatever was written since they were last. */
async function complete(
  aside: Aside,
  { now: { columns, revision }, reader, derived }: Present,
  past: Reader,
  investors: number,
): Promise<void> {
  if (aside.completeTo === revision.seq) return;
  const span = { after: aside.completeTo, last: revision.seq };
  aside.settle();
  await undo(columns, reader, derived, span, {
    touch: (row) => aside.touched.add(row),
    keep: (row, names) => !aside.absent.has(row) && aside.keep(columns, row, names),
    lose: (row) => {
      aside.absent.add(row);
    },
    keepOf: (entity, id) => aside.keepOf(entity, id),
  });
  await readInvestors(columns, past, investors, paced());
  aside.completeTo = revision.seq;
}

async function completeNames(aside: Aside, { now: { columns }, derived }: Present, past: Reader) {
  const rows = aside.touched.without(aside.named);
  for (const row of rows) aside.keep(columns, row, ['likeness', 'updatedAt']);
  await readNames(columns, past, derived, rows);
  aside.named = aside.touched.copy();
}

/** Reads the names and times of change of some projects, as far as there were any. */
async function readNames(
  columns: Columns,
  past: Reader,
  { likenessOf }: Derived,
  rows: readonly number[],
): Promise<void> {
  const pace = paced();
  const [likeness, times] = [columns.column('likeness'), columns.column('updatedAt')];
  for (let i = 0; i < rows.length; i += AT_ONCE) {
    const ids = rows.slice(i, i + AT_ONCE).map((row) => columns.ids.textOf(row));
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
      likeness[row] = likenessOf(searchText);
      times[row] = Date.parse(updatedAt);
    }
    await pace();
  }
}
