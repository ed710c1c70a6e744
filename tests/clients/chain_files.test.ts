// `cairn export` and `cairn import`: a dev chain travels into a fresh folder.
import { exec } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Cairn, program, removeFolder, runCairn, temporaryFolder } from './support/cairn.js';

const alice = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266';
const bob = '0x70997970c51812dc3a010c7d01b50e0d17dc79c8';
let folder: string;
let here: string;
let there: string;
beforeEach(() => {
  folder = temporaryFolder();
  here = join(folder, 'here');
  there = join(folder, 'there');
  mkdirSync(here);
  mkdirSync(there);
});
afterEach(() => removeFolder(folder));

const cairn = (...args: string[]) => runCairn(args, folder);

// A chain with a contract, transfers and a failed call; its head.
async function makeChain(also: (node: Cairn) => Promise<unknown> = async () => {}) {
  const node = await Cairn.start(here);
  try {
    const send = (tx: object) => node.rpc('eth_sendTransaction', { from: alice, ...tx });
    for (let i = 1; i <= 5; ++i) await send({ to: bob, value: '0x' + i.toString(16) });
    // Stores its block's timestamp, then reverts where it has data.
    await send({ data: '0x600b600c600039600b6000f3' + '4260005536600857005b600080fd'.slice(0, 22) });
    await node.rpc('evm_mine');
    await also(node);
    return await node.rpc('eth_getBlockByNumber', 'latest', false);
  } finally {
    await node.stop();
  }
}
const exported = (...args: string[]) => cairn('export', '--datadir', here, ...args);
const imported = (...args: string[]) => cairn('import', '--datadir', there, ...args);

async function makeFiles(also?: (node: Cairn) => Promise<unknown>) {
  const head = await makeChain(also);
  const done = await exported(join(folder, 'chain.rlp'), '--genesis', join(folder, 'genesis.json'));
  expect(done, done.output).toMatchObject({ code: 0 });
  const made = await cairn('init', '--genesis', join(folder, 'genesis.json'), '--datadir', there);
  expect(made, made.output).toMatchObject({ code: 0 });
  return head;
}

test('a dev chain is executed again elsewhere and goes on there', async () => {
  const head = await makeFiles();
  const done = await imported(join(folder, 'chain.rlp'));
  expect(done.output).toContain(`the chain ends at block ${Number(head.number)}, ${head.hash}`);
  expect(done.code).toBe(0);
  const node = await Cairn.start(there);
  try {
    expect((await node.rpc('eth_getBlockByNumber', 'latest', false)).hash).toBe(head.hash);
    expect(await node.rpc('eth_getBalance', bob, 'latest')).toBe('0x21e19e0c9bab240000f');
    expect(await node.rpc('eth_getBalance', bob, '0x1')).toBe('0x21e19e0c9bab2400001');
    await node.rpc('eth_sendTransaction', { from: alice, to: bob, value: '0x1' });
  } finally {
    await node.stop();
  }
});

test('a file may be packed, come in parts, and come twice', async () => {
  const head = await makeFiles();
  const [low, high] = [join(folder, 'low.rlp'), join(folder, 'high.rlp.gz')];
  expect((await exported(low, '--last', '3')).code).toBe(0);
  expect((await exported(high, '--first', '4')).code).toBe(0);
  const whole = Buffer.concat([readFileSync(low), gunzipSync(readFileSync(high))]);
  expect(whole.equals(readFileSync(join(folder, 'chain.rlp')))).toBe(true);
  const gap = await imported(high);
  expect(gap.output).toContain('block 4: a gap: this chain ends at block 0');
  expect(gap.code).not.toBe(0);
  expect((await imported(low)).output).toContain('3 blocks added, 0 were here');
  const rest = await imported(low, high);
  expect(rest.output).toContain(`${Number(head.number) - 3} blocks added, 3 were here`);
  const back = join(folder, 'back.rlp');
  expect((await cairn('export', back, '--datadir', there)).code).toBe(0);
  expect(readFileSync(back).equals(whole)).toBe(true);
});

