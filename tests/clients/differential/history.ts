// The same history on two nodes: what every request of the differential run asks about.
import { encodeDeployData, encodeFunctionData, keccak256 } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { MNEMONIC } from '../support/cairn.js';
import type { RpcNode } from '../support/rpc_node.js';
import type { Artifact } from '../support/compile_contracts.js';

export const GENESIS_TIME = 1_800_000_000;
export const accounts = [0, 1, 2, 3].map((i) => mnemonicToAccount(MNEMONIC, { addressIndex: i }));
const FLAGS = [
  ...['--timestamp', `${GENESIS_TIME}`, '--gas-limit', '60000000'],
  ...['--block-base-fee-per-gas', '875000000'],
];
// anvil keeps the steps of calls only where it is told to.
export const ANVIL_FLAGS = [...FLAGS, '--steps-tracing'];
export const CAIRN_FLAGS = [...FLAGS, '--ephemeral'];

export interface History {
  token: `0x${string}`;
  slots: `0x${string}`;
  transactions: `0x${string}`[];
  blocks: number;
  codeHashes: `0x${string}`[];
  // Of each node, its block hashes by number.
  hashes: `0x${string}`[][];
}

const CHAIN_ID = 31337;

export async function sign(
  from: number,
  nonce: number,
  fields: { to?: `0x${string}`; data?: `0x${string}`; value?: bigint; gas?: bigint; legacy?: boolean },
): Promise<`0x${string}`> {
  const { legacy, gas = 3_000_000n, ...rest } = fields;
  const fees = legacy
    ? { type: 'legacy' as const, gasPrice: 6_000_000_000n }
    : {
        type: 'eip1559' as const,
        maxFeePerGas: 4_000_000_000n,
        maxPriorityFeePerGas: 1_000_000_000n,
      };
  return accounts[from].signTransaction({ chainId: CHAIN_ID, nonce, gas, ...fees, ...rest });
}

// Signed by their senders, so that both chains hold the same transactions, block by block.
async function blocks(token: Artifact, slots: Artifact): Promise<`0x${string}`[][]> {
  const to = accounts[1].address;
  const tokenAddress = TOKEN;
  const call = (functionName: string, args: unknown[]) =>
    encodeFunctionData({ abi: token.abi, functionName, args });
  const read = (functionName: string, args: unknown[]) =>
    encodeFunctionData({ abi: slots.abi, functionName, args });
  const deploy = encodeDeployData({ abi: token.abi, bytecode: token.bytecode, args: [10n ** 24n] });
  return [
    [await sign(0, 0, { data: deploy })],
    [await sign(0, 1, { data: slots.bytecode }), await sign(1, 0, { to: accounts[2].address, value: 5n })],
    [await sign(0, 2, { to: tokenAddress, data: call('transfer', [to, 100n]) })],
    [],
    [
      await sign(0, 3, { to: tokenAddress, data: call('approve', [to, 7n]), legacy: true }),
      await sign(1, 1, { to: tokenAddress, data: call('transferFrom', [accounts[0].address, to, 3n]) }),
    ],
    [await sign(2, 0, { to: SLOTS, data: read('read', [3n]) })],
    [await sign(2, 1, { to: SLOTS, data: read('stop', ['no further']), gas: 100_000n })],
    [await sign(3, 0, { to, value: 10n ** 18n, legacy: true })],
  ];
}

// Of sender 0's first two creations.
const TOKEN = '0x5fbdb2315678afecb367f032d93f642f64180aa3';
export const SLOTS = '0xe7f1725e7734ce288f8367e1bb143e90bb3f0512';

export async function build(nodes: RpcNode[], artifacts: Record<string, Artifact>): Promise<History> {
  const planned = await blocks(artifacts.Token, artifacts.Slots);
  const transactions = planned.flat().map((raw) => keccak256(raw));
  const hashes: `0x${string}`[][] = [];
  for (const node of nodes) {
    await node.rpc('evm_setAutomine', false);
    for (const [i, block] of planned.entries()) {
      for (const raw of block) await node.rpc('eth_sendRawTransaction', raw);
      await node.rpc('evm_setNextBlockTimestamp', GENESIS_TIME + 12 * (i + 1));
      await node.rpc('evm_mine');
    }
    await node.rpc('evm_setAutomine', true);
    const numbers = Array.from({ length: planned.length + 1 }, (_, n) => `0x${n.toString(16)}`);
    hashes.push(
      await Promise.all(numbers.map(async (n) => (await node.rpc('eth_getBlockByNumber', n, false)).hash)),
    );
  }
  const code = await Promise.all([TOKEN, SLOTS].map((address) => nodes[0].rpc('eth_getCode', address, 'latest')));
  const codeHashes = [...code, '0x', '0x01'].map((bytes) => keccak256(bytes));
  return { token: TOKEN, slots: SLOTS, transactions, blocks: planned.length, codeHashes, hashes };
}
