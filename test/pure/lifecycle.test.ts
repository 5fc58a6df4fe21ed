import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  counts,
  type LifecycleFlag,
  lifecycleFaults,
  lifecycleFlags,
  operatingStatus,
  operatingStatuses,
  overdue,
  sameYear,
} from '../../src/features/projects/lifecycle.ts';
import { anyDates, day } from '../support/arbitraries.ts';
import {
  brokenRules,
  FLAGS,
  isCounted,
  type ModelDates,
  operatingStatusOf,
  overdueOf,
  sameYearOf,
} from '../support/model.ts';
import { addDays } from '../support/model-figures.ts';
import { runs } from '../support/runs.ts';

const datesOf = (fields: Partial<ModelDates> = {}): ModelDates => ({
  signedOn: '2020-06-29',
  registeredOn: null,
  startedOn: null,
  completedOn: null,
  productionOn: null,
  suspendedOn: null,
  resumedOn: null,
  terminatedOn: null,
  agreedStartOn: null,
  agreedProductionOn: null,
  ...fields,
});

/** Everything derived from the dates on a day. */
const saidOf = (dates: ModelDates, asOf: string) => ({
  operatingStatus: operatingStatus(dates, asOf),
  overdue: overdue(dates, asOf),
  sameYear: sameYear(dates, asOf),
  flags: lifecycleFlags.filter((flag) => counts(flag, dates, asOf)),
});

const modelled = (dates: ModelDates, asOf: string) => ({
  operatingStatus: operatingStatusOf(dates, asOf),
  overdue: overdueOf(dates, asOf),
  sameYear: sameYearOf(dates, asOf),
  flags: FLAGS.filter((flag) => isCounted(flag, dates, asOf)),
});

describe('the status of a project', () => {
  it('equals the model on the days around each of its dates', () => {
    fc.assert(
      fc.property(anyDates, (dates) => {
        for (const date of Object.values(dates)) {
          if (date === null) continue;
          for (const distance of [-1, 0, 1]) {
            const asOf = addDays(date, distance);
            expect(saidOf(dates, asOf), asOf).toEqual(modelled(dates, asOf));
          }
        }
      }),
      { numRuns: runs(2000) },
    );
  });

  const FULL = datesOf({
    registeredOn: '2020-07-10',
    startedOn: '2020-08-10',
    suspendedOn: '2020-09-10',
    resumedOn: '2020-10-10',
    completedOn: '2020-11-10',
    productionOn: '2020-12-10',
    terminatedOn: '2021-01-10',
  });

  it.each([
    ['2020-06-29', 'signed'],
    ['2020-07-09', 'signed'],
    ['2020-07-10', 'registered'],
    ['2020-08-09', 'registered'],
    ['2020-08-10', 'under_construction'],
    ['2020-09-09', 'under_construction'],
    ['2020-09-10', 'suspended'],
    ['2020-10-09', 'suspended'],
    ['2020-10-10', 'under_construction'],
    ['2020-11-09', 'under_construction'],
    ['2020-11-10', 'completed'],
    ['2020-12-09', 'completed'],
    ['2020-12-10', 'in_production'],
    ['2021-01-09', 'in_production'],
    ['2021-01-10', 'terminated'],
    ['9999-12-31', 'terminated'],
  ])('on %s is %s', (asOf, status) => {
    expect(operatingStatus(FULL, asOf)).toBe(status);
  });

  it.each<[string, Partial<ModelDates>, string]>([
    [
      'suspended and resumed on one day is not suspended',
      { suspendedOn: '2020-07-01', resumedOn: '2020-07-01' },
      'signed',
    ],
    ['suspended before anything else is suspended', { suspendedOn: '2020-07-01' }, 'suspended'],
    [
      'suspended while producing is suspended',
      { startedOn: '2020-07-01', productionOn: '2020-07-01', suspendedOn: '2020-07-01' },
      'suspended',
    ],
    [
      'terminated on the day of production is terminated',
      { startedOn: '2020-07-01', productionOn: '2020-07-01', terminatedOn: '2020-07-01' },
      'terminated',
    ],
    [
      'completed and producing on one day is producing',
      { startedOn: '2020-07-01', completedOn: '2020-07-01', productionOn: '2020-07-01' },
      'in_production',
    ],
    [
      'producing before completion is producing',
      { startedOn: '2020-06-30', completedOn: '2020-08-01', productionOn: '2020-07-01' },
      'in_production',
    ],
    [
      'started without a registration is under construction',
      { startedOn: '2020-07-01' },
      'under_construction',
    ],
    ['started before the signing is under construction', { startedOn: '2020-01-01' }, 'under_construction'],
  ])('%s', (_, fields, status) => {
    expect(operatingStatus(datesOf(fields), '2020-07-01')).toBe(status);
  });

  it('names every status and flag once', () => {
    expect([...lifecycleFlags]).toEqual(FLAGS);
    expect(new Set(operatingStatuses).size).toBe(7);
  });
});

