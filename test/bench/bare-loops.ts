/**
 * What figures cost at least: one loop each over the same arrays for the same numbers. No filter, no names, no limits,
 * and every length is taken to be usual. They share no functions that read arrays: V8 would compile these for arrays of
 * any type.
 */
import type { Columns } from '../../src/columns/columns.ts';
import { dayNumber, monthOf, yearOf } from '../../src/columns/packed-days.ts';

type Numbers = { readonly [row: number]: number };

const [SPAN, SHORTEST] = [2_048, -256];

/** Half of the lengths are not longer. */
function median(lengths: Int32Array, from: number): number {
  let total = 0;
  for (let i = from; i < from + SPAN; i++) total += lengths[i] as number;
  let left = total / 2;
  for (let i = from; i < from + SPAN; i++) {
    left -= lengths[i] as number;
    if (left <= 0) return i - from + SHORTEST;
  }
  return 0;
}

/** Everything that a summary says. @param county of the code, or all if it is negative */
export function bareSummary(columns: Columns, asOf: number, county: number): number[] {
  const { days, investmentYuan, contractedFundsYuan, codes, count: rows } = columns;
  const { signedOn, registeredOn, startedOn, completedOn, productionOn } = days;
  const { suspendedOn, resumedOn, terminatedOn, agreedStartOn, agreedProductionOn } = days;
  const { ledgerCount, ledgerDay, ledgerYuan } = columns;
  const { region } = codes;
  const starts = new Int32Array(SPAN);
  const productions = new Int32Array(SPAN);
  let [count, investment, contracted, known, registered, started, completed, producing, performing] =
    Array(9).fill(0);
  let [suspended, terminated, overdueStart, overdueProduction, sameYear, startedYuan, funds, fundsOf] =
    Array(8).fill(0);
  for (let row = 0; row < rows; row++) {
    const signed = signedOn[row] as number;
    if (signed > asOf || (county >= 0 && (region[row] as number) !== county)) continue;
    const yuan = investmentYuan[row] as number;
    count += 1;
    investment += yuan;
    let received = 0;
    const start = columns.ledgerStart[row] as number;
    const end = start + (ledgerCount[row] as number);
    for (let entry = start; entry < end; entry++)
      if ((ledgerDay[entry] as number) <= asOf) received += ledgerYuan[entry] as number;
    funds += received;
    const part = contractedFundsYuan[row] as number;
    if (!Number.isNaN(part)) {
      contracted += part;
      known += 1;
      fundsOf += received;
    }
    if ((terminatedOn[row] as number) <= asOf) {
      terminated += 1;
      continue;
    }
    const begun = startedOn[row] as number;
    const production = productionOn[row] as number;
    if ((registeredOn[row] as number) <= asOf) registered += 1;
    if ((registeredOn[row] as number) <= asOf || begun <= asOf) performing += 1;
    if (begun <= asOf) {
      started += 1;
      startedYuan += yuan;
      const length = dayNumber(begun) - dayNumber(signed) - SHORTEST;
      starts[length] = (starts[length] as number) + 1;
    } else if ((agreedStartOn[row] as number) < asOf) overdueStart += 1;
    if ((completedOn[row] as number) <= asOf) completed += 1;
    if (production <= asOf) {
      producing += 1;
      const length = dayNumber(production) - dayNumber(signed) - SHORTEST;
      productions[length] = (productions[length] as number) + 1;
      const year = yearOf(signed);
      if (yearOf(begun) === year && yearOf(production) === year) sameYear += 1;
    } else if ((agreedProductionOn[row] as number) < asOf) overdueProduction += 1;
    if ((suspendedOn[row] as number) <= asOf && (resumedOn[row] as number) > asOf) suspended += 1;
  }
  return [count, investment, contracted, known, registered, started, completed, producing, performing].concat(
    [suspended, terminated, overdueStart, overdueProduction, sameYear, startedYuan, funds, fundsOf],
    [median(starts, 0), median(productions, 0)],
  );
}

