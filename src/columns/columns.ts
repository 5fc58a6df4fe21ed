/**
 * Projects as columns: typed arrays with one place for each project there is, archived ones too, and their ledger.
 * Figures are computed from them. They are a copy: `following.ts` fills them and keeps them up to date.
 */
import { Dictionary, NONE } from './dictionary.ts';
import { IdIndex } from './id-index.ts';
import { NEVER, packedDay } from './packed-days.ts';

export const dayNames = [
  'signedOn',
  'registeredOn',
  'startedOn',
  'completedOn',
  'productionOn',
  'suspendedOn',
  'resumedOn',
  'terminatedOn',
  'agreedStartOn',
  'agreedProductionOn',
] as const;
export type DayName = (typeof dayNames)[number];

/** The other columns with one value for each project. */
const otherNames = [
  'investmentYuan',
  'contractedFundsYuan',
  'flags',
  'updatedAt',
  'likeness',
  'ledgerStart',
  'ledgerCount',
  'othersStart',
  'othersCount',
] as const;

/** What projects refer to, and other short lists of texts. */
export const codeNames = ['event', 'region', 'zone', 'industry', 'level', 'leadInvestorId'] as const;
export type CodeName = (typeof codeNames)[number];

export type ColumnName = DayName | CodeName | (typeof otherNames)[number];
export const columnNames: readonly ColumnName[] = [...dayNames, ...codeNames, ...otherNames];

/** Codes that belong to others. */
export const treeNames = ['regions', 'industries'] as const;
export type TreeName = (typeof treeNames)[number];

/** Bits of `flags`; from `RANKED` on, one for each list of the largest enterprises that an investor is on in time. */
export const ARCHIVED = 1;
export const ESTIMATED = 2;
export const RANKED = 4;

/** A project as it is read from the database. */
export interface StoredProject extends Record<DayName, string | null>, Record<CodeName, string | null> {
  id: string;
  investmentYuan: number;
  investmentEstimated: boolean;
  contractedFundsYuan: number | null;
  searchText: string;
  updatedAt: string;
  archivedAt: string | null;
}

export interface StoredEntry {
  receivedOn: string;
  amountYuan: number;
}

const record = <Name extends string, T>(names: readonly Name[], make: (name: Name) => T): Record<Name, T> =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;

export type Numbers = Int32Array | Uint32Array | Uint16Array | Uint8Array | Float64Array;
/** Codes and counts: narrow until one does not fit. */
export type Codes = Uint16Array | Int32Array;
const MOST_NARROW = 0xff_ff;

/** @returns the column, or a wider one if a number does not fit */
const wideEnough = (column: Codes, number: number): Codes =>
  number > MOST_NARROW && column instanceof Uint16Array ? Int32Array.from(column) : column;

/** A copy with more room. */
export const enlarged = <T extends Numbers>(array: T, length: number): T => {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array as never);
  return larger;
};

/** How much room is made when so much is needed: some to spare, but not so much that it costs memory. */
const roomFor = (length: number): number => Math.max(1024, length + (length >> 3));

/** Is told of each project that changes: before, and after. */
export interface Watcher {
  leave(row: number): void;
  enter(row: number): void;
}

