/**
 * A process that holds SQLite's lock: `holder.ts FILE MILLISECONDS`. It prints "held" once it has the lock.
 */
import { writeSync } from 'node:fs';
import Sqlite from 'better-sqlite3';

const [file = '', milliseconds] = process.argv.slice(2);
const client = new Sqlite(file, { timeout: 5_000 });
client.exec('begin immediate');
writeSync(1, 'held\n');
setTimeout(() => {
  client.exec('commit');
  client.close();
}, Number(milliseconds));
