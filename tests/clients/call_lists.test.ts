// What MetaMask and Blockscout ask of a node, call by call, over real HTTP.
import { encodeFunctionData } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { beforeAll, expect, test } from 'vitest';
import { MNEMONIC } from './support/cairn.js';
import { artifact, useCairn } from './support/fixture.js';

const node = useCairn();
const alice = mnemonicToAccount(MNEMONIC);
const bob = mnemonicToAccount(MNEMONIC, { addressIndex: 1 });
const hex = (n: number) => `0x${n.toString(16)}`;

let token: string;
let first: string;

// A batch as indexers send it; the results in the order of the calls.
async function batch(calls: [string, ...unknown[]][]): Promise<any[]> {
  const body = calls.map(([method, ...params], id) => ({ jsonrpc: '2.0', id, method, params }));
  const answers = await node().post(body);
  return answers.sort((a: any, b: any) => a.id - b.id);
}

beforeAll(async () => {
  const { bytecode } = artifact('Token');
  const data = bytecode + (10n ** 24n).toString(16).padStart(64, '0');
  first = await node().rpc('eth_sendTransaction', { from: alice.address, data });
  token = (await node().rpc('eth_getTransactionReceipt', first)).contractAddress;
  const transfer = encodeFunctionData({
    abi: artifact('Token').abi,
    functionName: 'transfer',
    args: [bob.address, 5n],
  });
  for (let i = 0; i < 24; ++i) {
    await node().rpc('eth_sendTransaction', { from: alice.address, to: token, data: transfer });
  }
});

test("MetaMask's calls, from connecting to a receipt", async () => {
  const rpc = (method: string, ...params: unknown[]) => node().rpc(method, ...params);
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
  const gas = BigInt(await rpc('eth_estimateGas', call));
  expect(gas).toBe(21_000n);
  const nonce = Number(await rpc('eth_getTransactionCount', alice.address, 'pending'));
  const signed = await alice.signTransaction({
    chainId: 31337,
    nonce,
    gas,
    to: bob.address,
    value: 1n,
    maxFeePerGas: 2n * price,
    maxPriorityFeePerGas: 1_000_000_000n,
  });
  const hash = await rpc('eth_sendRawTransaction', signed);
  const receipt = await rpc('eth_getTransactionReceipt', hash);
  expect(receipt).toMatchObject({ status: '0x1', transactionHash: hash, gasUsed: '0x5208' });
  expect((await rpc('eth_getTransactionByHash', hash)).blockHash).toBe(receipt.blockHash);
  expect(await rpc('eth_getTransactionCount', alice.address, 'pending')).toBe(hex(nonce + 1));
});

test("Blockscout's batches", async () => {
  const numbers = Array.from({ length: 25 }, (_, i) => hex(i + 1));
  const blocks = await batch(numbers.map((n) => ['eth_getBlockByNumber', n, true]));
  expect(blocks.map((b) => b.result.number)).toEqual(numbers);
  const receipts = await batch(numbers.map((n) => ['eth_getBlockReceipts', n]));
  for (const [i, { result }] of blocks.entries()) {
    const hashes = result.transactions.map((t: any) => t.hash);
    expect(receipts[i].result.map((r: any) => r.transactionHash)).toEqual(hashes);
  }
  const past = await batch(
    numbers.flatMap((n): [string, ...unknown[]][] => [
      ['eth_getBalance', alice.address, n],
      ['eth_getCode', token, n],
    ]),
  );
  const spent = past.filter((_, i) => i % 2 === 0).map((a) => BigInt(a.result));
  expect(spent).toEqual([...spent].sort((a, b) => (a < b ? 1 : -1)));
  expect(past.every((a) => !a.error)).toBe(true);
  const uncles = await batch(numbers.slice(0, 10).map((n) => ['eth_getUncleByBlockNumberAndIndex', n, '0x0']));
  expect(uncles.map((u) => u.result)).toEqual(Array(10).fill(null));
  const logs = await node().rpc('eth_getLogs', { fromBlock: '0x1', toBlock: '0x19', address: token });
  expect(logs).toHaveLength(25);
});

test("Blockscout's calls of the pool and of tracers", async () => {
  const tracer = { tracer: 'callTracer' };
  for (const [method, ...params] of [
    ['txpool_content'],
    ['debug_traceTransaction', first, tracer],
    ['debug_traceBlockByNumber', '0x1', tracer],
  ] as [string, ...unknown[]][]) {
    const [answer] = await batch([[method, ...params]]);
    expect(answer.error).toBeUndefined();
  }
});
