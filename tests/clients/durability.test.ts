// A dev chain is durable: it goes on where it was, whichever way it ended.
import { Agent, request } from 'node:http';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseEther, parseGwei } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Cairn, MNEMONIC, removeFolder, runCairn, temporaryFolder } from './support/cairn.js';
import { artifact } from './support/fixture.js';

const alice = mnemonicToAccount(MNEMONIC);
const bob = mnemonicToAccount(MNEMONIC, { addressIndex: 1 });
let folder: string;
let node: Cairn | undefined;

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await node?.stop('SIGKILL');
  node = undefined;
  removeFolder(folder);
});

const send = (cairn: Cairn, fields: object) =>
  cairn.rpc('eth_sendTransaction', { from: alice.address, gas: '0x200000', ...fields });

// Everything that a client can ask of each block.
async function everything(cairn: Cairn) {
  const head = Number(await cairn.rpc('eth_blockNumber'));
  const blocks = [];
  for (let number = 0; number <= head; ++number) {
    const tag = `0x${number.toString(16)}`;
    blocks.push({
      block: await cairn.rpc('eth_getBlockByNumber', tag, true),
      receipts: await cairn.rpc('eth_getBlockReceipts', tag),
      balance: await cairn.rpc('eth_getBalance', alice.address, tag),
      nonce: await cairn.rpc('eth_getTransactionCount', alice.address, tag),
    });
  }
  const logs = await cairn.rpc('eth_getLogs', { fromBlock: '0x0', toBlock: 'latest' });
  return { blocks, logs };
}

test('a restart keeps blocks, receipts, logs, past state and what waits in the pool', async () => {
  node = await Cairn.start(folder);
  await send(node, { data: artifact('Token').bytecode + parseEther('5').toString(16).padStart(64, '0') });
  for (let i = 0; i < 5; ++i) await send(node, { to: bob.address, value: '0x64' });
  const waiting = await node.rpc(
    'eth_sendRawTransaction',
    await bob.signTransaction({ chainId: 31337, to: alice.address, nonce: 9, gas: 21000n, maxFeePerGas: parseGwei('20') }),
  );
  const before = await everything(node);
  expect(before.blocks).toHaveLength(7);
  expect(before.logs).toHaveLength(1);
  expect(await node.stop('SIGINT')).toBe(0);

  node = await Cairn.start(folder);
  expect(node.output()).toContain('continuing at block 6');
  expect(await everything(node)).toEqual(before);
  expect(await node.rpc('eth_getTransactionByHash', waiting)).toMatchObject({ blockNumber: null });
  await send(node, { to: bob.address, value: '0x1' });
  expect(await node.rpc('eth_blockNumber')).toBe('0x7');
});

test('a snapshot that was taken back stays taken back', async () => {
  node = await Cairn.start(folder);
  await send(node, { to: bob.address, value: '0x1' });
  const snapshot = await node.rpc('evm_snapshot');
  await send(node, { to: bob.address, value: '0x2' });
  await node.rpc('evm_revert', snapshot);
  await node.rpc('anvil_setBalance', bob.address, '0x1234');
  const before = await everything(node);
  await node.stop('SIGKILL');
  node = await Cairn.start(folder);
  expect(await everything(node)).toEqual(before);
  expect(await node.rpc('eth_getBalance', bob.address, 'latest')).toBe('0x1234');
});

test('--fresh empties the folder first', async () => {
  node = await Cairn.start(folder);
  await send(node, { to: bob.address, value: '0x1' });
  await node.stop();
  node = await Cairn.start(folder, '--fresh');
  expect(await node.rpc('eth_blockNumber')).toBe('0x0');
});

test('--ephemeral keeps nothing', async () => {
  node = await Cairn.start(folder, '--ephemeral');
  await send(node, { to: bob.address, value: '0x1' });
  await node.stop();
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder in use is refused, with the id of the process that has it', async () => {
  node = await Cairn.start(folder);
  const second = await runCairn(['dev', '--port', '0', '--datadir', folder], folder);
  expect(second.code).not.toBe(0);
  expect(second.output).toContain(String(node.process.pid));
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it, with clients connected', async (signal) => {
  node = await Cairn.start(folder);
  const agent = new Agent({ keepAlive: true });
  for (let i = 0; i < 20; ++i) {
    const asked = request(node.url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } });
    asked.on('error', () => {});
    asked.end('{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}');
    const [answer] = await once(asked, 'response');
    answer.resume();
  }
  expect(await node.stop(signal)).toBe(0);
  agent.destroy();
});

test('the banner shows accounts, keys, address and folder', async () => {
  node = await Cairn.start(folder);
  const banner = node.output();
  for (let i = 0; i < 10; ++i) {
    expect(banner.toLowerCase()).toContain(mnemonicToAccount(MNEMONIC, { addressIndex: i }).address.toLowerCase());
  }
  expect(banner).toContain('ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');
  expect(banner).toContain(folder);
  expect(readFileSync(join(folder, 'rpc.url'), 'utf8').trim()).toBe(node.url);
  await node.stop();
});
