// How the parameters of each method are drawn, and what is looked at after the state-changing ones.
import { concat, HDNodeWallet, sha256 } from 'ethers';
import { encodeFunctionData } from 'viem';
import { MNEMONIC } from '../support/cairn.js';
import type { Artifact } from '../support/compile_contracts.js';
import { accounts, GENESIS_TIME, type History, sign } from './history.js';
import type { Call, Draw, Random } from './requests.js';

export interface Kind {
  // `state` goes with evm_revert; after `chain` both nodes start anew.
  effect: 'none' | 'state' | 'chain';
  draw: () => Draw | Promise<Draw>;
}

const hex = (n: number | bigint) => `0x${n.toString(16)}`;
const call = (method: string, ...params: unknown[]): Call => ({ method, params });
const named = (as: string, { method, params }: Call): Call => ({ method, params, as });

// The blob of zeros commits to the point at infinity, and all its proofs are that point.
const INFINITY = `0xc0${'00'.repeat(47)}`;
const BLOB = {
  data: `0x${'00'.repeat(131_072)}`,
  commitment: INFINITY,
  proof: concat(Array(128).fill(INFINITY)),
};
const BLOB_HASH = `0x01${sha256(INFINITY).slice(4)}`;

// Of senders 0 to 3, after the history.
const NONCES = [4, 2, 2, 1];
const LATEST = call('eth_getBlockByNumber', 'latest', false);
const MINE = call('evm_mine');
const NO_AUTOMINE = call('evm_setAutomine', false);
const AUTOMINE = call('evm_setAutomine', true);
const EMPTY_POOL = call('anvil_dropAllTransactions');
const NOBODY = `0x${'77'.repeat(20)}`;