describe('a promise', () => {
  const promised = datesOf({ agreedStartOn: '2020-09-01', agreedProductionOn: '2020-12-01' });

  it.each<[string, string, Partial<ModelDates>, string[]]>([
    ['is not missed on its day', '2020-09-01', {}, []],
    ['is missed on the day after', '2020-09-02', {}, ['start']],
    ['of production is missed on the day after, too', '2020-12-02', {}, ['start', 'production']],
    ['is kept late but kept', '2020-12-01', { startedOn: '2020-12-01' }, []],
    ['is missed until the day before it is kept', '2020-11-30', { startedOn: '2020-12-01' }, ['start']],
    ['is not missed by a project that has ended', '2020-12-02', { terminatedOn: '2020-12-02' }, []],
    [
      'is missed until the day before the end',
      '2020-12-02',
      { terminatedOn: '2020-12-03' },
      ['start', 'production'],
    ],
    ['is missed while suspended', '2020-09-02', { suspendedOn: '2020-08-01' }, ['start']],
  ])('%s', (_, asOf, fields, missed) => {
    expect(overdue({ ...promised, ...fields }, asOf)).toEqual(missed);
  });
});

describe('one calendar year', () => {
  const speed = (signedOn: string, startedOn: string | null, productionOn: string | null) =>
    datesOf({ signedOn, startedOn, productionOn });

  it.each<[string, ModelDates, string, boolean]>([
    ['from its first day to its last', speed('2020-01-01', '2020-01-01', '2020-12-31'), '2020-12-31', true],
    ['is not over before production', speed('2020-01-01', '2020-01-01', '2020-12-31'), '2020-12-30', false],
    ['is still that year in the next', speed('2020-01-01', '2020-06-01', '2020-12-31'), '2021-06-01', true],
    ['is not two years of one night', speed('2020-12-31', '2020-12-31', '2021-01-01'), '2021-06-01', false],
    [
      'does not hold for a start in the year before',
      speed('2020-01-01', '2019-12-31', '2020-02-01'),
      '2021-01-01',
      false,
    ],
    ['needs a production', speed('2020-01-01', '2020-01-01', null), '2021-01-01', false],
    ['may begin with the start', speed('2020-06-29', '2020-01-01', '2020-07-01'), '2020-07-01', true],
  ])('%s', (_, dates, asOf, expected) => {
    expect(sameYear(dates, asOf)).toBe(expected);
  });
});

describe('a terminated project', () => {
  it('only counts as terminated from that day on', () => {
    const dates = datesOf({
      registeredOn: '2020-07-01',
      startedOn: '2020-07-01',
      completedOn: '2020-07-01',
      productionOn: '2020-07-01',
      suspendedOn: '2020-07-01',
      terminatedOn: '2020-08-01',
    });
    const counted = (asOf: string): LifecycleFlag[] => lifecycleFlags.filter((f) => counts(f, dates, asOf));
    expect(counted('2020-07-31')).toEqual([
      'registered',
      'started',
      'completed',
      'inProduction',
      'performing',
      'suspended',
      'sameYear',
    ]);
    expect(counted('2020-08-01')).toEqual(['terminated']);
  });
});

describe('the rules for dates', () => {
  it('are those of the model, all violations together', () => {
    fc.assert(
      fc.property(anyDates, day, (dates, today) => {
        const faults = lifecycleFaults(dates, today).map(
          ({ pointer, code }) => `${pointer?.slice(1)} ${code}`,
        );
        expect(faults.sort()).toEqual(brokenRules(dates, today));
      }),
      { numRuns: runs(2000) },
    );
  });

  it('allow agreed dates in the future', () => {
    const dates = datesOf({ agreedStartOn: '2030-01-01', agreedProductionOn: '2029-01-01' });
    expect(lifecycleFaults(dates, '2020-06-29')).toEqual([]);
  });

  it('allow registration and start before the signing', () => {
    const dates = datesOf({ registeredOn: '2019-01-01', startedOn: '2018-01-01' });
    expect(lifecycleFaults(dates, '2020-06-29')).toEqual([]);
  });
});
