// A fork of another node's chain, as viem sees it: another Cairn's and anvil's.
import {
  createTestClient,
  http,
  parseEther,
  publicActions,
  walletActions,
} from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Cairn, MNEMONIC, removeFolder, runCairn, temporaryFolder } from './support/cairn.js';
import { artifact } from './support/fixture.js';
import { Anvil } from './support/foundry.js';

const [alice, bob, carol] = [0, 1, 2].map((i) => mnemonicToAccount(MNEMONIC, { addressIndex: i }));

function clientOf(url: string) {
  const options = { chain: foundry, transport: http(url, { retryCount: 0 }), pollingInterval: 20 };
  return createTestClient({ ...options, mode: 'anvil' })
    .extend(publicActions)
    .extend(walletActions);
}
type Client = ReturnType<typeof clientOf>;

async function deployToken(client: Client) {
  const { abi, bytecode } = artifact('Token');
  const hash = await client.deployContract({ abi, bytecode, account: alice, args: [parseEther('1000')] });
  const receipt = await client.waitForTransactionReceipt({ hash });
  return { abi, address: receipt.contractAddress! };
}

async function transfer(client: Client, token: any, from: any, to: any, amount: bigint) {
  const hash = await client.writeContract({
    ...token,
    functionName: 'transfer',
    args: [to.address, amount],
    account: from,
  });
  return client.waitForTransactionReceipt({ hash });
}

const balance = (client: Client, token: any, of: any, blockNumber?: bigint) =>
  client.readContract({ ...token, functionName: 'balanceOf', args: [of.address], blockNumber });

const sources = {
  'another Cairn': async (folder: string) => Cairn.start(folder, '--ephemeral'),
  anvil: async (folder: string) => Anvil.start(folder),
};

