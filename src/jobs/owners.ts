/** The owner of a job: the process that works on it, or did last. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

export interface Owner {
  host: string;
  /** Null if the process has released it. */
  pid: number | null;
  /** Distinguishes this process from another with the same pid. */
  life: string;
  /** The folder with the files of its jobs. */
  folder: string;
  /** Number of processes that crashed while they had the job. */
  crashes: number;
}

/** The stored form: existing databases use these names. */
export interface StoredOwner extends Omit<Owner, 'crashes'>, Record<string, unknown> {
  deaths: number;
}

export const stored = ({ crashes, ...owner }: Owner): StoredOwner => ({ ...owner, deaths: crashes });

export function ownerOf({ owner }: { owner: Record<string, unknown> | null }): Owner | null {
  if (owner === null) return null;
  const { deaths = 0, ...same } = owner as StoredOwner;
  return { ...same, crashes: deaths };
}

export const thisProcess = (folder: string): Owner => ({
  host: hostname(),
  pid: process.pid,
  life: randomUUID(),
  folder,
  crashes: 0,
});

/** Whether an owner cannot continue its job. @param isSilent whether its last heartbeat is too old */
export function isGone(owner: Owner | null, me: Owner, isSilent: boolean): boolean {
  if (owner === null || owner.pid === null) return true;
  if (owner.life === me.life) return false;
  if (isSilent) return true;
  return owner.host === me.host && (owner.pid === me.pid || !isAlive(owner.pid));
}

/** Whether files missing here can be assumed not to exist elsewhere. */
export const sharesFiles = (owner: Owner | null, me: Owner): boolean =>
  owner !== null && owner.host === me.host && owner.folder === me.folder;

/** This process as the owner of a job whose last owner is gone. */
export const successor = (last: Owner | null, me: Owner): Owner => ({
  ...me,
  crashes: last && last.pid !== null ? last.crashes + 1 : 0,
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
