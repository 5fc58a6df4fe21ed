/** The service as a process that can be killed, told another time, and asked for its memory. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyFor } from '../bench/calls.ts';
import { freePort, root } from '../bench/processes.ts';
import type { Told } from './inside.ts';

const cli = join(root, 'dist/cli.js');
const inside = new URL('inside.ts', import.meta.url).href;

/** A database with a key, in a folder of its own. */
export interface Place {
  folder: string;
  file: string;
  key: string;
}

export async function placeIn(folder: string): Promise<Place> {
  const file = join(folder, 'luodi.db');
  return { folder, file, key: await keyFor(file) };
}

export interface Service {
  url: string;
  pid: number;
  headers: Record<string, string>;
  tell(told: Told): Promise<NodeJS.MemoryUsage>;
  /** @returns once the process has ended */
  kill(): Promise<void>;
  /** @throws unless it ends with 0 */
  stop(): Promise<void>;
}

/** As in docs/deploy. */
const FLAGS = ['--max-semi-space-size=16'];
const ALLOCATION = { MALLOC_ARENA_MAX: '2' };

const running = new Set<ChildProcess>();

/** Kills what a part that failed has left. */
export const endAll = async (): Promise<void> =>
  void (await Promise.all([...running].map((child) => ended(child, 'SIGKILL'))));

const environmentOf = ({ folder, file }: Place, port: number) => ({
  ...process.env,
  ...ALLOCATION,
  PORT: String(port),
  DATABASE_URL: `file:${file}`,
  IMPORT_DIR: join(folder, 'imports'),
  TIME_ZONE: 'Asia/Shanghai',
  RATE_LIMIT: '100000000',
  // A busy machine must not count as overload.
  OVERLOAD_DELAY: '0',
});

/** @returns once it is ready; its log is appended to `service.log` */
export async function startService(place: Place): Promise<Service> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const log = openSync(join(place.folder, 'service.log'), 'a');
  const child = spawn(process.execPath, [...FLAGS, '--import', inside, cli, 'serve'], {
    cwd: place.folder,
    stdio: ['ignore', log, log, 'ipc'],
    env: environmentOf(place, port),
  });
  closeSync(log);
  running.add(child);
  child.once('exit', () => running.delete(child));
  for (;;) {
    const response = await fetch(`${url}/readyz`).catch(() => null);
    if (response?.status === 200) break;
    if (child.exitCode !== null) throw new Error(`The service ended with ${child.exitCode}: ${place.folder}`);
    await sleep(20);
  }
  return {
    url,
    pid: child.pid as number,
    headers: { authorization: `Bearer ${place.key}` },
    tell: async (told) => {
      const answered = once(child, 'message');
      child.send(told);
      return (await answered)[0] as NodeJS.MemoryUsage;
    },
    kill: async () => void (await ended(child, 'SIGKILL')),
    stop: async () => {
      const code = await ended(child, 'SIGTERM');
      if (code !== 0) throw new Error(`The service ended with ${code} on SIGTERM: ${place.folder}`);
    },
  };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }
  return child.exitCode;
}

/** What `luodi verify` says of a database that nobody serves. @throws unless all is well */
export async function verify(place: Place): Promise<void> {
  const child = spawn(process.execPath, [cli, 'verify'], {
    cwd: place.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environmentOf(place, 0),
  });
  let said = '';
  for (const output of [child.stdout, child.stderr]) output.on('data', (text) => (said += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`luodi verify ended with ${code}: ${said}`);
}
