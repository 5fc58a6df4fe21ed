/** Runs drizzle-kit for each engine, with what it is told on the command line. */
import { execFileSync } from 'node:child_process';

for (const ENGINE of ['sqlite', 'postgres']) {
  execFileSync('drizzle-kit', ['generate', ...process.argv.slice(2)], {
    env: { ...process.env, ENGINE },
    stdio: 'inherit',
  });
}
