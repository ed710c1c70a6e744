// A way to anvil on which a send is answered when its transaction is in a block, as long as anvil mines at once. anvil itself answers
// before; on a busy machine so long before that Hardhat's matchers, which ask for the receipt once, find none.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Anvil } from './foundry.js';

const SENDS = new Set(['eth_sendTransaction', 'eth_sendRawTransaction']);
const PATIENCE_MS = 2_000; // for a transaction that may wait for one before it

export async function promptly<T>(anvil: Anvil, use: (url: string) => Promise<T>): Promise<T> {
  const door = createServer(async (request, response) => {
    const body = await text(request);
    const answer = await anvil.post(body);
    const [asked, answered] = [[JSON.parse(body)].flat(), [answer].flat()];
    for (const [i, { method }] of asked.entries()) {
      const { result } = answered[i];
      if (SENDS.has(method) && result && (await anvil.rpc('anvil_getAutomine'))) await anvil.inBlock(result, PATIENCE_MS);
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  try {
    return await use(`http://127.0.0.1:${(door.address() as AddressInfo).port}`);
  } finally {
    door.closeAllConnections();
    door.close();
  }
}
