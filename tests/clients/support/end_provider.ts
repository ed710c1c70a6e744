// Ends an ethers provider once nothing that it sent is still to be answered. ethers takes back the subscription of a listener that
// went by itself, when the answer that brought its id is there: after one more answer that is on its way, after two it is answered.
interface Provider {
  send(method: string, params: unknown[]): Promise<unknown>;
  destroy(): unknown;
}

export async function endProvider(provider: Provider) {
  for (let i = 0; i < 2; ++i) await provider.send('eth_chainId', []);
  await provider.destroy();
}