for (const [name, start] of Object.entries(sources)) {
  describe(`forked from ${name}`, () => {
    let source: { url: string; stop(): Promise<unknown> };
    let fork: Cairn | undefined;
    let folders: string[];

    beforeEach(async () => {
      folders = [temporaryFolder(), temporaryFolder()];
      source = await start(folders[0]);
    });
    afterEach(async () => {
      await fork?.stop();
      fork = undefined;
      await source.stop();
      folders.forEach(removeFolder);
    });
    const startFork = async (...args: string[]) =>
      (fork = await Cairn.start(folders[1], ...args));

    test('has its tokens, moves them, and deploys more', async () => {
      const there = clientOf(source.url);
      const token = await deployToken(there);
      await transfer(there, token, alice, bob, 5n);
      const here = clientOf((await startFork('--fork-url', source.url)).url);
      expect(await balance(here, token, bob)).toBe(5n);
      const receipt = await transfer(here, token, bob, carol, 2n);
      expect(receipt.blockNumber).toBe((await there.getBlockNumber()) + 1n);
      expect(await balance(here, token, carol)).toBe(2n);
      expect(await balance(there, token, carol)).toBe(0n);
      expect(await balance(here, token, bob, receipt.blockNumber - 2n)).toBe(0n);
      const own = await deployToken(here);
      expect(await balance(here, own, alice)).toBe(parseEther('1000'));
      const logs = await here.getContractEvents({ ...token, eventName: 'Transfer', fromBlock: 0n });
      expect(logs.map((log: any) => log.args.value)).toEqual([parseEther('1000'), 5n, 2n]);
    });

    test('shows its blocks, transactions and receipts', async () => {
      const there = clientOf(source.url);
      const token = await deployToken(there);
      const mined = await transfer(there, token, alice, bob, 5n);
      const here = clientOf((await startFork('--fork-url', source.url)).url);
      await here.mine({ blocks: 2 });
      for (const blockNumber of [0n, 1n, 2n]) {
        expect(await here.getBlock({ blockNumber, includeTransactions: true })).toEqual(
          await there.getBlock({ blockNumber, includeTransactions: true }),
        );
      }
      const hash = mined.transactionHash;
      expect(await here.getTransaction({ hash })).toEqual(await there.getTransaction({ hash }));
      expect(await here.getTransactionReceipt({ hash })).toEqual(mined);
      expect((await here.getBlock({ blockNumber: 3n })).parentHash).toBe(mined.blockHash);
      const history = await here.getFeeHistory({ blockCount: 4, rewardPercentiles: [50] });
      expect(history.oldestBlock).toBe(1n);
      expect(history.baseFeePerGas).toHaveLength(5);
    });

    test('goes on without it, over a kill, with what it knows', async () => {
      const there = clientOf(source.url);
      const token = await deployToken(there);
      const forkedAt = await transfer(there, token, alice, bob, 5n);
      const { blockHash } = forkedAt;
      const block = await there.getBlock({ blockHash, includeTransactions: true });
      let here = clientOf((await startFork('--fork-url', source.url)).url);
      await transfer(here, token, bob, carol, 1n);
      await source.stop();
      await transfer(here, token, bob, carol, 1n);
      await fork!.stop('SIGKILL');
      here = clientOf((await startFork()).url); // without the flag: the folder knows
      expect(fork!.output()).toContain('what is kept of the source');
      expect(await here.getBlock({ blockHash, includeTransactions: true })).toEqual(block);
      expect(await here.getTransactionReceipt({ hash: forkedAt.transactionHash })).toEqual(forkedAt);
      await transfer(here, token, bob, carol, 1n);
      expect(await balance(here, token, carol)).toBe(3n);
      const unknown = '0x00000000000000000000000000000000000000aa';
      await expect(here.getBalance({ address: unknown })).rejects.toThrow(source.url);
      await expect(transfer(here, token, bob, { address: unknown }, 1n)).rejects.toThrow(source.url);
      await transfer(here, token, bob, carol, 1n);
      expect(await balance(here, token, carol)).toBe(4n);
    });

    test('is the same chain for snapshots, cheats and time', async () => {
      const there = clientOf(source.url);
      const token = await deployToken(there);
      const here = clientOf((await startFork('-f', `${source.url}@1`)).url);
      const id = await here.snapshot();
      await here.setBalance({ address: bob.address, value: 7n });
      await transfer(here, token, alice, carol, 9n);
      await here.increaseTime({ seconds: 1000 });
      await here.revert({ id });
      expect(await here.getBlockNumber()).toBe(1n);
      expect(await balance(here, token, carol)).toBe(0n);
      expect(await here.getBalance({ address: bob.address })).toBe(parseEther('10000'));
      await here.impersonateAccount({ address: token.address });
      await here.setBalance({ address: token.address, value: parseEther('1') });
      const hash = await here.sendTransaction({ account: token.address, to: bob.address, value: 1n });
      expect((await here.waitForTransactionReceipt({ hash })).status).toBe('success');
      const info: any = await fork!.rpc('anvil_nodeInfo');
      expect(info.forkConfig).toMatchObject({ forkUrl: source.url, forkBlockNumber: 1 });
    });
  });
}

test('refuses a proof and an export, and says why', async () => {
  const folders = [temporaryFolder(), temporaryFolder()];
  const source = await Cairn.start(folders[0], '--ephemeral');
  try {
    const fork = await Cairn.start(folders[1], '--fork-url', source.url);
    await clientOf(fork.url).sendTransaction({ account: alice, to: bob.address, value: 1n });
    await expect(fork.rpc('eth_getProof', bob.address, [], 'latest')).rejects.toThrow(/fork/);
    await fork.stop();
    const { code, output } = await runCairn(['export', 'chain.rlp', '--datadir', folders[1]], folders[1]);
    expect(code).toBe(1);
    expect(output).toMatch(/fork/);
  } finally {
    await source.stop();
    folders.forEach(removeFolder);
  }
});

test('names another source, a wrong URL and a node that is not there', async () => {
  const folders = [temporaryFolder(), temporaryFolder()];
  const source = await Cairn.start(folders[0], '--ephemeral');
  try {
    const fork = await Cairn.start(folders[1], '--fork-url', source.url);
    await fork.stop();
    await expect(Cairn.start(folders[1], '--fork-url', 'http://127.0.0.1:1')).rejects.toThrow(
      `was forked from ${source.url} at block 0`,
    );
    await expect(Cairn.start(folders[1], '--fresh', '--fork-url', 'ws://127.0.0.1:1')).rejects.toThrow(
      'WebSocket is not supported',
    );
    await expect(Cairn.start(folders[1], '--fresh', '--fork-url', 'http://127.0.0.1:1')).rejects.toThrow(
      'upstream http://127.0.0.1:1: eth_chainId',
    );
  } finally {
    await source.stop();
    folders.forEach(removeFolder);
  }
});
