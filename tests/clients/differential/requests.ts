// Random JSON-RPC requests from a seed: the same seed gives the same requests.
import { encodeFunctionData } from 'viem';
import type { Artifact } from '../support/compile_contracts.js';
import { accounts, GENESIS_TIME, type History, sign } from './history.js';

export interface Request {
  method: string;
  // A block hash stands as `<block N>`: each node has its own.
  params: unknown[];
  wrong: boolean;
  changes: boolean;
}

export class Random {
  constructor(private state: number) {}

  // Mulberry32.
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  below(n: number): number {
    return Math.floor(this.next() * n);
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }
}

type Parameters = () => unknown[] | Promise<unknown[]>;

const hex = (n: number | bigint) => `0x${n.toString(16)}`;
const WRONG = [
  ...[null, true, -1, 1.5, '', '0x', '0xzz', '12', 'latestt', {}, [], '0x00', `0x${'f'.repeat(65)}`],
  ...['0x1234', { from: 7 }, [[]], `0x${'12'.repeat(20)}`, `0x${'34'.repeat(32)}`],
];

// anvil ends, or mines for hours, where one of these is asked for a large number.
const NO_LARGE_NUMBER = ['anvil_mine', 'evm_increaseTime', 'evm_mine', 'hardhat_mine'];
const isLarge = (value: unknown) => typeof value === 'string' && /^0x[0-9a-f]{4,}$/.test(value);

