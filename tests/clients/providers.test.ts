// What ethers 6 and viem 2 build upon: transactions of every type, waiting, nonces, polled events, sockets that break. On anvil, then on
// Cairn, what it saw compared.
import {
  AbiCoder,
  Contract,
  ContractFactory,
  FetchRequest,
  HDNodeWallet,
  JsonRpcProvider,
  NonceManager,
  Wallet,
  WebSocketProvider,
  concat,
  id,
  sha256,
} from 'ethers';
import { createPublicClient, http, webSocket } from 'viem';
import { foundry } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cairn, MNEMONIC, removeFolder, temporaryFolder } from './support/cairn.js';
import { endProvider } from './support/end_provider.js';
import { artifact } from './support/fixture.js';
import { onBoth } from './support/seen.js';

const BOB = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const GWEI = 10n ** 9n;

// The blob of zeros commits to the point at infinity, and all its proofs are that point.
const INFINITY = `0xc0${'00'.repeat(47)}`;
const ZEROS = `0x${'00'.repeat(131_072)}`;
const VERSIONED_HASH = `0x01${sha256(INFINITY).slice(4)}`;

onBoth((node, saw, name) => {
  let provider: JsonRpcProvider;
  let alice: HDNodeWallet;
  let token: Contract;
  beforeAll(async () => {
    provider = new JsonRpcProvider(node().url, undefined, { cacheTimeout: -1, pollingInterval: 20 });
    alice = HDNodeWallet.fromPhrase(MNEMONIC).connect(provider);
    const { abi, bytecode } = artifact('Token');
    token = (await new ContractFactory(abi, bytecode, alice).deploy(10n ** 20n)) as unknown as Contract;
    await token.waitForDeployment();
  });
  afterAll(() => provider.destroy());

  // ethers hears of blocks from its second poll on: one block alone may come too early.
  const mineUntil = (done: () => unknown) =>
    expect.poll(async () => (await provider.send('evm_mine', []), Boolean(done()))).toBe(true);

  describe('transactions', () => {
    test.each([0, 1, 2])('of type %i go and come back as they were', async (type) => {
      const accessList = [{ address: token.target as string, storageKeys: [id('slot')] }];
      const fees = type === 2 ? { maxFeePerGas: 9n * GWEI, maxPriorityFeePerGas: 2n } : { gasPrice: 9n * GWEI };
      const sent = await alice.sendTransaction({ to: BOB, value: 3n, type, ...fees, ...(type ? { accessList } : {}) });
      const receipt = (await sent.wait())!;
      saw(receipt.toJSON());
      expect(receipt).toMatchObject({ type, status: 1, gasUsed: type ? 21000n + 2400n + 1900n : 21000n });
      const block = (await provider.getBlock(receipt.blockNumber, true))!;
      expect(receipt.gasPrice).toBe(type === 2 ? block.baseFeePerGas! + 2n : 9n * GWEI);
      await node().inBlock(sent.hash);
      const found = (await provider.getTransaction(sent.hash))!;
      saw(found.toJSON());
      expect(found).toMatchObject({ type, nonce: sent.nonce, value: 3n, signature: sent.signature });
      expect(found.accessList ?? []).toEqual(type ? accessList : []);
      expect(block.getPrefetchedTransaction(sent.hash).hash).toBe(sent.hash);
    });

    test.each(['one proof a blob (EIP-4844)', 'a proof a cell (EIP-7594)'])('bring blobs with %s', async (format) => {
      const cells = format.includes('cell');
      const proof = cells ? concat(Array(128).fill(INFINITY)) : INFINITY;
      const blob = { data: ZEROS, commitment: INFINITY, proof };
      const wrapper = cells ? { blobWrapperVersion: 1 } : {};
      const sent = await alice.sendTransaction({
        type: 3,
        to: BOB,
        gasLimit: 21000,
        maxFeePerBlobGas: 10n * GWEI,
        blobs: [blob, blob],
        ...wrapper,
      });
      const receipt = (await sent.wait())!;
      saw(receipt.toJSON());
      expect(receipt).toMatchObject({ type: 3, status: 1, blobGasUsed: 262_144n });
      expect((await provider.getTransaction(sent.hash))!.blobVersionedHashes).toEqual([VERSIONED_HASH, VERSIONED_HASH]);
      expect((await provider.getBlock(receipt.blockNumber))!.blobGasUsed).toBe(262_144n);
    });

    test('with a blob that its proof does not prove are refused', async () => {
      const data = `0x${'00'.repeat(131_071)}01`;
      const lie = { type: 3, to: BOB, gasLimit: 21000, maxFeePerBlobGas: GWEI, blobs: [{ data, commitment: INFINITY, proof: INFINITY }] };
      await expect(alice.sendTransaction(lie)).rejects.toThrow();
    });

    test('lend an account code (EIP-7702)', async () => {
      const { abi, bytecode } = artifact('Wallet');
      const code = await (await new ContractFactory(abi, bytecode, alice).deploy()).waitForDeployment();
      const owner = new Wallet(id('owner')).connect(provider);
      const authorization = await owner.authorize({ address: code.target as string, nonce: 0 });
      const sent = await alice.sendTransaction({ type: 4, to: BOB, authorizationList: [authorization], gasLimit: 100_000 });
      expect(await sent.wait()).toMatchObject({ type: 4, status: 1 });
      expect(await provider.getCode(owner.address)).toBe(`0xef0100${(code.target as string).slice(2).toLowerCase()}`);
      const [found] = (await provider.getTransaction(sent.hash))!.authorizationList!;
      saw(found);
      expect(found).toMatchObject({ address: code.target, nonce: 0n, chainId: 31337n, signature: authorization.signature });
    });
  });

  describe('waiting', () => {
    test('for confirmations ends when enough blocks stand above', async () => {
      const sent = await alice.sendTransaction({ to: BOB, value: 1n });
      let done = false;
      const waited = provider.waitForTransaction(sent.hash, 3, 10_000).then((receipt) => ((done = true), receipt));
      await provider.send('evm_mine', []);
      await provider.getBlockNumber();
      expect(done).toBe(false);
      await mineUntil(() => done);
      const receipt = (await waited)!;
      expect(await receipt.confirmations()).toBeGreaterThanOrEqual(3);
    });

    test('for a transaction that never comes ends in time', async () => {
      await expect(provider.waitForTransaction(id('never'), 1, 100)).rejects.toMatchObject({ code: 'TIMEOUT' });
    });

    test('sees that a transaction was replaced', async () => {
      await provider.send('evm_setAutomine', [false]);
      try {
        const nonce = await alice.getNonce('pending');
        const first = await alice.sendTransaction({ to: BOB, value: 1n, nonce, maxFeePerGas: 5n * GWEI, maxPriorityFeePerGas: GWEI });
        let replaced: any;
        first.wait(1, 10_000).catch((error) => (replaced = error));
        const second = await alice.sendTransaction({ to: BOB, value: 2n, nonce, maxFeePerGas: 9n * GWEI, maxPriorityFeePerGas: 2n * GWEI });
        await mineUntil(() => replaced);
        expect(replaced).toMatchObject({ code: 'TRANSACTION_REPLACED', reason: 'replaced', replacement: { hash: second.hash } });
      } finally {
        await provider.send('evm_setAutomine', [true]);
      }
    });
  });

  test('a nonce manager sends what it has counted, though it comes out of order', async () => {
    const manager = new NonceManager(alice);
    const sent = await node().atOnce(12, (i) => manager.sendTransaction({ to: BOB, value: BigInt(i), gasLimit: 21000 }));
    const receipts = await Promise.all(sent.map((s) => s.wait()));
    expect(receipts.map((r) => r!.status)).toEqual(Array(12).fill(1));
    expect(new Set(sent.map((s) => s.nonce)).size).toBe(12);
    expect(await alice.getNonce('pending')).toBe(await alice.getNonce('latest'));
  });

  test('fees are told for all kinds', async () => {
    const fees = await provider.getFeeData();
    const { baseFeePerGas } = (await provider.getBlock('latest'))!;
    expect(fees.maxFeePerGas).toBe(baseFeePerGas! * 2n + fees.maxPriorityFeePerGas!);
    expect(fees.gasPrice).toBeGreaterThanOrEqual(baseFeePerGas! - baseFeePerGas! / 8n);
    expect(BigInt(await provider.send('eth_blobBaseFee', []))).toBeGreaterThan(0n);
  });

  test('names are not resolved on a chain without ENS, addresses are', async () => {
    expect(await token.balanceOf(BOB.toLowerCase())).toBe(await token.balanceOf(BOB));
    await expect(provider.resolveName('vitalik.eth')).rejects.toMatchObject({ code: 'UNSUPPORTED_OPERATION' });
    await expect(provider.lookupAddress(BOB)).rejects.toMatchObject({ code: 'UNSUPPORTED_OPERATION' });
  });

  test('what a call reverts with comes through raw calls, batches and estimates', async () => {
    const data = token.interface.encodeFunctionData('transfer', [BOB, 10n ** 30n]);
    const expected = token.interface.encodeErrorResult('ERC20InsufficientBalance', [
      alice.address,
      await token.balanceOf(alice.address),
      10n ** 30n,
    ]);
    const transaction = { from: alice.address, to: token.target, data };
    const attempts = [provider.call(transaction), provider.estimateGas(transaction), provider.call({ ...transaction, blockTag: 'pending' })];
    for (const failure of await Promise.all(attempts.map((a) => a.catch((error) => error)))) {
      saw([failure.code, failure.action, failure.data, failure.reason, failure.revert]);
      expect(failure).toMatchObject({ code: 'CALL_EXCEPTION', data: expected });
    }
    const result = await provider.call({ to: token.target, data: token.interface.encodeFunctionData('symbol') });
    expect(AbiCoder.defaultAbiCoder().decode(['string'], result)[0]).toBe('STN');
  });

  test('blocks and events are heard by polling', async () => {
    const blocks: number[] = [];
    const events: bigint[] = [];
    await provider.on('block', (number: number) => blocks.push(number));
    await token.on(token.filters.Transfer(null, BOB), (event: any) => events.push(event.args.value));
    await mineUntil(() => blocks.length > 0);
    const head = await provider.getBlockNumber();
    await (await token.transfer(BOB, 5n)).wait();
    await (await token.transfer(alice.address, 6n)).wait();
    await (await token.transfer(BOB, 7n)).wait();
    await expect.poll(() => events).toEqual([5n, 7n]);
    await expect.poll(() => blocks.slice(-3)).toEqual([head + 1, head + 2, head + 3]);
    await token.off(token.filters.Transfer(null, BOB));
    await provider.removeAllListeners();
  });

  test('filters on the node are asked for what is new', async () => {
    const client = createPublicClient({ chain: foundry, transport: http(node().url) });
    const address = token.target as `0x${string}`;
    const filter = await client.createContractEventFilter({ address, abi: artifact('Token').abi, eventName: 'Transfer' } as any);
    const heads = await client.createBlockFilter();
    await (await token.transfer(BOB, 8n)).wait();
    // anvil may show a receipt before its filters have heard of the block.
    const changes = async (of: unknown) => {
      let found: unknown[] = [];
      await expect.poll(async () => (found = (await client.getFilterChanges({ filter: of } as any)) as unknown[])).toHaveLength(1);
      return found;
    };
    expect(((await changes(filter)) as any[]).map((log) => log.args.value)).toEqual([8n]);
    expect(await changes(heads)).toEqual([(await provider.getBlock('latest'))!.hash]);
    expect(await client.getFilterChanges({ filter } as any)).toEqual([]);
    expect(await client.uninstallFilter({ filter } as any)).toBe(true);
    expect(await client.uninstallFilter({ filter } as any)).toBe(false);
  });

  test('a socket carries calls, sends and events at once', async () => {
    const socket = new WebSocketProvider(node().url.replace('http', 'ws'));
    const sender = HDNodeWallet.fromPhrase(MNEMONIC).connect(socket);
    const live = token.connect(sender) as Contract;
    const heard: bigint[] = [];
    await live.on('Transfer', (_from, _to, value: bigint) => heard.push(value));
    // anvil answers before it mines: ethers may listen for blocks when that one is past, and waits for another.
    const more = name === 'anvil' ? setInterval(() => node().rpc('evm_mine'), 500) : undefined;
    const [receipt, balance] = await Promise.all([
      live.transfer(BOB, 31n, { gasLimit: 100_000 }).then((s: any) => s.wait()),
      socket.getBalance(BOB),
    ]);
    clearInterval(more);
    expect([receipt.status, balance > 0n]).toEqual([1, true]);
    await expect.poll(() => heard).toEqual([31n]);
    await live.removeAllListeners();
    await endProvider(socket);
  });

  test('gzip is spoken with those who ask for it', async () => {
    const request = new FetchRequest(node().url);
    request.allowGzip = true;
    const zipped = new JsonRpcProvider(request, undefined, { cacheTimeout: -1 });
    expect(await zipped.getCode(token.target)).toBe(artifact('Token').deployedBytecode);
    zipped.destroy();
  });
}, [
  [/^transactions, of type [12] .*\.gasLimit$/, 'an estimate ends within 1.5 % (go-ethereum, eth/gasestimator/gasestimator.go); anvil ends its search elsewhere'],
  [/\.blobGasPrice null in Cairn$/, 'a receipt has a blobGasPrice with blobs only (execution-apis, src/schemas/receipt.yaml)'],
]);

test("viem's socket connects again to a node that was killed and started again, and hears what comes", async () => {
  const folder = temporaryFolder();
  let node = await Cairn.start(folder);
  const port = new URL(node.url).port;
  // viem tries once, after this delay.
  const transport = webSocket(node.url.replace('http', 'ws'), { reconnect: { delay: 2_000 }, retryCount: 0 });
  const client = createPublicClient({ chain: foundry, transport, cacheTime: 0 });
  const heard: bigint[] = [];
  const unwatch = client.watchBlockNumber({ onBlockNumber: (number) => heard.push(number), onError: () => {} });
  const hears = async (above: bigint) =>
    expect.poll(async () => (await node.rpc('evm_mine'), heard.at(-1) ?? -1n)).toBeGreaterThan(above);

  await hears(0n);
  await node.stop('SIGKILL');
  node = await Cairn.start(folder, '--port', port);
  const head = BigInt(await node.rpc('eth_blockNumber'));
  expect(head).toBeGreaterThanOrEqual(heard.at(-1)!);
  await hears(head);
  expect(await client.getBlockNumber()).toBeGreaterThan(head);
  unwatch();
  const { socket } = await (client.transport as any).getRpcClient();
  socket.close();
  await node.stop();
  removeFolder(folder);
});
