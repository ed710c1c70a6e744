// Every action of viem's test client in each of its modes, beside anvil where anvil knows the method;
// and cheats that outlive `kill -9`.
import {
  type Hex,
  type TestClient,
  type TestClientMode,
  createPublicClient,
  createTestClient,
  createWalletClient,
  http,
  parseEther,
  parseGwei,
  publicActions,
  testActions,
  toHex,
} from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cairn, MNEMONIC, removeFolder, temporaryFolder } from './support/cairn.js';
import { artifact, useCairn } from './support/fixture.js';
import { Anvil } from './support/foundry.js';
import type { RpcNode } from './support/rpc_node.js';

const MODES: TestClientMode[] = ['anvil', 'hardhat', 'ganache'];
const alice = mnemonicToAccount(MNEMONIC);
const bob = mnemonicToAccount(MNEMONIC, { addressIndex: 1 });
const stranger = '0x00000000000000000000000000000000005eb0d1' as const;
const value = toHex(42n, { size: 32 });

function connect(node: RpcNode, mode: TestClientMode) {
  const transport = http(node.url, { retryCount: 0 });
  return createTestClient({ mode, chain: foundry, transport, cacheTime: 0, pollingInterval: 20 }).extend(publicActions);
}
type Client = ReturnType<typeof connect>;
const wallet = (node: RpcNode) =>
  createWalletClient({ chain: foundry, transport: http(node.url), account: alice });

