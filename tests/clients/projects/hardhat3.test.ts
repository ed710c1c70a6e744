// The sample project for Hardhat 3: network-helpers, chai matchers, Ignition, OpenZeppelin's upgrades.
import { HardhatProject, compareWithAnvil, deployAcrossRestart } from './hardhat.js';

const project = new HardhatProject('hardhat3', 'ignition/modules/Stones.ts');
await compareWithAnvil(project, [
  'The chain under test deals the randomness that was asked for', // anvil has no hardhat_setPrevRandao
  'The chain under test forgets a transaction that is dropped', // anvil answers with the hash, not with true
]);
deployAcrossRestart(project);
