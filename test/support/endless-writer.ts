/**
 * A process that writes until it is killed: `endless-writer.ts URL PREFIX`. It prints each code once its
 * write is acknowledged; eight writes are always in progress.
 */
import { writeSync } from 'node:fs';
import { openDatabase } from '../../src/database/open.ts';
import { recordEvent } from './works.ts';

const [url = '', prefix = ''] = process.argv.slice(2);
const database = await openDatabase(url);
let made = 0;

async function writeOn(): Promise<never> {
  for (;;) {
    const code = `${prefix}-${++made}`;
    await database.write((tx) => recordEvent(tx, code));
    writeSync(1, `${code}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, writeOn));