test('says what is wrong with a file and keeps what came before', async () => {
  await makeFiles();
  const bytes = readFileSync(join(folder, 'chain.rlp'));
  const file = (name: string, content: Buffer | string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const said = async (text: string, path: string) => {
    const answer = await imported(path);
    expect(answer.output).toContain(text);
    expect(answer.code).not.toBe(0);
  };
  await said('no block begins at byte 0', file('text', 'hello'));
  await said('cannot read', join(folder, 'nothing'));
  await said('is a folder', folder);
  await said('empty is empty: it holds no block', file('empty', ''));
  await said('empty.gz is empty: it holds no block', file('empty.gz', ''));
  await said('plain.gz is no gzip file', file('plain.gz', bytes));
  const none = await exported(join(folder, 'no.rlp'), '--last', '0');
  expect(none.output).toContain('--last 0: block 0 is genesis');
  expect(none.code).not.toBe(0);
  const flipped = Buffer.from(bytes);
  flipped[flipped.length - 60] ^= 1;
  await said('block 7: ', file('flipped', flipped));
  await said('the file is cut inside a block, at byte', file('cut', bytes.subarray(0, bytes.length - 5)));
  await said(`no block begins at byte ${bytes.length}`, file('more', Buffer.concat([bytes, Buffer.from('x')])));
  const node = await Cairn.start(there, '--no-mining');
  try {
    const [bad, ...others] = await node.rpc('debug_getBadBlocks');
    expect(others).toEqual([]);
    expect(flipped.toString('hex')).toContain(bad.rlp.slice(2));
    expect(bad).toMatchObject({ block: { number: '0x7', hash: bad.hash, transactions: [] } });
  } finally {
    await node.stop();
  }
  const whole = await imported(join(folder, 'chain.rlp'));
  expect(whole.output).toMatch(/^0 blocks added, 7 were here/m);
  expect((await cairn('import', bytes ? file('a', bytes) : '', '--datadir', join(folder, 'none'))).output).toContain('holds no chain: cairn init');
});

test('refuses a chain that began elsewhere', async () => {
  await makeFiles();
  const genesis = JSON.parse(readFileSync(join(folder, 'genesis.json'), 'utf8'));
  genesis.timestamp = '0x1';
  writeFileSync(join(folder, 'other.json'), JSON.stringify(genesis));
  const other = join(folder, 'other');
  expect((await cairn('init', '--genesis', join(folder, 'other.json'), '--datadir', other)).code).toBe(0);
  const answer = await cairn('import', join(folder, 'chain.rlp'), '--datadir', other);
  expect(answer.output).toContain('block 1: made on another genesis');
  expect(answer.code).not.toBe(0);
});

test.each([
  ['a cheat', 'block 8', 'the state was changed by hand', async (node: Cairn) => {
    await node.rpc('anvil_setBalance', bob, '0x1');
    await node.rpc('evm_mine');
  }],
  ['an impersonated sender', 'block 8', 'without its key (impersonation)', async (node: Cairn) => {
    const poor = '0x' + '12'.repeat(20);
    await node.rpc('eth_sendTransaction', { from: alice, to: poor, value: '0xde0b6b3a7640000' });
    await node.rpc('anvil_impersonateAccount', poor);
    await node.rpc('eth_sendTransaction', { from: poor, to: bob, value: '0x1' });
  }],
  ['a base fee that was set', 'block 8', 'invalid baseFee', async (node: Cairn) => {
    await node.rpc('anvil_setNextBlockBaseFeePerGas', '0x1');
    await node.rpc('evm_mine');
  }],
  ['a chain id that was set', 'block 8', 'transaction 0 is signed for chain 99', async (node: Cairn) => {
    await node.rpc('anvil_setChainId', 99);
    await node.rpc('eth_sendTransaction', { from: alice, to: bob, value: '0x1' });
  }],
  ["a dump's blocks", 'block 8', 'it was taken over from a dump', async (node: Cairn) => {
    const other = temporaryFolder();
    const twin = await Cairn.start(other, '--ephemeral');
    try {
      await twin.rpc('anvil_mine', '0x7');
      for (let i = 0; i < 2; ++i) await twin.rpc('eth_sendTransaction', { from: alice, to: bob, value: '0x1' });
      await node.rpc('anvil_loadState', await twin.rpc('anvil_dumpState'));
    } finally {
      await twin.stop();
      removeFolder(other);
    }
  }],
])('says why a chain with %s cannot be exported', async (name, block, reason, also) => {
  await makeChain(also);
  const path = join(folder, 'chain.rlp');
  const answer = await exported(path);
  expect(answer.output).toContain('cannot be executed elsewhere from block');
  expect(answer.output).toContain(reason);
  expect(answer.code).toBe(1);
  if (name !== 'an impersonated sender') expect(answer.output).toContain(block);
  expect(() => statSync(path)).toThrow();
  expect((await exported(path, '--last', '7')).code).toBe(0);
});

test('advises no part of a chain that was changed from the start on', async () => {
  const node = await Cairn.start(here);
  await node.rpc('anvil_setBalance', bob, '0x5');
  await node.rpc('evm_mine');
  await node.stop();
  const { code, output } = await exported(join(folder, 'chain.rlp'));
  expect(code).toBe(1);
  expect(output).toContain('from block 1 on');
  expect(output).not.toContain('--last');
});

test('makes no folder where no chain is', async () => {
  const nowhere = join(folder, 'nowhere');
  for (const command of ['export', 'import']) {
    const answer = await cairn(command, join(folder, 'chain.rlp'), '--datadir', nowhere);
    expect(answer.output).toContain('nowhere holds no chain');
    expect(answer.code).toBe(1);
  }
  expect(existsSync(nowhere)).toBe(false);
});

test('a chain goes through a pipe', async () => {
  const head = await makeFiles();
  const piped = `"${program}" export - --datadir here | "${program}" import - --datadir there`;
  const { stdout, stderr } = await promisify(exec)(piped, { cwd: folder });
  expect(stderr).toContain(`blocks 1 to ${Number(head.number)} in standard output`);
  expect(stdout).toContain(`the chain ends at block ${Number(head.number)}, ${head.hash}`);
  expect(existsSync(join(folder, '-'))).toBe(false);
});

test('says that a file cannot be written', async () => {
  await makeFiles();
  const answer = await exported(join(folder, 'genesis.json', 'chain.rlp'));
  expect(answer.output).toContain('cannot write');
  expect(answer.code).not.toBe(0);
});
