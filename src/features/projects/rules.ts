/** Rules for projects that involve several fields or the database. */

import type { Lookup } from '../../catalogues/service.ts';
import type { Reader } from '../../database/database.ts';
import { code } from '../../http/fields.ts';
import { type Fault, faultyFields, Problem, without } from '../../http/problems.ts';
import { faultsOfIssues } from '../../http/validation.ts';
import { lifecycleFaults } from './lifecycle.ts';
import type { Input } from './record.ts';
import { fundsByDay } from './repository.ts';
import type { NewFundsEntry } from './schema.ts';

const isAbove = (amount: number | null | undefined, limit: number | undefined): boolean =>
  typeof amount === 'number' && limit !== undefined && amount > limit;

const references = [
  { field: 'event', entity: 'events' },
  { field: 'region', entity: 'regions' },
  { field: 'zone', entity: 'zones' },
  { field: 'industry', entity: 'industries' },
] as const;

/**
 * All faults of a project in its future state.
 * @param lookup finds references that do not exist
 * @param before the current state; null for a new one. Unchanged references are not looked up again.
 * @param faults the faults found by the schema; their fields are missing from `input`
 */
export async function faultsIn(
  lookup: Lookup,
  input: Input,
  before: Input | null,
  faults: readonly Fault[],
  today: string,
): Promise<Fault[]> {
  const faulty = faultyFields(faults);
  const sound = without(faulty, input);
  const named = references.flatMap(({ field, entity }) => {
    const key = input[field];
    return key === null || key === before?.[field] ? [] : [{ entity, key, pointer: `/${field}` }];
  });
  const investors = input.investorIds.flatMap((key, i) =>
    before?.investorIds.includes(key)
      ? []
      : [{ entity: 'enterprises' as const, key, pointer: `/investorIds/${i}` }],
  );
  return [
    ...faults,
    ...lifecycleFaults(sound, today, faulty),
    ...(isAbove(sound.contractedFundsYuan, sound.investmentYuan)
      ? [{ pointer: '/contractedFundsYuan', code: 'contracted_above_investment' } as const]
      : []),
    ...(await lookup([...named, ...investors])),
  ];
}

/** The faults of the code in a path, and of one in the body that is another. */
export function codeFaults(inPath: string, given: string | undefined): Fault[] {
  const { error } = code.safeParse(inPath);
  const own = faultsOfIssues(error?.issues ?? []).map(
    ({ code, values }): Fault => ({ parameter: 'code', code, ...(values && { values }) }),
  );
  const isAnother = given !== undefined && given !== inPath;
  return isAnother
    ? [...own, { pointer: '/code', code: 'not_the_code', values: { code: inPath.slice(0, 64) } }]
    : own;
}

type Amount = Pick<NewFundsEntry, 'receivedOn' | 'amountYuan'>;

/**
 * All faults of a ledger entry, except a negative balance.
 * @param inPlaceYuan the current sum of the ledger
 * @param faults the faults found by the schema
 */
export const fundsFaults = (
  { receivedOn, amountYuan }: Partial<Amount>,
  inPlaceYuan: number,
  faults: readonly Fault[],
  today: string,
): Fault[] => [
  ...faults,
  ...(isAbove(amountYuan, Number.MAX_SAFE_INTEGER - inPlaceYuan)
    ? [
        {
          pointer: '/amountYuan',
          code: 'too_large',
          values: { max: Number.MAX_SAFE_INTEGER - inPlaceYuan },
        } as const,
      ]
    : []),
  ...(receivedOn !== undefined && receivedOn > today
    ? [{ pointer: '/receivedOn', code: 'after_today', values: { today } } as const]
    : []),
];

/** The first day with a negative balance. @param days the ledger including the entry */
export function negativeDay(
  days: readonly { day: string; yuan: number }[],
): { day: string; balance: number } | null {
  let balance = 0;
  for (const { day, yuan } of days.toSorted((a, b) =>
    a.day < b.day ? -1 : a.day > b.day ? 1 : b.yuan - a.yuan,
  )) {
    balance += yuan;
    if (balance < 0) return { day, balance };
  }
  return null;
}

/** @throws Problem 422 if the balance would be negative on any day from that of the entry on */
export async function refuseNegativeBalance(reader: Reader, id: string, entry: Amount): Promise<void> {
  const { receivedOn: day, amountYuan: yuan } = entry;
  const values = negativeDay([...(await fundsByDay(reader, id)), { day, yuan }]);
  if (!values) return;
  throw new Problem('funds.negative_balance', {
    values,
    faults: [{ pointer: '/amountYuan', code: 'negative_balance', values }],
  });
}
