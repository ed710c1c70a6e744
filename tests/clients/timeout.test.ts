// Questions that would run for hours, to a node with `--rpc.evmtimeout`: each ends in its time, and others are answered meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { useCairn } from './support/fixture.js';
import { Socket } from './support/socket.js';

const LIMIT_MS = 2000;
const GAS = '0xe8d4a51000'; // 10^12: hours
const LOOP = '0x00000000000000000000000000000000000010c0';
const ALICE = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266';
const BOB = '0x70997970c51812dc3a010c7d01b50e0d17dc79c8';

const node = useCairn(
  ...['--rpc.evmtimeout', `${LIMIT_MS}ms`, '--rpc.gascap', '1000000000000', '--gas-limit', '1000000000000', '--disable-tx-gas-limit'],
);

const call = { from: ALICE, to: LOOP, gas: GAS };
const aborted = `execution aborted (timeout = ${LIMIT_MS / 1000}s)`;
const slow: Record<string, { params: unknown[]; error: { code: number; message: string } }> = {
  eth_call: { params: [call, 'latest'], error: { code: -32000, message: aborted } },
  eth_estimateGas: { params: [call, 'latest'], error: { code: -32000, message: aborted } },
  eth_createAccessList: { params: [call, 'latest'], error: { code: -32000, message: aborted } },
  eth_simulateV1: { params: [{ blockStateCalls: [{ calls: [call] }] }, 'latest'], error: { code: -32016, message: aborted } },
  // A trace has a time of its own, as in geth.
  debug_traceCall: {
    params: [call, 'latest', { tracer: 'callTracer', timeout: `${LIMIT_MS}ms` }],
    error: { code: -32000, message: 'execution timeout' },
  },
};

const ask = (method: string) => node().post({ jsonrpc: '2.0', id: 1, method, params: slow[method].params });

// JUMPDEST PUSH0 JUMP
const placeLoop = () => node().rpc('anvil_setCode', LOOP, '0x5b5f56');

test.each(Object.keys(slow))('%s ends when its time is over, and says so', async (method) => {
  await placeLoop();
  const began = performance.now();
  const answer = await ask(method);
  expect(answer.error).toEqual(slow[method].error);
  expect(performance.now() - began).toBeGreaterThan(LIMIT_MS * 0.9);
});

test('twenty of them at once leave room for others, on other connections and their own', async () => {
  await placeLoop();
  const socket = await Socket.open(node().url.replace('http', 'ws'));
  const methods = Object.keys(slow);
  let open = 0;
  const loops = Array.from({ length: 20 }, async (_, i) => {
    ++open;
    const answer = await ask(methods[i % methods.length]);
    --open;
    return answer;
  });
  const onSocket = socket.ask({ jsonrpc: '2.0', id: 'slow', method: 'eth_call', params: [call, 'latest'] } as any);
  await sleep(100);

  const quick = [
    node().rpc('eth_chainId'),
    node().rpc('eth_call', { to: BOB }, 'latest'),
    node().rpc('eth_sendTransaction', { from: ALICE, to: BOB, value: '0x1' }),
    socket.ask({ jsonrpc: '2.0', id: 'quick', method: 'eth_blockNumber', params: [] } as any),
  ];
  const answers = await Promise.all(quick);
  expect(open).toBe(20);
  expect(answers.slice(0, 2)).toEqual(['0x7a69', '0x']);
  expect((await node().rpc('eth_getTransactionReceipt', answers[2])).status).toBe('0x1');
  expect(answers[3].result).toMatch(/^0x/);

  for (const [i, { error }] of (await Promise.all(loops)).entries()) expect(error).toEqual(slow[methods[i % methods.length]].error);
  expect((await onSocket).error).toEqual(slow.eth_call.error);
  socket.close();
});

test('a batch goes on after the one that took too long', async () => {
  await placeLoop();
  const answers = await node().post([
    { jsonrpc: '2.0', id: 1, method: 'eth_call', params: slow.eth_call.params },
    { jsonrpc: '2.0', id: 2, method: 'eth_chainId', params: [] },
  ]);
  expect(answers.map((a: any) => a.error?.message ?? a.result)).toEqual([aborted, '0x7a69']);
});

test('a node that stops does not wait for them', async () => {
  await placeLoop();
  const loop = ask('eth_call').catch((error) => ({ error }));
  await sleep(100);
  expect(await node().stop()).toBe(0);
  const { error } = await loop;
  expect(error).toBeDefined();
  expect(error).not.toEqual(slow.eth_call.error);
});
