import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const PURE = 'test/pure/**';

/** Tests that start processes, which takes seconds. */
const PROCESSES = 'test/**/*.process.test.ts';

/** Tests that drive a browser. */
const BROWSER = 'test/**/*.browser.test.ts';

/** Tests that upload files. The service reads each file in a child process, but in these tests in its own. */
const FILES = ['test/imports/**/*.test.ts', 'test/transfer/{entries,round-trip}.test.ts'];

/** Tests whose queries cannot differ between engines. */
const NEUTRAL = [
  'test/access/{matrix,owasp-1-3,owasp-4-7}.test.ts',
  'test/contract/{clients.process,collection,document}.test.ts',
  'test/http/{conditional,query}.test.ts',
  'test/references/input.test.ts',
  'test/operation/{descriptors,file-faults,log-full}.process.test.ts',
];

/** Tests of what happens to a PostgreSQL server of their own. */
const SERVERS = 'test/operation/postgres-*.test.ts';

/**
 * The database interface, and a test of each kind of statement for which engines might differ; migrations are
 * too slow on PGlite.
 */
const SEAM = [
  'test/database/!(migrations*).test.ts',
  'test/changes/feed.test.ts',
  'test/http/{at-once,pages}.test.ts',
  'test/projects/{change-log,lifecycle}.test.ts',
  'test/references/catalogue.test.ts',
  'test/retries/idempotency.test.ts',
  'test/statistics/{breakdown,filter-values,summary,sums,timeline}.test.ts',
  'test/{briefing,published,quality}/model.test.ts',
  'test/clusters/progress.test.ts',
  'test/outreach/outreach.test.ts',
];

/** Replaces a module of the service by one of the tests. */
const inPlaceOf = (module: string, other: string) => ({
  find: new RegExp(`^\\.{1,2}/.*\\b${module}\\.ts$`),
  replacement: fileURLToPath(new URL(`test/support/${other}.ts`, import.meta.url)),
});

const sqlite = { globalSetup: ['test/setup/sqlite.ts'] };
const postgres = { globalSetup: ['test/setup/postgres.ts'], env: { TEST_ENGINE: 'postgres' } };
const readingHere = { resolve: { alias: [inPlaceOf('read-file', 'read-here')] } };
const inProcess = { setupFiles: ['test/setup/in-process.ts'] };

export default defineConfig({
  // Threads and processes load the bundle of the run.
  resolve: { alias: [inPlaceOf('module-beside', 'bundle')] },
  test: {
    globalSetup: ['test/setup/run.ts'],
    setupFiles: ['test/setup/contributions.ts'],
    // Only for hanging tests: none takes as long on any machine.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    // Files share a process with its loaded modules: the service is loaded once, not 200 times.
    isolate: false,
    // One more than the number of cores, because some tests only wait.
    maxWorkers: availableParallelism() + 1,
    exclude: ['test/bench/**'],
    projects: [
      {
        extends: true,
        test: { name: 'pure', include: [`${PURE}/*.test.ts`], exclude: [PROCESSES], ...inProcess },
      },
      {
        extends: true,
        ...readingHere,
        test: {
          name: 'sqlite',
          include: ['test/**/*.test.ts'],
          exclude: [PURE, PROCESSES, BROWSER, SERVERS, ...FILES],
          ...sqlite,
          ...inProcess,
        },
      },
      {
        extends: true,
        ...readingHere,
        test: { name: 'files', include: FILES, exclude: [PROCESSES], ...sqlite, ...inProcess },
      },
      { extends: true, test: { name: 'processes', include: [PROCESSES], ...sqlite } },
      // A page may take long on a busy machine.
      {
        extends: true,
        test: { name: 'browser', include: [BROWSER], expect: { poll: { timeout: 60_000 } }, ...sqlite },
      },
      // On PGlite unless a server is configured.
      { extends: true, test: { name: 'seam', include: SEAM, ...postgres } },
      ...(process.env.TEST_POSTGRES_URL
        ? [
            {
              extends: true as const,
              test: {
                name: 'postgres',
                include: ['test/**/*.test.ts'],
                exclude: [PURE, BROWSER, ...NEUTRAL, ...SEAM],
                ...postgres,
              },
            },
          ]
        : []),
    ],
  },
});
