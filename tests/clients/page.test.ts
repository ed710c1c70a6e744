// A web page in a real browser with a wallet: another origin than the node's, HTTP and WebSocket.
import { createServer, type Server } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { getAddress } from 'viem';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cairn, removeFolder, temporaryFolder } from './support/cairn.js';
import { artifact } from './support/fixture.js';
import { Anvil } from './support/foundry.js';
import type { RpcNode } from './support/rpc_node.js';

const browserPath = '/usr/bin/chromium';

let folder: string;
let site: Server;
let browser: Browser;
let origin: string;

// The page, bundled as a dapp's build does it.
async function bundle(outDir: string) {
  const root = resolve(import.meta.dirname, 'page');
  await build({ root, configFile: false, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
}

beforeAll(async () => {
  if (!existsSync(browserPath)) throw new Error(`${browserPath} is missing: run ./x setup`);
  folder = temporaryFolder();
  await bundle(join(folder, 'site'));
  site = createServer((request, response) => {
    const path = new URL(request.url!, 'http://site').pathname;
    const file = join(folder, 'site', path === '/' ? 'index.html' : path);
    response.statusCode = existsSync(file) ? 200 : 404;
    response.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : 'text/html');
    response.end(existsSync(file) ? readFileSync(file) : 'not here');
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  // A name that its owner has pointed at this machine, as in DNS rebinding.
  const names = '--host-resolver-rules=MAP evil.example 127.0.0.1';
  browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', names] });
});

afterAll(async () => {
  await browser?.close();
  site?.close();
  if (folder) removeFolder(folder);
});

interface Opened {
  page: any;
  nodes: RpcNode[];
  wallet: (act: string) => Promise<void>; // what the wallet's user does there
}

// What `work` makes of the page, opened in a browser with a wallet, beside a node of this program for each list of flags.
async function withPage<T>(flags: string[][], work: (opened: Opened) => Promise<T>, program: typeof Cairn | typeof Anvil = Cairn) {
  const folders = flags.map(() => temporaryFolder());
  const nodes: RpcNode[] = [];
  for (const [i, folder] of folders.entries()) nodes.push(await program.start(folder, ...flags[i]));
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const chains = new Map<string, RpcNode>();
    for (const node of nodes) chains.set(await node.rpc('eth_chainId'), node);
    await page.exposeFunction('walletRequest', async (chainId: string, method: string, params: unknown[]) =>
      chains.has(chainId) ? chains.get(chainId)!.post({ jsonrpc: '2.0', id: 1, method, params }) : { error: { code: 4901, message: 'no such chain' } },
    );
    const accounts = await nodes[0].rpc('eth_accounts');
    const [chainId] = chains.keys();
    const { abi, bytecode } = artifact('Token');
    await page.addInitScript(
      (given) => Object.assign(globalThis, given),
      { artifact: { abi, bytecode }, walletStart: { accounts: accounts.slice(0, 1), chainId } },
    );
    await page.addInitScript({ path: resolve(import.meta.dirname, 'page/wallet.js') });
    const query = [...chains].map(([id, node]) => `rpc=${Number(id)}:${node.url}`).join('&');
    await page.goto(`${origin}/?${query}`);
    const wallet = (act: string) => page.evaluate(`wallet.${act}`) as Promise<void>;
    return await work({ page, nodes, wallet });
  } finally {
    await context.close();
    for (const node of nodes) await node.stop();
    for (const folder of folders) removeFolder(folder);
  }
}

// What a page shows, to be compared.
async function shown(page: any) {
  const text = (id: string) => page.textContent(`#${id}`);
  const names = ['account', 'chain', 'status', 'token', 'error'];
  return {
    ...Object.fromEntries(await Promise.all(names.map(async (name) => [name, await text(name)]))),
    wallets: await page.locator('#wallets button').allTextContents(),
    events: await page.locator('#events li').allTextContents(),
  };
}

const reads = (page: any, id: string, value: string) =>
  page.waitForFunction(([name, wanted]: string[]) => document.getElementById(name)!.textContent === wanted, [id, value]);

// From finding the wallet to leaving it; what the page shows after each step.
async function visit({ page, nodes, wallet }: Opened) {
  const steps: Record<string, unknown> = {};
  const step = async (name: string) => (steps[name] = await shown(page));
  const [alice, bob] = (await nodes[0].rpc('eth_accounts')).map((account: string) => getAddress(account));
  const connectButton = page.getByRole('button', { name: 'Connect Pocket' });

  await connectButton.waitFor();
  await step('the wallet is announced');
  await wallet('refuseNext()');
  await connectButton.click();
  await page.waitForFunction(() => /rejected/i.test(document.querySelector('#error')!.textContent!));
  expect(await page.textContent('#account')).toBe('-');
  await page.evaluate(() => (document.querySelector('#error')!.textContent = ''));
  await connectButton.click();
  await reads(page, 'account', alice);
  await step('it is connected');

  const deployAndSend = async () => {
    const events = await page.locator('#events li').count();
    await page.click('#deploy');
    await page.waitForFunction(() => document.querySelector('#token')!.textContent!.startsWith('0x'));
    await page.click('#send');
    await page.waitForFunction((count: number) => document.querySelectorAll('#events li').length === count, events + 3);
  };
  await deployAndSend();
  await step('a token is deployed and sent');

  await wallet(`choose('${bob}')`);
  await reads(page, 'account', bob);
  await deployAndSend();
  await step('another account does the same');

  await wallet(`moveTo('0x7a6a')`);
  await reads(page, 'chain', '31338');
  await deployAndSend();
  await step('and on another chain');
  await page.click('#switch');
  await reads(page, 'chain', '31337');

  await wallet('lock()');
  await reads(page, 'status', 'disconnected');
  await step('the wallet is locked');
  await connectButton.click();
  await reads(page, 'account', bob);
  await page.click('#disconnect');
  await reads(page, 'status', 'disconnected');
  await step('and left');
  expect(await nodes[1].rpc('eth_blockNumber')).not.toBe('0x0');
  return steps;
}

test('a page finds its wallet, connects, deploys, sends and hears of its events over WebSocket, on anvil and then on Cairn', async () => {
  const chains = [[], ['--chain-id', '31338']];
  const theirs = await withPage(chains, visit, Anvil);
  const ours: any = await withPage(chains, visit);
  expect(ours).toEqual(theirs);
  expect(ours['the wallet is announced']).toMatchObject({ account: '-', wallets: ['Connect Pocket'] });
  expect(ours['and on another chain'].events.map((text: string) => text.split(' ')[0])).toEqual(['1', '2', '3', '1', '2', '3', '1', '2', '3']);
  expect(ours['and on another chain'].error).toBe('');
});

// What a page at `from` reads of the node at `url`, by fetch and by WebSocket.
async function stolen(page: any, from: string, url: string): Promise<string[]> {
  await page.goto(from);
  return page.evaluate(async (target: string) => {
    const body = '{"jsonrpc":"2.0","id":1,"method":"eth_accounts","params":[]}';
    const read = await fetch(target, { method: 'POST', body }).then(
      async (answer) => (answer.ok ? answer.text() : `status ${answer.status}`),
      () => 'nothing',
    );
    const opened = await new Promise<string>((done) => {
      const socket = new WebSocket(target.replace('http', 'ws'));
      socket.onopen = () => done('open');
      socket.onerror = () => done('refused');
    });
    return [read, opened];
  }, url);
}

test('a page that has its own name point at the node reads nothing where origins are named', async () => {
  await withPage([[]], async ({ page, nodes: [node] }) => {
    const [read, opened] = await stolen(page, origin, `http://evil.example:${new URL(node.url).port}`);
    expect([read, opened]).toEqual([expect.stringContaining('result'), 'open']); // nobody is named
  });
  await withPage([['--allow-origin', origin]], async ({ page, nodes: [node] }) => {
    const { port } = new URL(node.url);
    const from = `http://evil.example:${new URL(origin).port}/nothing`;
    expect(await stolen(page, from, `http://evil.example:${port}`)).toEqual(['nothing', 'refused']);
    // Of the same origin as the node, so that the browser asks nobody: only the host list is left.
    expect(await stolen(page, `http://evil.example:${port}/nothing`, `http://evil.example:${port}`)).toEqual(['status 403', 'refused']);
  });
});

test('a page of an origin that is allowed by name connects too', async () => {
  await withPage([['--allow-origin', origin]], async ({ page }) => {
    await reads(page, 'block', '0');
  });
});

test('a page of another origin than the allowed one reads nothing, over HTTP and WebSocket', async () => {
  await withPage([['--allow-origin', 'http://localhost:1']], async ({ page, nodes: [node] }) => {
    await page.waitForFunction(() => document.querySelector('#error')!.textContent !== '');
    expect(await page.textContent('#block')).toBe('-');
    const opened = await page.evaluate(
      (url: string) =>
        new Promise((done) => {
          const socket = new WebSocket(url);
          socket.onopen = () => done('open');
          socket.onerror = () => done('refused');
        }),
      node.url.replace('http', 'ws'),
    );
    expect(opened).toBe('refused');
  });
});
