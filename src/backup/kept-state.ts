/** What is known of the backups of a database: by which process they are made, and when they last succeeded. */
import { eq, sql } from 'drizzle-orm';
import type { Reader, Transaction } from '../database/database.ts';
import { isGone, type Owner, ownerOf, type StoredOwner, stored } from '../jobs/owners.ts';

/** An entry of the log, and when it was in a backup, or proved to be in one. */
export interface Kept {
  revision: number;
  at: string;
}

export interface BackupState {
  /** The last base. */
  base: Kept | null;
  /** The last entry that was appended. */
  written: Kept | null;
  /** The last backup that was proved. */
  proof: Kept | null;
  /** When they last failed; null if they succeeded since. */
  backupFailedAt: string | null;
  proofFailedAt: string | null;
}

interface Stored extends BackupState {
  owner: StoredOwner;
  seenAt: string;
}

const SETTING = 'backup';
/** After which an owner on another host counts as gone. */
const SILENT_MS = 300_000;

const none: BackupState = {
  base: null,
  written: null,
  proof: null,
  backupFailedAt: null,
  proofFailedAt: null,
};

async function stateIn(reader: Reader): Promise<Stored | null> {
  const [row] = await reader.prepared('backup.state', { name: SETTING }, (db) =>
    db
      .select({ value: db.tables.settings.value })
      .from(db.tables.settings)
      .where(eq(db.tables.settings.name, sql.placeholder('name'))),
  );
  return row ? JSON.parse(row.value) : null;
}

export async function readState(reader: Reader): Promise<BackupState> {
  const { base, written, proof, backupFailedAt, proofFailedAt } = (await stateIn(reader)) ?? none;
  return { base, written, proof, backupFailedAt, proofFailedAt };
}

/**
 * Makes a process the owner, or says that it still is, unless another one is.
 * @param changes what it has to tell
 * @returns the state; null if another process is the owner
 */
export async function claim(
  tx: Transaction,
  me: Owner,
  now: string,
  changes: Partial<BackupState> = {},
): Promise<BackupState | null> {
  const before = await stateIn(tx);
  const isSilent = before !== null && Date.parse(now) - Date.parse(before.seenAt) > SILENT_MS;
  if (before && !isGone(ownerOf(before), me, isSilent) && before.owner.life !== me.life) return null;
  const state = { ...none, ...before, ...changes, owner: stored(me), seenAt: now };
  await write(tx, state);
  return state;
}

/** Lets another process be the owner at once. */
export async function release(tx: Transaction, me: Owner, changes: Partial<BackupState>): Promise<void> {
  const before = await stateIn(tx);
  if (before?.owner.life !== me.life) return;
  await write(tx, { ...before, ...changes, owner: { ...before.owner, pid: null } });
}

/** For a restored database: its backups are those of another one. */
export async function forgetState(tx: Transaction): Promise<void> {
  await tx.delete(tx.tables.settings).where(eq(tx.tables.settings.name, SETTING));
}

async function write(tx: Transaction, state: Stored): Promise<void> {
  await forgetState(tx);
  await tx.insert(tx.tables.settings).values({ name: SETTING, value: JSON.stringify(state) });
}
