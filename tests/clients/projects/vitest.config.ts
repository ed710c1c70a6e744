import { defineConfig } from 'vitest/config';

const report = process.env.CAIRN_TEST_REPORT;

// Sample projects of other tools, each run by the tool itself.
export default defineConfig({
  cacheDir: '../../../build/vitest',
  test: {
    include: ['*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: report ? ['default', 'json'] : ['default'],
    outputFile: report ? { json: report } : undefined,
  },
});
