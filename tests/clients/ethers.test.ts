// What a dapp's developer does with ethers 6: on anvil, then on Cairn, what it saw compared.
import {
  Contract,
  ContractFactory,
  HDNodeWallet,
  Interface,
  JsonRpcProvider,
  NonceManager,
  Wallet,
  ZeroAddress,
  getAddress,
  id,
  isError,
  parseEther,
  parseUnits,
} from 'ethers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MNEMONIC } from './support/cairn.js';
import { artifact } from './support/fixture.js';
import { onBoth } from './support/seen.js';

const MULTICALL3 = '0xcA11bde05977b3631167028862bE2a173976CA11';

onBoth((node, saw, name) => {
  let provider: JsonRpcProvider;
  let alice: HDNodeWallet;
  let bob: HDNodeWallet;

  beforeAll(() => {
    provider = new JsonRpcProvider(node().url, undefined, { cacheTimeout: -1, pollingInterval: 20 });
    const account = (i: number) =>
      HDNodeWallet.fromPhrase(MNEMONIC, undefined, `m/44'/60'/0'/0/${i}`).connect(provider);
    [alice, bob] = [account(0), account(1)];
  });
  // anvil's genesis has no Multicall3.
  beforeAll(async () => {
    if (name === 'anvil') await node().rpc('anvil_setCode', MULTICALL3, artifact('Multicall3').deployedBytecode);
  });
  afterAll(() => provider.destroy());

  // Accounts that nobody has used, the same on both nodes.
  let strangers = 0;
  const stranger = () => new Wallet(id(`stranger ${++strangers}`));


  async function deploy(name: string, ...args: unknown[]): Promise<Contract> {
    const { abi, bytecode } = artifact(name);
    const contract = await new ContractFactory(abi, bytecode, alice).deploy(...args);
    await contract.waitForDeployment();
    saw((await contract.deploymentTransaction()!.wait())!.toJSON());
    return contract as unknown as Contract;
  }

  const mined = async (sending: Promise<any>) => {
    const receipt = await (await sending).wait();
    saw(receipt.toJSON());
    return receipt;
  };

  // What a call reverts with, decoded by ethers: by itself in calls, by parseError in estimates and sends.
  async function revertOf(call: Promise<unknown>, contract?: Contract) {
    const error = await call.then(
      () => undefined,
      (e) => e,
    );
    if (!isError(error, 'CALL_EXCEPTION')) throw error ?? new Error('it did not revert');
    const revert = error.revert ?? contract?.interface.parseError(error.data!) ?? { name: 'Error', args: [error.reason] };
    saw([revert.name, ...revert.args]);
    return revert;
  }

  test('sees the network of a dev chain', async () => {
    const network = await provider.getNetwork();
    expect(network.chainId).toBe(31337n);
    saw([network.toJSON(), (await provider.getBlock(0))!.toJSON()]);
    expect(await provider.getBalance(alice.address)).toBe(parseEther('10000'));
  });

  test('transfers ether and sees it at once', async () => {
    const to = stranger().address;
    const receipt = await mined(alice.sendTransaction({ to, value: parseEther('1.5') }));
    expect(receipt).toMatchObject({ status: 1, gasUsed: 21000n, type: 2 });
    expect(await provider.getBalance(to)).toBe(parseEther('1.5'));
    expect(await provider.getBalance(to, receipt.blockNumber - 1)).toBe(0n);
  });

  test('sends from an unlocked account without a key', async () => {
    const signer = await provider.getSigner(2);
    const receipt = await mined(signer.sendTransaction({ to: bob.address, value: 7n }));
    expect(receipt.status).toBe(1);
    expect(getAddress(receipt.from)).toBe(signer.address);
  });

  describe('an OpenZeppelin ERC-20', () => {
    let token: Contract;
    beforeAll(async () => {
      token = await deploy('Token', parseEther('1000'));
    });

    test('is deployed at the address that ethers foretold, with its code', async () => {
      expect(await provider.getCode(token.target)).toBe(artifact('Token').deployedBytecode);
      expect(await token.balanceOf(alice.address)).toBe(parseEther('1000'));
      expect(await token.symbol()).toBe('STN');
    });

    test('transfers, and its events are found by range, block and topic', async () => {
      const first = await mined(token.transfer(bob.address, 10n));
      const second = await mined(token.transfer(bob.address, 20n));
      const all = await token.queryFilter(token.filters.Transfer(null, bob.address), first.blockNumber);
      saw(all.map((event) => event.toJSON()));
      expect(all.map((event: any) => event.args.value)).toEqual([10n, 20n]);
      const one = await provider.getLogs({ blockHash: second.blockHash, address: token.target as string });
      expect(one).toHaveLength(1);
      expect(one[0]).toMatchObject({ transactionHash: second.hash, index: 0, removed: false });
      const minted = await token.queryFilter(token.filters.Transfer(ZeroAddress), 0, 'latest');
      expect(minted).toHaveLength(1);
      expect(await token.queryFilter(token.filters.Transfer(bob.address), 0)).toEqual([]);
    });

    test('reads a balance of the past', async () => {
      const before = await provider.getBlockNumber();
      const balance = await token.balanceOf(bob.address);
      await mined(token.transfer(bob.address, 5n));
      expect(await token.balanceOf(bob.address, { blockTag: before })).toBe(balance);
      expect(await token.balanceOf(bob.address)).toBe(balance + 5n);
    });

    test('reverts with a custom error that ethers decodes, in calls, estimates and sends', async () => {
      const poor = token.connect(bob) as Contract;
      const amount = parseEther('5000');
      const expected = [bob.address, await token.balanceOf(bob.address), amount];
      for (const attempt of [
        () => poor.transfer.staticCall(alice.address, amount),
        () => poor.transfer.estimateGas(alice.address, amount),
        () => poor.transfer(alice.address, amount),
      ]) {
        const revert = await revertOf(attempt(), token);
        expect(revert.name).toBe('ERC20InsufficientBalance');
        expect([...revert.args]).toEqual(expected);
      }
    });

    test('mines a transaction that reverts, with status 0', async () => {
      const poor = token.connect(bob) as Contract;
      const sent = await poor.transfer(alice.address, parseEther('5000'), { gasLimit: 100_000 });
      const failure = await sent.wait().catch((e: unknown) => e);
      expect(isError(failure, 'CALL_EXCEPTION') && failure.receipt?.status).toBe(0);
    });
  });

  test('decodes reasons and panics', async () => {
    const slots = await deploy('Slots');
    expect((await revertOf(slots.stop('because of the weather'))).args[0]).toBe('because of the weather');
    const panic = await revertOf(slots.divide(1, 0));
    expect([panic.name, Number(panic.args[0])]).toEqual(['Panic', 0x12]);
  });

  test('upgrades a UUPS proxy that keeps its state, for its owner alone', async () => {
    const first = await deploy('CounterV1');
    const second = await deploy('CounterV2');
    const start = new Interface(artifact('CounterV1').abi).encodeFunctionData('initialize', [alice.address, 41]);
    const proxy = await deploy('CounterProxy', first.target, start);
    const counter = new Contract(proxy.target, artifact('CounterV2').abi, alice);
    await mined(counter.increment());
    expect([await counter.count(), await counter.version()]).toEqual([42n, 1n]);

    const stranger = counter.connect(bob) as Contract;
    const refused = await revertOf(stranger.upgradeToAndCall(second.target, '0x'), counter);
    expect([refused.name, refused.args[0]]).toEqual(['OwnableUnauthorizedAccount', bob.address]);
    const again = await revertOf(counter.initialize(bob.address, 1), counter);
    expect(again.name).toBe('InvalidInitialization');

    await mined(counter.upgradeToAndCall(second.target, '0x'));
    expect([await counter.count(), await counter.version()]).toEqual([42n, 2n]);
    const below = await revertOf(counter.decrease(43), counter);
    expect([below.name, ...below.args]).toEqual(['BelowZero', 42n, 43n]);
  });

  describe.each(['of genesis', 'deployed'])('Multicall3 %s', (where) => {
    let multicall: Contract;
    beforeAll(async () => {
      multicall =
        where === 'deployed'
          ? await deploy('Multicall3')
          : new Contract(MULTICALL3, artifact('Multicall3').abi, alice);
    });

    test('is the contract of this project', async () => {
      expect(await provider.getCode(multicall.target)).toBe(artifact('Multicall3').deployedBytecode);
    });

    test('gathers calls, and lets those fail that may', async () => {
      const token = await deploy('Token', 100n);
      const balance = token.interface.encodeFunctionData('balanceOf', [alice.address]);
      const impossible = token.interface.encodeFunctionData('transfer', [bob.address, 1000]);
      const answers = await multicall.aggregate3.staticCall([
        { target: token.target, allowFailure: false, callData: balance },
        { target: token.target, allowFailure: true, callData: impossible },
      ]);
      expect(answers.map((a: any) => a.success)).toEqual([true, false]);
      expect(BigInt(answers[0].returnData)).toBe(100n);
      expect(token.interface.parseError(answers[1].returnData)?.name).toBe('ERC20InsufficientBalance');
      const refusal = await revertOf(multicall.aggregate.staticCall([{ target: token.target, callData: impossible }]));
      expect(refusal.args[0]).toBe('Multicall3: call failed');
      expect(await multicall.tryAggregate.staticCall(false, [{ target: token.target, callData: impossible }])).toHaveLength(1);
      const [number, , results] = await multicall.blockAndAggregate.staticCall([{ target: token.target, callData: balance }]);
      expect(number).toBeGreaterThan(0n);
      expect(results[0].success).toBe(true);
    });

    test('hands value on, to the last wei', async () => {
      const [first, second] = [stranger().address, stranger().address];
      const pay = (target: string, value: bigint) => ({ target, allowFailure: false, value, callData: '0x' });
      await mined(multicall.aggregate3Value([pay(first, 3n), pay(second, 4n)], { value: 7n }));
      expect(await multicall.getEthBalance(second)).toBe(4n);
      const mismatch = await revertOf(multicall.aggregate3Value.staticCall([pay(first, 3n)], { value: 4n }));
      expect(mismatch.args[0]).toBe('Multicall3: value mismatch');
    });

    test('knows the block that it runs in', async () => {
      const latest = (await provider.getBlock('latest'))!;
      expect(await multicall.getChainId()).toBe(31337n);
      expect(await multicall.getBlockHash(latest.number - 1)).toBe(latest.parentHash);
      expect(await multicall.getCurrentBlockGasLimit()).toBe(latest.gasLimit);
      expect(await multicall.getCurrentBlockTimestamp()).toBeGreaterThanOrEqual(BigInt(latest.timestamp));
    });
  });

  test('estimates gas that is just enough', async () => {
    const token = await deploy('Token', 1000n);
    expect(await alice.estimateGas({ to: bob.address, value: 1n })).toBe(21000n);
    const estimate = await token.transfer.estimateGas(bob.address, 1n);
    const receipt = await mined(token.transfer(bob.address, 1n, { gasLimit: estimate }));
    expect(receipt.status).toBe(1);
    expect(Number(estimate)).toBeLessThan(Number(receipt.gasUsed) * 1.05);
  });

  test('an access list makes the slots in it warm', async () => {
    const slots = await deploy('Slots');
    await mined(slots.read(1)); // `total` is set from here on
    const storageKeys = [1, 2, 3].map((slot) => `0x${slot.toString(16).padStart(64, '0')}`);
    const plain = await mined(slots.read(3, { type: 1, accessList: [] }));
    const accessList = [{ address: slots.target, storageKeys }];
    const warm = await mined(slots.read(3, { type: 1, accessList }));
    expect([plain.type, warm.type]).toEqual([1, 1]);
    // EIP-2930: 2400 an address and 1900 a key, paid before; EIP-2929: 2000 less for each cold slot.
    expect(warm.gasUsed - plain.gasUsed).toBe(2400n + 3n * 1900n - 3n * 2000n);
    await node().inBlock(warm.hash);
    const sent = (await provider.getTransaction(warm.hash))!;
    expect(sent.accessList).toEqual([{ address: slots.target, storageKeys }]);
  });

  test('an account lends itself code by EIP-7702 and gives it back', async () => {
    const code = await deploy('Wallet');
    const token = await deploy('Token', 1000n);
    const owner = stranger().connect(provider);
    await mined(alice.sendTransaction({ to: owner.address, value: parseEther('1') }));

    const authorization = await owner.authorize({ address: code.target as string, nonce: 1 });
    const wallet = new Contract(owner.address, artifact('Wallet').abi, owner);
    const call = { to: token.target, value: 0, data: token.interface.encodeFunctionData('balanceOf', [owner.address]) };
    const pay = { to: bob.address, value: 5n, data: '0x' };
    const receipt = await mined(
      wallet.run([call, pay], { type: 4, authorizationList: [authorization], gasLimit: 200_000 }),
    );
    expect([receipt.type, receipt.status]).toEqual([4, 1]);
    expect(wallet.interface.parseLog(receipt.logs[0])?.args.calls).toBe(2n);
    expect(await provider.getCode(owner.address)).toBe(`0xef0100${String(code.target).slice(2).toLowerCase()}`);
    expect(await provider.getTransactionCount(owner.address)).toBe(2);
    const refused = await revertOf((wallet.connect(bob) as Contract).run.staticCall([]));
    expect([refused.name, refused.args[0]]).toEqual(['OnlyMyself', bob.address]);

    const revoke = await owner.authorize({ address: ZeroAddress, nonce: 3 });
    await mined(owner.sendTransaction({ to: owner.address, type: 4, authorizationList: [revoke], gasLimit: 100_000 }));
    expect(await provider.getCode(owner.address)).toBe('0x');
  });

  test('snapshots take the chain back, and time travels', async () => {
    const before = (await provider.getBlock('latest'))!;
    const snapshot = await provider.send('evm_snapshot', []);
    const sent = await mined(alice.sendTransaction({ to: bob.address, value: 1n }));
    expect(await provider.send('evm_revert', [snapshot])).toBe(true);
    expect((await provider.getBlock('latest'))!.hash).toBe(before.hash);
    expect(await provider.getTransactionReceipt(sent.hash)).toBeNull();
    expect(await provider.send('evm_revert', [snapshot])).toBe(false);

    await provider.send('evm_increaseTime', [3600]);
    await provider.send('evm_mine', []);
    const later = (await provider.getBlock('latest'))!;
    expect(later.timestamp).toBeGreaterThanOrEqual(before.timestamp + 3600);
    await provider.send('evm_setNextBlockTimestamp', [later.timestamp + 1000]);
    const next = await mined(alice.sendTransaction({ to: bob.address, value: 1n }));
    expect((await provider.getBlock(next.blockNumber))!.timestamp).toBe(later.timestamp + 1000);
  });

  test('asks a hundred questions at once, which ethers puts into batches', async () => {
    const multicall = new Contract(MULTICALL3, artifact('Multicall3').abi, provider);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => (i % 2 ? provider.getBalance(alice.address) : multicall.getChainId())),
    );
    expect(answers.filter((_, i) => i % 2 === 0)).toEqual(Array(50).fill(31337n));
  });

  test('sends fifty transactions at once', async () => {
    const sender = new NonceManager(alice.connect(provider));
    const to = stranger().address;
    const sent = await node().atOnce(50, () =>
      sender.sendTransaction({ to, value: 2n, gasLimit: 21000, maxFeePerGas: parseUnits('20', 'gwei'), maxPriorityFeePerGas: 1n }),
    );
    const receipts = await Promise.all(sent.map((s) => s.wait()));
    expect(receipts.every((r) => r!.status === 1)).toBe(true);
    expect(await provider.getBalance(to)).toBe(100n);
  });
}, [
  [/\.blobGasPrice null in Cairn$/, 'a receipt has a blobGasPrice with blobs only (execution-apis, src/schemas/receipt.yaml)'],
  [/^snapshots take the chain back, and time travels: \$\[\]\.gasPrice$/, 'the base fee follows from the parent (EIP-1559); after evm_revert anvil takes that of the chain that it took back'],
]);
