import { PANIC_CODES } from '@nomicfoundation/hardhat-ethers-chai-matchers/panic';
import { expect } from 'chai';
import { artifacts, network } from 'hardhat';
import { record } from '../record.js';

const { ethers, networkHelpers: helpers } = await network.create();

describe('The chain under test', () => {
  const vitalik = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045';

  async function probed() {
    const [alice, bob] = await ethers.getSigners();
    return { alice, bob, probe: await ethers.deployContract('Probe') };
  }

  async function look(probe: any): Promise<any> {
    const receipt = await (await probe.look({ gasLimit: 100_000n })).wait();
    return probe.interface.parseLog(receipt.logs[0]).args;
  }

  it('mines as many blocks as asked for, at their distance', async () => {
    const [first, start] = [await helpers.time.latestBlock(), await helpers.time.latest()];
    await helpers.mine(5, { interval: 12 });
    expect(await helpers.time.latestBlock()).to.equal(first + 5);
    expect(await helpers.time.latest()).to.be.within(start + 4 * 12, start + 5 * 12 + 20);
    await helpers.mineUpTo(first + 8);
    expect(await helpers.time.latestBlock()).to.equal(first + 8);
    await helpers.mine(1000);
    expect(await helpers.time.latestBlock()).to.equal(first + 1008);
  });

  it('lets anybody act who is impersonated', async () => {
    const { probe, bob } = await helpers.loadFixture(probed);
    await helpers.impersonateAccount(vitalik);
    await helpers.setBalance(vitalik, ethers.parseEther('2'));
    const signer = await ethers.getSigner(vitalik);
    await expect(signer.sendTransaction({ to: bob, value: 3n })).to.changeEtherBalance(ethers, bob, 3n);
    await expect(probe.connect(signer).look()).to.emit(probe, 'Seen');
    await helpers.stopImpersonatingAccount(vitalik);
    await expect(signer.sendTransaction({ to: bob, value: 3n })).to.be.rejected;
    record('nonce of the impersonated', await ethers.provider.getTransactionCount(vitalik));
  });

  it('has a contract act as itself', async () => {
    const { probe, bob } = await helpers.loadFixture(probed);
    const signer = await ethers.getImpersonatedSigner(probe.target);
    await helpers.setBalance(probe.target, 10n ** 18n);
    await expect(signer.sendTransaction({ to: bob, value: 1n })).to.changeEtherBalance(ethers, bob, 1n);
  });

  it('takes balances, nonces, code and storage as they are set', async () => {
    const { probe } = await helpers.loadFixture(probed);
    const account = ethers.Wallet.createRandom().address;
    await helpers.setBalance(account, 12_345n);
    expect(await ethers.provider.getBalance(account)).to.equal(12_345n);
    await helpers.setNonce(account, 70);
    expect(await ethers.provider.getTransactionCount(account)).to.equal(70);

    await helpers.setStorageAt(probe.target, 0, 99);
    expect(await probe.value()).to.equal(99n);
    expect(BigInt(await helpers.getStorageAt(probe.target, 0))).to.equal(99n);
    const { deployedBytecode } = await artifacts.readArtifact('Seventeen');
    await helpers.setCode(probe.target, deployedBytecode);
    expect(await probe.value()).to.equal(17n);
    expect(await ethers.provider.getCode(probe)).to.equal(deployedBytecode);
  });

  it('goes back to snapshots, in any depth', async () => {
    const { probe } = await helpers.loadFixture(probed);
    const first = await helpers.takeSnapshot();
    await helpers.setStorageAt(probe.target, 0, 1);
    const second = await helpers.takeSnapshot();
    await helpers.setStorageAt(probe.target, 0, 2);
    await second.restore();
    expect(await probe.value()).to.equal(1n);
    await second.restore();
    await first.restore();
    expect(await probe.value()).to.equal(7n);
    await expect(second.restore()).to.be.rejectedWith('Trying to restore an invalid snapshot.');
  });

  it('forgets a transaction that is dropped', async () => {
    const { alice, bob } = await helpers.loadFixture(probed);
    await ethers.provider.send('evm_setAutomine', [false]);
    try {
      const [dropped, kept] = [
        await alice.sendTransaction({ to: bob, value: 1n, gasLimit: 21_000n }),
        await bob.sendTransaction({ to: alice, value: 2n, gasLimit: 21_000n }),
      ];
      await helpers.dropTransaction(dropped.hash);
      await helpers.mine();
      expect(await ethers.provider.getTransactionReceipt(dropped.hash)).to.equal(null);
      expect(await ethers.provider.getTransaction(dropped.hash)).to.equal(null);
      expect((await kept.wait())!.status).to.equal(1);
    } finally {
      await ethers.provider.send('evm_setAutomine', [true]);
    }
  });

  it('shows contracts the block that was asked for', async () => {
    const { probe, bob } = await helpers.loadFixture(probed);
    const time = (await helpers.time.latest()) + 77;
    await helpers.setCoinbase(bob.address);
    await helpers.setNextBlockBaseFeePerGas(7_000_000_000n);
    await helpers.setBlockGasLimit(25_000_000);
    await helpers.time.setNextBlockTimestamp(time);
    const seen = await look(probe);
    expect([seen.time, seen.coinbase, seen.baseFee, seen.gasLimit]).to.deep.equal([
      BigInt(time),
      bob.address,
      7_000_000_000n,
      25_000_000n,
    ]);
    record('seen', [seen.coinbase, seen.baseFee, seen.gasLimit]);
    await helpers.setBlockGasLimit(30_000_000);
    await helpers.setCoinbase(ethers.ZeroAddress);
  });

  it('deals the randomness that was asked for', async () => {
    const { probe } = await helpers.loadFixture(probed);
    await helpers.setPrevRandao(424_242);
    expect((await look(probe)).randao).to.equal(424_242n);
  });

  it('tells panics and silence apart', async () => {
    const { probe } = await helpers.loadFixture(probed);
    await expect(probe.divide(0)).to.be.revertedWithPanic(PANIC_CODES.DIVISION_BY_ZERO);
    await expect(probe.check(8)).to.be.revertedWithPanic(PANIC_CODES.ASSERTION_ERROR);
    await expect(probe.item(1)).to.be.revertedWithPanic(PANIC_CODES.ARRAY_ACCESS_OUT_OF_BOUNDS);
    await expect(probe.silent()).to.be.revertedWithoutReason(ethers);
    expect(await probe.divide(2)).to.equal(3n);
  });

  it('begins anew when it is reset', async () => {
    await helpers.mine(3);
    await ethers.provider.send('hardhat_reset', []);
    expect(await ethers.provider.getBlockNumber()).to.equal(0);
    const [alice] = await ethers.getSigners();
    record('after the reset', [await alice.getNonce(), await ethers.provider.getBalance(alice)]);
    await helpers.clearSnapshots();
  });
});
