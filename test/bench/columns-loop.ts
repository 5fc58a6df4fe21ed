/**
 * Child process: the tallies of made-up columns in memory, and a bare loop over the same arrays for the same numbers.
 * The loop is what a figure costs at least: no filter, no groups, no names.
 */
import { Columns, codeNames, dayNames } from '../../src/columns/columns.ts';
import { dayNumber, NEVER, packedDay } from '../../src/columns/packed-days.ts';
import { tallyRows } from '../../src/features/figures/tallying.ts';
import { randomFrom } from './random.ts';

export interface LoopJob {
  rows: number;
  runs: number;
}
export interface LoopTimes {
  /** Medians, in milliseconds. */
  ours: number;
  loop: number;
  bytes: number;
}

/** Columns as they would be after so many projects, without ids. */
function madeUp(rows: number): Columns {
  const random = randomFrom(7);
  const columns = new Columns();
  columns.put(someProject(), 1);
  Object.defineProperty(columns, 'count', { value: rows });
  for (const name of dayNames) columns.days[name] = new Int32Array(rows).fill(NEVER);
  for (const name of codeNames) columns.codes[name] = new Uint16Array(rows);
  columns.investmentYuan = new Float64Array(rows);
  columns.contractedFundsYuan = new Float64Array(rows);
  columns.flags = new Uint8Array(rows);
  columns.ledgerStart = new Uint32Array(rows);
  columns.ledgerCount = new Uint32Array(rows);
  columns.ledgerDay = new Int32Array(rows);
  columns.ledgerYuan = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const month = 2008 * 12 + random.whole(0, 200 - 1);
    const day = (after: number) => (month + after) * 32 + 1 + random.whole(0, 28 - 1);
    const { signedOn, registeredOn, startedOn, productionOn, terminatedOn, agreedStartOn } = columns.days;
    signedOn[row] = day(0);
    if (random.whole(0, 10 - 1) < 9) registeredOn[row] = day(2);
    if (random.whole(0, 10 - 1) < 8) startedOn[row] = day(6);
    if (random.whole(0, 10 - 1) < 5) productionOn[row] = day(20);
    if (random.whole(0, 10 - 1) < 1) terminatedOn[row] = day(30);
    if (random.whole(0, 10 - 1) < 7) agreedStartOn[row] = day(5);
    columns.investmentYuan[row] = 1_000_000 * (1 + random.whole(0, 10_000 - 1));
    columns.contractedFundsYuan[row] = random.whole(0, 3 - 1)
      ? 1_000_000 * (1 + random.whole(0, 9_000 - 1))
      : Number.NaN;
    columns.ledgerStart[row] = row;
    columns.ledgerCount[row] = random.whole(0, 3 - 1) ? 1 : 0;
    columns.ledgerDay[row] = day(8);
    columns.ledgerYuan[row] = 1_000 * random.whole(0, 100_000 - 1);
  }
  return columns;
}

const someProject = () =>
  ({
    ...Object.fromEntries(dayNames.map((name) => [name, null])),
    ...Object.fromEntries(codeNames.map((name) => [name, 'x'])),
    id: '0190a1b2-0000-7000-8000-000000000001',
    investmentYuan: 1,
    investmentEstimated: false,
    contractedFundsYuan: null,
    searchText: '',
    updatedAt: '2020-01-01T00:00:00Z',
    archivedAt: null,
  }) as unknown as Parameters<Columns['put']>[0];

/** Everything that a summary says, for all rows. */
function bareLoop(
  { days, investmentYuan, contractedFundsYuan, ...columns }: Columns,
  rows: number,
  asOf: number,
) {
  const { signedOn, registeredOn, startedOn, completedOn, productionOn } = days;
  const { suspendedOn, resumedOn, terminatedOn, agreedStartOn, agreedProductionOn } = days;
  const { ledgerStart, ledgerCount, ledgerDay, ledgerYuan } = columns;
  const at = (column: Int32Array | Uint32Array | Float64Array, row: number) => column[row] as number;
  const starts = new Int32Array(4_096);
  const productions = new Int32Array(4_096);
  let [count, investment, contracted, known, registered, started, completed, producing, performing] =
    Array(9).fill(0);
  let [suspended, terminated, overdueStart, overdueProduction, sameYear, startedYuan, funds, fundsOf] =
    Array(8).fill(0);
  for (let row = 0; row < rows; row++) {
    const signed = at(signedOn, row);
    if (signed > asOf) continue;
    const yuan = at(investmentYuan, row);
    count += 1;
    investment += yuan;
    let received = 0;
    const end = at(ledgerStart, row) + at(ledgerCount, row);
    for (let entry = at(ledgerStart, row); entry < end; entry++)
      if (at(ledgerDay, entry) <= asOf) received += at(ledgerYuan, entry);
    funds += received;
    const part = at(contractedFundsYuan, row);
    if (!Number.isNaN(part)) {
      contracted += part;
      known += 1;
      fundsOf += received;
    }
    if (at(terminatedOn, row) <= asOf) {
      terminated += 1;
      continue;
    }
    const start = at(startedOn, row);
    const production = at(productionOn, row);
    if (at(registeredOn, row) <= asOf) registered += 1;
    if (at(registeredOn, row) <= asOf || start <= asOf) performing += 1;
    if (start <= asOf) {
      started += 1;
      startedYuan += yuan;
      const length = dayNumber(start) - dayNumber(signed) + 1_024;
      starts[length] = at(starts, length) + 1;
    } else if (at(agreedStartOn, row) < asOf) overdueStart += 1;
    if (at(completedOn, row) <= asOf) completed += 1;
    if (production <= asOf) {
      producing += 1;
      const length = dayNumber(production) - dayNumber(signed) + 1_024;
      productions[length] = at(productions, length) + 1;
      const year = ((signed >> 5) / 12) | 0;
      if ((((start >> 5) / 12) | 0) === year && (((production >> 5) / 12) | 0) === year) sameYear += 1;
    } else if (at(agreedProductionOn, row) < asOf) overdueProduction += 1;
    if (at(suspendedOn, row) <= asOf && at(resumedOn, row) > asOf) suspended += 1;
  }
  return [count, investment, contracted, known, registered, started, completed, producing, performing].concat(
    [suspended, terminated, overdueStart, overdueProduction, sameYear, startedYuan, funds, fundsOf],
  );
}

function measure({ rows, runs }: LoopJob): LoopTimes {
  const columns = madeUp(rows);
  const ours: number[] = [];
  const loop: number[] = [];
  let same = true;
  for (let run = 0; run < runs + 2; run++) {
    const asOf = packedDay(`2024-${String(1 + (run % 12)).padStart(2, '0')}-15`);
    const began = performance.now();
    const mask = new Uint8Array(rows);
    const { signedOn } = columns.days;
    for (let row = 0; row < rows; row++) mask[row] = (signedOn[row] as number) <= asOf ? 1 : 0;
    const [all] = tallyRows(columns, mask, [], asOf);
    const middle = performance.now();
    const [count, investment] = bareLoop(columns, rows, asOf);
    const end = performance.now();
    same &&= all?.tally.projectCount === count && all?.tally.totalInvestment === investment;
    if (run < 2) continue;
    ours.push(middle - began);
    loop.push(end - middle);
  }
  if (!same) throw new Error('The loop gives other numbers.');
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;
  return { ours: median(ours), loop: median(loop), bytes: columns.bytes / rows };
}

process.once('message', (job: LoopJob) => {
  process.send?.(measure(job));
});
