import { createRequire } from 'node:module';
import HardhatEthers from '@nomicfoundation/hardhat-ethers';
import HardhatEthersChaiMatchers from '@nomicfoundation/hardhat-ethers-chai-matchers';
import HardhatIgnitionEthers from '@nomicfoundation/hardhat-ignition-ethers';
import HardhatMocha from '@nomicfoundation/hardhat-mocha';
import HardhatNetworkHelpers from '@nomicfoundation/hardhat-network-helpers';
import HardhatUpgrades from '@openzeppelin/hardhat-upgrades';
import { defineConfig } from 'hardhat/config';

const require = createRequire(import.meta.url);

export default defineConfig({
  plugins: [
    HardhatEthers,
    HardhatEthersChaiMatchers,
    HardhatIgnitionEthers,
    HardhatMocha,
    HardhatNetworkHelpers,
    HardhatUpgrades,
  ],
  // The compiler comes from npm, pinned by the lock file; nothing is downloaded.
  solidity: {
    compilers: [
      {
        version: require('solc/package.json').version,
        path: require.resolve('solc/soljson.js'),
        settings: { optimizer: { enabled: true, runs: 200 } },
      },
    ],
  },
  networks: {
    localhost: { type: 'http', url: process.env.RPC_URL ?? 'http://127.0.0.1:8545' },
  },
  ignition: { requiredConfirmations: 1 },
  test: {
    mocha: {
      timeout: 40_000,
      reporter: process.env.MOCHA_REPORTER ?? 'spec',
      reporterOptions: { output: process.env.MOCHA_OUTPUT },
    },
  },
});
