// Foundry's own tools on a project as its users write it: each command runs against an anvil first and
// then, unchanged, against Cairn; what they print is compared.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cairn, removeFolder, temporaryFolder } from './support/cairn.js';
import { Anvil, foundryTool } from './support/foundry.js';
import type { RpcNode } from './support/rpc_node.js';

const ALICE = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
const BOB = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const project = resolve(import.meta.dirname, 'foundry');

interface Ran {
  code: number;
  out: string;
  err: string;
}

interface World {
  node: RpcNode;
  folder: string;
  // What earlier commands left for later ones.
  names: Record<string, string>;
}

let worlds: World[];

async function tool(world: World, name: 'cast' | 'forge', ...args: string[]): Promise<Ran> {
  const child = spawn(foundryTool(name), args, {
    cwd: join(world.folder, 'project'),
    env: {
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      HOME: worlds[0].folder, // one cache of selectors for both
      ETH_RPC_URL: world.node.url,
      FORK_URL: world.node.url,
      OWNER: ALICE,
      NO_COLOR: '1',
      ...world.names,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  const [code] = await once(child, 'close');
  return { code, out, err };
}

async function succeed(world: World, name: 'cast' | 'forge', ...args: string[]): Promise<string> {
  const ran = await tool(world, name, ...args);
  expect(ran.code, `${name} ${args.join(' ')}\n${ran.out}\n${ran.err}`).toBe(0);
  return ran.out.trim();
}

// Runs `what` against anvil, then Cairn; both must answer the same.
async function same<T>(what: (world: World) => Promise<T>): Promise<T> {
  const [theirs, ours] = [await what(worlds[0]), await what(worlds[1])];
  expect(ours).toEqual(theirs);
  return ours;
}

const cast = (world: World, ...args: string[]) => succeed(world, 'cast', ...args);
const withSolc = ['--offline', '--use', join(project, 'solc')];

function broadcastFile(world: World): string {
  return join(world.folder, 'project/broadcast/Deploy.s.sol/31337/run-latest.json');
}

// What a script left: hashes, prices and times are each chain's own.
function broadcast(world: World) {
  const run = JSON.parse(readFileSync(broadcastFile(world), 'utf8'));
  return {
    sent: run.transactions.map((t: any) => ({
      kind: t.transactionType,
      contract: [t.contractName, t.contractAddress],
      call: [t.function, t.arguments],
      value: t.transaction.value,
      nonce: t.transaction.nonce,
    })),
    mined: run.receipts.map((r: any) => ({
      status: r.status,
      type: r.type,
      gas: r.gasUsed,
      to: r.to,
      contract: r.contractAddress,
      logs: r.logs.map((l: any) => [l.address, l.topics, l.data]),
    })),
    pending: run.pending,
  };
}

async function restart(world: World) {
  await world.node.rpc('evm_revert', world.names.SNAPSHOT);
  world.names.SNAPSHOT = await world.node.rpc('evm_snapshot');
}

beforeAll(async () => {
  const folders = [temporaryFolder(), temporaryFolder()];
  const nodes = [await Anvil.start(folders[0]), await Cairn.start(folders[1])];
  worlds = nodes.map((node, i) => ({ node, folder: folders[i], names: {} }));
  cpSync(project, join(folders[0], 'project'), { recursive: true });
  await succeed(worlds[0], 'forge', 'build', ...withSolc);
  cpSync(join(folders[0], 'project'), join(folders[1], 'project'), {
    recursive: true,
    preserveTimestamps: true,
  });
});

afterAll(async () => {
  for (const world of worlds ?? []) {
    await world.node.stop();
    removeFolder(world.folder);
  }
});

describe('forge', () => {
  const script = ['script', 'script/Deploy.s.sol', '--broadcast', '--private-key', KEY, ...withSolc];
  // anvil 1.7.1 may leave transactions of one sender that arrive together in its queue for good. It gets them one by one.
  const oneByOne = (world: World) => (world.node instanceof Anvil ? ['--slow'] : []);

  test('script --slow waits for each transaction', async () => {
    await same(async (world) => {
      world.names.SNAPSHOT = await world.node.rpc('evm_snapshot');
      await succeed(world, 'forge', ...script, '--slow', '--rpc-url', world.node.url);
      return broadcast(world);
    });
  });

  test('script --resume sends what an interrupted run did not', async () => {
    await same(async (world) => {
      await restart(world);
      const run = JSON.parse(readFileSync(broadcastFile(world), 'utf8'));
      for (const transaction of run.transactions) transaction.hash = null;
      writeFileSync(broadcastFile(world), JSON.stringify({ ...run, receipts: [], pending: [] }));
      await succeed(world, 'forge', ...script, '--resume', '--rpc-url', world.node.url, ...oneByOne(world));
      return broadcast(world);
    });
  });

  test('script deploys three contracts and calls them', async () => {
    const run = await same(async (world) => {
      await restart(world);
      const out = await succeed(world, 'forge', ...script, '--rpc-url', world.node.url, ...oneByOne(world));
      expect(out).toContain('ONCHAIN EXECUTION COMPLETE & SUCCESSFUL');
      const run = broadcast(world);
      for (const [contract, address] of run.sent.map((t: any) => t.contract)) {
        world.names[contract.toUpperCase()] ??= address;
      }
      return run;
    });
    expect(run.sent).toHaveLength(6);
    expect(run.mined.map((r: any) => r.status)).toEqual(Array(6).fill('0x1'));
  });

  test('create deploys one', async () => {
    await same(async (world) => {
      const out = await succeed(
        world,
        ...(['forge', 'create', 'src/Guestbook.sol:Guestbook', '--broadcast', '--json'] as const),
        ...['--private-key', KEY, '--rpc-url', world.node.url, ...withSolc],
      );
      const { deployer, deployedTo } = JSON.parse(out);
      return { deployer, deployedTo };
    });
  });

  test('test --fork-url reads the chain', async () => {
    const results = await same(async (world) => {
      const out = await succeed(
        world,
        ...(['forge', 'test', '--fork-url', world.node.url, '--json'] as const),
        ...['--fuzz-runs', '16', '--fuzz-seed', '0x1', ...withSolc],
      );
      const [suite] = Object.values<any>(JSON.parse(out));
      return Object.entries<any>(suite.test_results).map(([name, result]) => [
        name,
        result.status,
        result.kind.Unit?.gas ?? result.kind.Fuzz?.runs,
      ]);
    });
    expect(results).toHaveLength(6);
  });
});

describe('cast', () => {
  const send = ['--private-key', KEY, '--json'];

  async function sent(world: World, ...args: string[]) {
    const receipt = JSON.parse(await cast(world, 'send', ...send, ...args));
    world.names.HASH = receipt.transactionHash;
    return {
      status: receipt.status,
      type: receipt.type,
      gas: receipt.gasUsed,
      contract: receipt.contractAddress,
      logs: receipt.logs.map((l: any) => [l.address, l.topics, l.data]),
    };
  }

  test('send: every kind of transaction', async () => {
    await same((w) => sent(w, w.names.STONE, 'transfer(address,uint256)', BOB, '100'));
    await same((w) => sent(w, BOB, '--value', '1gwei', '--legacy'));
    await same((w) => sent(w, w.names.STONE, 'transfer(address,uint256)', BOB, '1', '--access-list', '[]'));
    await same((w) => sent(w, '--create', '0x6001600c60003960016000f300'));
    await same((w) => sent(w, BOB, '--auth', w.names.GUESTBOOK, '--value', '1'));
    await same((w) => cast(w, 'code', ALICE));
    await same((w) => sent(w, BOB, '--auth', '0x0000000000000000000000000000000000000000'));
  });

  test('send of an unlocked account', async () => {
    await same(async (world) => {
      const out = await cast(world, 'send', ALICE, '--from', BOB, '--unlocked', '--value', '3', '--json');
      return JSON.parse(out).status;
    });
  });

  test('call, with a revert and its reason', async () => {
    await same((w) => cast(w, 'call', w.names.STONE, 'balanceOf(address)(uint256)', BOB));
    await same((w) => cast(w, 'call', w.names.GUESTBOOK, 'lines(uint256)(string)', '0'));
    await same((w) => cast(w, 'call', w.names.STONE, 'balanceOf(address)(uint256)', BOB, '--block', '1'));
    await same((w) => cast(w, 'call', '--create', '0x6001600c60003960016000f300'));
    for (const [call, reason] of [
      [['GUESTBOOK', 'sign(string)', ''], 'an empty line'],
      [['STONE', 'transfer(address,uint256)', BOB, '1'], 'execution reverted'],
    ] as const) {
      const [name, ...args] = call;
      const shown = await same(async (world) => {
        const ran = await tool(world, 'cast', 'call', world.names[name], ...args);
        expect(ran.code).toBe(1);
        return ran.err.includes(reason);
      });
      expect(shown, reason).toBe(true);
    }
  });

  test('estimate', async () => {
    await same((w) => cast(w, 'estimate', BOB, '--value', '1'));
    await same((w) =>
      cast(w, 'estimate', w.names.STONE, 'transfer(address,uint256)', BOB, '7', '--from', ALICE).then(
        // both end their search near the least that is enough
        (gas) => Math.round(Number(gas) / 1500),
      ),
    );
  });

  test('logs', async () => {
    await same(async (world) => {
      const signature = 'Transfer(address indexed,address indexed,uint256)';
      const range = ['--from-block', '0', '--to-block', 'latest', '--json'];
      const out = await cast(world, 'logs', signature, '--address', world.names.STONE, ...range);
      return JSON.parse(out).map((l: any) => [l.address, l.topics, l.data]);
    });
  });

  test('tx of a sender and nonce', async () => {
    await same((w) => sent(w, BOB, '--value', '1gwei'));
    await same(async (world) => {
      const { from, nonce, input } = JSON.parse(await cast(world, 'tx', '--from', ALICE, '--nonce', '0', '--json'));
      return { from, nonce, input };
    });
  });

  test('tx, receipt and run', async () => {
    await same((w) => sent(w, w.names.GUESTBOOK, 'sign(string)', 'traced'));
    await same((w) => cast(w, 'tx', w.names.HASH, 'input'));
    await same((w) => cast(w, 'receipt', w.names.HASH, 'gasUsed'));
    await same((w) => cast(w, 'receipt', w.names.HASH, 'status'));
    const trace = await same((w) => cast(w, 'run', w.names.HASH, '--quick'));
    expect(trace).toContain('Gas used:');
    await same((w) => cast(w, 'run', w.names.HASH));
  });

  test('state: nonce, balance, code, storage', async () => {
    for (const args of [
      ['nonce', ALICE],
      ['nonce', ALICE, '--block', '0'],
      ['balance', 'GUESTBOOK'],
      ['balance', BOB, '--ether', '--block', '0'],
      ['codesize', 'STONE'],
      ['code', 'STONE'],
      ['storage', 'STONE', '0'],
    ]) {
      await same((w) => cast(w, ...args.map((a) => (w.names[a] ?? a))));
    }
  });

  test('the chain: block, age, chain id, fees, find-block', async () => {
    for (const args of [
      ['block', '1', '-f', 'number'],
      ['block', 'latest', '-f', 'gasUsed'],
      ['block', '0', '-f', 'parentHash'],
      ['chain-id'],
      ['chain'],
    ]) {
      await same((w) => cast(w, ...args));
    }
    for (const command of ['age', 'base-fee', 'gas-price']) {
      await same(async (w) => (await cast(w, command)).length > 0);
    }
  });

  test('mktx and publish', async () => {
    await same(async (world) => {
      const raw = await cast(
        world,
        ...['mktx', world.names.STONE, 'transfer(address,uint256)', BOB, '9', '--private-key', KEY],
      );
      const receipt = JSON.parse(await cast(world, 'publish', raw));
      return receipt.status;
    });
  });

  test('rpc, and offline commands', async () => {
    await same((w) => cast(w, 'rpc', 'eth_getTransactionCount', ALICE, 'latest'));
    await same((w) => cast(w, 'rpc', 'eth_getBalance', '--raw', JSON.stringify([BOB, '0x0'])));
    await same((w) => cast(w, 'wallet', 'address', '--private-key', KEY));
    await same((w) => cast(w, 'wallet', 'sign', '--private-key', KEY, 'hello'));
    await same((w) => cast(w, 'sig', 'transfer(address,uint256)'));
    await same((w) => cast(w, 'calldata-decode', 'transfer(address,uint256)', `0xa9059cbb${'0'.repeat(127)}9`));
    await same((w) => cast(w, 'compute-address', ALICE, '--nonce', '4'));
  });
});
