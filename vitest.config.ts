import { defineConfig } from 'vitest/config';

/** Everything runs on both engines; what concerns no engine stands under test/pure and runs once. */
const engine = (name: 'sqlite' | 'postgres') => ({
  extends: true as const,
  test: {
    name,
    env: { TEST_ENGINE: name },
    include: ['test/**/*.test.ts'],
    exclude: ['test/pure/**', 'test/bench/**'],
  },
});

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    projects: [
      { extends: true, test: { name: 'pure', include: ['test/pure/**/*.test.ts'] } },
      engine('sqlite'),
      engine('postgres'),
    ],
  },
});
