// What a test saw on anvil and then on Cairn, compared as values. What is random or bound to the clock is masked by a rule; every
// other difference has a line that says why, and a line that nothing needs any more fails.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { unlike } from '../differential/compare.js';
import { Cairn, removeFolder, temporaryFolder } from './cairn.js';
import { Anvil } from './foundry.js';
import type { RpcNode } from './rpc_node.js';

export type Saw = <T>(value: T) => T;
export type Otherwise = [where: RegExp, why: string];

// anvil's own gas limit is half of this, and its first base fee an eighth more.
const FLAGS = ['--gas-limit', '60000000', '--block-base-fee-per-gas', '875000000'];

// Hashes that hang on the time of their block, or on what genesis holds: the nth that comes is `<nth>` on either node.
const HASHES = /^(hash|blockHash|parentHash|transactionHash|stateRoot)$/;
// A number by chance on anvil; on Cairn it follows from the block before.
const RANDOM = /^mixHash$/;
// Seconds of the clock.
const TIMES = /^(timestamp|blockTimestamp)$/;

// What is seen while a chain is got ready for tests.
const BESIDE = 'beside the tests';

// The name of a test with those of its groups, but for the outermost, which is the node's.
function titleOf({ name, suite }: { name: string; suite?: any }): string {
  return suite?.suite ? `${titleOf(suite)}, ${name}` : name;
}

// A value as it is compared. `names` are those of the hashes that came before.
export function masked(value: any, names: Map<string, string>, key = ''): any {
  if (value === null) return value;
  if (TIMES.test(key)) return '<time>';
  if (RANDOM.test(key)) return '<random>';
  if (HASHES.test(key) && typeof value === 'string' && !/^0x0+$/.test(value)) {
    if (!names.has(value)) names.set(value, `<${names.size + 1}>`);
    return names.get(value);
  }
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((v) => masked(v, names, key));
  const entries = Object.entries(value).filter(([, v]) => v !== undefined && typeof v !== 'function');
  entries.sort(([a], [b]) => (a < b ? -1 : 1)); // names are given in this order
  return Object.fromEntries(entries.map(([k, v]) => [k, masked(v, names, k)]));
}

// `tests` on anvil, then on Cairn. `otherwise`: what may differ, `test: path` by a pattern, and why.
export function onBoth(tests: (node: () => RpcNode, saw: Saw, name: 'anvil' | 'Cairn') => void, otherwise: Otherwise[]) {
  const seen = { anvil: new Map<string, any[]>(), Cairn: new Map<string, any[]>() };

  describe.each(['anvil', 'Cairn'] as const)('on %s', (name) => {
    let node: RpcNode;
    let folder: string;
    const names = new Map<string, string>();
    beforeAll(async () => {
      folder = temporaryFolder();
      node = name === 'anvil' ? await Anvil.start(folder, ...FLAGS) : await Cairn.start(folder, ...FLAGS);
    });
    afterAll(async () => {
      await node?.stop();
      removeFolder(folder);
    });
    let title = BESIDE;
    beforeEach(({ task }) => void (title = titleOf(task)));
    afterEach(() => void (title = BESIDE));
    const saw: Saw = (value) => {
      seen[name].set(title, [...(seen[name].get(title) ?? []), masked(value, names)]);
      return value;
    };
    tests(() => node, saw, name);
  });

  test('anvil and Cairn were seen to do the same', () => {
    expect(seen.anvil.size).toBeGreaterThan(0);
    expect([...seen.Cairn.keys()]).toEqual([...seen.anvil.keys()]);
    const needed = new Set<string>();
    const unknown = new Map<string, string>();
    for (const [title, theirs] of seen.anvil) {
      for (const { cause, values } of unlike('$', theirs, seen.Cairn.get(title))) {
        const known = otherwise.find(([where]) => where.test(`${title}: ${cause}`));
        if (known) needed.add(known[1]);
        else unknown.set(`${title}: ${cause}`, values.map((v) => JSON.stringify(v)?.slice(0, 200)).join(' on anvil, on Cairn '));
      }
    }
    expect(Object.fromEntries(unknown)).toEqual({});
    expect(otherwise.map(([, why]) => why).filter((why) => !needed.has(why)), 'reasons that nothing needs').toEqual([]);
  });
}