export class Columns {
  watcher: Watcher | undefined;
  /** Whether they are as they were at an earlier revision (`past.ts`). */
  isPast = false;
  readonly ids = new IdIndex();
  readonly dictionaries: Record<CodeName, Dictionary>;
  /** Packed days; `NEVER` for none. */
  readonly days: Record<DayName, Uint16Array> = record(dayNames, () => new Uint16Array(0));
  /** Codes of the dictionaries. */
  readonly codes: Record<CodeName, Codes> = record(codeNames, () => new Uint16Array(0) as Codes);
  investmentYuan = new Float64Array(0);
  /** NaN if unknown. */
  contractedFundsYuan = new Float64Array(0);
  flags = new Uint8Array(0);
  /** Whether names and times of change are those of the state, too: of the past, only once they are needed. */
  areNamed = true;
  #updatedAt = new Float64Array(0);
  #likeness = new Float64Array(0);
  /** Where the entries of a project are in the ledger, and how many. */
  ledgerStart = new Uint32Array(0);
  ledgerCount: Codes = new Uint16Array(0);
  ledgerDay = new Uint16Array(0);
  ledgerYuan = new Float64Array(0);
  /** Places of the ledger in use; entries that were replaced remain until the columns are filled anew. */
  ledgerEnd = 0;
  /** Where the investors other than the lead are, and how many, as codes of lead investors. */
  othersStart = new Uint32Array(0);
  othersCount: Codes = new Uint16Array(0);
  others = new Int32Array(0);
  othersEnd = 0;
  /** The country of each investor, by its code. */
  countries: (string | null)[];
  /** The entry above each one, by code. */
  parents: Record<TreeName, Map<string, string | null>>;

  /** @param like columns to share codes, countries and trees with */
  constructor(like?: Columns) {
    this.dictionaries = like?.dictionaries ?? record(codeNames, () => new Dictionary());
    this.countries = like?.countries ?? [null];
    this.parents = like?.parents ?? record(treeNames, () => new Map());
  }

  get count(): number {
    return this.ids.count;
  }

  /** In milliseconds since 1970. @throws unless they are those of the state (`State.named`) */
  get updatedAt(): Float64Array<ArrayBuffer> {
    return this.#named(this.#updatedAt);
  }

  /** Equal for projects with nearly equal names (`Derived.likenessOf`); 0 for none. @throws as `updatedAt` */
  get likeness(): Float64Array<ArrayBuffer> {
    return this.#named(this.#likeness);
  }

