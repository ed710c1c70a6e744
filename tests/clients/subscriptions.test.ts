// What a dapp's developer hears over WebSocket with ethers 6 and viem 2, and over a bare socket.
import { Contract, ContractFactory, HDNodeWallet, JsonRpcProvider, WebSocketProvider } from 'ethers';
import { type Hex, type Log, createPublicClient, createWalletClient, webSocket } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MNEMONIC } from './support/cairn.js';
import { endProvider } from './support/end_provider.js';
import { artifact, useCairn } from './support/fixture.js';

const cairn = useCairn();
const url = () => cairn().url.replace('http', 'ws');
const BOB = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';

let sender: HDNodeWallet;
let token: Contract;
beforeAll(async () => {
  const provider = new JsonRpcProvider(cairn().url, undefined, { cacheTimeout: -1 });
  sender = HDNodeWallet.fromPhrase(MNEMONIC).connect(provider);
  const { abi, bytecode } = artifact('Token');
  token = (await new ContractFactory(abi, bytecode, sender).deploy(10n ** 20n)) as unknown as Contract;
  await token.waitForDeployment();
});
afterAll(() => sender.provider?.destroy());

// Collects what comes; `take(n)` waits until there are n.
function collector<T>() {
  const items: T[] = [];
  let woken = () => {};
  return {
    items,
    add: (item: T) => {
      items.push(item);
      woken();
    },
    async take(count: number): Promise<T[]> {
      while (items.length < count) await new Promise<void>((resolve) => (woken = resolve));
      return items.slice(0, count);
    },
  };
}

describe('ethers over WebSocket', () => {
  let provider: WebSocketProvider;
  beforeAll(() => {
    provider = new WebSocketProvider(url());
  });
  afterAll(() => endProvider(provider));

  test('hears blocks, whose state it can read at once', async () => {
    const blocks = collector<[number, bigint]>();
    await provider.on('block', async (number: number) =>
      blocks.add([number, (await provider.getBalance(BOB, number)) as bigint]),
    );
    const before = await provider.getBalance(BOB);
    const head = await provider.getBlockNumber();
    await (await sender.sendTransaction({ to: BOB, value: 5n })).wait();
    expect(await blocks.take(1)).toEqual([[head + 1, before + 5n]]);
    await provider.off('block');
  });

  test("hears a contract's events", async () => {
    const contract = new Contract(await token.getAddress(), token.interface, provider);
    const events = collector<[string, bigint]>();
    await contract.on('Transfer', (_from: string, to: string, value: bigint) => events.add([to, value]));
    await provider.getBlockNumber(); // the subscription stands before this is answered
    await (await token.getFunction('transfer')(BOB, 7n)).wait();
    expect(await events.take(1)).toEqual([[BOB, 7n]]);
    await contract.removeAllListeners();
  });

  test('hears pending transactions', async () => {
    const hashes = collector<string>();
    await provider.on('pending', hashes.add);
    await provider.getBlockNumber();
    const { hash } = await sender.sendTransaction({ to: BOB, value: 1n });
    expect(await hashes.take(1)).toEqual([hash]);
    await provider.off('pending');
  });
});

describe('viem over WebSocket', () => {
  const account = mnemonicToAccount(MNEMONIC, { addressIndex: 2 });
  const connect = () => createPublicClient({ chain: foundry, transport: webSocket(url()) });
  let client: ReturnType<typeof connect>;
  beforeAll(() => {
    client = connect();
  });
  afterAll(async () => (await client.transport.getRpcClient()).close());
  const send = () =>
    createWalletClient({ chain: foundry, account, transport: webSocket(url()) }).sendTransaction({
      to: BOB,
      value: 1n,
    });

  test('watches blocks, pending transactions and events', async () => {
    const blocks = collector<Hex>();
    const pending = collector<Hex>();
    const logs = collector<Log>();
    const stop = [
      client.watchBlocks({ onBlock: (block) => blocks.add(block.hash) }),
      client.watchPendingTransactions({ onTransactions: (hashes) => hashes.forEach(pending.add) }),
      client.watchContractEvent({
        address: (await token.getAddress()) as Hex,
        abi: artifact('Token').abi,
        onLogs: (found) => found.forEach(logs.add),
      }),
    ];
    await client.request({ method: 'eth_blockNumber' });
    const hash = await send();
    const receipt = await client.waitForTransactionReceipt({ hash });
    expect(await blocks.take(1)).toEqual([receipt.blockHash]);
    expect(await pending.take(1)).toEqual([hash]);
    const transfer = await (await token.getFunction('transfer')(BOB, 9n)).wait();
    expect((await logs.take(1))[0]).toMatchObject({
      transactionHash: transfer.hash,
      blockHash: transfer.blockHash,
      eventName: 'Transfer',
      removed: false,
    });
    stop.forEach((end) => end());
  });

  test('sends and has the receipt in one request', async () => {
    const wallet = createWalletClient({ chain: foundry, account, transport: webSocket(url()) });
    const receipt = await wallet.sendTransactionSync({ to: BOB, value: 1n });
    expect(receipt.status).toBe('success');
    expect(await client.getTransactionReceipt({ hash: receipt.transactionHash })).toEqual(receipt);
  });
});

