// `cairn tx` and cairn_explainTransaction, over a restart too.
import { join } from 'node:path';
import { Wallet } from 'ethers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Cairn, MNEMONIC, removeFolder, runCairn, temporaryFolder } from './support/cairn.js';

const alice = Wallet.fromPhrase(MNEMONIC);
let folder: string;
let node: Cairn;
beforeEach(async () => {
  folder = temporaryFolder();
  node = await Cairn.start(folder, '--no-mining');
});
afterEach(async () => {
  await node.stop();
  removeFolder(folder);
});

const send = async (nonce: number, gwei: bigint) =>
  node.rpc(
    'eth_sendRawTransaction',
    await alice.signTransaction({
      chainId: 31337,
      nonce,
      to: alice.address,
      gasLimit: 21000,
      gasPrice: gwei * 1_000_000_000n,
      type: 0,
    }),
  );
const tx = (...args: string[]) => runCairn(['tx', ...args], folder);

test('cairn tx tells people where a transaction is, and scripts by its exit code', async () => {
  const pending = await send(0, 10n);
  const queued = await send(2, 10n);
  const data = ['--datadir', folder];
  const waits = await tx(pending, ...data);
  expect(waits).toMatchObject({ code: 3 });
  expect(waits.output).toContain('Pending at position 1: the next block takes it, but blocks');
  expect(waits.output).toContain('To do: Call evm_mine');
  const behind = await tx(queued.slice(2).toUpperCase(), '--rpc', node.url);
  expect(behind).toMatchObject({ code: 3 });
  expect(behind.output).toMatch(/Missing nonces +1\n/);
  await node.rpc('evm_mine');
  const mined = await tx(pending, ...data);
  expect(mined).toMatchObject({ code: 0 });
  expect(mined.output).toMatch(/Mined in block 1 at index 0: it succeeded, with 21000 of 21000 gas\./);
  expect((await tx('0x' + '1'.repeat(64), ...data)).code).toBe(6);
  const json = await tx(pending, '--json', ...data);
  expect(JSON.parse(json.output)).toMatchObject({ state: 'mined', success: true, unblock: null });
});

test('cairn tx says what is wrong with its question', async () => {
  const said = async (code: number, text: string, ...args: string[]) => {
    const answer = await tx(...args);
    expect(answer.output).toContain(text);
    expect(answer.code).toBe(code);
  };
  const hash = '0x' + '1'.repeat(64);
  await said(2, 'tx needs one transaction hash');
  await said(2, "a transaction hash has 64 hex digits, '0x12' has 2", '0x12');
  await said(2, 'is no hash', 'x'.repeat(64));
  await said(1, 'no node runs in', hash, '--datadir', join(folder, 'nothing'));
  await said(1, 'no node answers at http://127.0.0.1:1', hash, '--rpc', 'http://127.0.0.1:1');
  await said(2, 'is no address of a node', hash, '--rpc', 'localhost');
});

test('a replaced and a removed transaction still have their reasons after kill -9', async () => {
  const old = await send(0, 10n);
  const fresh = await send(0, 20n);
  await node.stop('SIGKILL');
  node = await Cairn.start(folder, '--no-mining');
  expect(await node.rpc('cairn_explainTransaction', old)).toMatchObject({
    state: 'replaced',
    replacedBy: fresh,
  });
  expect((await tx(old, '--datadir', folder)).code).toBe(5);
  expect(await node.rpc('cairn_explainTransaction', fresh)).toMatchObject({ state: 'pending' });
});
