/**
 * The files of backups. A base holds a whole database at one entry; its segments hold the entries after it. The names
 * say which entry, so that a folder can be read without opening anything.
 */
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StartupError } from '../core/startup-error.ts';
import { rootMessage } from '../database/errors.ts';

export interface Base {
  file: string;
  /** The beginning of its name and of those of its segments. */
  stem: string;
  /** The last entry that it contains. */
  seq: number;
  /** When it was made, RFC 3339 in UTC. */
  at: string;
}

export interface Segment {
  file: string;
  stem: string;
  /** Number of its first entry. */
  first: number;
}

const BASE = /^(luodi-(\d{12})-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z)\.db\.zst$/;
const SEGMENT = /^(luodi-\d{12}-\d{8}T\d{6}Z)\.(\d{12})-[0-9a-f]{8}\.ndjson$/;
/** Unfinished files, which are never read. */
const PART = /^\.luodi-.*\.part(\.db.*)?$/;

const digits = (seq: number): string => String(seq).padStart(12, '0');

/** @param at RFC 3339 in UTC */
export const stemOf = (seq: number, at: string): string =>
  `luodi-${digits(seq)}-${at.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

export const baseName = (stem: string): string => `${stem}.db.zst`;

/** @param life distinguishes it from one that another process writes */
export const segmentName = (stem: string, first: number, life: string): string =>
  `${stem}.${digits(first)}-${life}.ndjson`;

function baseIn(folder: string, name: string): Base | undefined {
  const [, stem, seq, year, month, day, hour, minute, second] = BASE.exec(name) ?? [];
  if (stem === undefined) return undefined;
  const at = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  return { file: join(folder, name), stem, seq: Number(seq), at };
}

function segmentIn(folder: string, name: string): Segment | undefined {
  const [, stem, first] = SEGMENT.exec(name) ?? [];
  return stem === undefined ? undefined : { file: join(folder, name), stem, first: Number(first) };
}

export interface Backups {
  /** The oldest first. */
  bases: Base[];
  /** In the order of their first entries. */
  segments: Segment[];
}

/** @throws StartupError if the folder cannot be read */
export async function backupsIn(folder: string): Promise<Backups> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new StartupError(`${folder} cannot be read: ${rootMessage(cause)}`, { cause });
  });
  const known = <T>(of: (folder: string, name: string) => T | undefined): T[] =>
    names.sort().flatMap((name) => of(folder, name) ?? []);
  return {
    bases: known(baseIn).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.seq - b.seq)),
    segments: known(segmentIn).sort((a, b) => a.first - b.first),
  };
}

/** What a source names: all of a folder, or one base with what there is in its folder from then on. */
export async function backupsAt(source: string): Promise<Backups & { named: Base | null }> {
  const info = await stat(source).catch((cause: unknown) => {
    throw new StartupError(`${source} cannot be read: ${rootMessage(cause)}`, { cause });
  });
  if (info.isDirectory()) return { ...(await backupsIn(source)), named: null };
  const folder = dirname(source);
  const base = baseIn(folder, basename(source));
  if (!base) throw new StartupError(`${source} is not the base of a backup (luodi-….db.zst)`);
  const { bases, segments } = await backupsIn(folder);
  return { bases: [base, ...bases.filter(({ at }) => at > base.at)], segments, named: base };
}

export interface Retention {
  /** How many of the newest bases are kept in any case. */
  bases: number;
  /** For how long any base is kept. */
  days: number;
}

const DAY_MS = 86_400_000;
/** After which an unfinished file is one that was abandoned. */
const STRAY_MS = DAY_MS;

/**
 * Deletes bases that are neither among the newest nor young, with their segments, and what was left unfinished.
 * @returns the files that were deleted
 */
export async function prune(folder: string, keep: Retention, milliseconds: number): Promise<string[]> {
  const { bases, segments } = await backupsIn(folder);
  const oldest = new Date(milliseconds - keep.days * DAY_MS).toISOString();
  const old = bases.slice(0, -Math.max(1, keep.bases)).filter(({ at }) => at < oldest);
  const kept = new Set(bases.filter((base) => !old.includes(base)).map(({ stem }) => stem));
  const parts: string[] = [];
  for (const name of await readdir(folder)) {
    if (!PART.test(name)) continue;
    const info = await stat(join(folder, name)).catch(() => undefined);
    if (info && info.mtimeMs < milliseconds - STRAY_MS) parts.push(join(folder, name));
  }
  const files = [
    // First, since segments without a base are of no use.
    ...old.map(({ file }) => file),
    ...segments.filter(({ stem }) => !kept.has(stem)).map(({ file }) => file),
    ...parts,
  ];
  for (const file of files) await rm(file, { force: true });
  return files;
}
