import { defineConfig } from 'vitest/config';

const report = process.env.CAIRN_TEST_REPORT;

export default defineConfig({
  cacheDir: '../../build/vitest',
  test: {
    include: ['*.test.ts'],
    globalSetup: './support/compile_contracts.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // ethers takes back a subscription some turns of the loop after its listener went. A provider
    // that is destroyed in between rejects that request, which nobody can wait for.
    onUnhandledError: (error: any) => error.operation !== 'eth_unsubscribe',
    reporters: report ? ['default', 'json'] : ['default'],
    outputFile: report ? { json: report } : undefined,
  },
});
