// What a dapp's developer does with viem 2: on anvil, then on Cairn, what it saw compared.
import {
  BaseError,
  ContractFunctionRevertedError,
  type Hex,
  InsufficientFundsError,
  NonceTooLowError,
  createPublicClient,
  createTestClient,
  createWalletClient,
  encodeFunctionData,
  http,
  keccak256,
  parseEther,
  parseEventLogs,
  toHex,
  zeroAddress,
} from 'viem';
import { mnemonicToAccount, privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { beforeAll, describe, expect, test } from 'vitest';
import { MNEMONIC } from './support/cairn.js';
import { artifact } from './support/fixture.js';
import { onBoth } from './support/seen.js';

const alice = mnemonicToAccount(MNEMONIC);
const bob = mnemonicToAccount(MNEMONIC, { addressIndex: 1 });
const chain = {
  ...foundry,
  contracts: { multicall3: { address: '0xcA11bde05977b3631167028862bE2a173976CA11' as const } },
};

onBoth((node, saw, name) => {
  function connect() {
    const transport = http(node().url, { timeout: 50_000 }); // of a busy machine
    const options = { chain, transport, pollingInterval: 20, cacheTime: 0 };
    return {
      reader: createPublicClient(options),
      wallet: createWalletClient({ ...options, account: alice }),
      poor: createWalletClient({ ...options, account: bob }),
      tester: createTestClient({ ...options, mode: 'anvil' }),
    };
  }
  let reader: ReturnType<typeof connect>['reader'];
  let wallet: ReturnType<typeof connect>['wallet'];
  let poor: ReturnType<typeof connect>['poor'];
  let tester: ReturnType<typeof connect>['tester'];
  beforeAll(() => {
    ({ reader, wallet, poor, tester } = connect());
  });
  // anvil's genesis has no Multicall3.
  beforeAll(async () => {
    const { address } = chain.contracts.multicall3;
    if (name === 'anvil') await tester.setCode({ address, bytecode: artifact('Multicall3').deployedBytecode });
  });

  // Accounts that nobody has used, the same on both nodes.
  let strangers = 0;
  const strangersKey = () => keccak256(toHex(`stranger ${++strangers}`));

  const mined = async (hash: Promise<Hex>) => saw(await reader.waitForTransactionReceipt({ hash: await hash }));

  async function deploy(name: string, ...args: unknown[]) {
    const { abi, bytecode } = artifact(name);
    const receipt = await mined(wallet.deployContract({ abi, bytecode, args }));
    return { address: receipt.contractAddress!, abi };
  }

  async function revertOf(call: Promise<unknown>) {
    const error = await call.then(
      () => undefined,
      (e) => e,
    );
    const revert = error instanceof BaseError && error.walk((e) => e instanceof ContractFunctionRevertedError);
    if (!(revert instanceof ContractFunctionRevertedError)) throw error ?? new Error('it did not revert');
    saw([revert.reason, revert.data?.errorName, revert.data?.args, revert.signature, revert.raw]);
    return revert;
  }

  test('sees the network of a dev chain', async () => {
    expect(await reader.getChainId()).toBe(31337);
    const block = await reader.getBlock({ blockTag: 'finalized' });
    saw(await reader.getBlock({ blockNumber: 0n }));
    expect(block.number).toBe(await reader.getBlockNumber());
  });

  test('transfers ether with the fees that it estimates', async () => {
    const to = privateKeyToAccount(strangersKey()).address;
    const receipt = await mined(wallet.sendTransaction({ to, value: parseEther('1') }));
    expect(receipt).toMatchObject({ status: 'success', type: 'eip1559', gasUsed: 21000n });
    expect(await reader.getBalance({ address: to })).toBe(parseEther('1'));
    const fees = saw(await reader.estimateFeesPerGas());
    const { baseFeePerGas } = await reader.getBlock();
    expect(fees.maxFeePerGas).toBeGreaterThan(baseFeePerGas!);
  });

  test('a legacy transaction works as well', async () => {
    const gasPrice = await reader.getGasPrice();
    const receipt = await mined(wallet.sendTransaction({ to: bob.address, value: 1n, gasPrice, type: 'legacy' }));
    expect(receipt).toMatchObject({ status: 'success', type: 'legacy' });
  });

  test('names what is wrong with a transaction', async () => {
    const broke = privateKeyToAccount(strangersKey());
    const unpaid = wallet.sendTransaction({ account: broke, to: bob.address, value: 1n, gas: 21000n });
    expect((await unpaid.catch((e) => e)).walk((e: unknown) => e instanceof InsufficientFundsError)).toBeTruthy();
    const old = wallet.sendTransaction({ to: bob.address, nonce: 0, gas: 21000n });
    expect((await old.catch((e) => e)).walk((e: unknown) => e instanceof NonceTooLowError)).toBeTruthy();
  });

  describe('an OpenZeppelin ERC-20', () => {
    let token: Awaited<ReturnType<typeof deploy>>;
    beforeAll(async () => {
      token = await deploy('Token', parseEther('1000'));
    });

    test('transfers, and its events are found', async () => {
      const transfer = { ...token, functionName: 'transfer' };
      const { request, result } = await reader.simulateContract({ ...transfer, args: [bob.address, 9n], account: alice });
      expect(result).toBe(true);
      const receipt = await mined(wallet.writeContract(request));
      const [event] = parseEventLogs({ abi: token.abi, logs: receipt.logs }) as any[];
      expect(event.args).toEqual({ from: alice.address, to: bob.address, value: 9n });
      const found = await reader.getContractEvents({
        ...token,
        eventName: 'Transfer',
        args: { to: bob.address } as any,
        fromBlock: 0n,
      });
      expect(saw(found)).toHaveLength(1);
      expect(found[0].transactionHash).toBe(receipt.transactionHash);
      const balanceOf = { ...token, functionName: 'balanceOf', args: [bob.address] };
      expect(await reader.readContract({ ...balanceOf, blockNumber: receipt.blockNumber - 1n })).toBe(0n);
      expect(await reader.readContract(balanceOf)).toBe(9n);
    });

    test('reverts with a custom error that viem decodes', async () => {
      const transfer = { ...token, functionName: 'transfer', args: [alice.address, parseEther('5000')] };
      for (const attempt of [
        () => reader.simulateContract({ ...transfer, account: bob }),
        () => reader.estimateContractGas({ ...transfer, account: bob }),
        () => poor.writeContract(transfer),
      ]) {
        const revert = await revertOf(attempt());
        expect(revert.data?.errorName).toBe('ERC20InsufficientBalance');
        expect(revert.data?.args?.[2]).toBe(parseEther('5000'));
      }
    });

    test('is read by multicall in one request', async () => {
      const results = await reader.multicall({
        contracts: [
          { ...token, functionName: 'symbol' },
          { ...token, functionName: 'totalSupply' },
          { ...token, functionName: 'transferFrom', args: [bob.address, alice.address, 1n] },
        ],
      });
      expect(results.slice(0, 2).map((r) => r.result)).toEqual(['STN', parseEther('1000')]);
      expect(results[2].status).toBe('failure');
    });

    test('takes exactly the gas that was estimated, or less', async () => {
      const transfer = { ...token, functionName: 'transfer', args: [bob.address, 1n] };
      const gas = await reader.estimateContractGas({ ...transfer, account: alice });
      const receipt = await mined(wallet.writeContract({ ...transfer, gas }));
      expect(receipt.status).toBe('success');
    });
  });

  test('reasons and panics are decoded', async () => {
    const slots = await deploy('Slots');
    const stopped = await revertOf(reader.readContract({ ...slots, functionName: 'stop', args: ['no more'] }));
    expect(stopped.reason).toBe('no more');
    const divided = await revertOf(reader.readContract({ ...slots, functionName: 'divide', args: [1n, 0n] }));
    expect(divided.data).toMatchObject({ errorName: 'Panic', args: [0x12n] });
  });

  test('upgrades a UUPS proxy that keeps its state', async () => {
    const [first, second] = [await deploy('CounterV1'), await deploy('CounterV2')];
    const start = encodeFunctionData({ abi: first.abi, functionName: 'initialize', args: [alice.address, 1n] });
    const proxy = { address: (await deploy('CounterProxy', first.address, start)).address, abi: second.abi };
    await mined(wallet.writeContract({ ...proxy, functionName: 'increment' }));
    const upgrade = { ...proxy, functionName: 'upgradeToAndCall', args: [second.address, '0x'] };
    const refused = await revertOf(reader.simulateContract({ ...upgrade, account: bob }));
    expect(refused.data?.errorName).toBe('OwnableUnauthorizedAccount');
    await mined(wallet.writeContract(upgrade));
    expect(await reader.readContract({ ...proxy, functionName: 'version' })).toBe(2n);
    expect(await reader.readContract({ ...proxy, functionName: 'count' })).toBe(2n);
    const below = await revertOf(reader.simulateContract({ ...proxy, functionName: 'decrease', args: [3n] }));
    expect(below.data).toMatchObject({ errorName: 'BelowZero', args: [2n, 3n] });
  });

  test('sends an access list', async () => {
    const slots = await deploy('Slots');
    const accessList = [{ address: slots.address, storageKeys: [`0x${'00'.repeat(31)}01` as Hex] }];
    const receipt = await mined(wallet.writeContract({ ...slots, functionName: 'read', args: [1n], accessList }));
    await node().inBlock(receipt.transactionHash);
    const sent = await reader.getTransaction({ hash: receipt.transactionHash });
    expect(saw(sent).accessList).toEqual(accessList.map((a) => ({ ...a, address: slots.address.toLowerCase() })));
  });

  test('an account lends itself code by EIP-7702', async () => {
    const code = await deploy('Wallet');
    const owner = privateKeyToAccount(strangersKey());
    await mined(wallet.sendTransaction({ to: owner.address, value: parseEther('1') }));
    const authorization = await wallet.signAuthorization({
      account: owner,
      contractAddress: code.address,
      executor: 'self',
    });
    const receipt = await mined(
      wallet.writeContract({
        account: owner,
        address: owner.address,
        abi: code.abi,
        functionName: 'run',
        args: [[{ to: bob.address, value: 3n, data: '0x' }]],
        authorizationList: [authorization],
      }),
    );
    expect(receipt).toMatchObject({ status: 'success', type: 'eip7702' });
    expect(receipt.logs).toHaveLength(1);
    expect(await reader.getCode({ address: owner.address })).toBe(`0xef0100${code.address.slice(2)}`.toLowerCase());

    // Somebody else may pay: here the authorisation gives the code back.
    const revoke = await wallet.signAuthorization({ account: owner, contractAddress: zeroAddress });
    await mined(wallet.sendTransaction({ to: owner.address, authorizationList: [revoke] }));
    expect(await reader.getCode({ address: owner.address })).toBeUndefined();
  });

  test('the test client takes snapshots, moves the clock and gives balances', async () => {
    const before = await reader.getBlock();
    const id = await tester.snapshot();
    const to = privateKeyToAccount(strangersKey()).address;
    await mined(wallet.sendTransaction({ to, value: 1n }));
    await tester.revert({ id });
    expect((await reader.getBlock()).hash).toBe(before.hash);
    expect(await reader.getBalance({ address: to })).toBe(0n);

    await tester.setNextBlockTimestamp({ timestamp: before.timestamp + 5000n });
    await mined(wallet.sendTransaction({ to, value: 1n }));
    const after = await reader.getBlock();
    expect(after.timestamp).toBe(before.timestamp + 5000n);
    await tester.increaseTime({ seconds: 100 });
    await mined(wallet.sendTransaction({ to, value: 1n }));
    expect((await reader.getBlock()).timestamp).toBeGreaterThanOrEqual(after.timestamp + 100n);

    await tester.setBalance({ address: to, value: parseEther('77') });
    expect(await reader.getBalance({ address: to })).toBe(parseEther('77'));
  });
}, [
  [/\$\[\]\.(blobGasPrice|blockTimestamp) only in anvil$/, 'a receipt has no blockTimestamp, and a blobGasPrice only with blobs (execution-apis, src/schemas/receipt.yaml)'],
  [/\.totalDifficulty null in Cairn$/, 'a block has no totalDifficulty in execution-apis (src/schemas/block.yaml)'],
  [/^sees the network of a dev chain: \$\[\]\.size$/, 'the size is that of the whole RLP, whose header has a withdrawals root and a requests hash'],
  [/^sends an access list: \$\[\]\.(gas|maxFeePerGas|r|s|v|yParity)$/, "eth_fillTransaction fills in twice the base fee and the tip, and an estimate that ends within 1.5 % (go-ethereum, internal/ethapi/transaction_args.go); anvil another fee and limit, and so another signature"],
  [/^the test client takes snapshots.*\.(blockHash|transactionHash|effectiveGasPrice)$/, 'the base fee follows from the parent (EIP-1559); after evm_revert anvil takes that of the chain that it took back'],
]);