// Each action with what can be seen of it afterwards; a chain that is as new after each.
const ACTIONS: Record<string, (client: Client, node: RpcNode) => Promise<unknown>> = {
  dropTransaction: async (client, node) => {
    await node.rpc('evm_setAutomine', false);
    const hash = await wallet(node).sendTransaction({ to: bob.address, value: 1n });
    await client.dropTransaction({ hash });
    return node.rpc('eth_getTransactionByHash', hash);
  },
  dumpState: async (client) => (await client.dumpState()).slice(0, 6),
  getAutomine: (client) => client.getAutomine(),
  getTxpoolContent: async (client, node) => {
    await node.rpc('evm_setAutomine', false);
    await wallet(node).sendTransaction({ to: bob.address, value: 7n, nonce: 0 });
    await wallet(node).sendTransaction({ to: bob.address, value: 8n, nonce: 5, gas: 21_000n });
    const content: any = await client.getTxpoolContent();
    return Object.values(content).map((part: any) =>
      Object.values(part).map((list: any) => Object.entries(list).map(([nonce, tx]: any) => [nonce, tx.value])),
    );
  },
  getTxpoolStatus: async (client, node) => {
    await node.rpc('evm_setAutomine', false);
    await wallet(node).sendTransaction({ to: bob.address, value: 7n, nonce: 0 });
    return client.getTxpoolStatus();
  },
  inspectTxpool: async (client, node) => {
    await node.rpc('evm_setAutomine', false);
    await wallet(node).sendTransaction({ to: bob.address, value: 7n, nonce: 0, gas: 21_000n });
    return Object.keys(await client.inspectTxpool());
  },
  impersonateAccount: async (client, node) => {
    await node.rpc('anvil_setBalance', stranger, toHex(parseEther('1')));
    await client.impersonateAccount({ address: stranger });
    const hash = await node.rpc('eth_sendTransaction', { from: stranger, to: bob.address, value: '0x5' });
    const { status, from } = await client.waitForTransactionReceipt({ hash });
    return { status, from, nonce: await client.getTransactionCount({ address: stranger }) };
  },
  increaseTime: async (client) => {
    const before = await client.getBlock();
    await client.increaseTime({ seconds: 86_400 });
    await client.mine({ blocks: 1 });
    const jump = Number((await client.getBlock()).timestamp - before.timestamp);
    return jump >= 86_400 && jump < 86_500;
  },
  loadState: async (client) => {
    await client.setBalance({ address: stranger, value: 77n });
    const state = await client.dumpState();
    await client.setBalance({ address: stranger, value: 78n });
    await client.loadState({ state });
    return client.getBalance({ address: stranger });
  },
  mine: async (client) => {
    await client.mine({ blocks: 12 });
    return client.getBlockNumber();
  },
  removeBlockTimestampInterval: async (client) => {
    await client.setBlockTimestampInterval({ interval: 500 });
    await client.removeBlockTimestampInterval();
    const before = await client.getBlock();
    await client.mine({ blocks: 1 });
    return (await client.getBlock()).timestamp - before.timestamp < 100n;
  },
  reset: async (client) => {
    await client.mine({ blocks: 3 });
    await client.setBalance({ address: stranger, value: 77n });
    await client.reset();
    return [await client.getBlockNumber(), await client.getBalance({ address: stranger })];
  },
  revert: async (client) => {
    const id = await client.snapshot();
    await client.setBalance({ address: stranger, value: 77n });
    await client.mine({ blocks: 2 });
    await client.revert({ id });
    return [await client.getBlockNumber(), await client.getBalance({ address: stranger })];
  },
  sendUnsignedTransaction: async (client, node) => {
    await node.rpc('anvil_setBalance', stranger, toHex(parseEther('1')));
    const hash = await client.sendUnsignedTransaction({ from: stranger, to: bob.address, value: 5n });
    const { status, from } = await client.waitForTransactionReceipt({ hash });
    return { status, from };
  },
  setAutomine: async (client) => {
    await client.setAutomine(false);
    const off = await client.getAutomine();
    await client.setAutomine(true);
    return [off, await client.getAutomine()];
  },
  setBalance: async (client) => {
    await client.setBalance({ address: stranger, value: parseEther('3') });
    return client.getBalance({ address: stranger });
  },
  setBlockGasLimit: async (client) => {
    await client.setBlockGasLimit({ gasLimit: 12_345_678n });
    await client.mine({ blocks: 1 });
    return (await client.getBlock()).gasLimit;
  },
  setBlockTimestampInterval: async (client) => {
    await client.setBlockTimestampInterval({ interval: 500 });
    const before = await client.getBlock();
    await client.mine({ blocks: 1 });
    return (await client.getBlock()).timestamp - before.timestamp;
  },
  setCode: async (client) => {
    await client.setCode({ address: stranger, bytecode: '0x602a60005260206000f3' });
    return client.call({ to: stranger });
  },
  setCoinbase: async (client) => {
    await client.setCoinbase({ address: stranger });
    await client.mine({ blocks: 1 });
    return (await client.getBlock()).miner;
  },
  setIntervalMining: async (client, node) => {
    await client.setIntervalMining({ interval: 1 });
    const began = await client.getBlockNumber();
    await expect.poll(() => client.getBlockNumber()).toBeGreaterThan(began);
    await client.setIntervalMining({ interval: 0 });
    return node.rpc('anvil_getIntervalMining');
  },
  setLoggingEnabled: (client) => client.setLoggingEnabled(false),
  setMinGasPrice: async (client) => {
    const error: any = await client.setMinGasPrice({ gasPrice: 1n }).catch((e) => e); // after London there is none
    return error.code;
  },
  setNextBlockBaseFeePerGas: async (client) => {
    await client.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei('20') });
    await client.mine({ blocks: 1 });
    return (await client.getBlock()).baseFeePerGas;
  },
  setNextBlockTimestamp: async (client) => {
    await client.setNextBlockTimestamp({ timestamp: 4_000_000_000n });
    await client.mine({ blocks: 1 });
    return (await client.getBlock()).timestamp;
  },
  setNonce: async (client) => {
    await client.setNonce({ address: bob.address, nonce: 420 });
    await client.setNonce({ address: bob.address, nonce: 42 });
    return client.getTransactionCount({ address: bob.address });
  },
  setRpcUrl: async (client) => {
    const answer: any = await client.setRpcUrl('http://127.0.0.1:1').catch((e) => e.details);
    return answer.replace(/\w+_setRpcUrl/, 'setRpcUrl');
  },
  setStorageAt: async (client) => {
    await client.setStorageAt({ address: stranger, index: 2, value });
    return client.getStorageAt({ address: stranger, slot: '0x2' });
  },
  snapshot: async (client) => {
    const first = Number(await client.snapshot());
    return Number(await client.snapshot()) - first;
  },
  stopImpersonatingAccount: async (client, node) => {
    await node.rpc('anvil_setBalance', stranger, toHex(parseEther('1')));
    await client.impersonateAccount({ address: stranger });
    await client.stopImpersonatingAccount({ address: stranger });
    return node.rpc('eth_sendTransaction', { from: stranger, to: bob.address }).then(
      () => 'sent',
      () => 'refused',
    );
  },
};

// Where Cairn does not answer as anvil does, and why.
const OTHERWISE: Record<string, string> = {
  reset: 'anvil refuses it on a chain that is no fork, with the parameters that viem sends',
  'hardhat setIntervalMining': 'viem sends milliseconds there; anvil waits as many seconds',
  setRpcUrl: 'anvil notes a URL that a chain which is no fork never asks',
};

async function perform(action: string, node: RpcNode, mode: TestClientMode): Promise<unknown> {
  const fresh = await node.rpc('evm_snapshot');
  try {
    return await ACTIONS[action](connect(node, mode), node);
  } catch (error: any) {
    return { error: error.details ?? error.message };
  } finally {
    await node.rpc('anvil_dropAllTransactions'); // first: anvil mines late what waits
    await node.rpc('evm_setAutomine', true);
    await node.rpc('anvil_removeBlockTimestampInterval');
    await node.rpc('evm_revert', fresh);
  }
}

