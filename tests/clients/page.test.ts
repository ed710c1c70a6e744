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
  browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
});

afterAll(async () => {
  await browser?.close();
  site?.close();
  if (folder) removeFolder(folder);
});

// What `work` makes of the page, opened against a node that was started with these flags.
async function withPage<T>(flags: string[], work: (page: any, node: Cairn) => Promise<T>) {
  const datadir = temporaryFolder();
  const node = await Cairn.start(datadir, ...flags);
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

test('a page connects, deploys, sends and hears of its events over WebSocket', async () => {
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
