import { anyUint, anyValue } from '@nomicfoundation/hardhat-ethers-chai-matchers/withArgs';
import { expect } from 'chai';
import { network } from 'hardhat';
import { record } from '../record.js';

const { ethers, networkHelpers } = await network.create();

describe('Token', () => {
  async function deployed() {
    const [issuer, alice, bob] = await ethers.getSigners();
    const token = await ethers.deployContract('Token', [1000n]);
    return { token, issuer, alice, bob };
  }

  it('gives the supply to its issuer', async () => {
    const { token, issuer } = await networkHelpers.loadFixture(deployed);
    expect(await token.balanceOf(issuer)).to.equal(1000n);
    expect(await token.issuer()).to.equal(issuer.address);
    record('token address', token.target);
    record('deployment gas', (await token.deploymentTransaction()!.wait())!.gasUsed);
  });

  it('moves balances', async () => {
    const { token, issuer, alice, bob } = await networkHelpers.loadFixture(deployed);
    await expect(token.transfer(alice, 50n)).to.changeTokenBalances(ethers, token, [issuer, alice], [-50n, 50n]);
    await expect(token.connect(alice).transfer(bob, 20n)).to.changeTokenBalance(ethers, token, bob, 20n);
    const receipt = await (await token.transfer(bob, 1n)).wait() as any;
    record('transfer gas', receipt.gasUsed);
    record('transfer log', receipt.logs.map(({ topics, data, index }: any) => ({ topics, data, index })));
  });

  it('starts each test from the same snapshot', async () => {
    const { token, alice } = await networkHelpers.loadFixture(deployed);
    expect(await token.balanceOf(alice)).to.equal(0n);
  });

  it('emits events with indexed arguments', async () => {
    const { token, alice } = await networkHelpers.loadFixture(deployed);
    await expect(token.issue(alice, 9n, 5n))
      .to.emit(token, 'Issued')
      .withArgs(alice.address, 9n, anyUint, anyValue)
      .and.to.emit(token, 'Transfer')
      .withArgs(ethers.ZeroAddress, alice, 5n);
    await expect(token.transfer(alice, 1n)).not.to.emit(token, 'Issued');
    const found = await token.queryFilter(token.filters.Issued(alice, 9n));
    expect(found.map((event: any) => event.args.amount)).to.deep.equal([5n]);
    record('note', (found[0] as any).args.note);
  });

  it('refuses with custom errors', async () => {
    const { token, alice, bob } = await networkHelpers.loadFixture(deployed);
    await expect(token.connect(alice).issue(alice, 1n, 1n))
      .to.be.revertedWithCustomError(token, 'NotIssuer')
      .withArgs(alice.address);
    await expect(token.connect(bob).transfer(alice, 3n))
      .to.be.revertedWithCustomError(token, 'ERC20InsufficientBalance')
      .withArgs(bob.address, 0n, anyValue);
    await expect(token.connect(bob).transfer.staticCall(alice, 3n)).to.be.revertedWithCustomError(
      token,
      'ERC20InsufficientBalance',
    );
  });

  it('sees a refusal in a mined transaction too', async () => {
    const { token, alice } = await networkHelpers.loadFixture(deployed);
    await expect(token.connect(alice).issue(alice, 1n, 1n, { gasLimit: 100_000n })).to.be.revert(ethers);
  });
});
