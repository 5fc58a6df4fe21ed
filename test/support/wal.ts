/** SQLite's write-ahead log, read from its file: https://sqlite.org/fileformat2.html#walformat */
import { readFileSync } from 'node:fs';

const HEADER = 32;
const FRAME_HEADER = 24;

/** The frames that belong to the log, each with its end in the file and whether it ends a transaction. */
function* frames(file: string): Generator<{ end: number; isCommit: boolean }> {
  const wal = readFileSync(`${file}-wal`);
  if (wal.length < HEADER) return;
  const size = FRAME_HEADER + wal.readUInt32BE(8);
  const salts = wal.subarray(16, 24);
  for (let at = HEADER; at + size <= wal.length; at += size) {
    // A frame with other salts is a remnant from before the log was restarted.
    if (!wal.subarray(at + 8, at + 16).equals(salts)) return;
    // The last frame of a transaction has the size of the database after it.
    yield { end: at + size, isCommit: wal.readUInt32BE(at + 4) !== 0 };
  }
}

/** Number of transactions in the log. */
export const commitsInWal = (file: string): number =>
  [...frames(file)].filter(({ isCommit }) => isCommit).length;

/** Where the last transaction of the log ends in its file; 0 if there is none. */
export const validEnd = (file: string): number =>
  [...frames(file)].findLast(({ isCommit }) => isCommit)?.end ?? 0;
