// What every tool leans on, without a library between: batches, waiting transactions, browsers.
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { parseGwei } from 'viem';
import { describe, expect, test } from 'vitest';
import { useCairn } from './support/fixture.js';

const cairn = useCairn();

// Dev account 3 and those after it; each test has its own, so that nonces do not meet.
const KEYS = [
  '0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6',
  '0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a',
  '0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba',
  '0x92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e',
] as const;
const [ordered, gap, batched, replaced] = KEYS.map((key) => privateKeyToAccount(key));
const SINK = '0x00000000000000000000000000000000000051f7';

const transfer = (from: PrivateKeyAccount, nonce: number, value = 1n, tip = '1') =>
  from.signTransaction({
    chainId: 31337,
    type: 'eip1559',
    to: SINK,
    value,
    nonce,
    gas: 21000n,
    maxFeePerGas: parseGwei('30'),
    maxPriorityFeePerGas: parseGwei(tip),
  });

const request = (id: number, method: string, ...params: unknown[]) => ({ jsonrpc: '2.0', id, method, params });

const errorOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (e) => e.cause,
  );

test('a transaction with a nonce gap waits and is mined when the gap is filled', async () => {
  const node = cairn();
  const later = await node.rpc('eth_sendRawTransaction', await transfer(gap, 1));
  expect(await node.rpc('eth_getTransactionReceipt', later)).toBeNull();
  expect(await node.rpc('eth_getTransactionByHash', later)).toMatchObject({ blockNumber: null, nonce: '0x1' });
  expect(await node.rpc('eth_getTransactionCount', gap.address, 'pending')).toBe('0x0');
  const first = await node.rpc('eth_sendRawTransaction', await transfer(gap, 0));
  for (const hash of [first, later]) {
    await expect.poll(() => node.rpc('eth_getTransactionReceipt', hash)).toMatchObject({ status: '0x1' });
  }
  expect(await node.rpc('eth_getTransactionCount', gap.address, 'latest')).toBe('0x2');
});

test('a reply to a send means that the receipt is there', async () => {
  for (let nonce = 0; nonce < 20; ++nonce) {
    const hash = await cairn().rpc('eth_sendRawTransaction', await transfer(ordered, nonce));
    expect(await cairn().rpc('eth_getTransactionReceipt', hash)).toMatchObject({ status: '0x1' });
  }
});

test('refuses by the contract of errors', async () => {
  const node = cairn();
  const raw = await transfer(replaced, 0);
  await node.rpc('eth_sendRawTransaction', raw);
  expect(await errorOf(node.rpc('eth_sendRawTransaction', raw))).toMatchObject({
    code: -32000,
    message: expect.stringMatching(/already known|nonce too low/),
  });
  expect(await errorOf(node.rpc('eth_sendRawTransaction', await transfer(replaced, 0, 2n)))).toMatchObject({
    code: -32000,
    message: expect.stringContaining('nonce too low: next nonce 1, tx nonce 0'),
  });
  await node.rpc('eth_sendRawTransaction', await transfer(replaced, 5));
  expect(await errorOf(node.rpc('eth_sendRawTransaction', await transfer(replaced, 5, 2n)))).toMatchObject({
    code: -32000,
    message: expect.stringContaining('replacement transaction underpriced'),
  });
  expect(await errorOf(node.rpc('eth_noSuchThing'))).toMatchObject({
    code: -32601,
    message: 'the method eth_noSuchThing does not exist/is not available',
  });
  expect(await errorOf(node.rpc('eth_getBalance', 'bob'))).toMatchObject({ code: -32602 });
  expect(await errorOf(node.rpc('eth_sendRawTransaction', '0x02c0'))).toMatchObject({ code: expect.any(Number) });
});

describe('a batch', () => {
  test('is answered item by item, whatever their ids', async () => {
    const answers = await cairn().post([
      request(7, 'eth_chainId'),
      { jsonrpc: '2.0', method: 'eth_chainId' },
      { jsonrpc: '2.0', id: 'text', method: 'net_version' },
      request(8, 'eth_noSuchThing'),
      5,
    ]);
    expect(answers).toHaveLength(4);
    const byId = new Map<any, any>(answers.map((a: any) => [a.id, a]));
    expect(byId.get(7).result).toBe('0x7a69');
    expect(byId.get('text').result).toBe('31337');
    expect(byId.get(8).error.code).toBe(-32601);
    expect(byId.get(null).error.code).toBe(-32600);
  });

  test('takes effect in order: consecutive sends share a block, a question after them sees it', async () => {
    const answers = await cairn().post([
      request(1, 'eth_getTransactionCount', batched.address, 'latest'),
      request(2, 'eth_sendRawTransaction', await transfer(batched, 0)),
      request(3, 'eth_sendRawTransaction', await transfer(batched, 1)),
      request(4, 'eth_getTransactionCount', batched.address, 'latest'),
      request(5, 'eth_sendRawTransaction', await transfer(batched, 2)),
      request(6, 'eth_blockNumber'),
    ]);
    const results = answers.map((a: any) => a.result);
    expect([results[0], results[3]]).toEqual(['0x0', '0x2']);
    const receipts = await Promise.all(
      [1, 2, 4].map((i) => cairn().rpc('eth_getTransactionReceipt', results[i])),
    );
    const [a, b, c] = receipts.map((r) => Number(r.blockNumber));
    expect([b - a, c - a]).toEqual([0, 1]);
    expect(Number(results[5])).toBe(c);
  });

  test('that is empty, or not JSON, is refused', async () => {
    expect((await cairn().post([])).error.code).toBe(-32600);
    expect((await cairn().post('{"jsonrpc": ')).error.code).toBe(-32700);
  });
});

describe('a browser', () => {
  const origin = 'https://dapp.example';

  test('asks before it sends, and may', async () => {
    const answer = await fetch(cairn().url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(answer.ok).toBe(true);
    expect(['*', origin]).toContain(answer.headers.get('access-control-allow-origin'));
    expect(answer.headers.get('access-control-allow-methods')).toMatch(/POST/);
    expect(answer.headers.get('access-control-allow-headers')).toMatch(/content-type|\*/i);
  });

  test('may read the answer', async () => {
    const answer = await fetch(cairn().url, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(request(1, 'eth_chainId')),
    });
    expect(['*', origin]).toContain(answer.headers.get('access-control-allow-origin'));
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await answer.json()).toEqual({ jsonrpc: '2.0', id: 1, result: '0x7a69' });
  });

  test('finds something at /', async () => {
    expect((await fetch(cairn().url)).status).toBe(200);
  });
});
