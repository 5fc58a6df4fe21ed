/** Programs that tests use where they are installed. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program is installed. */
export const pathOf = (program: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));

/** Whether what needs a program has to run: CI has every program, and fails where it has not. */
export const mustRun = (program: string): boolean =>
  process.env.CI !== undefined || pathOf(program) !== undefined;
