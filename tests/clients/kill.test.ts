// Fifty real `kill -9` under load: what was acknowledged is never lost.
import { parseGwei } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { Cairn, MNEMONIC, removeFolder, temporaryFolder } from './support/cairn.js';

const ROUNDS = 50;
const SENDERS = 6;
const WAITING = 9; // this account's transactions all have a nonce gap: they stay in the pool
const accounts = Array.from({ length: 10 }, (_, i) => mnemonicToAccount(MNEMONIC, { addressIndex: i }));

// A small generator of its own, so that a failure can be run again: CAIRN_SEED.
const seed = Number(process.env.CAIRN_SEED ?? Date.now() % 1_000_000);
let state = seed;
function random(below: number) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const sign = (sender: number, nonce: number) =>
  accounts[sender].signTransaction({
    chainId: 31337,
    type: 'eip1559',
    to: accounts[8].address,
    value: 1n,
    nonce,
    gas: 21000n,
    maxFeePerGas: parseGwei('100'),
    maxPriorityFeePerGas: 1n,
  });

// Sends until the connection breaks; gives the hash of each send that was answered.
async function load(node: Cairn, sender: number, nonce: number, acknowledged: string[]) {
  for (;;) {
    const raw = await sign(sender, nonce++);
    try {
      acknowledged.push(await node.rpc('eth_sendRawTransaction', raw));
    } catch (error: any) {
      if (error.cause?.code === undefined || typeof error.cause.code === 'string') return; // the kill
      throw error;
    }
  }
}

const folder = temporaryFolder();
let node: Cairn | undefined;
afterAll(async () => {
  await node?.stop('SIGKILL');
  removeFolder(folder);
});

test(`${ROUNDS} times kill -9 under load (CAIRN_SEED=${seed})`, { timeout: 600_000 }, async () => {
  const mined: string[] = [];
  const waiting: string[] = [];
  let head = 0;
  node = await Cairn.start(folder);
  for (let round = 0; round < ROUNDS; ++round) {
    const nonces = await Promise.all(
      accounts.map(async (a) => Number(await node!.rpc('eth_getTransactionCount', a.address, 'pending'))),
    );
    waiting.push(await node.rpc('eth_sendRawTransaction', await sign(WAITING, 1 + round)));
    const fresh: string[] = [];
    const running = Array.from({ length: SENDERS }, (_, i) => load(node!, i, nonces[i], fresh));
    await sleep(20 + random(200));
    await node.stop('SIGKILL');
    await Promise.all(running);
    mined.push(...fresh);

    node = await Cairn.start(folder);
    const now = Number(await node.rpc('eth_blockNumber'));
    expect(now, `round ${round}: the head`).toBeGreaterThanOrEqual(head);
    head = now;
    for (const hash of fresh) {
      expect(await node.rpc('eth_getTransactionReceipt', hash), `round ${round}: ${hash}`).toMatchObject({ status: '0x1' });
    }
    expect(await node.rpc('eth_getTransactionByHash', waiting.at(-1)), `round ${round}: the pool`).not.toBeNull();
  }
  expect(mined.length).toBeGreaterThan(ROUNDS);
  for (const hash of mined) expect(await node.rpc('eth_getTransactionReceipt', hash)).not.toBeNull();
  for (const hash of waiting) expect(await node.rpc('eth_getTransactionByHash', hash)).toMatchObject({ blockNumber: null });
});
