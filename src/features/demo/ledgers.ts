/** The ledgers of sample projects: funds that arrive over time, a few corrections, and what is returned at the end. */

import { addDays } from '../../core/days.ts';
import { type LifecycleDates, type OperatingStatus, operatingStatus } from '../projects/lifecycle.ts';
import type { NewFundsEntry } from '../projects/schema.ts';
import { allocate, MILLION } from './allocation.ts';
import { type Day, dayIn, earlier, LAST_DAY, later } from './days.ts';
import type { Random } from './random.ts';

/** How much of what can arrive has typically arrived. */
const progress: Record<OperatingStatus, number> = {
  signed: 0,
  registered: 0.08,
  under_construction: 0.5,
  suspended: 0.3,
  completed: 0.75,
  in_production: 0.88,
  terminated: 0.1,
};

/** How large a share of its funds a project wants to have received by a day. */
export const appetite = (random: Random, life: LifecycleDates, day: Day): number =>
  Math.min(0.97, progress[operatingStatus(life, day)] * (0.7 + 0.6 * random.fraction()));

export interface LedgerPlan {
  life: LifecycleDates;
  /** The balance that the ledger must show on the day. */
  counted: { on: Day; yuan: number };
  /** All that can arrive in the end. */
  available: number;
}

/** The entries of a project in order. Their balance is never negative. */
export function ledgerOf(random: Random, { life, counted, available }: LedgerPlan): NewFundsEntry[] {
  const { terminatedOn } = life;
  const from = later(life.signedOn, life.registeredOn ?? life.startedOn ?? life.signedOn);
  if (terminatedOn && terminatedOn <= counted.on) {
    const entries = arrivals(random, counted.yuan, from, addDays(terminatedOn, -1));
    return inOrder(takenBack(entries, terminatedOn, random.whole(20, 60), RETURNED));
  }
  const before = arrivals(random, counted.yuan, from, counted.on);
  const end = terminatedOn ? addDays(terminatedOn, -1) : LAST_DAY;
  const share = appetite(random, terminatedOn ? { ...life, terminatedOn: null } : life, end);
  const more = Math.max(0, Math.floor((available * share - counted.yuan) / MILLION) * MILLION);
  const after = arrivals(random, more, later(from, addDays(counted.on, 1)), end);
  const entries = [...corrected(random, before, counted.on), ...corrected(random, after, end)];
  const balance = counted.yuan + more;
  if (terminatedOn && balance > 0 && random.chance(0.6)) {
    entries.push({
      receivedOn: terminatedOn,
      amountYuan: -percentOf(balance, random.whole(20, 60)),
      note: RETURNED,
    });
  }
  return inOrder(entries);
}

const RETURNED = '演示数据：终止后退回。Demo data: returned when the contract ended.';
const CORRECTED = '演示数据：更正前期重复登记。Demo data: correction of an amount entered twice.';

const percentOf = (yuan: number, percent: number): number =>
  Math.max(MILLION, Math.floor((yuan * percent) / 100 / MILLION) * MILLION);

/** A sum in several entries over a span. */
function arrivals(random: Random, yuan: number, from: Day, to: Day): NewFundsEntry[] {
  const count = Math.min(random.whole(2, 4), yuan / MILLION);
  const portions = Array.from({ length: count }, () => ({
    weight: 1 + 3 * random.fraction(),
    min: MILLION,
    max: yuan,
  }));
  return allocate(yuan, portions).map((amountYuan) => ({
    receivedOn: earlier(dayIn(random, from, to), to),
    amountYuan,
  }));
}

/** Now and then too much was entered at first, and was taken out again by the day; the sum stays. */
function corrected(random: Random, entries: NewFundsEntry[], by: Day): NewFundsEntry[] {
  const first = entries.reduce<Day | null>(
    (day, { receivedOn }) => (day ? earlier(day, receivedOn) : receivedOn),
    null,
  );
  if (first === null || first >= by || !random.chance(0.07)) return entries;
  return takenBack(entries, dayIn(random, addDays(first, 1), by), random.whole(5, 20), CORRECTED);
}

/** Adds a percentage to the first entry, and takes it back on a day after it. */
function takenBack(entries: NewFundsEntry[], day: Day, percent: number, note: string): NewFundsEntry[] {
  const [first, ...others] = inOrder(entries);
  if (!first) return [];
  const yuan = percentOf(first.amountYuan, percent);
  return [
    { ...first, amountYuan: first.amountYuan + yuan },
    ...others,
    { receivedOn: day, amountYuan: -yuan, note },
  ];
}

const inOrder = (entries: NewFundsEntry[]): NewFundsEntry[] =>
  entries.toSorted((a, b) =>
    a.receivedOn === b.receivedOn ? b.amountYuan - a.amountYuan : a.receivedOn < b.receivedOn ? -1 : 1,
  );
