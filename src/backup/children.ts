/** Runs commands of `luodi` in child processes of low priority, so that long work holds up nobody. */
import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Runs a command that reports in JSON. @throws with what it said, if it failed */
export type RunCommand = (args: readonly string[], signal: AbortSignal) => Promise<unknown>;

const MAX_WORDS = 8_192;

/** @param cli the module of the command line */
export const commandRunner =
  (cli: URL, env: NodeJS.ProcessEnv): RunCommand =>
  (args, signal) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [fileURLToPath(cli), ...args, '--json'], {
        env,
        signal,
        killSignal: 'SIGTERM',
        // In its own process group: Ctrl+C in a terminal must not end it before its parent has.
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      try {
        if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
      } catch {
        // It has ended already.
      }
      let said = '';
      let words = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        words = (words + text).slice(-MAX_WORDS);
      });
      child.on('error', reject);
      child.on('close', (code, killedBy) => {
        if (code !== 0) return reject(new Error(words.trim() || `It ended with ${killedBy ?? code}.`));
        try {
          resolve(JSON.parse(said));
        } catch (error) {
          reject(error);
        }
      });
    });
