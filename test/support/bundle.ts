/** The bundle that `test/setup/run.ts` has built. */
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The variable that names its folder. */
export const BUNDLE = 'LUODI_TEST_BUNDLE';

export const bundled = (name: string): string => join(process.env[BUNDLE] as string, `${name}.js`);

/** Where processes keep what they have compiled. */
export const compileCache = (): string => join(process.env[BUNDLE] as string, 'compiled');

/** In the place of that of `src/core/module-beside.ts` (`vitest.config.ts`). */
export const moduleBeside = (_: ImportMeta, path: string): URL => pathToFileURL(bundled(basename(path)));
