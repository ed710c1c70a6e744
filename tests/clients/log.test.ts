// What `cairn dev` prints of contracts that log as Hardhat's and Foundry's consoles do.
import { createTestClient, createWalletClient, http, publicActions } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cairn, MNEMONIC, removeFolder, temporaryFolder } from './support/cairn.js';
import { artifact } from './support/fixture.js';

const alice = mnemonicToAccount(MNEMONIC);

async function talkTo(...args: string[]) {
  const folder = temporaryFolder();
  const node = await Cairn.start(folder, ...args);
  const transport = http(node.url, { retryCount: 0 });
  const wallet = createWalletClient({ account: alice, chain: foundry, transport }).extend(publicActions);
  const { abi, bytecode } = artifact('Talker');
  const hash = await wallet.deployContract({ abi, bytecode });
  const { contractAddress } = await wallet.getTransactionReceipt({ hash });
  const address = contractAddress!;
  let seen = 0;
  const talker = {
    address,
    wallet,
    test: createTestClient({ mode: 'hardhat', chain: foundry, transport }),
    // Sends with a gas limit, so that nothing is estimated first.
    send: (functionName: string, ...values: bigint[]) =>
      wallet.writeContract({ address, abi, functionName, args: values, gas: 500_000n }),
    read: (functionName: string, ...values: bigint[]) =>
      wallet.simulateContract({ address, abi, functionName, args: values }),
    estimate: (functionName: string, ...values: bigint[]) =>
      wallet.estimateContractGas({ address, abi, functionName, args: values }),
    // What has been printed since the last look, once `end` stands in it.
    async printed(end: string): Promise<string> {
      for (let i = 0; i < 500; i++) {
        const text = node.output().slice(seen);
        if (text.includes(end)) {
          seen = node.output().length;
          return text;
        }
        await new Promise((done) => setTimeout(done, 10));
      }
      throw new Error(`'${end}' was not printed:\n${node.output().slice(seen)}`);
    },
    begun: () => node.output().split('\n')[0],
    async stop() {
      await node.stop();
      removeFolder(folder);
    },
  };
  await talker.printed(address.toLowerCase());
  return talker;
}

let node: Awaited<ReturnType<typeof talkTo>>;
beforeAll(async () => {
  node = await talkTo();
});
afterAll(() => node.stop());

test("prints Hardhat's console.log of a transaction, old selectors too", async () => {
  await node.send('add', 7n);
  const text = await node.printed('old friend');
  expect(text).toMatch(/INFO {2}chain: mined block=2 tx=0x[0-9a-f]{64} status=success gas=\d+ limit=500000 /);
  expect(text.split('\n').slice(1)).toEqual([
    '    console.log: adding 7 to the total',
    `    console.log: from ${alice.address.toLowerCase()}: 7, is it odd? true`,
    '    console.log: an old friend: 7',
    '',
  ]);
});

test("prints Foundry's console.log of a call, and once of an estimate", async () => {
  await node.read('peek');
  const lines = [
    '    console.log: below zero: -5',
    '    console.log: true and 7',
    `    console.log: 0x${'0'.repeat(63)}1`,
    '',
  ];
  const called = await node.printed('0001\n');
  expect(called).toContain('INFO  rpc: eth_call from=');
  expect(called.split('\n').slice(1)).toEqual(lines);
  await node.estimate('peek');
  const estimated = await node.printed('0001\n');
  // viem asks for the whole transaction where the node can fill it in.
  expect(estimated).toContain('INFO  rpc: eth_fillTransaction from=');
  expect(estimated.split('\n').slice(1)).toEqual(lines);
});

test('prints what was said before a failure, the reason, and the tree of calls', async () => {
  await node.send('tryToRefuse', 12n);
  const text = await node.printed('not less than ten\n');
  expect(text).toContain('status=failed');
  expect(text).toContain('reason="not less than ten"');
  expect(text).toContain('    console.log: refusing\n    console.log: it was refused\n');
  const address = node.address.toLowerCase();
  expect(text).toMatch(
    new RegExp(
      `    CALL ${address} 0x[0-9a-f]{8}\\(0x0+c\\) gas=\\d+ reverted: not less than ten\n` +
        `      CALL ${address} 0x[0-9a-f]{8}\\(0x0+c\\) gas=\\d+ reverted: custom error 0x[0-9a-f]{8} with 0x0.*\n` +
        '        console.log refusing\n' +
        '      console.log it was refused\n',
    ),
  );
  await node.send('divide', 0n);
  expect(await node.printed('by zero\n')).toContain('reason="Panic(0x12): division or modulo by zero"');
});

test('prints why a call and an estimate fail', async () => {
  await expect(node.read('tryToRefuse', 12n)).rejects.toThrow('not less than ten');
  const called = await node.printed('it was refused\n');
  expect(called).toMatch(/rpc: eth_call from=.* status=failed gas=\d+ reason="not less than ten"\n/);
  await expect(node.estimate('divide', 0n)).rejects.toThrow();
  expect(await node.printed('by zero')).toContain('rpc: eth_fillTransaction from=');
});

test('prints nothing while hardhat_setLoggingEnabled says so', async () => {
  await node.test.setLoggingEnabled(false);
  await node.send('add', 1n);
  await node.test.setLoggingEnabled(true);
  await node.send('add', 2n);
  expect(await node.printed('old friend: 2')).not.toContain('adding 1 ');
});

test('prints the calls of every transaction with --print-traces, nothing with --disable-console-log', async () => {
  const traced = await talkTo('--print-traces', '--disable-console-log');
  await traced.send('add', 3n);
  const text = await traced.printed('old friend: 3\n');
  expect(text).not.toContain('console.log:');
  expect(text).toMatch(/\n {4}CALL 0x[0-9a-f]{40} add\(amount: 3\) gas=\d+ -> 0x0+3\n {6}console\.log adding 3/);
  await traced.stop();
});

test('writes the same as JSON, a line each, without control characters', async () => {
  const json = await talkTo('--log.json');
  await json.send('refuse', 12n);
  const lines = (await json.printed('"calls"')).trimEnd().split('\n');
  await json.stop();
  const told = lines.map((line) => JSON.parse(line)).at(-1)!;
  expect(told).toMatchObject({
    level: 'info',
    component: 'chain',
    message: 'mined',
    block: 2,
    status: 'failed',
    limit: 500000,
    from: alice.address.toLowerCase(),
    to: json.address.toLowerCase(),
    console: ['refusing'],
    calls: { type: 'CALL', to: json.address.toLowerCase(), value: '0', reason: told.reason },
  });
  expect(told.reason).toMatch(/^custom error 0x[0-9a-f]{8} with 0x0/);
  expect(JSON.parse(json.begun())).toMatchObject({ level: 'info', message: 'ready', chainId: 31337 });
  expect(told.gas).toBe(told.calls.gasUsed);
  expect(lines.join('')).not.toMatch(/[\x00-\x1f\x7f]/);
});
