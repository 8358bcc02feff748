import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // More than there are cores: many tests wait, for processes and for answers that come late.
    maxWorkers: availableParallelism() + 1,
  },
});
