import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import hre from 'hardhat';
import Stones from '../ignition/modules/Stones.js';
import { record } from '../record.js';

const { ethers, ignition } = await hre.network.create();

describe('The Ignition module', () => {
  const deploymentId = `test-${process.pid}`;
  const options = { deploymentId, parameters: { Stones: { supply: 2000n } } };
  after(() => rmSync(join(hre.config.paths.ignition, 'deployments', deploymentId), { recursive: true, force: true }));

  it('deploys and wires the contracts', async () => {
    const { token, lock } = await ignition.deploy(Stones, options);
    const [, alice] = await ethers.getSigners();
    expect(await token.totalSupply()).to.equal(2500n);
    expect(await token.balanceOf(alice)).to.equal(500n);
    expect(await token.balanceOf(lock)).to.equal(3n);
    expect(await ethers.provider.getBalance(lock)).to.equal(5n);
    record('deployed', [token.target, lock.target]);
  });

  it('finds on a second run that all is done', async () => {
    const before = await ethers.provider.getBlockNumber();
    const { token } = await ignition.deploy(Stones, options);
    expect(await token.totalSupply()).to.equal(2500n);
    expect(await ethers.provider.getBlockNumber()).to.equal(before);
  });
});
