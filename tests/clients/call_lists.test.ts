// What MetaMask and Blockscout ask of a node, call by call, over real HTTP: on anvil, then on Cairn, every answer compared.
import { encodeDeployData, encodeFunctionData } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { beforeAll, expect, test, vi } from 'vitest';
import { MNEMONIC } from './support/cairn.js';
import { artifact } from './support/fixture.js';
import { onBoth } from './support/seen.js';

type Call = [method: string, ...params: unknown[]];

const [alice, bob] = [0, 1].map((addressIndex) => mnemonicToAccount(MNEMONIC, { addressIndex }));
const hex = (n: number) => `0x${n.toString(16)}`;
const FEES = { maxFeePerGas: 4_000_000_000n, maxPriorityFeePerGas: 1_000_000_000n };
const NUMBERS = Array.from({ length: 25 }, (_, i) => hex(i + 1));

onBoth((node, saw) => {
  let token: string;
  let first: string;

  const rpc = async (...[method, ...params]: Call) => saw({ [method]: await node().rpc(method, ...params) })[method];

  // A batch as indexers send it; the answers in the order of the calls.
  async function batch(calls: Call[]): Promise<any[]> {
    const body = calls.map(([method, ...params], id) => ({ jsonrpc: '2.0', id, method, params }));
    const answers = await node().post(body);
    answers.sort((a: any, b: any) => a.id - b.id);
    for (const [i, answer] of answers.entries()) saw({ [calls[i][0]]: answer.result ?? answer });
    return answers;
  }

  // As MetaMask waits: anvil answers a send before its receipt can be read.
  async function receiptOf(hash: string): Promise<any> {
    await vi.waitUntil(() => node().rpc('eth_getTransactionReceipt', hash), { timeout: 10_000, interval: 5 });
    return rpc('eth_getTransactionReceipt', hash);
  }

  const send = async (fields: { nonce: number; to?: `0x${string}`; data?: `0x${string}`; gas: bigint; value?: bigint }) =>
    node().rpc('eth_sendRawTransaction', await alice.signTransaction({ chainId: 31337, ...FEES, ...fields }));

  beforeAll(async () => {
    const { abi, bytecode } = artifact('Token');
    first = await send({ nonce: 0, data: encodeDeployData({ abi, bytecode, args: [10n ** 24n] }), gas: 3_000_000n });
    token = (await receiptOf(first)).contractAddress;
    const data = encodeFunctionData({ abi, functionName: 'transfer', args: [bob.address, 5n] });
    for (let nonce = 1; nonce < 25; ++nonce) {
      await receiptOf(await send({ nonce, to: token as `0x${string}`, data, gas: 100_000n }));
    }
  });

  test("MetaMask's calls, from connecting to a receipt", async () => {
    expect(await rpc('net_version')).toBe('31337');
    expect(await rpc('eth_chainId')).toBe('0x7a69');
    const block = await rpc('eth_getBlockByNumber', 'latest', false);
    expect(BigInt(block.baseFeePerGas)).toBeGreaterThan(0n);
    const fees = await rpc('eth_feeHistory', '0x5', 'latest', [10, 20, 30]);
    expect(fees.baseFeePerGas).toHaveLength(6);
    expect(fees.reward).toHaveLength(5);
    const price = BigInt(await rpc('eth_gasPrice'));
    expect(price).toBeGreaterThan(0n);
    expect(await rpc('eth_getCode', bob.address, 'latest')).toBe('0x');
    expect(await rpc('eth_getCode', token, 'latest')).toMatch(/^0x60/);
    const call = { from: alice.address, to: bob.address, value: '0x1' };
    expect(await rpc('eth_estimateGas', call)).toBe('0x5208');
    const nonce = Number(await rpc('eth_getTransactionCount', alice.address, 'pending'));
    const hash = saw(await send({ nonce, gas: 21_000n, to: bob.address, value: 1n }));
    const receipt = await receiptOf(hash);
    expect(receipt).toMatchObject({ status: '0x1', transactionHash: hash, gasUsed: '0x5208' });
    await node().inBlock(hash);
    expect((await rpc('eth_getTransactionByHash', hash)).blockHash).toBe(receipt.blockHash);
    expect(await rpc('eth_getTransactionCount', alice.address, 'pending')).toBe(hex(nonce + 1));
  });

  test("Blockscout's batches", async () => {
    const blocks = await batch(NUMBERS.map((n) => ['eth_getBlockByNumber', n, true]));
    expect(blocks.map((b) => b.result.number)).toEqual(NUMBERS);
    const receipts = await batch(NUMBERS.map((n) => ['eth_getBlockReceipts', n]));
    for (const [i, { result }] of blocks.entries()) {
      const hashes = result.transactions.map((t: any) => t.hash);
      expect(receipts[i].result.map((r: any) => r.transactionHash)).toEqual(hashes);
    }
    const past = await batch(
      NUMBERS.flatMap((n): Call[] => [
        ['eth_getBalance', alice.address, n],
        ['eth_getCode', token, n],
      ]),
    );
    const spent = past.filter((_, i) => i % 2 === 0).map((a) => BigInt(a.result));
    expect(spent).toEqual([...spent].sort((a, b) => (a < b ? 1 : -1)));
    expect(past.every((a) => !a.error)).toBe(true);
    const uncles = await batch(NUMBERS.slice(0, 10).map((n) => ['eth_getUncleByBlockNumberAndIndex', n, '0x0']));
    expect(uncles.map((u) => u.result)).toEqual(Array(10).fill(null));
    const logs = await rpc('eth_getLogs', { fromBlock: '0x1', toBlock: '0x19', address: token });
    expect(logs).toHaveLength(25);
  });

  test("Blockscout's calls of tracers", async () => {
    const tracer = { tracer: 'callTracer' };
    const [trace, ...traces] = await batch([
      ['debug_traceTransaction', first, tracer],
      ...NUMBERS.map((n): Call => ['debug_traceBlockByNumber', n, tracer]),
    ]);
    expect(trace.result).toMatchObject({ type: 'CREATE', from: alice.address.toLowerCase(), to: token });
    expect(traces.map((t) => t.result.length)).toEqual(Array(25).fill(1));
  });

  test("Blockscout's look into the pool", async () => {
    const [empty] = await batch([['txpool_content']]);
    expect(empty.result).toEqual({ pending: {}, queued: {} });
    const nonce = Number(await rpc('eth_getTransactionCount', alice.address, 'pending'));
    await send({ nonce: nonce + 2, gas: 21_000n, to: bob.address, value: 1n });
    const [{ result }] = await batch([['txpool_content']]);
    expect(Object.keys(Object.values<any>(result.queued)[0])).toEqual([String(nonce + 2)]);
  });
}, [
  [/\.totalDifficulty only in anvil$/, 'a block has no totalDifficulty in execution-apis (src/schemas/block.yaml)'],
  [/Receipts?(\[\])?\.(blobGasPrice|blockTimestamp) only in anvil$/, 'a receipt has no blockTimestamp, and a blobGasPrice only with blobs (src/schemas/receipt.yaml)'],
  [/eth_getBlockByNumber\.size$/, 'the size is that of the whole RLP, whose header has a withdrawals root and a requests hash'],
  [/debug_trace\w+(\[\]\.result)?\.gas$/, 'the outermost call has the gas limit of its transaction (go-ethereum, eth/tracers/native/call.go)'],
  [/txpool_content\.queued\{\} in other letters$/, "senders have the capitals of EIP-55 (go-ethereum, internal/ethapi/api.go, TxPoolAPI.Content)"],
  [/txpool_content\.queued\{\}\{\}\.blockTimestamp only in Cairn$/, 'blockTimestamp is required, and null until there is a block (src/schemas/transaction.yaml)'],
]);
