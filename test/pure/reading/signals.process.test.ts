/** The parent decides when reading ends: a signal to the process group does not end it. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readWith } from '../../../src/sheets/reading/read-file.ts';
import { projectFolder } from '../../support/process.ts';
import { aFile, aRequest } from '../../support/reading.ts';

const ROWS = 300_000;

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('continues reading after %s', async (signal) => {
  const file = aFile(`项目编号,项目名称\n${'X-1,示例\n'.repeat(ROWS)}`);
  let child: ChildProcess | undefined;
  const start = () => {
    child = fork(join(projectFolder, 'src/sheets/reading/read-job.ts'), [], {
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    return child;
  };
  let told = 0;
  const onProgress = () => {
    told += 1;
    child?.kill(signal);
  };
  const { rows } = await readWith({ start, milliseconds: 60_000 }, aRequest({ file }), { onProgress });
  expect(rows).toBe(ROWS);
  expect(told).toBeGreaterThan(0);
});