const cairn = useCairn();
let anvil: Anvil;
let home: string;
beforeAll(async () => {
  home = temporaryFolder();
  anvil = await Anvil.start(home);
});
afterAll(async () => {
  await anvil?.stop();
  removeFolder(home);
});

test('every action of the test client is here', () => {
  const client = createTestClient({ mode: 'anvil', transport: http('http://127.0.0.1:1') }) as TestClient;
  expect(Object.keys(ACTIONS).sort()).toEqual(Object.keys(testActions({ mode: 'anvil' })(client)).sort());
});

const unknown = (answer: any) => /method not found|does not exist/i.test(answer?.error ?? '');

describe.each(MODES)('mode %s', (mode) => {
  // `reset` last: what it takes back is also the snapshot that the others return to.
  const names = Object.keys(ACTIONS).sort((a, b) => Number(a === 'reset') - Number(b === 'reset'));
  test.each(names)('%s', async (action) => {
    const theirs = mode === 'ganache' ? undefined : await perform(action, anvil, mode);
    const ours: any = await perform(action, cairn(), mode);
    expect(ours?.error).toBeUndefined();
    if (mode === 'ganache') {
      expect(ours).toEqual(await perform(action, cairn(), 'anvil')); // anvil knows few of these names
    } else if (action in OTHERWISE || `${mode} ${action}` in OTHERWISE) {
      expect(ours, 'anvil does the same by now').not.toEqual(theirs);
    } else if (!unknown(theirs)) { // else only viem's client calls it by this name
      expect(ours).toEqual(theirs);
    }
  });

  test('reset goes back to genesis', async () => {
    expect(await perform('reset', cairn(), mode)).toEqual([0n, 0n]);
  });

  test('setRpcUrl says what it needs', async () => {
    expect(await perform('setRpcUrl', cairn(), mode)).toMatch(/--fork-url/);
  });
});

test('a contract is impersonated, and the token of an account dealt', async () => {
  const client = connect(cairn(), 'anvil');
  const sender = wallet(cairn());
  const { abi, bytecode } = artifact('Token');
  const hash = await sender.deployContract({ abi, bytecode, args: abi.find((x) => x.type === 'constructor')?.inputs.length ? [1_000n] : [] });
  const token = (await client.getTransactionReceipt({ hash })).contractAddress as Hex;
  await cairn().rpc('anvil_dealERC20', stranger, token, toHex(555n));
  expect(await client.readContract({ address: token, abi, functionName: 'balanceOf', args: [stranger] })).toBe(555n);
  await client.impersonateAccount({ address: token });
  await client.setBalance({ address: token, value: parseEther('1') });
  const sent = await cairn().rpc('eth_sendTransaction', { from: token, to: bob.address, value: '0x1' });
  expect((await client.getTransactionReceipt({ hash: sent })).status).toBe('success');
});

test('cheats are as they were after kill -9', async () => {
  const folder = temporaryFolder();
  let node = await Cairn.start(folder);
  try {
    const client = connect(node, 'anvil');
    await client.setBalance({ address: stranger, value: parseEther('2') });
    await client.impersonateAccount({ address: stranger });
    await node.rpc('eth_sendTransaction', { from: stranger, to: bob.address, value: toHex(parseEther('1')) });
    const id = await client.snapshot();
    await client.setBalance({ address: bob.address, value: 1n });
    await client.mine({ blocks: 5 });
    await client.revert({ id });
    await client.increaseTime({ seconds: 1_000_000 });
    await client.setStorageAt({ address: stranger, index: 0, value });
    const ask = async (at: Cairn) => ({
      head: await at.rpc('eth_getBlockByNumber', 'latest', true),
      balances: [await at.rpc('eth_getBalance', stranger, 'latest'), await at.rpc('eth_getBalance', bob.address, 'latest')],
      slot: await at.rpc('eth_getStorageAt', stranger, '0x0', 'latest'),
      accounts: await at.rpc('eth_accounts'),
      metadata: { ...(await at.rpc('anvil_metadata')), snapshots: {} },
    });
    const before = await ask(node);
    await node.stop('SIGKILL');
    node = await Cairn.start(folder);
    expect(await ask(node)).toEqual(before);
    await node.rpc('evm_mine');
    const mined = createPublicClient({ chain: foundry, transport: http(node.url) });
    expect(Number((await mined.getBlock()).timestamp) - Date.now() / 1000).toBeGreaterThan(999_000);
    await node.rpc('eth_sendTransaction', { from: stranger, to: bob.address, value: '0x1' }); // still impersonated
  } finally {
    await node.stop();
    removeFolder(folder);
  }
});
