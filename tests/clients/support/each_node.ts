// The same tests against anvil, whose answers clients are used to, and against Cairn.
import { afterAll, beforeAll, describe } from 'vitest';
import { Cairn, removeFolder, temporaryFolder } from './cairn.js';
import { Anvil } from './foundry.js';
import type { RpcNode } from './rpc_node.js';

export function onEachNode(tests: (node: () => RpcNode, name: 'anvil' | 'Cairn') => void) {
  describe.each(['anvil', 'Cairn'] as const)('on %s', (name) => {
    let node: RpcNode;
    let folder: string;
    beforeAll(async () => {
      folder = temporaryFolder();
      node = name === 'anvil' ? await Anvil.start(folder) : await Cairn.start(folder);
    });
    afterAll(async () => {
      await node?.stop();
      removeFolder(folder);
    });
    tests(() => node, name);
  });
}