// A client of bare messages: requests by id, notifications by subscription.
class Socket {
  private readonly replies = new Map<number, (answer: any) => void>();
  readonly told = collector<any>();
  private constructor(readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data);
      if (message.method) this.told.add(message.params);
      else this.replies.get(message.id)!(message);
    });
  }
  static async open(): Promise<Socket> {
    const socket = new WebSocket(url());
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    return new Socket(socket);
  }
  ask(method: string, ...params: unknown[]): Promise<any> {
    const id = this.replies.size + 1;
    const answer = new Promise((resolve) => this.replies.set(id, resolve));
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return answer;
  }
}

describe('eth_subscribe', () => {
  test('resumes from a block while new ones come, without a gap or a double', async () => {
    const socket = await Socket.open();
    const from = Number(await cairn().rpc('eth_blockNumber')) + 1;
    await cairn().rpc('anvil_mine', '0x1f4');
    const { result: id } = await socket.ask('eth_subscribe', 'newHeads', { fromBlock: `0x${from.toString(16)}` });
    for (let i = 0; i < 20; ++i) await cairn().rpc('evm_mine');
    const heads = await socket.told.take(520);
    expect(heads.every((head) => head.subscription === id)).toBe(true);
    expect(heads.map((head) => Number(head.result.number))).toEqual(heads.map((_, i) => from + i));
    for (let i = 1; i < heads.length; ++i)
      expect(heads[i].result.parentHash).toBe(heads[i - 1].result.hash);
    expect((await socket.ask('eth_unsubscribe', id)).result).toBe(true);
    await cairn().rpc('evm_mine');
    await socket.ask('eth_blockNumber');
    expect(socket.told.items).toHaveLength(520);
    socket.socket.close();
  });

  test('takes logs back and tells the head after a revert', async () => {
    const socket = await Socket.open();
    const logs = (await socket.ask('eth_subscribe', 'logs', { address: await token.getAddress() })).result;
    const mark = await cairn().rpc('evm_snapshot');
    const head = await cairn().rpc('eth_getBlockByNumber', 'latest', false);
    await (await token.getFunction('transfer')(BOB, 3n)).wait();
    const [log] = await socket.told.take(1);
    expect(log).toMatchObject({ subscription: logs, result: { removed: false } });
    const heads = (await socket.ask('eth_subscribe', 'newHeads')).result;
    await cairn().rpc('evm_revert', mark);
    const messages = (await socket.told.take(3)).slice(1);
    expect(messages).toContainEqual({ subscription: logs, result: { ...log.result, removed: true } });
    expect(messages.find((one) => one.subscription === heads).result.hash).toBe(head.hash);
    socket.socket.close();
  });

  test("says what is wrong, and ends nobody else's subscription", async () => {
    const [one, other] = [await Socket.open(), await Socket.open()];
    const { result: id } = await one.ask('eth_subscribe', 'newHeads');
    expect((await other.ask('eth_unsubscribe', id)).result).toBe(false);
    expect((await one.ask('eth_subscribe', 'blocks')).error).toEqual({
      code: -32601,
      message: 'no "blocks" subscription in eth namespace',
    });
    const overHttp = await cairn().post({ jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params: ['newHeads'] });
    expect(overHttp.error.message).toBe('notifications not supported');
    [one, other].forEach((each) => each.socket.close());
  });

  test('bounds the subscriptions of a connection', async () => {
    const socket = await Socket.open();
    const answers = await Promise.all(
      Array.from({ length: 10_001 }, () => socket.ask('eth_subscribe', 'logs', { address: BOB })),
    );
    expect(answers.filter((answer) => answer.result)).toHaveLength(10_000);
    expect(answers.at(-1).error).toEqual({
      code: -32602,
      message: 'too many subscriptions: at most 10000 on one connection',
    });
    await cairn().rpc('evm_mine');
    socket.socket.close();
  });
});
