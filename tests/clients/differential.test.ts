// Two thousand random requests over the same history on anvil and Cairn: every difference is known,
// and docs/differences.md says what decides for Cairn.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { ANVIL_METHODS } from './differential/anvil_methods.js';
import { type Difference, differences } from './differential/compare.js';
import { kinds } from './differential/draws.js';
import { groupOf, GROUPS, table } from './differential/groups.js';
import { Pair } from './differential/pair.js';
import { generate, Random } from './differential/requests.js';

const COUNT = 3_600;
const LEAST = 20;
const SEED = Number(process.env.CAIRN_SEED ?? 4);

const page = (name: string) => readFileSync(resolve(import.meta.dirname, '../../docs', name), 'utf8');

let pair: Pair;
let both: string[];
beforeAll(async () => {
  pair = await Pair.start(inject('artifacts'));
  both = await pair.shared();
});
afterAll(() => pair?.stop());

test('the same history gives the same transactions and roots of receipts', async () => {
  for (let number = 1; number <= pair.history.blocks; ++number) {
    const [theirs, ours] = await Promise.all(
      pair.nodes.map((node) => node.rpc('eth_getBlockByNumber', `0x${number.toString(16)}`, false)),
    );
    for (const key of ['transactions', 'transactionsRoot', 'receiptsRoot', 'gasUsed', 'baseFeePerGas']) {
      expect(ours[key], `${key} of block ${number}`).toEqual(theirs[key]);
    }
  }
});

test("anvil's methods are there, but for those that docs/from-anvil.md names with the reason", () => {
  const rows = page('from-anvil.md').split('\n').map((line) => line.split(' | '));
  const named = rows.filter(([, here]) => here === 'not there' || here === 'refused');
  const methods = named.flatMap(([there]) => [...there.matchAll(/`([a-z]+_\w+)`/g)].map(([, name]) => name));
  expect(methods.sort()).toEqual(ANVIL_METHODS.filter((method) => !both.includes(method)).sort());
});

test('every difference from anvil has its reason', { timeout: 240_000 }, async () => {
  const random = new Random(SEED);
  const drawn = kinds(random, pair.history, inject('artifacts'));
  expect(both.filter((method) => !drawn.has(method)), 'not drawn').toEqual([]);
  for (const method of drawn.keys()) if (!both.includes(method)) drawn.delete(method);

  const requests = await generate(random, drawn, COUNT, LEAST);
  const found: Difference[] = [];
  const asked = new Map<string, number>();
  for (const request of requests) {
    const answers = await pair.ask(request).catch((error) => {
      throw new Error(`${request.method} ${JSON.stringify(request.params).slice(0, 500)}`, { cause: error });
    });
    asked.set(request.method, (asked.get(request.method) ?? 0) + 1);
    for (const [i, [theirs, ours]] of answers.entries()) {
      found.push(...differences(theirs, ours, request.wrong, i > 0 ? request.method : undefined));
    }
  }
  const unknown = new Map<string, Difference[]>();
  for (const difference of found.filter((d) => !groupOf(d))) {
    const { method, cause, wrong, after } = difference;
    const name = `${method}${after ? ` after ${after}` : ''}: ${cause}${wrong ? ' (wrong parameters)' : ''}`;
    unknown.set(name, [...(unknown.get(name) ?? []), difference]);
  }
  const brief = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 400);
  const shown = [...unknown].map(
    ([name, all]) =>
      `${all.length} x ${name}\n  ${brief(all[0].request)}\n  anvil ${brief(all[0].values[0])}\n` +
      `  Cairn ${brief(all[0].values[1])}`,
  );
  expect(shown.join('\n'), `seed ${SEED}`).toBe('');
  for (const method of drawn.keys()) expect(asked.get(method), method).toBeGreaterThanOrEqual(LEAST);
  expect(requests.length).toBe(COUNT);
  expect(requests.filter((r) => r.wrong).length).toBeGreaterThan(0.3 * COUNT);
});

test('docs/differences.md lists the groups', () => {
  expect(GROUPS.length).toBeLessThanOrEqual(60);
  const source = /^(EIP-\d+|JSON-RPC 2\.0|(Besu|EDR|Erigon|Foundry|Ganache|Hardhat|execution-apis|execution-specs|go-ethereum)( [\d.]+)?, \w[\w.-]*\/)/;
  for (const { where, what } of GROUPS) expect(where, what).toMatch(source);
  expect(page('differences.md')).toContain(table());
});
