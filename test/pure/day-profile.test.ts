/** The profile of days beside the scan, for any projects and days, and as they change. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Columns, dayNames, type StoredEntry, type StoredProject } from '../../src/columns/columns.ts';
import { packedDay } from '../../src/columns/packed-days.ts';
import { DayProfile } from '../../src/features/figures/day-profile.ts';
import { tallyRows } from '../../src/features/figures/tallying.ts';
import { runs } from '../support/runs.ts';

/** Mostly few, so that they meet; some outside of what the profile knows. */
const day = fc
  .oneof(
    {
      weight: 6,
      arbitrary: fc.date({ min: new Date('2019-12-27'), max: new Date('2020-01-05'), noInvalidDate: true }),
    },
    {
      weight: 2,
      arbitrary: fc.date({ min: new Date('1940-01-01'), max: new Date('2080-12-31'), noInvalidDate: true }),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('1949-12-31', '1950-01-01', '2069-12-31', '2070-01-01')
        .map((text) => new Date(text)),
    },
  )
  .map((date) => date.toISOString().slice(0, 10));
const perhaps = fc.option(day, { freq: 3 });
const yuan = fc.integer({ min: 1, max: 1_000_000_000_000 });

const project = fc.record({
  ...Object.fromEntries(dayNames.map((name) => [name, perhaps])),
  signedOn: day,
  investmentYuan: yuan,
  contractedFundsYuan: fc.option(yuan),
  archivedAt: fc.option(fc.constant('2020-01-01T00:00:00Z'), { freq: 8 }),
  ledger: fc.array(fc.record({ receivedOn: day, amountYuan: fc.integer({ min: -1_000, max: 1_000 }) }), {
    maxLength: 3,
  }),
});
type Some = typeof project extends fc.Arbitrary<infer T> ? T : never;

const rest = {
  level: 'national',
  event: null,
  region: null,
  zone: null,
  industry: null,
  leadInvestorId: null,
};
const idOf = (i: number) => `0190a1b2-0000-7000-8000-${String(i).padStart(12, '0')}`;

function put(columns: Columns, i: number, { ledger, ...fields }: Some): void {
  const known = columns.ids.find(idOf(i));
  if (known >= 0) columns.watcher?.leave(known);
  const stored = {
    ...rest,
    ...fields,
    id: idOf(i),
    investmentEstimated: false,
    searchText: '',
    updatedAt: '2020-01-01T00:00:00Z',
  };
  const row = columns.put(stored as unknown as StoredProject, 0);
  columns.putLedger(row, ledger as StoredEntry[]);
  columns.watcher?.enter(row);
}

function scanned(columns: Columns, asOf: number) {
  const mask = Uint8Array.from({ length: columns.count }, (_, row) =>
    !columns.isArchived(row) && (columns.days.signedOn[row] as number) <= asOf ? 1 : 0,
  );
  return tallyRows(columns, mask, [], asOf)[0]?.tally;
}

describe('the profile of days', () => {
  it('gives the tally of the scan for any day, at first and as projects change', () => {
    const some = fc.array(project, { minLength: 1, maxLength: 12 });
    const changes = fc.array(fc.tuple(fc.nat(14), project), { maxLength: 6 });
    fc.assert(
      fc.property(some, changes, fc.array(day, { minLength: 6, maxLength: 6 }), (projects, changes, days) => {
        const columns = new Columns();
        for (const [i, one] of projects.entries()) put(columns, i, one);
        const profile = new DayProfile(columns);
        columns.watcher = profile;
        const known = days.map(packedDay).filter((asOf) => DayProfile.covers(asOf));
        for (const asOf of known) expect(profile.tallyOn(asOf)).toEqual(scanned(columns, asOf));
        for (const [i, one] of changes) put(columns, i, one);
        for (const asOf of known) expect(profile.tallyOn(asOf)).toEqual(scanned(columns, asOf));
        if (projects.length > 1) columns.remove(idOf(1));
        for (const asOf of known) expect(profile.tallyOn(asOf)).toEqual(scanned(columns, asOf));
      }),
      { numRuns: runs(300) },
    );
  });

  it('gives it after many changes of few projects', () => {
    const signed = {
      ...Object.fromEntries(dayNames.map((name) => [name, null])),
      signedOn: '2020-01-01',
      investmentYuan: 1,
      contractedFundsYuan: null,
      archivedAt: null,
      ledger: [],
    } as unknown as Some;
    const started = (startedOn: string) => ({ ...signed, startedOn }) as Some;
    const states = [signed, started('2020-01-03'), started('2020-01-05'), started('2020-01-03')];
    const columns = new Columns();
    const profile = new DayProfile(columns);
    columns.watcher = profile;
    const days = ['2020-01-02', '2020-01-03', '2020-01-04', '2020-01-05', '2021-01-01'].map(packedDay);
    for (let change = 0; change < 500; change++) {
      put(columns, change % 3, states[change % states.length] as Some);
      for (const asOf of days) expect(profile.tallyOn(asOf)).toEqual(scanned(columns, asOf));
    }
  });
});
