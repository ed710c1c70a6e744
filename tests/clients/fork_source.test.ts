// What a fork makes of its source: one that speaks TLS, and ones that lie, stall or end.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Cairn, removeFolder, temporaryFolder } from './support/cairn.js';

const alice = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266';
const bob = '0x70997970c51812dc3a010c7d01b50e0d17dc79c8';
const unseen = '0x00000000000000000000000000000000000000aa';
const RICH = '0x21e19e0c9bab2400000'; // 10,000 ether

let folders: string[];
let source: Cairn;
let fork: Cairn | undefined;
beforeEach(() => {
  folders = [temporaryFolder(), temporaryFolder()];
});
afterEach(async () => {
  await fork?.stop();
  fork = undefined;
  await source.stop();
  folders.forEach(removeFolder);
});
const forkOf = async (url: string, ...args: string[]) =>
  (fork = await Cairn.start(folders[1]!, '--fork-url', url, ...args));
const balance = (of: string) => fork!.rpc('eth_getBalance', of, 'latest');
const transfer = async (to: string) => {
  const hash = await fork!.rpc('eth_sendTransaction', { from: alice, to, value: '0x1', gas: '0x5208' });
  return (await fork!.rpc('eth_getTransactionReceipt', hash)).status;
};

describe('a source over TLS', () => {
  // A certificate that signed itself, and a source that has it.
  beforeEach(async () => {
    const [key, certificate] = [join(folders[0]!, 'key.pem'), join(folders[0]!, 'certificate.pem')];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const names = ['-subj', '/CN=source', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync('openssl', [...made, ...names, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
    source = await Cairn.start(folders[0]!, '--ephemeral', '--http.tlscert', certificate, '--http.tlskey', key);
    process.env.SSL_CERT_FILE = certificate;
  });
  afterEach(() => delete process.env.SSL_CERT_FILE);

  test('is read where its authority is named', async () => {
    expect(source.url).toMatch(/^https:/);
    await forkOf(source.url);
    expect(await balance(bob)).toBe(RICH);
    expect(await transfer(bob)).toBe('0x1');
  });

  test('is refused where nobody vouches for it, and under another name', async () => {
    await expect(forkOf(source.url.replace('127.0.0.1', 'localhost'))).rejects.toThrow(/certificate/);
    delete process.env.SSL_CERT_FILE;
    await expect(forkOf(source.url)).rejects.toThrow(/certificate/);
  });
});

describe('a source that', () => {
  let between: Server;
  let url: string;
  // What becomes of an answer: another one, nothing at all, or the end of the connection.
  let bend: (request: any, answer: any) => any;

  // Hands on what the source says, bent.
  beforeEach(async () => {
    source = await Cairn.start(folders[0]!, '--ephemeral');
    await source.rpc('anvil_mine', '0x3');
    bend = (_request, answer) => answer;
    const one = async (request: any) => bend(request, await source.post(request));
    between = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      const asked = JSON.parse(body);
      const answers = await Promise.all([asked].flat().map(one));
      if (answers.includes('nothing')) return;
      if (answers.includes('end')) return void request.socket.destroy();
      response.end(JSON.stringify(Array.isArray(asked) ? answers : answers[0]));
    }).listen(0, '127.0.0.1');
    await once(between, 'listening');
    url = `http://127.0.0.1:${(between.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    between.closeAllConnections();
    between.close();
  });

  test.each<[string, (request: any, answer: any) => any]>([
    ['lies about the form of an answer', (_request, answer) => ({ ...answer, result: { no: 'number' } })],
    ['answers errors', ({ id }) => ({ jsonrpc: '2.0', id, error: { code: -32000, message: 'not today' } })],
    ['stalls', () => 'nothing'],
    ['ends in the middle', () => 'end'],
  ])('%s costs the question that needed it, and nothing else', async (_how, how) => {
    await forkOf(url, '--timeout', '1000', '--retries', '1');
    expect(await transfer(bob)).toBe('0x1');
    bend = (request, answer) => (JSON.stringify(request).includes(unseen) ? how(request, answer) : answer);
    await expect(balance(unseen)).rejects.toThrow(url);
    await expect(transfer(unseen)).rejects.toThrow(url);
    expect(await transfer(bob)).toBe('0x1');
    expect(BigInt(await balance(bob))).toBe(BigInt(RICH) + 2n);
    bend = (_request, answer) => answer;
    expect(await balance(unseen)).toBe('0x0');
    expect(await transfer(unseen)).toBe('0x1');
    expect(await balance(unseen)).toBe('0x1');
  });

  test('gives more code than any chain allows is refused, and the fork stays as small as it was', async () => {
    await forkOf(url);
    const code = '0x' + '5b'.repeat(2 ** 20 + 1);
    bend = (request, answer) =>
      request.method === 'eth_getCode' && JSON.stringify(request).includes(unseen) ? { ...answer, result: code } : answer;
    await expect(balance(unseen)).rejects.toThrow(/1048577 bytes as the code of .*at most 1048576/);
    expect(await transfer(bob)).toBe('0x1');
  });

  test('shows a header that is not that of its hash is not believed', async () => {
    bend = ({ method }, answer) =>
      /^eth_getBlockBy/.test(method) ? { ...answer, result: { ...answer.result, gasUsed: '0x5' } } : answer;
    await expect(forkOf(url)).rejects.toThrow(/hash/);
  });
});
