/** Whose a job is: of the process that works on it, or that did. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

export interface Owner extends Record<string, unknown> {
  host: string;
  /** Null where the process has let go of it. */
  pid: number | null;
  /** Tells this process from another with its number. */
  life: string;
  /** Where the files of its jobs lie. */
  folder: string;
  /** How many processes ended while they had the job. */
  crashes: number;
}

export const thisProcess = (folder: string): Owner => ({
  host: hostname(),
  pid: process.pid,
  life: randomUUID(),
  folder,
  crashes: 0,
});

/** Whether an owner cannot go on with its job. @param isSilent whether it has not been seen for long */
export function isGone(owner: Owner | null, me: Owner, isSilent: boolean): boolean {
  if (owner === null || owner.pid === null) return true;
  if (owner.life === me.life) return false;
  if (isSilent) return true;
  return owner.host === me.host && (owner.pid === me.pid || !isAlive(owner.pid));
}

/** Whether files that are not here are nowhere, as far as can be told. */
export const sharesFiles = (owner: Owner | null, me: Owner): boolean =>
  owner !== null && owner.host === me.host && owner.folder === me.folder;

/** This process as the owner of a job whose last one is gone. */
export const successor = (last: Owner | null, me: Owner): Owner => ({
  ...me,
  crashes: last && last.pid !== null ? (last.crashes ?? 0) + 1 : 0,
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