/** The same by two codes. @param sizes how many there are of each */
export function bareGroups(
  columns: Columns,
  asOf: number,
  first: Numbers,
  second: Numbers,
  sizes: readonly [number, number],
): number[] {
  const { days, investmentYuan, contractedFundsYuan, count: rows } = columns;
  const { signedOn, registeredOn, startedOn, completedOn, productionOn } = days;
  const { suspendedOn, resumedOn, terminatedOn, agreedStartOn, agreedProductionOn } = days;
  const { ledgerStart, ledgerCount, ledgerDay, ledgerYuan } = columns;
  const WIDTH = 17;
  const [groups, each] = [sizes[0] * sizes[1], sizes[1]];
  const sums = new Float64Array(WIDTH * groups);
  const starts = new Int32Array(SPAN * groups);
  const productions = new Int32Array(SPAN * groups);
  for (let row = 0; row < rows; row++) {
    const signed = signedOn[row] as number;
    if (signed > asOf) continue;
    const group = (first[row] as number) * each + (second[row] as number);
    const base = group * WIDTH;
    const yuan = investmentYuan[row] as number;
    sums[base] = (sums[base] as number) + 1;
    sums[base + 1] = (sums[base + 1] as number) + yuan;
    let received = 0;
    const end = (ledgerStart[row] as number) + (ledgerCount[row] as number);
    for (let entry = ledgerStart[row] as number; entry < end; entry++)
      if ((ledgerDay[entry] as number) <= asOf) received += ledgerYuan[entry] as number;
    sums[base + 2] = (sums[base + 2] as number) + received;
    const part = contractedFundsYuan[row] as number;
    if (!Number.isNaN(part)) {
      sums[base + 3] = (sums[base + 3] as number) + part;
      sums[base + 4] = (sums[base + 4] as number) + 1;
      sums[base + 5] = (sums[base + 5] as number) + received;
    }
    if ((terminatedOn[row] as number) <= asOf) {
      sums[base + 6] = (sums[base + 6] as number) + 1;
      continue;
    }
    const begun = startedOn[row] as number;
    const production = productionOn[row] as number;
    if ((registeredOn[row] as number) <= asOf) sums[base + 7] = (sums[base + 7] as number) + 1;
    if ((registeredOn[row] as number) <= asOf || begun <= asOf)
      sums[base + 8] = (sums[base + 8] as number) + 1;
    if (begun <= asOf) {
      sums[base + 9] = (sums[base + 9] as number) + 1;
      sums[base + 10] = (sums[base + 10] as number) + yuan;
      const length = group * SPAN + dayNumber(begun) - dayNumber(signed) - SHORTEST;
      starts[length] = (starts[length] as number) + 1;
    } else if ((agreedStartOn[row] as number) < asOf) sums[base + 11] = (sums[base + 11] as number) + 1;
    if ((completedOn[row] as number) <= asOf) sums[base + 12] = (sums[base + 12] as number) + 1;
    if (production <= asOf) {
      sums[base + 13] = (sums[base + 13] as number) + 1;
      const length = group * SPAN + dayNumber(production) - dayNumber(signed) - SHORTEST;
      productions[length] = (productions[length] as number) + 1;
      const year = yearOf(signed);
      if (yearOf(begun) === year && yearOf(production) === year)
        sums[base + 14] = (sums[base + 14] as number) + 1;
    } else if ((agreedProductionOn[row] as number) < asOf) sums[base + 15] = (sums[base + 15] as number) + 1;
    if ((suspendedOn[row] as number) <= asOf && (resumedOn[row] as number) > asOf)
      sums[base + 16] = (sums[base + 16] as number) + 1;
  }
  const found: number[] = [];
  for (let group = 0; group < groups; group++)
    if ((sums[group * WIDTH] as number) > 0)
      found.push(
        sums[group * WIDTH] as number,
        median(starts, group * SPAN),
        median(productions, group * SPAN),
      );
  return found;
}

/** What happened in each month up to a day. */
export function bareTimeline(columns: Columns, asOf: number): Float64Array {
  const { days, investmentYuan, ledgerStart, ledgerCount, ledgerDay, ledgerYuan, count: rows } = columns;
  const { signedOn, startedOn, productionOn, terminatedOn } = days;
  const WIDTH = 7;
  const sums = new Float64Array(WIDTH * (monthOf(asOf) + 1));
  const add = (month: number, what: number, by: number) => {
    const place = month * WIDTH + what;
    sums[place] = (sums[place] as number) + by;
  };
  for (let row = 0; row < rows; row++) {
    const signed = signedOn[row] as number;
    if (signed > asOf) continue;
    add(monthOf(signed), 0, 1);
    add(monthOf(signed), 1, investmentYuan[row] as number);
    const ended = terminatedOn[row] as number;
    const begun = Math.max(startedOn[row] as number, signed);
    if (begun <= asOf && ended > begun) {
      add(monthOf(begun), 2, 1);
      if (ended <= asOf) add(monthOf(ended), 3, 1);
    }
    const producing = Math.max(productionOn[row] as number, signed);
    if (producing <= asOf && ended > producing) {
      add(monthOf(producing), 4, 1);
      if (ended <= asOf) add(monthOf(ended), 5, 1);
    }
    const end = (ledgerStart[row] as number) + (ledgerCount[row] as number);
    for (let entry = ledgerStart[row] as number; entry < end; entry++) {
      const received = ledgerDay[entry] as number;
      if (received <= asOf) add(monthOf(Math.max(received, signed)), 6, ledgerYuan[entry] as number);
    }
  }
  return sums;
}
