// execution-apis' request and response files against `cairn node` on the chain that they were recorded on: every result against the
// JSON Schema of its method, and where the answer is marked as an example (speconly), all of the example too.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program, removeFolder, runCairn, temporaryFolder } from './support/cairn.js';
import { type IoCase, differences, readIoCases } from './support/io_cases.js';
import { MethodSchemas } from './support/method_schemas.js';
import { RpcNode, started } from './support/rpc_node.js';

// Where an answer differs from an example, and why. A line that no answer needs any more is a failure, but for those about the pool:
// which transactions wait there depends on which of the files are here.
const pool = 'other transactions wait than when the example was recorded';
const explained = [
  { name: 'testing_buildBlockV1/build-block-from-mempool', path: '.result.', why: pool },
  { name: 'txpool_content/get-content', path: '.result.', why: pool },
];
// Answers that are as the file wants them to the last character, and that the schema refuses.
const contradictions = [
  {
    name: 'eth_simulateV1/ethSimulate-eth-send-should-not-produce-logs-on-revert',
    why: 'execute.yaml has -32015 alone as the code of a failed call; the file has 3 for one that reverts',
  },
  {
    name: 'eth_simulateV1/ethSimulate-use-as-many-features-as-possible',
    why: 'the same',
  },
];

const root = resolve(
  process.env.CAIRN_FIXTURES ?? join(import.meta.dirname, '../../../shared/fixtures'),
  'execution-apis',
);
const missing = !existsSync(root);
if (missing && process.env.CI) throw new Error(`no fixtures in ${root}`);
if (missing) console.log(`skipped: no fixtures in ${root}`);

class Server extends RpcNode {
  static async start(datadir: string) {
    const args = ['node', '--no-mining', '--port', '0', '--datadir', datadir];
    const child = spawn(program, args, { cwd: datadir, stdio: ['ignore', 'pipe', 'pipe'] });
    return new Server(await started('cairn node', child, /^RPC +(http:\S+)$/m));
  }
}

let folder: string;
let node: Server;
beforeAll(async () => {
  if (missing) return;
  folder = temporaryFolder();
  const tests = join(root, 'tests');
  for (const args of [['init', '--genesis', join(tests, 'genesis.json')], ['import', join(tests, 'chain.rlp')]]) {
    const done = await runCairn([...args, '--datadir', folder], folder);
    expect(done, done.output).toMatchObject({ code: 0 });
  }
  node = await Server.start(folder);
});
afterAll(async () => {
  await node?.stop();
  if (folder) removeFolder(folder);
});

// What the schemas of a case's methods say against its answers.
function complaints(one: IoCase, answers: any[], schemas: MethodSchemas): string[] {
  return one.exchanges.flatMap(({ request }, i) =>
    'result' in answers[i] ? (schemas.complaint(request.method, answers[i].result) ?? []) : [],
  );
}

// The senders of a pool's content, by their keys in small letters.
function senders({ result }: any): Map<string, string> {
  const keys = [result.pending, result.queued].flatMap((part) => Object.keys(part));
  return new Map(keys.map((key) => [key.toLowerCase(), key]));
}

test.skipIf(missing)('every answer is as its schema and its example say', async () => {
  const schemas = new MethodSchemas(join(root, 'src'));
  const failures: string[] = [];
  const needed = new Set<object>();
  const cases = readIoCases(join(root, 'tests'));
  for (const one of cases) {
    const answers = [];
    for (const { request } of one.exchanges) answers.push(await node.post(request));
    const contradiction = contradictions.find(({ name }) => name === one.name);
    const said = complaints(one, answers, schemas);
    if (contradiction && said.length > 0) needed.add(contradiction);
    else failures.push(...said.map((text) => `${one.name}: ${text}`));
    if (!one.speconly) continue;
    if (one.name === 'txpool_content/get-content') {
      const wanted = senders(one.exchanges[0].expected);
      const shared = [...senders(answers[0])].filter(([sender]) => wanted.has(sender));
      expect(shared.length).toBeGreaterThan(0);
      expect(shared).toEqual(shared.map(([sender]) => [sender, wanted.get(sender)]));
    }
    for (const difference of one.exchanges.flatMap(({ expected }, i) => differences(expected, answers[i]))) {
      const reason = explained.find(({ name, path }) => name === one.name && difference.startsWith(path));
      if (reason) needed.add(reason);
      else failures.push(`${one.name}: ${difference}`);
    }
  }
  const stale = [...explained, ...contradictions].filter((line) => !needed.has(line) && line.why !== pool);
  expect({ failures, stale }).toEqual({ failures: [], stale: [] });
  const examples = cases.filter((one) => one.speconly).length;
  console.log(`execution-apis: ${cases.length} cases held to the schemas, ${examples} to their examples`);
});

test.skipIf(missing)('no method of the specification is missing', async () => {
  const names = new MethodSchemas(join(root, 'src')).names();
  expect(names.length).toBeGreaterThan(50);
  const unknown = [];
  for (const method of names)
    if ((await node.post({ jsonrpc: '2.0', id: 1, method, params: [] })).error?.code === -32601) unknown.push(method);
  expect(unknown).toEqual([]);
});

// What has no file of its own.
test.skipIf(missing)('the other answers are as their schemas say', async () => {
  const schemas = new MethodSchemas(join(root, 'src'));
  const calls: [string, ...unknown[]][] = [
    ['debug_getBadBlocks'],
    ['debug_traceBlockByHash', (await node.rpc('eth_getBlockByNumber', 'latest', false)).hash],
    ['eth_accounts'],
    ['eth_capabilities'],
    ['eth_coinbase'],
    ['eth_config'],
    ['eth_gasPrice'],
    ['eth_getBlockAccessList', 'latest'],
    ['eth_getFilterLogs', await node.rpc('eth_newFilter', { fromBlock: '0x0', toBlock: 'latest' })],
    ['eth_maxPriorityFeePerGas'],
    ['eth_newBlockFilter'],
    ['txpool_status'],
  ];
  for (const [method, ...params] of calls)
    expect(schemas.complaint(method, await node.rpc(method, ...params))).toBeUndefined();
});

// The schemas refuse what they should: else the test above says nothing.
test.skipIf(missing)('a key too many, a missing key and a wrong value are refused', async () => {
  const schemas = new MethodSchemas(join(root, 'src'));
  const block = await node.rpc('eth_getBlockByNumber', 'latest', true);
  expect(schemas.complaint('eth_getBlockByNumber', block)).toBeUndefined();
  const { hash, ...without } = block;
  expect(schemas.complaint('eth_getBlockByNumber', without)).toContain('hash');
  expect(schemas.complaint('eth_getBlockByNumber', { ...block, size: '0x00' })).toContain('pattern');
  expect(schemas.complaint('eth_getBlockByNumber', { ...block, colour: 'red' })).toBeDefined();
  const [first] = (await node.rpc('eth_getBlockByNumber', '0x2', true)).transactions;
  expect(schemas.complaint('eth_getTransactionByHash', first)).toBeUndefined();
  expect(schemas.complaint('eth_getTransactionByHash', { ...first, colour: 'red' })).toBeDefined();
});
