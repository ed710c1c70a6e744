// Other ways to the node than plain HTTP, with clients that their users have.
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { IpcSocketProvider, WebSocketProvider } from 'ethers';
import { createPublicClient, webSocket } from 'viem';
import { afterEach, expect, test } from 'vitest';
import { Cairn, removeFolder, runCairn, temporaryFolder } from './support/cairn.js';
import { endProvider } from './support/end_provider.js';
import { foundryTool } from './support/foundry.js';

let running: Cairn | undefined;
afterEach(async () => {
  await running?.stop();
  if (running) {
    removeFolder(running.datadir);
  }
  running = undefined;
});

async function start(...args: string[]): Promise<Cairn> {
  running = await Cairn.start(temporaryFolder(), ...args);
  return running;
}

test("ethers' IPC provider asks and hears of blocks", async () => {
  const cairn = await start('--ipcpath', 'cairn.ipc');
  const path = join(cairn.datadir, 'cairn.ipc');
  const provider = new IpcSocketProvider(path);
  expect((await provider.getNetwork()).chainId).toBe(31337n);
  const heard = new Promise<number>((resolve) => void provider.once('block', resolve));
  await provider.getBlockNumber(); // the subscription stands before this is answered
  await provider.send('evm_mine', []);
  expect(await heard).toBe(1);
  await endProvider(provider);
  await cairn.stop();
  expect(existsSync(path)).toBe(false);
});

// As Foundry's cast sends over IPC: values one behind the other, no newline between.
test('values that follow each other on the socket are answered in lines', async () => {
  const cairn = await start('--ipcpath', 'cairn.ipc');
  const socket = createConnection(join(cairn.datadir, 'cairn.ipc'));
  const request = (id: number) =>
    JSON.stringify({ method: 'eth_chainId', params: [], id, jsonrpc: '2.0' });
  socket.write(request(0) + request(1));
  let text = '';
  for await (const data of socket) {
    text += data;
    if (text.split('\n').length === 3) {
      break;
    }
  }
  const answers = text.trim().split('\n').map((line) => JSON.parse(line));
  expect(answers.map((answer) => answer.id)).toEqual([0, 1]);
  expect(answers[0].result).toBe('0x7a69');
});

test('a value that is no JSON is refused on the socket, and the next one answered', async () => {
  const cairn = await start('--ipcpath', 'cairn.ipc');
  const socket = createConnection(join(cairn.datadir, 'cairn.ipc'));
  socket.write('{"jsonrpc": }{"jsonrpc":"2.0","id":2,"method":"eth_chainId"} hello');
  let text = '';
  for await (const data of socket) text += data; // ends: `hello` begins no value
  const answers = text.trim().split('\n').map((line) => JSON.parse(line));
  expect(answers.map((answer) => answer.error?.code ?? answer.result).sort()).toEqual([-32700, -32700, '0x7a69']);
});

test('a token of the shared secret opens HTTP', async () => {
  const folder = temporaryFolder();
  const secret = join(folder, 'jwt.hex');
  running = await Cairn.start(folder, '--authrpc.jwtsecret', secret);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = (issued: number) => {
    const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iat: issued })}`;
    const key = Buffer.from(readFileSync(secret, 'utf8').replace('0x', ''), 'hex');
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  };
  const ask = (headers: Record<string, string>) =>
    fetch(running!.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}',
    });
  const now = Math.floor(Date.now() / 1000);
  expect((await ask({})).status).toBe(401);
  expect((await ask({ authorization: `Bearer ${token(now - 100)}` })).status).toBe(401);
  const answer = await ask({ authorization: `Bearer ${token(now)}` });
  expect(await answer.json()).toEqual({ jsonrpc: '2.0', id: 1, result: '0x7a69' });
});

test("cast's own token opens HTTP and WebSocket", async () => {
  const folder = temporaryFolder();
  const secret = join(folder, 'jwt.hex');
  running = await Cairn.start(folder, '--authrpc.jwtsecret', secret);
  const chainId = (url: string, key: string) =>
    promisify(execFile)(foundryTool('cast'), ['chain-id', '--rpc-url', url, '--jwt-secret', key]);
  const key = readFileSync(secret, 'utf8').trim();
  for (const url of [running.url, running.url.replace('http', 'ws')]) {
    expect((await chainId(url, key)).stdout.trim()).toBe('31337');
  }
  await expect(chainId(running.url, '11'.repeat(32))).rejects.toThrow('signature is invalid');
});

test('cairn tx finds the secret in the data folder, or is told it', async () => {
  const folder = temporaryFolder();
  const secret = join(folder, 'jwt.hex');
  running = await Cairn.start(folder, '--authrpc.jwtsecret', secret);
  const tx = (...args: string[]) => runCairn(['tx', `0x${'12'.repeat(32)}`, ...args], folder);
  expect(await tx('--datadir', folder)).toMatchObject({ code: 6 });
  expect(await tx('--rpc', running.url, '--authrpc.jwtsecret', secret)).toMatchObject({ code: 6 });
  expect((await tx('--rpc', running.url)).output).toMatch(/missing token; name its secret with/);
  expect((await tx('--rpc', running.url, '--authrpc.jwtsecret', 'none')).output).toContain('no secret is in none');
  expect((await tx('--rpc', 'https://127.0.0.1:1')).output).toContain('over TLS');
  await running.stop();
  expect(existsSync(join(folder, 'rpc.jwtsecret'))).toBe(false);
});

test('large answers are compressed for fetch', async () => {
  const cairn = await start();
  const answer = await fetch(cairn.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"jsonrpc":"2.0","id":1,"method":"eth_getCode","params":["0xcA11bde05977b3631167028862bE2a173976CA11","latest"]}',
  });
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  expect((await answer.json()).result).toMatch(/^0x60/);
});

test('open WebSockets do not hold up the end, and are told', async () => {
  const cairn = await start();
  const url = cairn.url.replace('http', 'ws');
  const sockets = Array.from({ length: 20 }, () => new WebSocket(url));
  await Promise.all(sockets.map((socket) => new Promise((resolve) => (socket.onopen = resolve))));
  const codes = sockets.map(
    (socket) => new Promise<number>((resolve) => (socket.onclose = (event) => resolve(event.code))),
  );
  await cairn.stop();
  expect(new Set(await Promise.all(codes))).toEqual(new Set([1001]));
});

test('ethers and viem work over WebSocket', async () => {
  const cairn = await start();
  const url = cairn.url.replace('http', 'ws');
  const provider = new WebSocketProvider(url);
  expect((await provider.getNetwork()).chainId).toBe(31337n);
  await endProvider(provider);
  const client = createPublicClient({ transport: webSocket(url) });
  expect(await client.getChainId()).toBe(31337);
  (await client.transport.getRpcClient()).close();
});
