// Two thousand random requests over the same history on anvil and Cairn: every difference is known,
// and docs/differences.md says what decides for Cairn.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Difference, differences, withHashes, withoutHashes } from './differential/compare.js';
import { groupOf, GROUPS, table } from './differential/groups.js';
import { ANVIL_FLAGS, build, CAIRN_FLAGS, type History } from './differential/history.js';
import { generate, methods, Random, type Request } from './differential/requests.js';
import { Cairn, removeFolder, temporaryFolder } from './support/cairn.js';
import { Anvil } from './support/foundry.js';
import type { RpcNode } from './support/rpc_node.js';

const COUNT = 2_000;
const LEAST = 20;
const SEED = Number(process.env.CAIRN_SEED ?? 4);

// What evm_revert leaves as it is.
const RESTORE: [string, ...unknown[]][] = [
  ['evm_setAutomine', true],
  ['anvil_setLoggingEnabled', true],
  ['anvil_removeBlockTimestampInterval'],
];

let folders: string[];
let nodes: RpcNode[];
let history: History;

beforeAll(async () => {
  folders = [temporaryFolder(), temporaryFolder()];
  nodes = [
    await Anvil.start(folders[0], ...ANVIL_FLAGS),
    await Cairn.start(folders[1], ...CAIRN_FLAGS),
  ];
  history = await build(nodes, inject('artifacts'));
});

afterAll(async () => {
  for (const node of nodes ?? []) await node.stop();
  for (const folder of folders) removeFolder(folder);
});

// anvil answers before it mines.
async function mined(node: RpcNode, hash: string) {
  for (let waited = 0; waited < 2_000; waited += 2) {
    if (await node.rpc('eth_getTransactionReceipt', hash)) return;
    await sleep(2);
  }
  throw new Error(`${hash} was not mined`);
}

// One request on one node, which is afterwards as it was.
async function ask(which: number, request: Request): Promise<any> {
  const node = nodes[which];
  const mark = request.changes ? await node.rpc('evm_snapshot') : undefined;
  const params = withHashes(request.params, history.hashes[which]);
  const answer = await node.post({ jsonrpc: '2.0', id: 1, method: request.method, params });
  if (request.method.startsWith('eth_send') && answer.result) await mined(node, answer.result);
  if (mark !== undefined) {
    await node.rpc('evm_revert', mark);
    if (request.method === 'anvil_impersonateAccount' && !answer.error) {
      await node.rpc('anvil_stopImpersonatingAccount', request.params[0]);
    }
    for (const [method, ...params] of RESTORE) await node.rpc(method, ...params);
  }
  const names = new Map(history.hashes[which].map((hash, number) => [hash as string, `<block ${number}>`]));
  return withoutHashes(answer, names);
}

test('the same history gives the same transactions and roots of receipts', async () => {
  for (let number = 1; number <= history.blocks; ++number) {
    const [theirs, ours] = await Promise.all(
      nodes.map((node) => node.rpc('eth_getBlockByNumber', `0x${number.toString(16)}`, false)),
    );
    for (const key of ['transactions', 'transactionsRoot', 'receiptsRoot', 'gasUsed', 'baseFeePerGas']) {
      expect(ours[key], `${key} of block ${number}`).toEqual(theirs[key]);
    }
  }
});

test('every difference from anvil has its reason', { timeout: 110_000 }, async () => {
  const random = new Random(SEED);
  const known = methods(random, history, inject('artifacts'));
  const requests = await generate(random, known, COUNT, LEAST);
  const found: Difference[] = [];
  for (const request of requests) {
    const [theirs, ours] = await Promise.all([ask(0, request), ask(1, request)]).catch((error) => {
      throw new Error(`${request.method} ${JSON.stringify(request.params)} ${nodes[0].output().slice(-600)}`, { cause: error });
    });
    found.push(...differences(request, theirs, ours));
  }
  const unknown = new Map<string, Difference[]>();
  for (const difference of found.filter((d) => !groupOf(d))) {
    const name = `${difference.method}: ${difference.cause}${difference.wrong ? ' (wrong parameters)' : ''}`;
    unknown.set(name, [...(unknown.get(name) ?? []), difference]);
  }
  const shown = [...unknown].map(
    ([name, all]) =>
      `${all.length} x ${name}\n  ${JSON.stringify(all[0].request)}\n  anvil ${JSON.stringify(all[0].answers[0])}\n` +
      `  Cairn ${JSON.stringify(all[0].answers[1])}`,
  );
  expect(shown.join('\n'), `seed ${SEED}`).toBe('');
  expect(requests.filter((r) => r.wrong).length).toBeGreaterThan(COUNT / 4);
});

test('docs/differences.md lists the groups', () => {
  expect(GROUPS.length).toBeLessThanOrEqual(60);
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/differences.md'), 'utf8');
  expect(page).toContain(table());
});
