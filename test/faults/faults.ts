/**
 * `npm run faults`: long tests of faults on the production bundle. It ends with 0 if all that was acknowledged is there,
 * once, and `luodi verify` passes after each; it keeps the folder of a part that failed, and names it.
 *
 * node test/faults/faults.ts [--only, a comma between: kill|torn|clock|lock|full|memory] [--rounds 20] [--minutes 30]
 * [--snapshots: heap snapshots of the fifth and the last minute; they take memory themselves]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../bench/processes.ts';
import { memory } from './memory.ts';
import { clock, type Faults, full, kill, lock, torn } from './parts.ts';
import { endAll } from './service.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '30' },
    snapshots: { type: 'boolean', default: false },
  },
});

const whole = (name: 'rounds' | 'minutes'): number => {
  const number = Number(options[name]);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} takes a whole number from 1`);
  return number;
};
const rounds = whole('rounds');
const minutes = whole('minutes');

/** Each with what it says of its length. */
const parts: Record<string, { length: string; run(faults: Faults): Promise<void> }> = {
  kill: { length: `${rounds} rounds`, run: kill },
  torn: { length: `${rounds} rounds`, run: torn },
  clock: { length: `${rounds} rounds`, run: clock },
  lock: { length: '20 seconds', run: lock },
  full: { length: `${rounds} rounds`, run: full },
  memory: {
    length: `${minutes} minutes`,
    run: (faults) => memory({ ...faults, minutes, snapshots: options.snapshots }),
  },
};

const chosen = options.only?.split(',') ?? Object.keys(parts);
const unknown = chosen.filter((name) => !(name in parts));
if (unknown.length > 0) throw new Error(`--only takes ${Object.keys(parts).join(', ')}`);

execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
const folder = mkdtempSync(join(tmpdir(), 'luodi-faults-'));
const say = (line: string) => process.stdout.write(`${line}\n`);
let failed = 0;
for (const name of chosen) {
  const { length, run } = parts[name] as (typeof parts)[string];
  const own = join(folder, name);
  mkdirSync(own);
  const began = performance.now();
  say(`${name}, ${length}`);
  try {
    await run({ folder: own, rounds, say: (line) => say(`  ${line}`) });
    say(`  passed after ${Math.round((performance.now() - began) / 1_000)} s`);
    rmSync(own, { recursive: true });
  } catch (error) {
    failed += 1;
    await endAll();
    say(`  FAILED, see ${own}: ${(error as Error).stack}`);
  }
}
if (failed === 0) rmSync(folder, { recursive: true });
process.exitCode = failed > 0 ? 1 : 0;
