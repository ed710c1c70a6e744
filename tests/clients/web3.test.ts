// What a dapp's developer does with web3.js 4, over HTTP and WebSocket: on anvil, then on Cairn, what it saw compared.
import { Web3 } from 'web3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { artifact } from './support/fixture.js';
import { onBoth } from './support/seen.js';

const ALICE_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const ETHER = 10n ** 18n;
// Asks soon, and stops to ask when two blocks stand above.
const PACE = {
  transactionPollingInterval: 20,
  transactionConfirmationPollingInterval: 20,
  transactionConfirmationBlocks: 2,
};

onBoth((node, saw) => {
  describe.each(['http', 'ws'] as const)('over %s', (scheme) => {
    let web3: Web3;
    let alice: string;
    let bob: string;
    let token: any;

    beforeAll(async () => {
      web3 = new Web3(node().url.replace('http', scheme));
      Object.assign(web3.eth, PACE);
      [alice, bob] = await web3.eth.getAccounts();
      token = await deploy('Token', ETHER);
    });
    afterAll(() => {
      if (scheme === 'ws') web3.currentProvider!.disconnect(1000, 'done');
    });

    async function deploy(name: string, ...args: any[]): Promise<any> {
      const { abi, bytecode } = artifact(name);
      const contract: any = new web3.eth.Contract(abi as any, { dataInputFill: 'input' });
      Object.assign(contract, PACE);
      const deployed = await contract.deploy({ data: bytecode, arguments: args }).send({ from: alice });
      Object.assign(deployed, PACE);
      return deployed;
    }

    // Accounts that nobody has used, the same on both nodes.
    let strangers = 0;
    const fresh = () => web3.eth.accounts.privateKeyToAccount(web3.utils.keccak256(`stranger ${scheme} ${++strangers}`));
    const refusal = (attempt: Promise<unknown>): Promise<any> =>
      attempt.then(
        () => expect.unreachable('it was accepted'),
        (error) => error,
      );

    test('sees the network of a dev chain', async () => {
      expect(await web3.eth.getChainId()).toBe(31337n);
      expect(await web3.eth.net.getId()).toBe(31337n);
      expect(await web3.eth.net.isListening()).toBe(true);
      expect(await web3.eth.isSyncing()).toBe(false);
      expect(await web3.eth.getNodeInfo()).toMatch(/^anvil\//);
      expect(await web3.eth.getAccounts()).toHaveLength(10);
      expect(await web3.eth.requestAccounts()).toHaveLength(10);
    });

    test('sends with and without a key, in every type that it knows', async () => {
      const account = web3.eth.accounts.privateKeyToAccount(ALICE_KEY);
      const to = fresh().address;
      const gasPrice = await web3.eth.getGasPrice();
      const unlocked = saw(await web3.eth.sendTransaction({ from: bob, to, value: 1n, gas: 21000n }));
      expect(unlocked).toMatchObject({ status: 1n, gasUsed: 21000n, type: 2n });
      for (const kind of [
        { type: 0, gasPrice },
        { type: 1, gasPrice, accessList: [] },
        { type: 2, maxFeePerGas: gasPrice * 2n, maxPriorityFeePerGas: 1n },
      ]) {
        const nonce = await web3.eth.getTransactionCount(alice, 'pending');
        const signed = await account.signTransaction({ ...kind, to, value: 2n, gas: 30000n, nonce, chainId: 31337 } as any);
        const receipt = saw(await web3.eth.sendSignedTransaction(signed.rawTransaction));
        expect(receipt).toMatchObject({ status: 1n, type: BigInt(kind.type), transactionHash: signed.transactionHash });
        await node().inBlock(signed.transactionHash);
        expect(saw(await web3.eth.getTransaction(signed.transactionHash))).toMatchObject({ value: 2n, nonce });
      }
      expect(await web3.eth.getBalance(to)).toBe(7n);
      expect(await web3.eth.getBalance(to, Number(unlocked.blockNumber))).toBe(1n);
    });

    test('tells of a transaction step by step, up to its confirmations', async () => {
      const seen: string[] = [];
      const confirmed = new Promise<void>((done, fail) => {
        const sending = web3.eth.sendTransaction({ from: alice, to: bob, value: 1n, gas: 21000n });
        sending.on('sending', () => void seen.push('sending'));
        sending.on('transactionHash', () => void seen.push('hash'));
        sending.on('receipt', () => void seen.push('receipt'));
        sending.on('confirmation', ({ confirmations }) => {
          seen.push('confirmation');
          if (confirmations >= 2n) done();
        });
        sending.on('error', fail);
        sending.then(() => node().rpc('anvil_mine', '0x2'), fail);
      });
      await confirmed;
      expect(seen.slice(0, 4)).toEqual(['sending', 'hash', 'receipt', 'confirmation']);
    });

    test('calls, estimates and sends to a contract', async () => {
      expect(await token.methods.symbol().call()).toBe('STN');
      const to = fresh().address;
      const transfer = token.methods.transfer(to, 10n);
      const gas = await transfer.estimateGas({ from: alice });
      const receipt = saw(await transfer.send({ from: alice, gas }));
      expect(receipt.gasUsed).toBeLessThanOrEqual(gas);
      expect(receipt.events.Transfer.returnValues).toMatchObject({ from: alice, to, value: 10n });
      expect(await token.methods.balanceOf(to).call()).toBe(10n);
      expect(await token.methods.balanceOf(to).call({}, receipt.blockNumber - 1n)).toBe(0n);
    });

    test('finds events of the past by what is indexed', async () => {
      const [first, second] = [fresh().address, fresh().address];
      const { blockNumber } = await token.methods.transfer(first, 1n).send({ from: alice });
      await token.methods.transfer(second, 2n).send({ from: alice });
      await token.methods.transfer(first, 3n).send({ from: alice });
      const found = await token.getPastEvents('Transfer', { filter: { to: first }, fromBlock: blockNumber });
      expect(saw(found).map((event: any) => event.returnValues.value)).toEqual([1n, 3n]);
      const either = await token.getPastEvents('Transfer', { filter: { to: [first, second] }, fromBlock: 0 });
      expect(saw(either)).toHaveLength(3);
      const logs = await web3.eth.getPastLogs({ address: token.options.address, fromBlock: blockNumber, toBlock: blockNumber });
      expect(saw(logs)).toHaveLength(1);
    });

    test('decodes what a contract refuses with', async () => {
      const poor = token.methods.transfer(alice, 5n * ETHER);
      const { cause } = await refusal(poor.call({ from: bob }));
      saw([cause.errorName, cause.errorArgs, cause.data]);
      expect(cause.errorName).toBe('ERC20InsufficientBalance');
      expect(cause.errorArgs).toMatchObject({ sender: bob, needed: 5n * ETHER });
      // web3.js leaves the data of a refused estimate as it came.
      expect((await refusal(poor.estimateGas({ from: bob }))).cause).toMatchObject({ code: 3, data: cause.data });
      const slots = await deploy('Slots');
      const stopped = await refusal(slots.methods.stop('because of the weather').call());
      expect(stopped.cause.message).toContain('because of the weather');
    });

    test('sees a transaction that was mined and reverted', async () => {
      const failed = await refusal(token.methods.transfer(alice, 5n * ETHER).send({ from: bob, gas: 100000n, checkRevertBeforeSending: false }));
      expect(saw(failed.receipt ?? failed.cause?.receipt)).toMatchObject({ status: 0n });
    });

    test('asks several questions in one batch', async () => {
      const batch = new web3.BatchRequest();
      const asked = [
        batch.add<string>({ method: 'eth_chainId', params: [] }),
        batch.add<string>({ method: 'eth_getTransactionCount', params: [bob, 'latest'] }),
        batch.add<string>({ method: 'eth_getCode', params: [token.options.address, 'latest'] }),
      ];
      await batch.execute();
      const [id, count, code] = await Promise.all(asked);
      expect(id).toBe('0x7a69');
      expect(BigInt(count)).toBe(await web3.eth.getTransactionCount(bob));
      expect(code).toBe(artifact('Token').deployedBytecode);
    });

    test('signs messages and typed data', async () => {
      const message = web3.utils.utf8ToHex('a stack of stones');
      expect(web3.eth.accounts.recover('a stack of stones', (await web3.eth.sign(message, bob)) as string)).toBe(bob);
      const signature = saw(await web3.eth.signTypedData(bob, {
        types: { EIP712Domain: [{ name: 'name', type: 'string' }], Stone: [{ name: 'weight', type: 'uint256' }] },
        primaryType: 'Stone',
        domain: { name: 'Cairn' },
        message: { weight: 7 },
      } as any));
      expect(signature).toMatch(/^0x[0-9a-f]{130}$/);
    });

    test('reads blocks, fees and storage', async () => {
      const block = saw(await web3.eth.getBlock('latest', true));
      expect(await web3.eth.getBlock(block.hash!)).toMatchObject({ number: block.number, stateRoot: block.stateRoot });
      const history = saw(await web3.eth.getFeeHistory(2, 'latest', [50]));
      expect(history.baseFeePerGas).toHaveLength(3);
      const slots = await deploy('Slots');
      await slots.methods.read(2).send({ from: alice });
      expect(BigInt(await web3.eth.getStorageAt(slots.options.address, 0))).toBe(1n);
    });
  });

  test('hears heads, logs, events and pending transactions over WebSocket', async () => {
    const web3: any = new Web3(node().url.replace('http', 'ws'));
    const [alice, bob] = await web3.eth.getAccounts();
    const { abi, bytecode } = artifact('Token');
    const token = await new web3.eth.Contract(abi, { dataInputFill: 'input' })
      .deploy({ data: bytecode, arguments: [ETHER] })
      .send({ from: alice });

    const heads: any[] = [];
    const hashes: string[] = [];
    const logs: any[] = [];
    const events: any[] = [];
    const subscriptions = [
      await web3.eth.subscribe('newBlockHeaders'),
      await web3.eth.subscribe('pendingTransactions'),
      await web3.eth.subscribe('logs', { address: token.options.address }),
    ];
    [heads, hashes, logs].forEach((list: any[], i) => subscriptions[i].on('data', (data: any) => list.push(data)));
    const live = token.events.Transfer({ filter: { to: bob } });
    live.on('data', (event: any) => events.push(event));
    await new Promise((connected) => live.on('connected', connected));

    const receipt = await token.methods.transfer(bob, 3n).send({ from: alice });
    await token.methods.transfer(alice, 4n).send({ from: alice });
    await expect.poll(() => [heads.length, hashes.length, logs.length, events.length]).toEqual([2, 2, 2, 1]);
    saw([heads, hashes.length, logs, events]);
    expect(BigInt(heads[0].number)).toBe(receipt.blockNumber);
    expect(hashes[0]).toBe(receipt.transactionHash);
    expect(logs[0].transactionHash).toBe(receipt.transactionHash);
    expect(events[0].returnValues).toMatchObject({ to: bob, value: 3n });
    for (const subscription of subscriptions) await subscription.unsubscribe();
    await live.unsubscribe();
    web3.currentProvider.disconnect(1000, 'done');
  });

  // At the end: anvil makes a block more of what waited.
  test.each(['http', 'ws'] as const)('over %s, a transaction waits in the pool behind a gap, and is counted when it is filled', async (scheme) => {
    const web3 = new Web3(node().url.replace('http', scheme));
    Object.assign(web3.eth, PACE);
    const [alice, bob] = await web3.eth.getAccounts();
    const account = web3.eth.accounts.privateKeyToAccount(ALICE_KEY);
    const gasPrice = (await web3.eth.getGasPrice()) * 2n;
    const nonce = await web3.eth.getTransactionCount(alice, 'pending');
    const sign = (ahead: bigint) =>
      account.signTransaction({ to: bob, value: 1n, gas: 21000n, gasPrice, nonce: nonce + ahead, chainId: 31337 });
    const [now, later] = [await sign(0n), await sign(1n)];
    await node().rpc('eth_sendRawTransaction', later.rawTransaction);
    expect(await web3.eth.getTransactionCount(alice, 'pending')).toBe(nonce);
    expect((await web3.eth.getTransaction(later.transactionHash))?.blockNumber ?? undefined).toBeUndefined();
    await web3.eth.sendSignedTransaction(now.rawTransaction);
    await expect.poll(() => web3.eth.getTransactionCount(alice)).toBe(nonce + 2n);
    if (scheme === 'ws') web3.currentProvider!.disconnect(1000, 'done');
  });
}, [
  [/over WebSocket: .*\.(size|totalDifficulty|transactions|uncles|withdrawals) only in anvil$/, 'newHeads sends headers (go-ethereum, eth/filters/api.go, NewHeads); anvil whole blocks'],
  [/\.totalDifficulty only in anvil$/, 'a block has no totalDifficulty in execution-apis (src/schemas/block.yaml)'],
  [/over WebSocket: .*\.transactionsRoot$/, 'the gas limit is an estimate, which ends within 1.5 % (go-ethereum, eth/gasestimator/gasestimator.go); anvil ends its search elsewhere'],
  [/reads blocks, fees and storage: \$\[\]\.size$/, 'the size is that of the whole RLP, whose header has a withdrawals root and a requests hash'],
]);
