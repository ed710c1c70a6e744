const { anyValue } = require('@nomicfoundation/hardhat-chai-matchers/withArgs');
const { loadFixture, time } = require('@nomicfoundation/hardhat-network-helpers');
const { expect } = require('chai');
const { ethers } = require('hardhat');
const { record } = require('../record');

describe('Lock', () => {
  const YEAR = 365 * 24 * 3600;

  async function locked() {
    const [owner, stranger] = await ethers.getSigners();
    const unlockTime = (await time.latest()) + YEAR;
    const lock = await ethers.deployContract('Lock', [unlockTime], { value: 11n });
    return { lock, unlockTime, owner, stranger };
  }

  it('holds what it was given', async () => {
    const { lock, unlockTime, owner } = await loadFixture(locked);
    expect(await lock.unlockTime()).to.equal(unlockTime);
    expect(await lock.owner()).to.equal(owner);
    expect(await ethers.provider.getBalance(lock)).to.equal(11n);
  });

  it('wants a time in the future', async () => {
    const factory = await ethers.getContractFactory('Lock');
    const now = await time.latest();
    await expect(factory.deploy(now - 1)).to.be.revertedWith('Unlock time should be in the future');
  });

  it('opens not a second too early', async () => {
    const { lock, unlockTime } = await loadFixture(locked);
    await time.setNextBlockTimestamp(unlockTime - 1);
    await expect(lock.withdraw({ gasLimit: 100_000n })).to.be.reverted;
    expect(await time.latest()).to.equal(unlockTime - 1);
  });

  it('opens at the second', async () => {
    const { lock, unlockTime, owner } = await loadFixture(locked);
    await time.setNextBlockTimestamp(unlockTime);
    await expect(lock.withdraw({ gasLimit: 100_000n })).to.emit(lock, 'Withdrawal').withArgs(owner.address, 11n, unlockTime);
  });

  it('says until when it is shut', async () => {
    const { lock, unlockTime } = await loadFixture(locked);
    await expect(lock.withdraw()).to.be.revertedWithCustomError(lock, 'StillLocked').withArgs(anyValue, unlockTime);
  });

  it('opens for its owner alone', async () => {
    const { lock, unlockTime, stranger } = await loadFixture(locked);
    await time.increaseTo(unlockTime);
    await expect(lock.connect(stranger).withdraw()).to.be.revertedWith("You aren't the owner");
    await expect(lock.withdraw()).not.to.be.reverted;
  });

  it('pays its owner', async () => {
    const { lock, unlockTime, owner } = await loadFixture(locked);
    await time.increaseTo(unlockTime);
    await expect(lock.withdraw()).to.changeEtherBalances([owner, lock], [11n, -11n]);
  });

  it('counts from an increase too', async () => {
    const { lock, owner } = await loadFixture(locked);
    const before = await time.latest();
    const after = await time.increase(YEAR);
    expect(after).to.be.within(before + YEAR, before + YEAR + 20);
    expect(await time.latest()).to.equal(after);
    await expect(lock.withdraw()).to.changeEtherBalance(owner, 11n);
    await expect(lock.withdraw()).to.emit(lock, 'Withdrawal').withArgs(owner, 0n, anyValue);
    record('withdrawal gas', (await (await lock.withdraw()).wait()).gasUsed);
  });

  it('reads durations and blocks of time', async () => {
    const block = await time.latestBlock();
    await time.advanceBlockTo(block + 3);
    expect(await time.latestBlock()).to.equal(block + 3);
    await time.advanceBlock(2);
    expect(await time.latestBlock()).to.equal(block + 5);
    expect(time.duration.weeks(2)).to.equal(14 * 24 * 3600);
  });
});
