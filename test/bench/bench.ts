/**
 * `npm run bench`: how fast the service is beside two yardsticks, as ratios measured in one run on one machine.
 *
 *   node test/bench/bench.ts [--quick: 3 runs instead of 15] [--only demo|access|creates|million|statistics|exports|imports|start]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keyService } from '../../src/access/service.ts';
import { byLuodi } from '../../src/changes/service.ts';
import { loadDemo } from '../../src/demo/service.ts';
import { openService } from '../../src/main.ts';
import { exports } from './exports.ts';
import { imports } from './imports.ts';
import { machineFacts } from './machine.ts';
import { millionDatabase } from './million.ts';
import { CLIENT_CORE, canPin, root } from './processes.ts';
import {
  accessChecks,
  coldStart,
  coldStatistics,
  creates,
  demoReads,
  millionReads,
  type Row,
  type Setting,
} from './sections.ts';

const sections: Record<string, (setting: Setting) => Promise<Row[]>> = {
  demo: demoReads,
  access: accessChecks,
  creates,
  million: millionReads,
  statistics: coldStatistics,
  exports,
  imports,
  start: coldStart,
};

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

function line({ name, ours, yardstick, ratio, target }: Row): string {
  const wanted = !target ? '' : 'least' in target ? `≥ ${target.least}` : `≤ ${target.most}`;
  const good =
    ratio === undefined || !target
      ? ''
      : ('least' in target ? ratio >= target.least : ratio <= target.most)
        ? 'yes'
        : 'NO';
  return `| ${[name, ours, yardstick, ratio?.toFixed(2) ?? '', wanted, good].join(' | ')} |`;
}

async function main(): Promise<void> {
  const chosen = Object.entries(sections).filter(([name]) => !options.only || name === options.only);
  if (chosen.length === 0) throw new Error(`--only takes ${Object.keys(sections).join(', ')}`);
  // This process times requests too; it stays away from the servers' core.
  if (canPin) spawnSync('taskset', ['-a', '-c', '-p', String(CLIENT_CORE), String(process.pid)]);

  // What is measured is what is shipped.
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
  const folder = mkdtempSync(join(tmpdir(), 'luodi-bench-'));
  try {
    const demo = join(folder, 'demo.db');
    const service = await openService({ DATABASE_URL: `file:${demo}`, TIME_ZONE: 'Asia/Shanghai' });
    await loadDemo(service, () => undefined);
    const { key } = await keyService(service).create(byLuodi('bench'), { name: 'bench', role: 'admin' });
    await service.database.close();
    const setting: Setting = {
      folder,
      demo,
      key,
      million: () => millionDatabase(tmpdir()),
      seconds: 1,
      runs: options.quick ? 3 : 15,
    };
    const rows: Row[] = [];
    for (const [name, measure] of chosen) {
      process.stderr.write(`Measuring: ${name} …\n`);
      rows.push(...(await measure(setting)));
    }
    say(report(folder, rows));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const report = (folder: string, rows: readonly Row[]): string => `
${machineFacts(folder)
  .map((fact) => `- ${fact}`)
  .join('\n')}
- ${canPin ? 'Servers on core 0, clients on core 1' : 'taskset is missing: servers and clients share all cores'}; 32 connections; short runs in turns, median.
- Reads are counted per second of the server's processor time, which neither a client at its limit nor a neighbour on
  the core changes; in brackets per second of the clock. Creates compare seconds of the clock.

| what | ours | yardstick | ratio | target | ok |
| --- | --- | --- | --- | --- | --- |
${rows.map(line).join('\n')}`;

await main();
