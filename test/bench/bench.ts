/**
 * `npm run bench`: how fast the service is beside two yardsticks, as ratios measured in one run on one
 * machine. It ends with 0 when every section ran, whatever targets are missed.
 *
 * node test/bench/bench.ts [--quick: 3 runs instead of 15] [--json FILE: the figures for programs]
 * [--only, a comma between: demo|access|creates|million|statistics|past|exports|imports|start|search|verify|
 * backup|webhooks|siege]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keyService } from '../../src/access/service.ts';
import { loadDemo } from '../../src/features/demo/service.ts';
import { byLuodi } from '../../src/log/service.ts';
import { openService } from '../../src/main.ts';
import { backup } from './backup.ts';
import { exports } from './exports.ts';
import { imports } from './imports.ts';
import { machineFacts } from './machine.ts';
import { madeUpDatabase } from './made-up.ts';
import { past } from './past.ts';
import { CLIENT_CORE, canPin, root } from './processes.ts';
import { search } from './search.ts';
import {
  accessChecks,
  coldStart,
  creates,
  demoReads,
  millionReads,
  type Row,
  type Setting,
} from './sections.ts';
import { siege } from './siege.ts';
import { statistics } from './statistics.ts';
import { verify } from './verify.ts';
import { webhooks } from './webhooks.ts';

const sections: Record<string, (setting: Setting) => Promise<Row[]>> = {
  demo: demoReads,
  access: accessChecks,
  creates,
  million: millionReads,
  statistics,
  past,
  exports,
  imports,
  start: coldStart,
  search,
  verify,
  backup,
  webhooks,
  siege,
};

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    json: { type: 'string' },
  },
});

/** Whether a row meets its target; null if it has none. */
const isMet = ({ ratio, target }: Row): boolean | null =>
  ratio === undefined || !target ? null : 'least' in target ? ratio >= target.least : ratio <= target.most;

function line(row: Row): string {
  const { name, ours, yardstick, ratio, target } = row;
  const wanted = !target ? '' : 'least' in target ? `≥ ${target.least}` : `≤ ${target.most}`;
  const verdict = { true: 'yes', false: 'NO', null: '' }[`${isMet(row)}`];
  return `| ${[name, ours, yardstick, ratio?.toFixed(2) ?? '', wanted, verdict].join(' | ')} |`;
}

async function main(): Promise<void> {
  const only = options.only?.split(',');
  const chosen = Object.entries(sections).filter(([name]) => only?.includes(name) ?? true);
  if (chosen.length === 0) throw new Error(`--only takes ${Object.keys(sections).join(', ')}`);
  // This process sends timed requests too, so it stays away from the servers' core.
  if (canPin) spawnSync('taskset', ['-a', '-c', '-p', String(CLIENT_CORE), String(process.pid)]);

  // Measures the production bundle.
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
      madeUp: (projects) => madeUpDatabase(tmpdir(), projects),
      seconds: 1,
      runs: options.quick ? 3 : 15,
    };
    const machine = machineFacts(folder);
    const rows: Row[] = [];
    const failed: string[] = [];
    for (const [name, measure] of chosen) {
      process.stderr.write(`Measuring: ${name} …`);
      const began = performance.now();
      try {
        rows.push(...(await measure(setting)));
      } catch (error) {
        failed.push(name);
        process.stderr.write(` failed: ${(error as Error).stack}\n`);
        continue;
      }
      process.stderr.write(` ${Math.round((performance.now() - began) / 1_000)} s\n`);
    }
    process.stdout.write(`${report(machine, rows)}\n`);
    if (options.json !== undefined) {
      const measured = rows.map((row) => ({ ...row, met: isMet(row) }));
      writeFileSync(options.json, `${JSON.stringify({ machine, rows: measured, failed }, null, 2)}\n`);
    }
    if (failed.length > 0) {
      process.stderr.write(`Not measured: ${failed.join(', ')}\n`);
      process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(machine: readonly string[], rows: readonly Row[]): string {
  const missed = rows.filter((row) => isMet(row) === false).map(({ name }) => `- ${name}`);
  const met = rows.filter((row) => isMet(row) === true).length;
  return `
${machine.map((fact) => `- ${fact}`).join('\n')}
- ${canPin ? 'Servers on core 0, clients on core 1' : 'taskset is missing: servers and clients share all cores'}; 32 connections; short runs in turns, median.
- Reads are counted per second of the server's processor time, which neither a client at its limit nor a neighbour on
  the core changes; in brackets per second of the clock. Creates compare seconds of the clock.

| what | ours | yardstick | ratio | target | met |
| --- | --- | --- | --- | --- | --- |
${rows.map(line).join('\n')}

${met} targets are met, ${missed.length} missed${missed.length > 0 ? `:\n${missed.join('\n')}` : '.'}`;
}

await main();
