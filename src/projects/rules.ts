/** The rules of a project that need more than one field, or a look at the database. */
import type { Reader } from '../database/database.ts';
import { type Fault, Problem } from '../http/problems.ts';
import { unknownReferences } from '../references/service.ts';
import { lifecycleFaults } from './lifecycle.ts';
import type { Input } from './record.ts';
import { fundsByDay } from './repository.ts';
import type { FundsEntry } from './schema.ts';

const isAbove = (amount: number | null | undefined, limit: number | undefined): boolean =>
  typeof amount === 'number' && limit !== undefined && amount > limit;

const references = [
  { field: 'event', entity: 'events' },
  { field: 'region', entity: 'regions' },
  { field: 'zone', entity: 'zones' },
  { field: 'industry', entity: 'industries' },
] as const;

/**
 * Every fault of a project as it would be.
 * @param before what it is now; null for a new one. References that stay are not looked up again.
 * @param faults those that the schema found; their fields are missing from `input`
 */
export async function faultsIn(
  reader: Reader,
  input: Input,
  before: Input | null,
  faults: Fault[],
  today: string,
): Promise<Fault[]> {
  const unsound = new Set(faults.map(({ pointer }) => pointer?.split('/')[1] ?? ''));
  // What is faulty is measured against nothing, and nothing against what it said before.
  const sound: Partial<Input> = Object.fromEntries(
    Object.entries(input).filter(([field]) => !unsound.has(field)),
  );
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
    ...lifecycleFaults(sound, today, unsound),
    ...(isAbove(sound.contractedFundsYuan, sound.investmentYuan)
      ? [{ pointer: '/contractedFundsYuan', code: 'contracted_above_investment' } as const]
      : []),
    ...(await unknownReferences(reader, [...named, ...investors])),
  ];
}

/** @throws Problem 422 when the balance would be negative on some day from the entry's on */
export async function refuseNegativeBalance(reader: Reader, id: string, entry: FundsEntry): Promise<void> {
  const days = [...(await fundsByDay(reader, id)), { day: entry.receivedOn, yuan: entry.amountYuan }].sort(
    (a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : b.yuan - a.yuan),
  );
  let balance = 0;
  for (const { day, yuan } of days) {
    balance += yuan;
    if (balance < 0) {
      throw new Problem('funds.negative_balance', {
        values: { day, balance },
        faults: [{ pointer: '/amountYuan', code: 'negative_balance', values: { day, balance } }],
      });
    }
  }
}
