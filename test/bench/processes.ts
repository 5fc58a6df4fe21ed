/** Child processes, each pinned to a core. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const SERVER_CORE = 0;
export const CLIENT_CORE = 1;
/** The cores of a process: a single one, or all. */
type Cores = number | 'both';

export const canPin = spawnSync('taskset', ['--version']).status === 0;

/** Runs node on its cores. Its output is discarded; its errors are shown. */
function startNode(
  cores: Cores,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  // By default the child would have the core of its parent.
  const own = cores === 'both' ? `${SERVER_CORE},${CLIENT_CORE}` : String(cores);
  const [command = '', ...rest] = [...(canPin ? ['taskset', '-c', own] : []), process.execPath, ...args];
  return spawn(command, rest, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...environment },
  });
}

const beside = (script: string): string => fileURLToPath(new URL(script, import.meta.url));

/** The first message of a child. @throws if it ends without one */
async function firstMessage<Message>(child: ChildProcess, name: string): Promise<Message> {
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`${name} ended with ${code ?? signal} before it said anything`);
  });
  const [message] = await Promise.race([once(child, 'message'), ended]);
  return message as Message;
}

export interface Server {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** Starts a server of this folder on the server core. */
export async function startServer(script: string, ...args: string[]): Promise<Server> {
  const child = startNode(SERVER_CORE, [beside(script), ...args]);
  const url = await firstMessage<string>(child, script);
  return { url, pid: child.pid as number, stop: () => stop(child) };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a script that listens on `PORT`. @returns after its first 200 */
export async function startListening(
  script: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cores: Cores = SERVER_CORE,
): Promise<Server> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const child = startNode(cores, script, { ...environment, PORT: port });
  for (;;) {
    const response = await fetch(`${url}/livez`).catch(() => null);
    if (response?.status === 200) break;
    if (child.exitCode !== null) throw new Error(`${script.join(' ')} ended with ${child.exitCode}`);
    await sleep(2);
  }
  return { url, pid: child.pid as number, stop: () => stop(child) };
}

/** Starts the production bundle: `npm run build` must have been run. */
export const startService = (
  databaseFile: string,
  environment: Readonly<Record<string, string>> = {},
  cores?: Cores,
): Promise<Server> =>
  startListening(
    [join(root, 'dist/cli.js'), 'serve'],
    {
      DATABASE_URL: `file:${databaseFile}`,
      ANONYMOUS_READ: 'all',
      // Counts without ever refusing: a single client sends more requests here than allowed.
      RATE_LIMIT: '100000000',
      ...environment,
    },
    cores,
  );

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** Runs a command of the service on both cores. @throws if it fails */
export async function run(script: readonly string[], environment: Readonly<Record<string, string>>) {
  const child = startNode('both', script, environment);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${script.join(' ')} ended with ${code}`);
}

/** Sends a job to a script of this folder, by default on the client core, and waits for its result. */
export async function delegate<Job, Result>(
  script: string,
  job: Job,
  cores: Cores = CLIENT_CORE,
): Promise<Result> {
  const child = startNode(cores, [beside(script)]);
  const answer = firstMessage<Result>(child, script);
  child.send(job as object);
  const result = await answer;
  await stop(child);
  return result;
}
