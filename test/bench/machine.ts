/** What the machine says about itself and about the processes that are measured. */
import { readFileSync, rmSync, statfsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

/** Linux's clock ticks a second, as /proc counts them. */
const TICKS = 100;

/** Seconds of processor time that a process has used so far, all its threads together. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Memory that a process has in RAM, in MB. */
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

/** How fast the disk is, in the way that matters to writes. */
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
