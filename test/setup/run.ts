/** What all tests of a run share: a folder for what they leave behind, and the service as it is shipped. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLE } from '../support/bundle.ts';
import { projectFolder } from '../support/process.ts';

export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'luodi-tests-'));
  // A test may run the service as somebody else.
  chmodSync(folder, 0o711);
  process.env[BUNDLE] = bundle(join(folder, 'luodi'));
  // Not where the bundle is: what lies beside its package.json would be taken for a module.
  process.env.TMPDIR = join(folder, 'tmp');
  mkdirSync(process.env.TMPDIR);
  return () => rmSync(folder, { recursive: true, force: true });
}

/** From a bundle threads and processes start in a tenth of the time. @returns its folder */
function bundle(folder: string): string {
  const dist = join(folder, 'dist');
  // What stands in the project's own `dist` may be running: the script that clears it away is left out.
  const args = ['--ignore-scripts', '--', `--outdir=${dist}`, 'test/support/imports-service.ts'];
  execFileSync('npm', ['run', '--silent', 'build', ...args], { cwd: projectFolder, stdio: 'inherit' });
  for (const name of ['package.json', 'migrations']) {
    cpSync(join(projectFolder, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
  return dist;
}
