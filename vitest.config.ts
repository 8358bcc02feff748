import { defineConfig } from 'vitest/config';

/** Puts something else in the place of a module (`vi.mock`), which works only where nobody has loaded that before. */
export const alone = ['test/run/crash-points.test.ts'];

export default defineConfig(({ mode }) => ({
  test: {
    // Commands are processes: on a busy machine a dozen of them take their time.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // By default one core is left free, which on two cores is half of them.
    maxWorkers: '100%',
    // Each is told the mode of the run: a project has one of its own otherwise.
    projects: [
      {
        extends: true,
        mode,
        // A process for each worker, not for each file: no module has a state of its own, and loading them takes long.
        test: { name: 'together', include: ['test/**/*.test.ts'], exclude: alone, isolate: false },
      },
      { extends: true, mode, test: { name: 'alone', include: alone } },
    ],
  },
}));
