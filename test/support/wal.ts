/** SQLite's write-ahead log, read from its file: https://sqlite.org/fileformat2.html#walformat */
import { readFileSync } from 'node:fs';

const HEADER = 32;
const FRAME_HEADER = 24;

/** Number of transactions in the log: the last frame of each has the size of the database after it. */
export function commitsInWal(file: string): number {
  const wal = readFileSync(`${file}-wal`);
  if (wal.length < HEADER) return 0;
  const pageSize = wal.readUInt32BE(8);
  const salts = wal.subarray(16, 24);
  let commits = 0;
  for (let at = HEADER; at + FRAME_HEADER + pageSize <= wal.length; at += FRAME_HEADER + pageSize) {
    // A frame with other salts is a remnant from before the log was restarted.
    if (!wal.subarray(at + 8, at + 16).equals(salts)) break;
    if (wal.readUInt32BE(at + 4) !== 0) commits++;
  }
  return commits;
}
