/** Writes a checked project: the row, its related rows, and the log entry. */

import type { Clock } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import type { Transaction } from '../../database/database.ts';
import type { FieldChange } from '../../database/tables.ts';
import { type Caller, record } from '../../log/service.ts';
import { changedRow, columnsOf, type Input, searchTextOf } from './record.ts';
import * as repository from './repository.ts';
import type { FundsEntry, NewFundsEntry } from './schema.ts';

/** The author and time of a write. */
export interface Author {
  caller: Caller;
  clock: Clock;
}

/**
 * @param fields the logged fields
 * @returns the new project's id
 */
export async function createProject(
  tx: Transaction,
  { caller, clock }: Author,
  input: Input,
  fields: Record<string, FieldChange>,
): Promise<string> {
  const id = newId();
  const at = await record(tx, caller, {
    entity: 'projects',
    entityId: id,
    action: 'create',
    at: clock.now(),
    fields,
  });
  await repository.insertProject(tx, {
    ...columnsOf(input),
    id,
    version: 1,
    createdAt: at,
    updatedAt: at,
    archivedAt: null,
  });
  await repository.insertInvestors(tx, id, input.investorIds);
  return id;
}

/** Writes the next version of a project's row. */
const update = (
  tx: Transaction,
  row: repository.ProjectRow,
  at: string,
  changes: Partial<repository.ProjectRecord>,
): Promise<void> => repository.updateProject(tx, changedRow(row, at, changes), searchTextOf(row));

/** @param fields the differences between the current and the future row */
export async function changeProject(
  tx: Transaction,
  { caller, clock }: Author,
  row: repository.ProjectRow,
  after: Input,
  fields: Record<string, FieldChange>,
): Promise<void> {
  const change = { entity: 'projects', entityId: row.id, action: 'change', at: clock.now(), fields } as const;
  await update(tx, row, await record(tx, caller, change), columnsOf(after));
  if (fields.investorIds) {
    await repository.deleteInvestors(tx, row.id);
    await repository.insertInvestors(tx, row.id, after.investorIds);
  }
}

/** Adds to the ledger and increments the project's version. */
export async function addFundsEntry(
  tx: Transaction,
  { caller, clock }: Author,
  row: repository.ProjectRow,
  { receivedOn, amountYuan, note = null }: NewFundsEntry,
): Promise<FundsEntry> {
  const entry = { id: newId(), receivedOn, amountYuan, note };
  const at = await record(tx, caller, {
    entity: 'projects',
    entityId: row.id,
    action: 'add_funds',
    at: clock.now(),
    fields: { fundsEntry: { after: entry } },
  });
  await repository.insertFunds(tx, { ...entry, projectId: row.id, createdAt: at });
  await update(tx, row, at, {});
  return entry;
}

/** Archives or restores a project. @param archivedAt null restores */
export async function setArchived(
  tx: Transaction,
  { caller, clock }: Author,
  row: repository.ProjectRow,
  archivedAt: string | null,
): Promise<void> {
  const at = await record(tx, caller, {
    entity: 'projects',
    entityId: row.id,
    action: archivedAt ? 'archive' : 'restore',
    at: clock.now(),
    fields: { archivedAt: { before: row.archivedAt, after: archivedAt } },
  });
  await update(tx, row, at, { archivedAt });
}
