import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Files that start processes, which takes seconds each. */
const PROCESSES = 'test/**/*.process.test.ts';

/** What asks a database nothing that engines could answer differently; it runs on SQLite alone. */
const NEUTRAL: string[] = [];

/** What a newcomer proves of PostgreSQL, on PGlite: the seam, and each kind of statement whose answer engines might see differently. */
const SEAM = ['test/database/**/*.test.ts'];

/** Has a module of the tests loaded in the place of one of the service. */
const inPlaceOf = (module: string, other: string) => ({
  find: new RegExp(`^\\.{1,2}/.*\\b${module}\\.ts$`),
  replacement: fileURLToPath(new URL(`test/support/${other}.ts`, import.meta.url)),
});

const server = process.env.TEST_POSTGRES_URL !== undefined;

export default defineConfig({
  // What threads and processes load comes from a bundle, built once a run.
  resolve: { alias: [inPlaceOf('module-beside', 'bundle')] },
  test: {
    globalSetup: ['test/setup/bundle.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Files of one project share a process, and with it what they load; the service is loaded once, not 200 times.
    isolate: false,
    maxWorkers: availableParallelism(),
    exclude: ['test/bench/**'],
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/pure/**/*.test.ts'],
          exclude: [PROCESSES],
          setupFiles: ['test/setup/in-process.ts'],
        },
      },
      {
        extends: true,
        resolve: { alias: [inPlaceOf('read-file', 'read-here')] },
        test: {
          name: 'sqlite',
          include: ['test/**/*.test.ts'],
          exclude: ['test/pure/**', PROCESSES],
          globalSetup: ['test/setup/sqlite.ts'],
          setupFiles: ['test/setup/in-process.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'processes', include: [PROCESSES], globalSetup: ['test/setup/sqlite.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          env: { TEST_ENGINE: 'postgres' },
          include: server ? ['test/**/*.test.ts'] : SEAM,
          exclude: ['test/pure/**', ...NEUTRAL],
          globalSetup: ['test/setup/postgres.ts'],
        },
      },
    ],
  },
});
