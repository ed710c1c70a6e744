// One chain for a file of tests, and the contracts that were compiled for it.
import { afterAll, beforeAll, inject } from 'vitest';
import { Cairn, removeFolder, temporaryFolder } from './cairn.js';

export function artifact(name: string) {
  const found = inject('artifacts')[name];
  if (!found) throw new Error(`no contract ${name} was compiled`);
  return found;
}

export function useCairn(...args: string[]): () => Cairn {
  let node: Cairn;
  let folder: string;
  beforeAll(async () => {
    folder = temporaryFolder();
    node = await Cairn.start(folder, ...args);
  });
  afterAll(async () => {
    await node?.stop();
    removeFolder(folder);
  });
  return () => node;
}
