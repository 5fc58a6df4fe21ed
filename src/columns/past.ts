/**
 * Columns as they were at earlier revisions: what differs is kept, and changes places with what the columns hold while
 * a question is answered. So a past takes memory only for the projects that later entries name.
 */
import { paced } from '../core/pace.ts';
import type { Reader } from '../database/database.ts';
import { touchedBetween } from '../database/revision.ts';
import type { Columns, Numbers } from './columns.ts';
import { type Derived, type Filled, projectsAmong, readAgain, readInvestors } from './following.ts';

/** How many are kept; the least recently used one is dropped for a new one. */
const KEPT = 4;

/** Of some rows, what the columns do not hold at the moment: the past, or the present. */
class Aside {
  readonly #rows: number[] = [];
  readonly #known = new Set<number>();
  readonly #values = new Map<string, Numbers>();
  parents: Columns['parents'];
  countries: Columns['countries'];

  constructor({ parents, countries }: Columns) {
    this.parents = { regions: new Map(parents.regions), industries: new Map(parents.industries) };
    this.countries = [...countries];
  }

  /** Keeps what the columns hold of projects that it does not know yet. @returns their ids */
  add(columns: Columns, ids: Iterable<string>): string[] {
    const before = this.#rows.length;
    const added: string[] = [];
    for (const id of ids) {
      const row = columns.ids.find(id);
      if (row < 0 || this.#known.has(row)) continue;
      this.#known.add(row);
      this.#rows.push(row);
      added.push(id);
    }
    for (const [name, column] of Object.entries(columns.perProject())) {
      const values = newLike(column, this.#rows.length);
      const known = this.#values.get(name);
      if (known) values.set(known);
      for (let i = before; i < values.length; i++) values[i] = column[this.#rows[i] as number] as number;
      this.#values.set(name, values);
    }
    return added;
  }

  /** Puts what is kept into the columns, and keeps what they held. */
  exchange(columns: Columns): void {
    for (const [name, column] of Object.entries(columns.perProject())) {
      let values = this.#values.get(name) ?? newLike(column, 0);
      // A column of codes may have been widened since.
      if (values.BYTES_PER_ELEMENT < column.BYTES_PER_ELEMENT) {
        const wider = newLike(column, values.length);
        wider.set(values);
        values = wider;
        this.#values.set(name, values);
      }
      for (let i = 0; i < values.length; i++) {
        const row = this.#rows[i] as number;
        const held = column[row] as number;
        column[row] = values[i] as number;
        values[i] = held;
      }
    }
    [this.parents, columns.parents] = [columns.parents, this.parents];
    [this.countries, columns.countries] = [columns.countries, this.countries];
  }
}

const newLike = (column: Numbers, length: number): Numbers =>
  new (column.constructor as new (length: number) => Numbers)(length);

/** The pasts of some columns. If anything fails while one is entered, the columns are to be filled anew. */
export class Pasts {
  readonly #kept = new Map<number, { aside: Aside; completeTo: number }>();

  /**
   * Answers from columns as they were; afterwards they are the present again.
   * @param filled the present, at the revision of the snapshot `reader`
   * @param past reads the data as it was at `seq`
   */
  async visit<T>(
    { columns, revision }: Filled,
    reader: Reader,
    past: Reader,
    seq: number,
    derived: Derived,
    answer: () => Promise<T>,
  ): Promise<T> {
    const { aside, completeTo } = this.#kept.get(seq) ?? { aside: new Aside(columns), completeTo: seq };
    this.#kept.delete(seq);
    const investors = columns.dictionaries.leadInvestorId.size;
    const { watcher } = columns;
    // What watches the present must not take the exchange for changes.
    columns.watcher = undefined;
    columns.isPast = true;
    aside.exchange(columns);
    if (completeTo < revision.seq) {
      const touched = await touchedBetween(reader, completeTo, revision.seq);
      const projects = aside.add(columns, await projectsAmong(past, touched));
      await readAgain(columns, past, derived, touched, projects);
    }
    try {
      return await answer();
    } finally {
      aside.exchange(columns);
      columns.isPast = false;
      columns.watcher = watcher;
      // Investors whom only the past knew have codes now.
      await readInvestors(columns, reader, investors, paced());
      this.#keep(seq, { aside, completeTo: revision.seq });
    }
  }

  #keep(seq: number, kept: { aside: Aside; completeTo: number }): void {
    this.#kept.set(seq, kept);
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
  }
}
