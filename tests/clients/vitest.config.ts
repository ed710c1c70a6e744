import { defineConfig } from 'vitest/config';

const report = process.env.CAIRN_TEST_REPORT;

export default defineConfig({
  cacheDir: '../../build/vitest',
  test: {
    include: ['*.test.ts'],
    globalSetup: './support/compile_contracts.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    reporters: report ? ['default', 'json'] : ['default'],
    outputFile: report ? { json: report } : undefined,
  },
});
