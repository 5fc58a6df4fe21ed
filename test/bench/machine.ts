/** Information about the machine and the measured processes. */
import { readFileSync, rmSync, statfsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

/** Linux's clock ticks per second, the unit of /proc. */
const TICKS = 100;

/** Processor time used by a process so far, in seconds, for all threads. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Resident memory of a process in MB. */
export function residentMegabytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1_024);
}

const fileSystems: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  2035054128: 'overlay',
  16914836: 'tmpfs (not durable: the figures of writes mean nothing)',
};

export function machineFacts(folder: string): string[] {
  const { type } = statfsSync(folder);
  return [
    `${cpus().length} × ${cpus()[0]?.model}`,
    `Node ${process.version}, SQLite ${sqliteVersion()}`,
    `${folder} on ${fileSystems[type] ?? `file system 0x${type.toString(16)}`}`,
    `${commitsPerSecond(folder)} durable commits a second, one row each (WAL, synchronous=FULL)`,
  ];
}

function sqliteVersion(): unknown {
  const db = new Sqlite(':memory:');
  const version = db.prepare('select sqlite_version()').pluck().get();
  db.close();
  return version;
}

/** Speed of the disk in terms of synchronous commits. */
function commitsPerSecond(folder: string): number {
  const file = join(folder, `luodi-bench-commits-${process.pid}.db`);
  const db = new Sqlite(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('create table counted (id integer primary key, at integer)');
  const insert = db.prepare('insert into counted (at) values (?)');
  const begin = performance.now();
  let commits = 0;
  for (; performance.now() - begin < 1_000; commits++) insert.run(commits);
  db.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  return commits;
}
