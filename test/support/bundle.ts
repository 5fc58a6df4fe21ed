/** The bundle built by `test/setup/run.ts`. */
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Environment variable with its folder. */
export const BUNDLE = 'LUODI_TEST_BUNDLE';

export const bundled = (name: string): string => join(process.env[BUNDLE] as string, `${name}.js`);

/** Compile cache of child processes. */
export const compileCache = (): string => join(process.env[BUNDLE] as string, 'compiled');

/** Replaces the function of `src/core/module-beside.ts` (`vitest.config.ts`). */
export const moduleBeside = (_: ImportMeta, path: string): URL => pathToFileURL(bundled(basename(path)));
