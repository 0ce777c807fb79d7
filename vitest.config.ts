import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{unit,network,cli}/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // most of a test is waiting for another process
    maxWorkers: availableParallelism() + 1,
  },
})
