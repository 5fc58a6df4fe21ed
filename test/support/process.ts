/** Runs `luodi`, and scripts of the tests, as child processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bundled, compileCache } from './bundle.ts';

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

export interface Ended {
  /** Null if it was ended by a signal. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  readonly pid: number;
  /** The output so far. */
  stdout(): string;
  stderr(): string;
  signal(name: NodeJS.Signals): void;
  /** Closes the pipe of its output, as `head` does. */
  stopReading(): void;
  ended: Promise<Ended>;
}

interface Options {
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** Its standard input; empty if left out. */
  stdin?: string | Buffer;
  /** Whether signals go to the whole process group, as from a terminal. */
  asGroup?: boolean;
  /** The user to run as; requires root. */
  uid?: number;
}

const running = new Set<ChildProcess>();

/** Log lines that contained a key. */
const revealing: string[] = [];

/** Whether a text contains an API key. */
export const hasKey = (text: string): boolean => /luodi_(st_)?[0-9A-Za-z]{30}/.test(text);

/** Runs a script with this Node, by default in a temporary folder, with an empty environment. */
export function start(
  script: string,
  args: readonly string[],
  { env = {}, cwd, stdin, asGroup = false, uid }: Options = {},
): Running {
  const own = cwd === undefined ? mkdtempSync(join(tmpdir(), 'luodi-process-')) : undefined;
  const child = spawn(process.execPath, [script, ...args], {
    cwd: cwd ?? own,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      // Shared by all processes.
      NODE_COMPILE_CACHE: compileCache(),
      // A busy machine must not count as overload.
      OVERLOAD_DELAY: '0',
      ...env,
    },
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    detached: asGroup,
    ...(uid !== undefined && { uid, gid: uid }),
  });
  running.add(child);
  child.stdin?.end(stdin);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      running.delete(child);
      revealing.push(...stdout.split('\n').filter((line) => line.startsWith('{') && hasKey(line)));
      if (own) rmSync(own, { recursive: true, force: true });
      resolve({ code, stdout, stderr });
    });
  });
  return {
    pid: child.pid as number,
    stdout: () => stdout,
    stderr: () => stderr,
    signal: (name) => void (asGroup ? process.kill(-(child.pid as number), name) : child.kill(name)),
    stopReading: () => void child.stdout?.destroy(),
    ended,
  };
}

/** Runs `luodi …` from the bundle. */
export const luodi = (args: readonly string[], options?: Options): Running =>
  start(bundled('cli'), args, options);

/** For `afterEach`: ends all processes started by the test. @throws if one of them logged a key */
export async function endAll(): Promise<void> {
  const ends = [...running].map((child) => new Promise((resolve) => child.once('close', resolve)));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ends);
  if (revealing.length > 0) throw new Error(`A key was logged: ${revealing.splice(0).join('\n')}`);
}

/**
 * Waits until a condition holds.
 * @throws on timeout, which is long enough for a busy machine
 */
export async function until<T>(look: () => T | Promise<T>, ms = 150_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found as NonNullable<T>;
    if (performance.now() > deadline) throw new Error(`Waited ${ms} ms in vain for ${look}`);
    await sleep(10);
  }
}

/** Occupies a port of this machine until it is freed. */
export async function occupiedPort(): Promise<{ port: number; free(): Promise<void> }> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { port: address.port, free: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** A started service, and its address. */
export async function served(
  env: Readonly<Record<string, string>>,
  options: Omit<Options, 'env'> = {},
): Promise<Running & { address: string }> {
  const service = luodi(['serve'], { ...options, env: { PORT: '0', ...env } });
  const early = service.ended.then(({ stderr, stdout }) => {
    throw new Error(`The service ended: ${stderr} ${stdout}`);
  });
  const address = await Promise.race([
    early,
    until(() => /Server listening at (http:\/\/[\d.]+:\d+)/.exec(service.stdout())?.[1]),
  ]);
  early.catch(() => {});
  return { ...service, address };
}
