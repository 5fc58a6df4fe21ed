/** Setup common to all tests of a run: a temporary folder, and the production bundle of the service. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLE } from '../support/bundle.ts';
import { projectFolder } from '../support/process.ts';

export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'luodi-tests-'));
  // Some tests run the service as another user.
  chmodSync(folder, 0o711);
  process.env[BUNDLE] = bundle(join(folder, 'luodi'));
  // Not in the folder of the bundle, whose package.json would make files be loaded as modules.
  process.env.TMPDIR = join(folder, 'tmp');
  mkdirSync(process.env.TMPDIR);
  return () => rmSync(folder, { recursive: true, force: true });
}

/** With a bundle, threads and processes start in a tenth of the time. @returns its folder */
function bundle(folder: string): string {
  const dist = join(folder, 'dist');
  // The project's own `dist` may be in use, so the script that clears it is skipped.
  const args = ['--ignore-scripts', '--', `--outdir=${dist}`, 'test/support/imports-service.ts'];
  execFileSync('npm', ['run', '--silent', 'build', ...args], { cwd: projectFolder, stdio: 'inherit' });
  for (const name of ['package.json', 'migrations']) {
    cpSync(join(projectFolder, name), join(folder, name), { recursive: true });
  }
  cpSync(join(projectFolder, 'dist', 'dashboard'), join(dist, 'dashboard'), { recursive: true });
  symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
  return dist;
}