  #named(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
    if (!this.areNamed) throw new Error('Names and times of change of a past must be asked for.');
    return column;
  }

  /** An array with one value for each project; it may be replaced by a larger or wider one. */
  column(name: ColumnName): Numbers {
    if (name === 'updatedAt') return this.#updatedAt;
    if (name === 'likeness') return this.#likeness;
    return (
      (this.days as Partial<Record<ColumnName, Numbers>>)[name] ??
      (this.codes as Partial<Record<ColumnName, Numbers>>)[name] ??
      this[name as (typeof otherNames)[number]]
    );
  }

  get bytes(): number {
    const columns = columnNames.map((name) => this.column(name));
    const arrays = [...columns, this.ledgerDay, this.ledgerYuan, this.others];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, this.ids.bytes);
  }

  /**
   * Writes a project, new or changed, without its ledger, its other investors and its lists.
   * @returns its row
   */
  put(project: StoredProject, likeness: number): number {
    const row = this.ids.add(project.id);
    if (row >= this.flags.length) this.reserve(roomFor(row + 1));
    for (const name of dayNames) this.days[name][row] = packedDay(project[name]);
    for (const name of codeNames) this.putCode(name, row, project[name]);
    this.investmentYuan[row] = project.investmentYuan;
    this.contractedFundsYuan[row] = project.contractedFundsYuan ?? Number.NaN;
    this.flags[row] = (project.archivedAt ? ARCHIVED : 0) | (project.investmentEstimated ? ESTIMATED : 0);
    this.#updatedAt[row] = Date.parse(project.updatedAt);
    this.#likeness[row] = likeness;
    return row;
  }

  /** Takes a project out of all figures; its place remains. */
  remove(id: string): void {
    const row = this.ids.find(id);
    if (row < 0) return;
    this.watcher?.leave(row);
    this.empty(row);
  }

  /** Has a place say nothing, as if its project were not there. */
  empty(row: number): void {
    this.flags[row] = ARCHIVED;
    this.days.signedOn[row] = NEVER;
    this.#likeness[row] = 0;
    this.ledgerCount[row] = 0;
    this.othersCount[row] = 0;
  }

  putCode(name: CodeName, row: number, text: string | null): void {
    const code = this.dictionaries[name].codeOf(text);
    this.codes[name] = wideEnough(this.codes[name], code);
    this.codes[name][row] = code;
  }

  /** Replaces the ledger of a project. */
  putLedger(row: number, entries: readonly StoredEntry[]): void {
    const end = this.ledgerEnd + entries.length;
    if (end > this.ledgerDay.length) this.reserveLedger(roomFor(end));
    this.ledgerStart[row] = this.ledgerEnd;
    this.ledgerCount = wideEnough(this.ledgerCount, entries.length);
    this.ledgerCount[row] = entries.length;
    for (const { receivedOn, amountYuan } of entries) {
      this.ledgerDay[this.ledgerEnd] = packedDay(receivedOn);
      this.ledgerYuan[this.ledgerEnd++] = amountYuan;
    }
  }

  /** Moves the ledger of a project to another place, without one of its entries. */
  moveLedger(row: number, without: number): void {
    const start = this.ledgerStart[row] as number;
    const count = this.ledgerCount[row] as number;
    if (this.ledgerEnd + count > this.ledgerDay.length) this.reserveLedger(roomFor(this.ledgerEnd + count));
    this.ledgerStart[row] = this.ledgerEnd;
    this.ledgerCount[row] = count - 1;
    for (let i = start; i < start + count; i++) {
      if (i === without) continue;
      this.ledgerDay[this.ledgerEnd] = this.ledgerDay[i] as number;
      this.ledgerYuan[this.ledgerEnd++] = this.ledgerYuan[i] as number;
    }
  }

  /** Replaces the investors of a project other than the lead. @param ids of enterprises */
  putOthers(row: number, ids: readonly string[]): void {
    const end = this.othersEnd + ids.length;
    if (end > this.others.length) this.others = enlarged(this.others, roomFor(end));
    this.othersStart[row] = this.othersEnd;
    this.othersCount = wideEnough(this.othersCount, ids.length);
    this.othersCount[row] = ids.length;
    for (const id of ids) this.others[this.othersEnd++] = this.dictionaries.leadInvestorId.codeOf(id);
  }

  isArchived(row: number): boolean {
    return ((this.flags[row] as number) & ARCHIVED) !== 0;
  }

  isEstimated(row: number): boolean {
    return ((this.flags[row] as number) & ESTIMATED) !== 0;
  }

  /** Takes over a row of columns with which these share their codes, into a place for which there is room. */
  take(from: Columns, row: number, to: number): void {
    this.#widenFor(from, row);
    for (const name of columnNames) this.column(name)[to] = from.column(name)[row] as number;
    const [start, count] = [from.ledgerStart[row] as number, from.ledgerCount[row] as number];
    const end = this.ledgerEnd + count;
    if (end > this.ledgerDay.length) this.reserveLedger(roomFor(end));
    this.ledgerDay.set(from.ledgerDay.subarray(start, start + count), this.ledgerEnd);
    this.ledgerYuan.set(from.ledgerYuan.subarray(start, start + count), this.ledgerEnd);
    this.ledgerStart[to] = this.ledgerEnd;
    this.ledgerEnd = end;
    const first = from.othersStart[row] as number;
    const others = from.others.subarray(first, first + (from.othersCount[row] as number));
    if (this.othersEnd + others.length > this.others.length)
      this.others = enlarged(this.others, roomFor(this.othersEnd + others.length));
    this.others.set(others, this.othersEnd);
    this.othersStart[to] = this.othersEnd;
    this.othersEnd += others.length;
  }

  #widenFor(from: Columns, row: number): void {
    for (const name of codeNames)
      this.codes[name] = wideEnough(this.codes[name], from.codes[name][row] as number);
    this.ledgerCount = wideEnough(this.ledgerCount, from.ledgerCount[row] as number);
    this.othersCount = wideEnough(this.othersCount, from.othersCount[row] as number);
  }

  /** Copies a row into another place, with the same ledger and investors. */
  copy(from: number, to: number): void {
    for (const name of columnNames) {
      const column = this.column(name);
      column[to] = column[from] as number;
    }
  }

  /** A code of a tree and all above it. */
  *upFrom(tree: TreeName, code: string | null): Generator<string, void> {
    const parents = this.parents[tree];
    let at: string | null | undefined = code;
    // A tree has no more levels than entries, whatever is in it.
    for (let level = 0; at && level <= parents.size; level++) {
      yield at;
      at = parents.get(at);
    }
  }

  /** The funds that a project has received by a day, in yuan. */
  fundsBy(row: number, day: number): number {
    let yuan = 0;
    const start = this.ledgerStart[row] as number;
    const end = start + (this.ledgerCount[row] as number);
    for (let entry = start; entry < end; entry++)
      if ((this.ledgerDay[entry] as number) <= day) yuan += this.ledgerYuan[entry] as number;
    return yuan;
  }

  /** Calls `use` with the code of each investor of a project, the lead first. */
  forInvestors(row: number, use: (code: number) => void): void {
    const lead = this.codes.leadInvestorId[row] as number;
    if (lead === NONE) return;
    use(lead);
    const start = this.othersStart[row] as number;
    const end = start + (this.othersCount[row] as number);
    for (let i = start; i < end; i++) use(this.others[i] as number);
  }

  /** Whether a project has entries in its ledger by a day. */
  isFundedBy(row: number, day: number): boolean {
    const start = this.ledgerStart[row] as number;
    const end = start + (this.ledgerCount[row] as number);
    for (let entry = start; entry < end; entry++) if ((this.ledgerDay[entry] as number) <= day) return true;
    return false;
  }

  /** All that the columns say of a project, whatever its place and codes; undefined if it has none. */
  stateOf(id: string): Readonly<Record<string, unknown>> | undefined {
    const row = this.ids.find(id);
    if (row < 0) return undefined;
    const some = <T>(count: number, of: (i: number) => T): T[] =>
      Array.from({ length: count }, (_, i) => of(i));
    const [entry, other] = [this.ledgerStart[row] as number, this.othersStart[row] as number];
    const investors = this.dictionaries.leadInvestorId;
    return {
      ...record(dayNames, (name) => this.days[name][row]),
      ...record(codeNames, (name) => this.dictionaries[name].textOf(this.codes[name][row] as number)),
      country: this.countries[this.codes.leadInvestorId[row] as number],
      investmentYuan: this.investmentYuan[row],
      contractedFundsYuan: this.contractedFundsYuan[row],
      flags: this.flags[row],
      updatedAt: this.updatedAt[row],
      likeness: this.likeness[row],
      ledger: some(this.ledgerCount[row] as number, (i) =>
        [this.ledgerDay[entry + i], this.ledgerYuan[entry + i]].join(' '),
      ).sort(),
      investors: some(this.othersCount[row] as number, (i) =>
        investors.textOf(this.others[other + i] as number),
      ).sort(),
    };
  }

  /** Makes room for some entries of the ledger. @param length how many, at least those that there are */
  reserveLedger(length: number): void {
    this.ledgerDay = enlarged(this.ledgerDay, length);
    this.ledgerYuan = enlarged(this.ledgerYuan, length);
  }

  /** Makes room for some projects. @param length how many, at least those that there are */
  reserve(length: number): void {
    for (const name of dayNames) this.days[name] = enlarged(this.days[name], length);
    for (const name of codeNames) this.codes[name] = enlarged(this.codes[name], length);
    this.investmentYuan = enlarged(this.investmentYuan, length);
    this.contractedFundsYuan = enlarged(this.contractedFundsYuan, length);
    this.flags = enlarged(this.flags, length);
    this.#updatedAt = enlarged(this.#updatedAt, length);
    this.ledgerStart = enlarged(this.ledgerStart, length);
    this.ledgerCount = enlarged(this.ledgerCount, length);
    this.#likeness = enlarged(this.#likeness, length);
    this.othersStart = enlarged(this.othersStart, length);
    this.othersCount = enlarged(this.othersCount, length);
  }
}