export function kinds(random: Random, history: History, artifacts: Record<string, Artifact>) {
  const account = () => random.pick(accounts).address;
  const address = () => random.pick([...accounts.map((a) => a.address), history.token, history.slots, NOBODY]);
  const number = () => hex(random.below(history.blocks + 1));
  const tag = () => random.pick(['latest', 'earliest', 'safe', 'finalized', number(), number()]);
  const hash = () => `<block ${random.below(history.blocks + 1)}>`;
  const at = () => random.pick<unknown>([tag(), tag(), { blockNumber: number() }, { blockHash: hash() }]);
  const transaction = () =>
    random.below(8) === 0 ? `0x${'5a'.repeat(32)}` : random.pick(history.transactions);
  const index = () => hex(random.below(2));
  const slot = () => random.pick(['0x0', '0x2', `0x${'0'.repeat(63)}1`]);
  const message = () => hex(0x100000 + random.below(0x100000));
  const whether = () => random.pick([true, false]);
  const moment = () => GENESIS_TIME * 2 + random.below(1000);
  const token = (functionName: string, args: unknown[]) =>
    encodeFunctionData({ abi: artifacts.Token.abi, functionName, args });
  const slots = (functionName: string, args: unknown[]) =>
    encodeFunctionData({ abi: artifacts.Slots.abi, functionName, args });
  const called = () => {
    const from = account();
    return random.pick<object>([
      { to: history.token, data: token('balanceOf', [from]) },
      { from, to: history.token, input: token('transfer', [accounts[1].address, 1n]) },
      { from, to: history.slots, data: slots('stop', ['no']) },
      { from, to: history.slots, data: slots('divide', [1n, 0n]) },
      { from, to: accounts[2].address, value: '0x1' },
      { from, to: NOBODY, value: hex(10n ** 30n) },
      { from, data: '0x60fe5f5360015ff3' },
      { from, to: history.slots, data: slots('read', [2n]), gas: '0x5dc0' },
    ]);
  };
  const FEES = { maxFeePerGas: '0xee6b2800', maxPriorityFeePerGas: '0x3b9aca00', gas: '0x30d40' };
  const sent = () => {
    const from = random.pick(accounts.slice(0, 3)).address;
    return random.pick<object>([
      { ...FEES, from, to: accounts[3].address, value: '0x1' },
      { ...FEES, from, to: history.token, data: token('approve', [accounts[3].address, 1n]) },
      { ...FEES, from, to: accounts[3].address, nonce: '0x0' },
      { ...FEES, from, to: accounts[3].address, gas: '0x1' },
      { ...FEES, from, to: accounts[3].address, value: hex(10n ** 30n) },
    ]);
  };
  const transfer = (from: number, ahead = 0) =>
    sign(from, NONCES[from] + ahead, {
      to: accounts[0].address,
      value: BigInt(random.below(1000)),
      gas: 21_000n,
    });
  const raw = async () => {
    const from = random.below(4);
    return transfer(from, random.pick([0, 0, -NONCES[from]]));
  };
  const blobTransaction = HDNodeWallet.fromPhrase(MNEMONIC).signTransaction({
    ...{ type: 3, chainId: 31337, nonce: NONCES[0], to: accounts[1].address, gasLimit: 21000 },
    ...{ maxFeePerGas: 4_000_000_000n, maxPriorityFeePerGas: 1n, maxFeePerBlobGas: 10n ** 10n },
    ...{ blobs: [BLOB], blobWrapperVersion: 1 },
  });
  const filter = () => {
    const [from, to] = [random.below(history.blocks + 1), random.below(history.blocks + 1)];
    return random.pick<object>([
      { fromBlock: hex(Math.min(from, to)), toBlock: hex(Math.max(from, to)) },
      { fromBlock: '0x0', toBlock: 'latest', address: history.token },
      { blockHash: hash() },
      { fromBlock: 'earliest', address: [history.token, history.slots], topics: [null] },
      { fromBlock: hex(Math.max(from, to) + 1), toBlock: hex(Math.min(from, to)) },
    ]);
  };
  const typed = () => ({
    domain: { name: 'Token', version: '1', chainId: 31337, verifyingContract: history.token },
    primaryType: 'Permit',
    types: {
      EIP712Domain: [
        { name: 'name', type: 'string' },
        { name: 'version', type: 'string' },
        { name: 'chainId', type: 'uint256' },
        { name: 'verifyingContract', type: 'address' },
      ],
      Permit: [
        { name: 'owner', type: 'address' },
        { name: 'values', type: 'uint8[]' },
        { name: 'data', type: 'bytes' },
      ],
    },
    message: {
      owner: account(),
      values: [random.below(256), `${random.below(256)}`],
      data: message(),
    },
  });
  const filled = async (): Promise<Call[]> => {
    const from = random.below(3);
    return [
      NO_AUTOMINE,
      call('eth_sendRawTransaction', await transfer(from)),
      call('eth_sendRawTransaction', await transfer(from + 1, random.below(3))),
    ];
  };
  const POOL_AGAIN = [EMPTY_POOL, AUTOMINE];
  const pool = (...params: unknown[]) => async (): Promise<Draw> => ({
    params,
    before: await filled(),
    restore: POOL_AGAIN,
  });

  const out = new Map<string, Kind>();
  const add = (effect: Kind['effect'], names: string, draw: Kind['draw']) => {
    for (const name of names.split(' ')) out.set(name, { effect, draw });
  };
  const reads = (names: string, params: () => unknown[]) => add('none', names, () => ({ params: params() }));
  const changes = (names: string, params: () => unknown[], rest: Omit<Draw, 'params'> = {}) =>
    add('state', names, () => ({ params: params(), ...rest }));
  // Sets something of an account, and looks at all of it.
  const sets = (names: string, params: (address: string) => unknown[]) =>
    add('state', names, () => {
      const to = address();
      return {
        params: [to, ...params(to)],
        after: [
          call('eth_getBalance', to, 'latest'),
          call('eth_getTransactionCount', to, 'latest'),
          call('eth_getCode', to, 'latest'),
          call('eth_getStorageAt', to, '0x0', 'latest'),
          call('eth_getBalance', to, hex(history.blocks)),
        ],
      };
    });

  // What the node is.
  reads('eth_accounts eth_requestAccounts eth_blobBaseFee eth_blockNumber eth_chainId eth_coinbase', () => []);
  reads('eth_config eth_gasPrice eth_maxPriorityFeePerGas eth_syncing net_listening net_version', () => []);
  reads('eth_networkId eth_protocolVersion eth_hashrate eth_getWork eth_baseFee', () => []);
  reads('web3_clientVersion anvil_nodeInfo anvil_metadata hardhat_metadata', () => []);
  reads('anvil_getGenesisTime anvil_getAutomine hardhat_getAutomine anvil_getIntervalMining', () => []);
  reads('web3_sha3', () => [random.pick(['0x', '0x00', '0x68656c6c6f'])]);
  reads('eth_feeHistory', () => [hex(1 + random.below(4)), tag(), random.pick([[], [50], [10, 90]])]);

  // State, blocks, transactions.
  reads('eth_call eth_estimateGas eth_createAccessList', () => [called(), at()]);
  reads('eth_getBalance eth_getCode eth_getTransactionCount eth_getAccount eth_getAccountInfo', () => [address(), at()]);
  reads('debug_codeByHash', () => [random.pick(history.codeHashes), at()]);
  reads('eth_getStorageAt', () => [address(), slot(), at()]);
  reads('eth_getStorageValues', () => [{ [address()]: [`0x${'0'.repeat(64)}`] }, at()]);
  reads('eth_getProof', () => [address(), [`0x${'0'.repeat(63)}${random.below(9)}`], at()]);
  reads('eth_getBlockByHash', () => [hash(), whether()]);
  reads('eth_getBlockByNumber', () => [tag(), whether()]);
  reads('eth_getBlockReceipts', () => [random.pick([tag(), hash()])]);
  reads('eth_getBlockTransactionCountByHash eth_getUncleCountByBlockHash', () => [hash()]);
  reads('eth_getBlockTransactionCountByNumber eth_getUncleCountByBlockNumber erigon_getHeaderByNumber', () => [tag()]);
  reads(
    'eth_getTransactionByBlockHashAndIndex eth_getUncleByBlockHashAndIndex eth_getRawTransactionByBlockHashAndIndex',
    () => [hash(), index()],
  );
  reads(
    'eth_getTransactionByBlockNumberAndIndex eth_getUncleByBlockNumberAndIndex eth_getRawTransactionByBlockNumberAndIndex',
    () => [tag(), index()],
  );
  reads('eth_getTransactionByHash eth_getTransactionReceipt eth_getRawTransactionByHash debug_getRawTransaction', () => [
    transaction(),
  ]);
  reads('eth_getTransactionBySenderAndNonce', () => [account(), hex(random.below(4))]);
  reads('eth_fillTransaction', () => [sent()]);
  reads('eth_simulateV1', () => [{ blockStateCalls: [{ calls: [called()] }] }, at()]);
  reads('eth_getLogs', () => [filter()]);

  // What happened inside.
  const tracing = () =>
    random.pick<object>([
      {},
      { disableStorage: true },
      { enableMemory: true, enableReturnData: true, disableStack: true },
      { tracer: 'callTracer' },
      { tracer: 'callTracer', tracerConfig: { onlyTopCall: true } },
      { tracer: 'callTracer', tracerConfig: { withLog: true } },
      { tracer: 'prestateTracer' },
      { tracer: 'prestateTracer', tracerConfig: { diffMode: true } },
      { tracer: 'flatCallTracer' },
      { tracer: '4byteTracer' },
      { tracer: 'noopTracer' },
      { tracer: 'muxTracer', tracerConfig: { callTracer: {}, '4byteTracer': null } },
    ]);
  const traceTypes = () => random.pick([['trace'], ['trace', 'stateDiff', 'vmTrace'], ['stateDiff'], ['trace', 'vmTrace'], ['vmTrace']]);
  reads('debug_traceTransaction', () => [transaction(), tracing()]);
  reads('debug_traceBlockByNumber', () => [tag(), tracing()]);
  reads('debug_traceBlockByHash', () => [hash(), tracing()]);
  reads('debug_traceCall', () => [called(), at(), tracing()]);
  reads('trace_transaction', () => [transaction()]);
  reads('trace_block', () => [tag()]);
  reads('trace_replayBlockTransactions', () => [tag(), traceTypes()]);
  reads('trace_filter', () => {
    const [from, to] = [random.below(history.blocks + 1), random.below(history.blocks + 1)].sort((a, b) => a - b);
    const who = random.pick<object>([{}, { fromAddress: [account()] }, { toAddress: [address()] }]);
    const which = random.pick<object>([{}, { after: 1 }, { count: 2 }]);
    return [{ fromBlock: hex(from), toBlock: hex(to), ...who, ...which }];
  });
  reads('ots_getApiLevel', () => []);
  reads('ots_getInternalOperations ots_traceTransaction ots_getTransactionError', () => [transaction()]);
  reads('ots_hasCode', () => [address(), tag()]);
  reads('ots_getBlockDetails', () => [number()]);
  reads('ots_getBlockDetailsByHash', () => [hash()]);
  reads('ots_getBlockTransactions', () => [random.below(history.blocks + 1), random.below(2), 1 + random.below(3)]);
  reads('ots_searchTransactionsBefore ots_searchTransactionsAfter', () => [
    address(),
    random.below(history.blocks + 1),
    1 + random.below(9),
  ]);
  reads('ots_getTransactionBySenderAndNonce', () => [account(), random.below(5)]);
  reads('ots_getContractCreator', () => [address()]);

  // Signatures.
  reads('eth_sign', () => [account(), message()]);
  reads('personal_sign', () => [message(), account()]);
  reads('eth_signTransaction', () => [{ ...sent(), nonce: hex(random.below(9)), value: '0x2' }]);
  reads('eth_signTypedData eth_signTypedData_v3 eth_signTypedData_v4', () => [account(), typed()]);

  // Filters and subscriptions.
  const filters = () =>
    random.pick([
      call('eth_newFilter', random.pick<object>([{ address: history.token }, { fromBlock: '0x0' }, {}])),
      call('eth_newBlockFilter'),
      call('eth_newPendingTransactionFilter'),
    ]);
  const approve = async () => {
    const from = random.below(3);
    const data = token('approve', [accounts[3].address, BigInt(1 + random.below(100))]);
    return call('eth_sendRawTransaction', await sign(from, NONCES[from], { to: history.token, data, gas: 90_000n }));
  };
  const UNINSTALL = [call('eth_uninstallFilter', '<id>')];
  changes('eth_newFilter', () => [filter()]);
  changes('eth_newBlockFilter eth_newPendingTransactionFilter', () => []);
  add('state', 'eth_getFilterChanges eth_getFilterLogs', async () => ({
    params: ['<id>'],
    before: [named('<id>', filters()), await approve()],
    after: [call('eth_getFilterChanges', '<id>')],
    restore: UNINSTALL,
  }));
  add('state', 'eth_uninstallFilter', () => ({
    params: [random.pick(['<id>', '0x1234'])],
    before: [named('<id>', filters())],
    after: [call('eth_getFilterChanges', '<id>')],
    restore: UNINSTALL,
  }));
  changes('eth_subscribe', () =>
    random.pick<unknown[]>([['newHeads'], ['logs', { address: history.token }], ['newPendingTransactions'], ['syncing']]),
  );
  changes('eth_unsubscribe', () => [random.pick(['<id>', '0x1234'])], {
    before: [named('<id>', call('eth_subscribe', 'newHeads'))],
  });

  // Sending, and what waits.
  add('state', 'eth_sendRawTransaction eth_sendRawTransactionSync', async () => ({
    params: [await raw()],
    after: [LATEST],
  }));
  changes('eth_sendTransaction eth_sendTransactionSync', () => [sent()], { after: [LATEST] });
  changes('eth_sendUnsignedTransaction', () => [{ ...sent(), from: random.pick([NOBODY, account()]) }], {
    after: [LATEST],
  });
  add('state', 'txpool_content txpool_inspect txpool_status', pool());
  add('state', 'txpool_contentFrom', () => pool(account())());
  add('state', 'anvil_dropTransaction hardhat_dropTransaction', async () => {
    const before = await filled();
    return {
      params: [random.pick(['<sent>', '<sent>', transaction()])],
      before: [before[0], named('<sent>', before[1]), before[2]],
      after: [call('txpool_status'), call('eth_getTransactionByHash', '<sent>')],
      restore: POOL_AGAIN,
    };
  });
  add('state', 'anvil_dropAllTransactions hardhat_dropAllTransactions', async () => ({
    ...(await pool()()),
    after: [call('txpool_status')],
  }));
  add('state', 'anvil_removePoolTransactions', async () => ({
    ...(await pool(account())()),
    after: [call('txpool_content')],
  }));
  add('state', 'anvil_getBlobByHash', async () => ({
    params: [random.pick([BLOB_HASH, `0x01${'22'.repeat(31)}`])],
    before: [NO_AUTOMINE, call('eth_sendRawTransaction', await blobTransaction)],
    restore: POOL_AGAIN,
  }));
  add('state', 'anvil_getBlobsByTransactionHash', async () => ({
    params: [random.pick(['<sent>', transaction()])],
    before: [NO_AUTOMINE, named('<sent>', call('eth_sendRawTransaction', await blobTransaction))],
    restore: POOL_AGAIN,
  }));

  // Mining and time.
  const NO_INTERVAL = [call('anvil_removeBlockTimestampInterval')];
  const next = { after: [MINE, LATEST] };
  changes('anvil_mine', () => [hex(1 + random.below(5))], { after: [LATEST] });
  changes('hardhat_mine', () => [hex(1 + random.below(5)), hex(random.below(20))], { after: [LATEST] });
  changes('evm_mine', () => random.pick<unknown[]>([[], [moment()], [{ timestamp: moment(), blocks: 2 }]]), {
    after: [LATEST],
  });
  add('state', 'anvil_mine_detailed evm_mine_detailed', async () => ({
    params: random.pick<unknown[]>([[], [moment()]]),
    before: await filled(),
    restore: POOL_AGAIN,
  }));
  changes('anvil_setAutomine evm_setAutomine', () => [whether()], {
    after: [call('anvil_getAutomine')],
    restore: [AUTOMINE],
  });
  changes('anvil_setIntervalMining evm_setIntervalMining', () => [random.pick([0, 600, 900])], {
    after: [call('anvil_getIntervalMining'), call('anvil_getAutomine')],
    restore: [call('evm_setIntervalMining', 0), AUTOMINE],
  });
  changes('anvil_increaseTime evm_increaseTime', () => [random.pick([random.below(1000), hex(random.below(1000))])], next);
  changes('anvil_setTime evm_setTime', () => [moment()], next);
  changes('anvil_setNextBlockTimestamp evm_setNextBlockTimestamp', () => [moment()], next);
  changes('anvil_setBlockTimestampInterval', () => [random.below(20)], { ...next, restore: NO_INTERVAL });
  add('state', 'anvil_removeBlockTimestampInterval', () => ({
    params: [],
    before: random.pick([[], [call('anvil_setBlockTimestampInterval', 7)]]),
    after: [MINE, LATEST],
    restore: NO_INTERVAL,
  }));

  // Accounts.
  sets('anvil_setBalance hardhat_setBalance tenderly_setBalance', () => [hex(random.below(1 << 30))]);
  sets('anvil_addBalance hardhat_addBalance tenderly_addBalance', () => [hex(random.below(1 << 30))]);
  sets('anvil_setNonce hardhat_setNonce evm_setAccountNonce', () => [hex(10 + random.below(1000))]);
  sets('anvil_setCode hardhat_setCode', () => [random.pick(['0x', '0x00', '0x602a5f5260205ff3'])]);
  sets('anvil_setStorageAt hardhat_setStorageAt', () => [slot(), `0x${'0'.repeat(62)}${10 + random.below(80)}`]);
  add('state', 'anvil_dealERC20 hardhat_dealERC20 anvil_setERC20Balance', () => {
    const [owner, of] = [account(), random.pick([history.token, history.token, history.slots])];
    return {
      params: [owner, of, hex(random.below(1 << 30))],
      after: [call('eth_call', { to: history.token, data: token('balanceOf', [owner]) }, 'latest')],
    };
  });
  add('state', 'anvil_setERC20Allowance', () => {
    const [owner, spender] = [account(), account()];
    return {
      params: [owner, spender, history.token, hex(random.below(1 << 30))],
      after: [call('eth_call', { to: history.token, data: token('allowance', [owner, spender]) }, 'latest')],
    };
  });

  // Who may send.
  const unsigned = (from: string) => call('eth_sendTransaction', { ...FEES, from, to: accounts[3].address });
  add('state', 'anvil_impersonateAccount hardhat_impersonateAccount', () => {
    const who = address();
    return {
      params: [who],
      before: [call('anvil_setBalance', who, hex(10n ** 20n))],
      after: [unsigned(who), LATEST],
      restore: [call('anvil_stopImpersonatingAccount', who)],
    };
  });
  add('state', 'anvil_stopImpersonatingAccount hardhat_stopImpersonatingAccount', () => {
    const who = address();
    return {
      params: [who],
      before: random.pick([[], [call('anvil_impersonateAccount', who)]]),
      after: [unsigned(who)],
      restore: [call('anvil_stopImpersonatingAccount', who)],
    };
  });
  changes('anvil_autoImpersonateAccount hardhat_autoImpersonateAccount', () => [whether()], {
    before: [call('anvil_setBalance', NOBODY, hex(10n ** 20n))],
    after: [unsigned(NOBODY)],
    restore: [call('anvil_autoImpersonateAccount', false)],
  });

  // The next blocks, and the node.
  const coinbase = [call('anvil_setCoinbase', `0x${'0'.repeat(40)}`)];
  changes('anvil_setCoinbase hardhat_setCoinbase', () => [address()], {
    after: [call('eth_coinbase'), MINE, LATEST],
    restore: coinbase,
  });
  changes('anvil_setBlockGasLimit evm_setBlockGasLimit', () => [hex(30_000_000 + random.below(1000))], {
    ...next,
    restore: [call('evm_setBlockGasLimit', hex(60_000_000))],
  });
  changes(
    'anvil_setNextBlockBaseFeePerGas hardhat_setNextBlockBaseFeePerGas',
    () => [hex(1_000_000_000 + random.below(1000))],
    { after: [MINE, LATEST] },
  );
  changes('anvil_setMinGasPrice hardhat_setMinGasPrice', () => [hex(random.below(1000))]);
  changes('anvil_setChainId', () => [1 + random.below(1000)], {
    after: [call('eth_chainId'), call('net_version')],
    restore: [call('anvil_setChainId', 31337)],
  });
  changes('anvil_setLoggingEnabled hardhat_setLoggingEnabled', () => [whether()], {
    restore: [call('anvil_setLoggingEnabled', true)],
  });
  changes('anvil_setRpcUrl', () => ['http://127.0.0.1:1']);

  // Marks, and the chain as a whole.
  const set = call('anvil_setBalance', NOBODY, '0x1234567');
  const whole = [call('eth_getBalance', NOBODY, 'latest'), call('eth_blockNumber'), LATEST];
  changes('anvil_snapshot evm_snapshot', () => []);
  changes('anvil_revert evm_revert', () => [random.pick(['<mark>', '<mark>', hex(1000 + random.below(5))])], {
    before: [named('<mark>', call('evm_snapshot')), set, MINE],
    after: whole,
  });
  changes('anvil_dumpState hardhat_dumpState', () => random.pick<unknown[]>([[], [false]]), { before: [set, MINE] });
  add('chain', 'anvil_loadState hardhat_loadState', () => ({
    params: ['<dump>'],
    before: [set, named('<dump>', call('anvil_dumpState')), call('anvil_setBalance', NOBODY, '0x1')],
    after: whole,
  }));
  add('chain', 'anvil_rollback', () => ({
    params: [random.pick([1, 2, hex(1), history.blocks + 2])],
    after: whole,
  }));
  add('chain', 'anvil_reorg', async () => ({
    params: [1 + random.below(3), random.pick([[], [[await transfer(1, -1), 0]]])],
    after: [call('eth_getTransactionReceipt', history.transactions[history.transactions.length - 1]), ...whole],
  }));
  add('chain', 'anvil_reset hardhat_reset', () => ({
    params: random.pick<unknown[]>([[], []]),
    before: [set],
    after: [call('eth_getTransactionCount', accounts[0].address, 'latest'), ...whole],
  }));
  return out;
}
