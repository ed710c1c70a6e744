const { subtask } = require('hardhat/config');
const { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } = require('hardhat/builtin-tasks/task-names');
require('@nomicfoundation/hardhat-chai-matchers');
require('@nomicfoundation/hardhat-ethers');
require('@nomicfoundation/hardhat-ignition-ethers');
require('@openzeppelin/hardhat-upgrades');

// The compiler comes from npm, pinned by the lock file; nothing is downloaded.
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async () => ({
  compilerPath: require.resolve('solc/soljson.js'),
  isSolcJs: true,
  version: require('solc/package.json').version,
  longVersion: require('solc').version(),
}));

/** @type import('hardhat/config').HardhatUserConfig */
module.exports = {
  solidity: {
    version: require('solc/package.json').version,
    settings: { optimizer: { enabled: true, runs: 200 } },
  },
  networks: {
    // With gas: 'auto' a transaction is estimated first, so that one that would revert is refused with its reason.
    localhost: { url: process.env.RPC_URL ?? 'http://127.0.0.1:8545', gas: 'auto' },
  },
  ignition: { requiredConfirmations: 1 },
  mocha: {
    timeout: 40_000,
    reporter: process.env.MOCHA_REPORTER ?? 'spec',
    reporterOptions: { output: process.env.MOCHA_OUTPUT },
  },
};
