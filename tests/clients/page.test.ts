// A web page in a real browser: another origin than the node's, HTTP and WebSocket.
import { createServer, type Server } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
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

// What `work` makes of the page, opened against a node that was started with these flags.
async function withPage<T>(flags: string[], work: (page: any, node: RpcNode) => Promise<T>, program: typeof Cairn | typeof Anvil = Cairn) {
  const datadir = temporaryFolder();
  const node: RpcNode = await program.start(datadir, ...flags);
  const page = await browser.newPage();
  try {
    const { abi, bytecode } = artifact('Token');
    await page.addInitScript((token) => ((globalThis as any).artifact = token), { abi, bytecode });
    await page.goto(`${origin}/?rpc=${node.url}`);
    return await work(page, node);
  } finally {
    await page.close();
    await node.stop();
    removeFolder(datadir);
  }
}

test.each([['anvil', Anvil], ['Cairn', Cairn]] as const)('a page connects to %s, deploys, sends and hears of its events over WebSocket', async (_name, program) => {
  await withPage([], async (page, node) => {
    const [account] = await node.rpc('eth_accounts');
    await page.getByText(`on chain 31337`).waitFor();
    expect((await page.textContent('#account')).toLowerCase()).toBe(account);
    await page.click('#deploy');
    await page.waitForFunction(() => document.querySelector('#token')!.textContent !== '-');
    await page.click('#send');
    await page.waitForFunction(() => document.querySelectorAll('#events li').length === 3);
    const events = await page.locator('#events li').allTextContents();
    expect(events.map((text: string) => text.split(' ')[0])).toEqual(['1', '2', '3']);
    expect(await page.textContent('#error')).toBe('');
  }, program);
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
  await withPage([], async (page, node) => {
    const [read, opened] = await stolen(page, origin, `http://evil.example:${new URL(node.url).port}`);
    expect([read, opened]).toEqual([expect.stringContaining('result'), 'open']); // nobody is named
  });
  await withPage(['--allow-origin', origin], async (page, node) => {
    const { port } = new URL(node.url);
    const from = `http://evil.example:${new URL(origin).port}/nothing`;
    expect(await stolen(page, from, `http://evil.example:${port}`)).toEqual(['nothing', 'refused']);
    // Of the same origin as the node, so that the browser asks nobody: only the host list is left.
    expect(await stolen(page, `http://evil.example:${port}/nothing`, `http://evil.example:${port}`)).toEqual(['status 403', 'refused']);
  });
});

test('a page of an origin that is allowed by name connects too', async () => {
  await withPage(['--allow-origin', origin], async (page) => {
    await page.getByText(`on chain 31337`).waitFor();
  });
});

test('a page of another origin than the allowed one reads nothing, over HTTP and WebSocket', async () => {
  await withPage(['--allow-origin', 'http://localhost:1'], async (page, node) => {
    await page.waitForFunction(() => document.querySelector('#error')!.textContent !== '');
    expect(await page.textContent('#account')).toBe('-');
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