export function methods(random: Random, history: History, artifacts: Record<string, Artifact>) {
  const address = () =>
    random.pick([...accounts.map((a) => a.address), history.token, history.slots, `0x${'77'.repeat(20)}`]);
  const number = () => hex(random.below(history.blocks + 1));
  const tag = () => random.pick(['latest', 'earliest', 'safe', 'finalized', number(), number()]);
  const hash = () => `<block ${random.below(history.blocks + 1)}>`;
  const at = () =>
    random.pick<unknown>([tag(), tag(), { blockNumber: number() }, { blockHash: hash() }]);
  const transaction = () =>
    random.below(8) === 0 ? `0x${'5a'.repeat(32)}` : random.pick(history.transactions);
  const index = () => hex(random.below(2));
  const slot = () => random.pick(['0x0', '0x2', `0x${'0'.repeat(63)}1`]);
  const token = (functionName: string, args: unknown[]) =>
    encodeFunctionData({ abi: artifacts.Token.abi, functionName, args });
  const slots = (functionName: string, args: unknown[]) =>
    encodeFunctionData({ abi: artifacts.Slots.abi, functionName, args });
  const call = () => {
    const from = random.pick(accounts).address;
    return random.pick<object>([
      { to: history.token, data: token('balanceOf', [from]) },
      { from, to: history.token, input: token('transfer', [accounts[1].address, 1n]) },
      { from, to: history.slots, data: slots('stop', ['no']) },
      { from, to: history.slots, data: slots('divide', [1n, 0n]) },
      { from, to: accounts[2].address, value: '0x1' },
      { from, to: `0x${'77'.repeat(20)}`, value: hex(10n ** 30n) },
      { from, data: '0x60fe5f5360015ff3' },
      { from, to: history.slots, data: slots('read', [2n]), gas: '0x5dc0' },
    ]);
  };
  const sent = () => {
    const from = random.pick(accounts.slice(0, 3)).address;
    const fees = { maxFeePerGas: '0xee6b2800', maxPriorityFeePerGas: '0x3b9aca00', gas: '0x30d40' };
    return random.pick<object>([
      { ...fees, from, to: accounts[3].address, value: '0x1' },
      { ...fees, from, to: history.token, data: token('approve', [accounts[3].address, 1n]) },
      { ...fees, from, to: accounts[3].address, nonce: '0x0' },
      { ...fees, from, to: accounts[3].address, gas: '0x1' },
      { ...fees, from, to: accounts[3].address, value: hex(10n ** 30n) },
    ]);
  };
  const nonces = [4, 2, 2, 1];
  const raw = async () => {
    const from = random.below(4);
    return sign(from, random.pick([nonces[from], nonces[from], 0]), {
      to: accounts[0].address,
      value: BigInt(random.below(1000)),
      gas: 21_000n,
    });
  };
  const filter = () => {
    const [from, to] = [random.below(history.blocks + 1), random.below(history.blocks + 1)];
    return random.pick<object>([
      { fromBlock: hex(Math.min(from, to)), toBlock: hex(Math.max(from, to)) },
      { fromBlock: '0x0', toBlock: 'latest', address: history.token },
      { blockHash: hash() },
      { fromBlock: 'earliest', address: [history.token, history.slots], topics: [null] },
      { fromBlock: hex(Math.max(from, to) + 1), toBlock: hex(Math.min(from, to)) },
    ]);
  };

  const reads: Record<string, Parameters> = {
    eth_accounts: () => [],
    eth_blobBaseFee: () => [],
    eth_blockNumber: () => [],
    eth_call: () => [call(), at()],
    eth_chainId: () => [],
    eth_coinbase: () => [],
    eth_estimateGas: () => [call(), at()],
    eth_feeHistory: () => [hex(1 + random.below(4)), tag(), random.pick([[], [50], [10, 90]])],
    eth_gasPrice: () => [],
    eth_getBalance: () => [address(), at()],
    eth_getBlockByHash: () => [hash(), random.pick([true, false])],
    eth_getBlockByNumber: () => [tag(), random.pick([true, false])],
    eth_getBlockReceipts: () => [random.pick([tag(), hash()])],
    eth_getBlockTransactionCountByHash: () => [hash()],
    eth_getBlockTransactionCountByNumber: () => [tag()],
    eth_getCode: () => [address(), at()],
    eth_getLogs: () => [filter()],
    eth_getStorageAt: () => [address(), slot(), at()],
    eth_getTransactionByBlockHashAndIndex: () => [hash(), index()],
    eth_getTransactionByBlockNumberAndIndex: () => [tag(), index()],
    eth_getTransactionByHash: () => [transaction()],
    eth_getTransactionCount: () => [address(), at()],
    eth_getTransactionReceipt: () => [transaction()],
    eth_getUncleByBlockHashAndIndex: () => [hash(), index()],
    eth_getUncleByBlockNumberAndIndex: () => [tag(), index()],
    eth_getUncleCountByBlockHash: () => [hash()],
    eth_getUncleCountByBlockNumber: () => [tag()],
    eth_maxPriorityFeePerGas: () => [],
    eth_sign: () => [random.pick(accounts).address, hex(random.below(65536) + 65536)],
    eth_signTransaction: () => [{ ...sent(), nonce: hex(random.below(9)), value: '0x2' }],
    eth_syncing: () => [],
    net_listening: () => [],
    net_version: () => [],
    txpool_content: () => [],
    txpool_inspect: () => [],
    txpool_status: () => [],
    web3_sha3: () => [random.pick(['0x', '0x00', '0x68656c6c6f'])],
  };
  const changes: Record<string, Parameters> = {
    anvil_getAutomine: () => [],
    anvil_mine: () => [hex(1 + random.below(5))],
    anvil_dropAllTransactions: () => [],
    anvil_dropTransaction: () => [transaction()],
    anvil_impersonateAccount: () => [address()],
    anvil_setBlockTimestampInterval: () => [random.below(20)],
    anvil_setCode: () => [address(), random.pick(['0x', '0x00', '0x602a5f5260205ff3'])],
    anvil_setLoggingEnabled: () => [random.pick([true, false])],
    anvil_setNonce: () => [address(), hex(10 + random.below(1000))],
    anvil_setStorageAt: () => [address(), slot(), `0x${'0'.repeat(62)}${10 + random.below(80)}`],
    anvil_stopImpersonatingAccount: () => [address()],
    anvil_setBalance: () => [address(), hex(random.below(1 << 30))],
    eth_sendRawTransaction: async () => [await raw()],
    eth_sendTransaction: () => [sent()],
    evm_increaseTime: () => [random.pick([random.below(1000), hex(random.below(1000))])],
    evm_mine: () => random.pick([[], [GENESIS_TIME * 2 + random.below(1000)]]),
    evm_revert: () => [hex(1000 + random.below(5))],
    evm_setAutomine: () => [random.pick([true, false])],
    evm_setNextBlockTimestamp: () => [GENESIS_TIME * 2 + random.below(1000)],
    hardhat_mine: () => [hex(1 + random.below(5)), hex(random.below(20))],
    hardhat_setBalance: () => [address(), hex(random.below(1 << 30))],
  };
  return { reads, changes };
}

// `count` requests, every method at least `least` times, every third with wrong parameters.
export async function generate(
  random: Random,
  { reads, changes }: ReturnType<typeof methods>,
  count: number,
  least: number,
): Promise<Request[]> {
  const all = { ...reads, ...changes };
  const names = Object.keys(all);
  const out: Request[] = [];
  for (let i = 0; i < count; ++i) {
    const method = i < names.length * least ? names[i % names.length] : random.pick(names);
    const params = await all[method]();
    const wrong = random.below(3) === 0;
    if (wrong) {
      const where = random.below(params.length + 1);
      if (where === params.length && params.length > 0 && random.below(2) === 0) params.pop();
      else params[where] = random.pick(NO_LARGE_NUMBER.includes(method) ? WRONG.filter((v) => !isLarge(v)) : WRONG);
    }
    out.push({ method, params, wrong, changes: method in changes });
  }
  return out;
}
