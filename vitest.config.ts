import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const limits = { testTimeout: 60_000, hookTimeout: 60_000 }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...limits,
          name: 'tests',
          include: ['test/{unit,network,cli}/**/*.test.ts'],
          // most of a test is waiting for another process
          maxWorkers: availableParallelism() + 1,
        },
      },
      {
        test: {
          ...limits,
          name: 'crowds',
          include: ['test/crowd/**/*.test.ts'],
          // each of them starts ten processes and more: beside them there is no room for others
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
