import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/interop/**/*.test.ts'],
    globalSetup: 'test/interop/build.ts',
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 3,
  },
})
