// The sample project for Hardhat 2: network-helpers, chai matchers, Ignition, OpenZeppelin's upgrades.
import { HardhatProject, compareWithAnvil, deployAcrossRestart } from './hardhat.js';

const project = new HardhatProject('hardhat2', 'ignition/modules/Stones.js');
await compareWithAnvil(project, [
  'The chain under test deals the randomness that was asked for', // anvil has no hardhat_setPrevRandao
]);
deployAcrossRestart(project);
