/** PostgreSQL servers of a test's own, which it may stop, copy and promote. They run as `postgres`. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { occupiedPort } from './process.ts';

export interface PostgresServer {
  port: number;
  url: string;
  start(): void;
  stop(how: 'fast' | 'immediate'): void;
  restart(how: 'fast' | 'immediate'): void;
  /** Starts another server that follows this one. */
  standby(): Promise<PostgresServer>;
  promote(): void;
  /** Has commits wait until a standby has them. */
  waitForStandby(): void;
  remove(): void;
}

const VERSIONS = '/usr/lib/postgresql';

function run(program: string, ...args: string[]): void {
  const newest = readdirSync(VERSIONS)
    .sort((a, b) => Number(a) - Number(b))
    .at(-1) as string;
  const path = join(VERSIONS, newest, 'bin', program);
  execFileSync('runuser', ['-u', 'postgres', '--', path, ...args], { stdio: 'ignore', cwd: '/' });
}

async function freePort(): Promise<number> {
  const { port, free } = await occupiedPort();
  await free();
  return port;
}

export async function postgresServer(): Promise<PostgresServer> {
  // Not in the folder of the run, which only its own user may enter.
  const folder = mkdtempSync(join('/tmp', 'luodi-postgres-'));
  chmodSync(folder, 0o777);
  const server = await serverIn(folder, 'first');
  run('initdb', '-D', join(folder, 'first'), '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync');
  server.start();
  return {
    ...server,
    remove: () => {
      server.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function serverIn(folder: string, name: string): Promise<PostgresServer> {
  const data = join(folder, name);
  const port = await freePort();
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=50`;
  const control = (...args: string[]) =>
    run('pg_ctl', '-D', data, '-w', '-l', join(folder, `${name}.log`), ...args);
  const followers: PostgresServer[] = [];
  return {
    port,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    start: () => control('-o', options, 'start'),
    stop: (how) => control('-m', how, 'stop'),
    restart: (how) => control('-o', options, '-m', how, 'restart'),
    standby: async () => {
      const follower = await serverIn(folder, `follower-${followers.length}`);
      run(
        'pg_basebackup',
        '-h',
        '127.0.0.1',
        '-p',
        String(port),
        '-U',
        'postgres',
        '-R',
        '-c',
        'fast',
        '--no-sync',
        '-D',
        join(folder, `follower-${followers.length}`),
      );
      followers.push(follower);
      follower.start();
      return follower;
    },
    promote: () => control('promote'),
    waitForStandby: () => {
      const commands = ["alter system set synchronous_standby_names = '*'", 'select pg_reload_conf()'];
      const texts = commands.flatMap((command) => ['-c', command]);
      run('psql', '-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', ...texts);
    },
    remove: () => {
      for (const follower of followers) follower.remove();
      try {
        control('-m', 'immediate', 'stop');
      } catch {
        // It was stopped before.
      }
    },
  };
}
