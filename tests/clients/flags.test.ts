// anvil's flags, as its own --help names them: each does here what it does there, or is refused by
// name with the reason that docs/from-anvil.md gives.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cairn, removeFolder, runCairn, temporaryFolder } from './support/cairn.js';
import { Anvil, foundryTool } from './support/foundry.js';
import type { RpcNode } from './support/rpc_node.js';

const docs = readFileSync(resolve(import.meta.dirname, '../../docs/from-anvil.md'), 'utf8');
const rows = docs.split('\n').filter((line) => line.startsWith('| `-'));
const [alice, bob] = [
  '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266',
  '0x70997970c51812dc3a010c7d01b50e0d17dc79c8',
];

interface Flag {
  names: string[]; // with their dashes, the long one first
  takesValue: boolean;
}

function flagsOfAnvil(): Flag[] {
  const help = execFileSync(foundryTool('anvil'), ['--help'], { encoding: 'utf8' });
  const begins = /^ {2,6}(?:(-\w), )?(--[\w-]+)( <|\[| \[)?/;
  const flags: Flag[] = [];
  let text = '';
  const take = () => {
    const aliases = /\[aliases: ([^\]]+)\]/.exec(text.replace(/\s+/g, ' '))?.[1];
    if (flags.length > 0 && aliases) flags.at(-1)!.names.push(...aliases.split(', '));
    text = '';
  };
  for (const line of help.slice(help.indexOf('Options:')).split('\n')) {
    const found = begins.exec(line);
    if (found) {
      take();
      const names = [found[2]!, ...(found[1] ? [found[1]] : [])];
      flags.push({ names, takesValue: found[3] !== undefined });
    }
    text += line + '\n';
  }
  take();
  return flags;
}

// What each flag is given; others take a number.
const values: Record<string, string> = {
  '--hardfork': 'cancun',
  '--color': 'never',
  '--order': 'fifo',
  '--host': '127.0.0.1',
  '--fork-url': 'http://127.0.0.1:1',
  '--fork-header': 'a: b',
  '--mnemonic-random': '12',
  '--network': 'ethereum',
  '--verbosity': '3',
};
// Accepted by anvil too, though its help does not say so.
const unsaid: Flag[] = [
  { names: ['--silent'], takesValue: false },
  { names: ['--optimism'], takesValue: false },
];
const printed = ['--help', '--version'];

describe('every flag of anvil --help', () => {
  const flags = [...flagsOfAnvil(), ...unsaid].filter((flag) => !printed.includes(flag.names[0]!));

  it('is read from there', () => {
    expect(flags.length).toBeGreaterThan(65);
    const names = flags.flatMap((flag) => flag.names);
    for (const known of ['-b', '--blockTime', '--no-rpc-rate-limit', '--ipcpath', '-n', '--tracing'])
      expect(names).toContain(known);
  });

  it.each(flags.map((flag) => [flag.names[0]!, flag] as const))('%s', async (first, flag) => {
    const refusals = new Set<string>();
    for (const name of flag.names) {
      const given = flag.takesValue ? [name, values[first] ?? '7'] : [name];
      // The table's last option is refused, so that nothing is started.
      const { code, output } = await runCairn(['dev', ...given, '--nodekey', 'x'], '/');
      expect(code, name).toBe(2);
      expect(output, name).not.toContain('unknown flag');
      const reason = new RegExp(`^cairn: ${first}: (.*)$`, 'm').exec(output)?.[1];
      if (reason === undefined) expect(output, name).toContain('--nodekey');
      refusals.add(reason ?? '');
      expect(
        rows.filter((row) => row.split('|')[1]!.includes(`\`${name}\``)),
        `docs/from-anvil.md has a row with ${name}`,
      ).toHaveLength(1);
    }
    expect(refusals.size, 'all names are treated alike').toBe(1);
    const [reason] = refusals;
    if (reason) expect(rows.find((row) => row.startsWith(`| \`${first}\``))).toContain(reason);
  });

  it('has its help and version', async () => {
    for (const name of ['--help', '-h']) {
      expect((await runCairn(['dev', name], '/')).output).toContain('--mixed-mining');
    }
    for (const name of ['--version', '-V']) {
      expect((await runCairn(['dev', name], '/')).output).toMatch(/^Cairn\/v/);
    }
  });
});

describe('flags at work', () => {
  let folder: string;
  const nodes: RpcNode[] = [];
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.stop();
    removeFolder(folder);
  });
  const cairn = async (...args: string[]) => {
    nodes.push(await Cairn.start(folder, ...args));
    return nodes.at(-1)!;
  };
  const anvil = async (...args: string[]) => {
    nodes.push(await Anvil.start(folder, ...args));
    return nodes.at(-1)!;
  };
  const transfer = (node: RpcNode, value = '0x1') =>
    node.rpc('eth_sendTransaction', { from: alice, to: bob, value });

  it('--mnemonic-seed-unsafe and --config-out give what anvil gives', async () => {
    const flags = ['--mnemonic-seed-unsafe', '42', '--gas-price', '5000000000', '--timestamp', '1800000000'];
    const [there, here] = ['there.json', 'here.json'].map((name) => join(folder, name));
    await anvil(...flags, '--config-out', there!);
    await cairn(...flags, '--config-out', here!);
    expect(JSON.parse(readFileSync(here!, 'utf8'))).toEqual(JSON.parse(readFileSync(there!, 'utf8')));
  });

  it('--mnemonic-random makes new accounts, of a new chain alone', async () => {
    const node = await cairn('--mnemonic-random', '15');
    expect(await node.rpc('eth_accounts')).not.toContain(alice);
    expect(/^Mnemonic +((\w+ ){14}\w+)$/m.exec(node.output())).not.toBeNull();
    await node.stop();
    const { code, output } = await runCairn(['dev', '--datadir', folder, '--mnemonic-random'], folder);
    expect(code).toBe(1);
    expect(output).toContain('--fresh starts over');
  });

  it('--base-fee holds for genesis and block 1, --gas-price is answered', async () => {
    const node = await cairn('--base-fee', '3000000000', '--gas-price', '9000000000');
    expect(await node.rpc('eth_gasPrice')).toBe('0x218711a00');
    await node.rpc('evm_mine');
    for (const block of ['0x0', '0x1'])
      expect((await node.rpc('eth_getBlockByNumber', block, false)).baseFeePerGas).toBe('0xb2d05e00');
  });

  it('--slots-in-an-epoch sets safe and finalized as in anvil', async () => {
    const numbers: unknown[] = [];
    for (const node of [await cairn('--slots-in-an-epoch', '3'), await anvil('--slots-in-an-epoch', '3')]) {
      const seen = [];
      for (const count of ['0x2', '0x2', '0x4']) {
        await node.rpc('anvil_mine', count);
        for (const tag of ['safe', 'finalized'])
          seen.push((await node.rpc('eth_getBlockByNumber', tag, false)).number);
      }
      numbers.push(seen);
    }
    expect(numbers[0]).toEqual(numbers[1]);
  });

  it('--mixed-mining makes blocks at once and at intervals', async () => {
    const node = await cairn('-b', '1', '--mixed-mining');
    const hash = await transfer(node);
    expect((await node.rpc('eth_getTransactionReceipt', hash)).status).toBe('0x1');
    const before = Number(await node.rpc('eth_blockNumber'));
    await expect.poll(async () => Number(await node.rpc('eth_blockNumber'))).toBeGreaterThan(before);
  });

  it('--max-transactions leaves the rest to the next block', async () => {
    const node = await cairn('--no-mine', '--max-transactions', '2');
    for (let i = 0; i < 5; ++i) await transfer(node);
    await node.rpc('anvil_mine', '0x3');
    const counts = [];
    for (const block of ['0x1', '0x2', '0x3'])
      counts.push(await node.rpc('eth_getBlockTransactionCountByNumber', block));
    expect(counts).toEqual(['0x2', '0x2', '0x1']);
  });

  it('--auto-impersonate, --no-create2, --no-priority-fee', async () => {
    const node = await cairn('--auto-unlock', '--no-create2', '--no-priority-fee');
    const stranger = '0x00000000000000000000000000000000000000aa';
    await node.rpc('anvil_setBalance', stranger, '0xde0b6b3a7640000');
    const hash = await node.rpc('eth_sendTransaction', { from: stranger, to: bob, value: '0x1' });
    expect((await node.rpc('eth_getTransactionReceipt', hash)).from).toBe(stranger);
    expect(await node.rpc('eth_getCode', '0x4e59b44847b379578588920ca78fbf26c0b4956c', 'latest')).toBe('0x');
    expect(await node.rpc('eth_maxPriorityFeePerGas')).toBe('0x0');
  });

  it('--disable-pool-balance-checks keeps what cannot be paid until it can', async () => {
    const node = await cairn('--disable-pool-balance-checks');
    const balance = await node.rpc('eth_getBalance', alice, 'latest');
    const { raw } = await node.rpc('eth_signTransaction', {
      from: alice, to: bob, value: '0x1', nonce: '0x0', gas: '0x5208',
      maxFeePerGas: '0x77359400', maxPriorityFeePerGas: '0x1',
    });
    await node.rpc('anvil_setBalance', alice, '0x0');
    const hash = await node.rpc('eth_sendRawTransaction', raw);
    expect(await node.rpc('eth_getTransactionReceipt', hash)).toBeNull();
    await node.rpc('anvil_setBalance', alice, balance);
    expect((await node.rpc('eth_getTransactionReceipt', hash)).status).toBe('0x1');
  });

  it('--memory-limit ends a frame that wants more', async () => {
    const node = await cairn('--memory-limit', '1000');
    const within = { from: alice, data: '0x6001610300525f5ff3' }; // MSTORE at 768
    const beyond = { from: alice, data: '0x6001611000525f5ff3' }; // at 4096
    expect(await node.rpc('eth_call', within, 'latest')).toBe('0x');
    await expect(node.rpc('eth_call', beyond, 'latest')).rejects.toThrow(/gas/);
  });

  it('--host listens on each address', async () => {
    const node = await cairn('--host', '127.0.0.1,::1', '--ipc', join(folder, 'node.ipc'));
    const urls = [...node.output().matchAll(/^RPC +(http\S+)$/gm)].map((found) => found[1]!);
    expect(urls).toHaveLength(2);
    for (const url of urls) {
      const answer = await fetch(url, {
        method: 'POST',
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
      });
      expect((await answer.json()).result).toBe('0x7a69');
    }
    expect(node.output()).toContain(`IPC        ${join(folder, 'node.ipc')}`);
  });

  it('--timestamp sets the clock, which goes on from there', async () => {
    const begin = 1_000_000_000;
    for (const start of [anvil, cairn]) {
      const node = await start('--timestamp', `${begin}`);
      await node.rpc('evm_mine');
      const [genesis, next] = await Promise.all(['0x0', '0x1'].map((n) => node.rpc('eth_getBlockByNumber', n, false)));
      expect(Number(genesis.timestamp)).toBe(begin);
      expect(Number(next.timestamp)).toBeGreaterThanOrEqual(begin);
      expect(Number(next.timestamp)).toBeLessThan(begin + 60);
    }
  });

  it('--init begins with the accounts of a genesis file, and the rules of now', async () => {
    const file = join(folder, 'genesis.json');
    writeFileSync(file, JSON.stringify({
      config: { chainId: 77 },
      gasLimit: '0x1c9c380',
      timestamp: '0x64000000',
      coinbase: bob,
      alloc: { '0x00000000000000000000000000000000000000aa': { balance: '0x5', code: '0x6001' } },
    }));
    const node = await cairn('--init', file);
    const stranger = '0x00000000000000000000000000000000000000aa';
    expect(await node.rpc('eth_chainId')).toBe('0x4d');
    expect(await node.rpc('eth_getBalance', stranger, 'latest')).toBe('0x5');
    expect(await node.rpc('eth_getCode', stranger, 'latest')).toBe('0x6001');
    const hash = await transfer(node);
    expect((await node.rpc('eth_getTransactionReceipt', hash)).status).toBe('0x1');
    expect((await node.rpc('eth_getBlockByNumber', '0x0', false)).timestamp).toBe('0x64000000');
    expect((await node.rpc('eth_getBlockByNumber', '0x1', false)).miner).toBe(bob);
  });

  it('--state carries a chain to anvil and back', async () => {
    const file = join(folder, 'chain.json');
    const first = await cairn('--state', file, '--ephemeral');
    const hash = await transfer(first, '0x1234');
    await first.rpc('anvil_setBalance', bob, '0x99');
    await first.stop();
    const there = await anvil('--state', file);
    expect(await there.rpc('eth_getBalance', bob, 'latest')).toBe('0x99');
    expect(await there.rpc('eth_blockNumber')).toBe('0x1');
    await transfer(there, '0x1');
    await expect.poll(() => there.rpc('eth_blockNumber')).toBe('0x2'); // anvil answers before its head has moved
    await there.stop();
    const back = await cairn('--state', file, '--ephemeral');
    expect(await back.rpc('eth_getBalance', bob, 'latest')).toBe('0x9a');
    expect(await back.rpc('eth_blockNumber')).toBe('0x2');
    expect((await back.rpc('eth_getTransactionReceipt', hash)).status).toBe('0x1');
  });

  it('--state of a chain that goes on writes over its own file alone', async () => {
    const [file, other] = ['chain.json', 'other.json'].map((name) => join(folder, name));
    for (const [path, count] of [[file, 1], [other, 2]] as const) {
      const node = await cairn('--state', path, '--fresh');
      for (let i = 0; i < count; ++i) await transfer(node);
      await node.stop();
    }
    const theirs = readFileSync(file, 'utf8');
    const refused = await runCairn(['dev', '--datadir', folder, '--port', '0', '--state', file], folder);
    expect(refused.code).toBe(1);
    expect(refused.output).toContain(`--state: ${file} is not what the chain in`);
    expect(refused.output).toContain('would be written over: --fresh begins with the file');
    expect(readFileSync(file, 'utf8')).toBe(theirs);
    for (const height of ['0x2', '0x3']) {
      const node = await cairn('--state', other);
      expect(await node.rpc('eth_blockNumber')).toBe(height);
      await transfer(node);
      await node.stop();
    }
    await (await cairn('--dump-state', file)).stop();
    expect(JSON.parse(readFileSync(file, 'utf8')).best_block_number).toBe(4);
  });

  it('--dump-state writes at intervals, into a folder too, with past states where asked', async () => {
    mkdirSync(join(folder, 'dump'));
    const file = join(folder, 'dump', 'state.json');
    const node = await cairn('--dump-state', join(folder, 'dump'), '-s', '1', '--preserve-historical-states');
    await transfer(node, '0x5');
    await transfer(node, '0x6');
    const written = () => existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).best_block_number;
    await expect.poll(written).toBe(2);
    await node.stop('SIGKILL');
    rmSync(join(folder, 'chain'), { recursive: true });
    const next = await cairn('--load-state', join(folder, 'dump'), '--fresh');
    expect(BigInt(await next.rpc('eth_getBalance', bob, '0x1'))).toBe(10n ** 22n + 5n);
    expect(BigInt(await next.rpc('eth_getBalance', bob, 'latest'))).toBe(10n ** 22n + 11n);
    // A chain that goes on has all that, and more.
    await transfer(next, '0x1');
    await next.stop();
    const again = await cairn('--load-state', join(folder, 'dump'));
    expect(await again.rpc('eth_blockNumber')).toBe('0x3');
    expect(again.output()).toContain('the state file is not read');
  });

  it('--load-state is read by the next start where the one before was ended too early', async () => {
    const file = join(folder, 'dump.json');
    const source = await cairn('--dump-state', file, '--ephemeral');
    await transfer(source, '0x5');
    await source.stop();
    await (await cairn()).stop('SIGKILL'); // the chain is there, and nothing on it
    const next = await cairn('--load-state', file);
    expect(await next.rpc('eth_blockNumber')).toBe('0x1');
    expect(await next.rpc('eth_getBalance', bob, 'latest')).toBe('0x21e19e0c9bab2400005');
  });

  it('--throw-on-transaction-failures answers a send that reverts with an error', async () => {
    const node = await cairn('--throw-on-transaction-failures');
    // revert("no"), as `require(false, "no")` gives it
    const reason =
      '0x08c379a0' + '20'.padStart(64, '0') + '2'.padStart(64, '0') + '6e6f'.padEnd(64, '0');
    const bytes = reason.slice(2);
    const size = (bytes.length / 2).toString(16).padStart(2, '0');
    const data = `0x60${size}600a5f3960${size}5ffd${bytes}`;
    const failed = node.rpc('eth_sendTransaction', { from: alice, data, gas: '0x30d40' });
    const error = await failed.then(() => undefined, (reasonOf) => reasonOf.cause);
    expect(error.code).toBe(-32603);
    expect(error.message).toContain("reverted with reason string 'no'");
    expect(error.data.data).toBe(reason);
    expect((await node.rpc('eth_getTransactionReceipt', error.data.txHash)).status).toBe('0x0');
    expect(await transfer(node)).toMatch(/^0x/);
  });

  it.each([
    [['--no-mining', '--block-time', '1'], 'exclude each other'],
    [['--mixed-mining'], '--mixed-mining: want --block-time too'],
    [['--mnemonic-random', '13'], '12, 15, 18, 21 or 24 words'],
    [['--state', 'a', '--dump-state', 'b'], '--state and --dump-state exclude each other'],
    [['--init', '/none.json', '--ephemeral', '--port', '0'], '/none.json'],
    [['--load-state', '/none.json', '--ephemeral', '--port', '0'], '--load-state: cannot read /none.json'],
    [['--dump-state', '/none/a.json', '--ephemeral', '--port', '0'], '--dump-state: cannot write'],
    [['--state-interval', '0'], 'from 1 to 86400'],
    [['--color', 'blue'], 'none of auto, always, never'],
    [['--network', 'tempo'], 'rules of another chain'],
    [['--threads', 'many'], "'many' is not a number"],
    [['--gas-price', '1.5'], 'not a number of wei'],
    [['--max-transactions', '0'], 'want 1 or more'],
    [['--fork-url', 'http://a', '--fork-url', 'http://b'], 'want one source'],
    [['--host', ',127.0.0.1'], 'want an address'],
  ])('%j is answered with a sentence', async (args, sentence) => {
    const { code, output } = await runCairn(['dev', ...args], folder);
    expect(code).toBeGreaterThan(0);
    expect(output).toContain(sentence);
    expect(output.trim().split('\n')).toHaveLength(1);
  });

  it('ANVIL_IP_ADDR is the host where nothing else says', () => {
    const run = () =>
      execFileSync(process.env.CAIRN_PROGRAM ?? resolve(import.meta.dirname, '../../build/release/cairn'),
        ['dev', '--ephemeral', '--port', '0'],
        { env: { ...process.env, ANVIL_IP_ADDR: 'nowhere' }, encoding: 'utf8', stdio: 'pipe' });
    expect(run).toThrow(/'nowhere' is not an IP address/);
  });
});
