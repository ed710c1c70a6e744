import { upgrades as upgradesOf } from '@openzeppelin/hardhat-upgrades';
import { expect } from 'chai';
import hre from 'hardhat';
import { record } from '../record.js';

const connection = await hre.network.create();
const { ethers, networkHelpers } = connection;
const upgrades = await upgradesOf(hre, connection);

describe('A box behind a proxy', () => {
  // The plugin remembers what it has deployed, and must notice that the chain went back.
  let start: Awaited<ReturnType<typeof networkHelpers.takeSnapshot>>;
  beforeEach(async () => {
    start = await networkHelpers.takeSnapshot();
  });
  afterEach(() => start.restore());

  for (const { kind, first, second } of [
    { kind: 'transparent', first: 'Box', second: 'BoxV2' },
    { kind: 'uups', first: 'UUPSBox', second: 'UUPSBoxV2' },
  ]) {
    it(`is upgraded and keeps its content (${kind})`, async () => {
      const [owner, stranger] = await ethers.getSigners();
      const [Box, BoxV2] = [await ethers.getContractFactory(first), await ethers.getContractFactory(second)];
      const box = await upgrades.deployProxy(Box, [owner.address, 41n], { kind });
      await box.waitForDeployment();
      await expect(box.store(42n)).to.emit(box, 'Stored').withArgs(owner, 42n);
      await expect(box.connect(stranger).store(1n)).to.be.revertedWithCustomError(box, 'OwnableUnauthorizedAccount');
      await expect(box.initialize(owner, 1n)).to.be.revertedWithCustomError(box, 'InvalidInitialization');
      const before = await upgrades.erc1967.getImplementationAddress(box.target);

      const upgraded = await upgrades.upgradeProxy(box, BoxV2, { call: { fn: 'relabel', args: ['second'] } });
      await upgraded.waitForDeployment();
      expect(upgraded.target).to.equal(box.target);
      await (await upgraded.increment()).wait();
      expect(await upgraded.content()).to.equal(43n);
      expect(await upgraded.label()).to.equal('second');
      expect(await upgrades.erc1967.getImplementationAddress(box.target)).not.to.equal(before);
      record(`${kind} proxy`, [box.target, before]);
    });
  }

  it('is not upgraded to code that moves its slots', async () => {
    const [owner] = await ethers.getSigners();
    const [Box, Shifted] = [await ethers.getContractFactory('Box'), await ethers.getContractFactory('ShiftedBox')];
    const box = await upgrades.deployProxy(Box, [owner.address, 1n]);
    await expect(upgrades.upgradeProxy(box, Shifted)).to.be.rejectedWith('New storage layout is incompatible');
  });

  it('shares one beacon with its twins', async () => {
    const [owner] = await ethers.getSigners();
    const [Box, BoxV2] = [await ethers.getContractFactory('Box'), await ethers.getContractFactory('BoxV2')];
    const beacon = await upgrades.deployBeacon(Box);
    const boxes = [
      await upgrades.deployBeaconProxy(beacon, Box, [owner.address, 1n]),
      await upgrades.deployBeaconProxy(beacon, Box, [owner.address, 2n]),
    ];
    await upgrades.upgradeBeacon(beacon, BoxV2);
    for (const box of boxes) await (await BoxV2.attach(box.target).increment()).wait();
    expect(await Promise.all(boxes.map((box) => box.content()))).to.deep.equal([2n, 3n]);
  });
});
