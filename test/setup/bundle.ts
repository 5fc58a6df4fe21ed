/** Builds the service once a run, as it is shipped, and one with other limits: from a bundle they start in a tenth of the time. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLE } from '../support/bundle.ts';
import { projectFolder } from '../support/process.ts';

export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'luodi-bundle-'));
  const dist = join(folder, 'dist');
  // What stands in the project's own `dist` may be running: the script that clears it away is left out.
  const more = [`--outdir=${dist}`, 'test/support/imports-service.ts'];
  execFileSync('npm', ['run', '--silent', 'build', '--ignore-scripts', '--', ...more], {
    cwd: projectFolder,
    stdio: 'inherit',
  });
  for (const name of ['package.json', 'migrations']) {
    cpSync(join(projectFolder, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
  process.env[BUNDLE] = dist;
  return () => rmSync(folder, { recursive: true, force: true });
}
