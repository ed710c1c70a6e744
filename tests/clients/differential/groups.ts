// Where Cairn answers otherwise than anvil 1.7.1, by method and cause, what decides for Cairn, and where that is written.
// docs/differences.md holds this list as a table; a difference that is in no group fails the run.
import type { Difference } from './compare.js';
import { SLOTS } from './history.js';

export interface Group {
  methods: RegExp;
  cause: RegExp;
  // Looks at one request, where the cause alone does not tell.
  when?: (difference: Difference) => boolean;
  what: string;
  reason: string;
  // The file in the repository, or the section of the EIP, that says so.
  where: string;
}

const RECEIPTS = /^(eth_(get(BlockReceipts|TransactionReceipt)|send(Raw)?TransactionSync)|ots_(getBlock|search)Transactions\w*)$/;
const SENDS = /^eth_send(Raw|Unsigned)?Transaction(Sync)?$/;
const POOLED = /^(txpool_(content|inspect)|eth_getTransactionByHash)$/;
const sameLetters = ({ values }: Difference) => String(values[0]).toLowerCase() === String(values[1]).toLowerCase();
const DUMPS = /_dumpState$/;
const MINED = /^(eth_getBlockBy(Hash|Number)|erigon_getHeaderByNumber|(anvil|evm)_mine_detailed|ots_getBlock(Details(ByHash)?|Transactions))$/;
const TRACES = /^debug_trace/;
const ZERO = /^0x0{64}$/;
const asks = (...words: unknown[]) => ({ request }: Difference) => request.some((p) => words.includes(p));
const text = (difference: Difference, which: number) => JSON.stringify(difference.answers[which] ?? '');
const hasBlocks = ([first]: unknown[]) => (first as { blockStateCalls?: unknown })?.blockStateCalls !== undefined;
const message = (words: RegExp) => (difference: Difference) => words.test(text(difference, 1));
const nothing = ({ answers }: Difference) => answers[1] === undefined || answers[1] === null;
// Blocks of the history with more than one transaction.
const SHARED_BLOCKS = [2, 5];
// Both found the same, in whatever order.
const sameTransactions = ({ answers }: Difference) => {
  const [theirs, ours] = answers.map((answer) =>
    ((answer as { txs?: { hash: string }[] } | undefined)?.txs ?? []).map(({ hash }) => hash).sort().join(),
  );
  return theirs === ours;
};
const tracer = (name: RegExp) => ({ request }: Difference) =>
  request.some((p) => name.test((p as { tracer?: string } | null)?.tracer ?? ''));

// What differs in a step of a vmTrace: each is known in one way alone.
const VM_TRACE: Record<string, (theirs: any, ours: any) => boolean> = {
  code: (theirs) => theirs === '0x',
  'op only in anvil': () => true,
  used: (theirs, ours) => theirs > ours,
  'store null in anvil': (_, ours) => ours.key !== undefined && ours.val !== undefined,
  'mem null in Cairn': (theirs) => theirs.off === 0 && theirs.data === '0x',
  'mem.off': (theirs) => theirs === 0,
  'mem.data': (theirs) => theirs === '0x',
};

export const GROUPS: Group[] = [
  {
    methods: /./,
    cause: /./,
    when: asks('safe', 'finalized'),
    what: '`safe` and `finalized` are the head; anvil counts back by its slots in an epoch',
    reason: '`finalized` is the newest block that cannot be re-orged without manual intervention; a dev chain has no other',
    where: 'execution-apis, src/schemas/block.yaml, BlockTag',
  },
  {
    methods: /./,
    cause: /^\$(\[\])?(\.(full)?block)?\.totalDifficulty only in anvil$|^\$(\[\]|\.receipts\[\])?\.(blobGasPrice|blockTimestamp) only in anvil$/,
    when: ({ method, cause }) => (cause.includes('totalDifficulty') ? MINED : RECEIPTS).test(method),
    what: 'blocks have no `totalDifficulty`, receipts no `blockTimestamp` (their logs have it), and without blobs no `blobGasPrice`',
    reason: 'the schemas do not have them; `blobGasPrice` is "only specified for blob transactions as defined by EIP-4844"',
    where: 'execution-apis, src/schemas/block.yaml, Block; src/schemas/receipt.yaml, ReceiptInfo',
  },
  {
    methods: /^(eth_(getBlockBy(Hash|Number)|getProof)|erigon_getHeaderByNumber|(anvil|evm)_mine_detailed|ots_getBlock\w+)$/,
    cause: /^\$(\[\])?(\.(full)?block)?\.(stateRoot|mixHash|accountProof(\[\]| length))$/,
    what: 'state root and `mixHash` of a block, and so the proofs of accounts',
    reason:
      'genesis also holds the contracts without which a block is invalid; `prevRandao` is a hash of parent and number, not a random number: the same history gives the same blocks',
    where: 'EIP-7002 and EIP-7251, Block processing; EIP-4399, PREVRANDAO',
  },
  {
    methods: MINED,
    cause: /^\$(\[\])?(\.(full)?block)?\.size$/,
    what: 'size of a block',
    reason: '`size` counts the bytes of the RLP of the whole block, whose header has a withdrawals root and a requests hash',
    where: 'go-ethereum, core/types/block.go, Block.Size; EIP-4895 and EIP-7685, header',
  },
  {
    methods: /^erigon_getHeaderByNumber$/,
    cause: /^\$\.(size|uncles|transactions|withdrawals) only in anvil$/,
    what: '`erigon_getHeaderByNumber` answers a header; anvil the whole block',
    reason: 'a header, "ignoring the block\'s transaction and uncle list"',
    where: 'Erigon, rpc/jsonrpc/erigon_block.go, GetHeaderByNumber',
  },
  {
    methods: /^eth_(getBlockByNumber|feeHistory)$/,
    cause: /^\$\.baseFeePerGas(\[\])?$/,
    when: ({ method, after }) => method === 'eth_feeHistory' || /_(reset|reorg|rollback)$/.test(after ?? ''),
    what: 'base fees after a past block in `eth_feeHistory`, and after `anvil_reset`, `anvil_reorg` and `anvil_rollback`; anvil takes the one that it would have mined next',
    reason: "a block's base fee follows from its parent's base fee, gas used and gas limit",
    where: 'EIP-1559, Specification',
  },
  {
    methods: /^eth_feeHistory$/,
    cause: /^\$\.reward/,
    what: '`reward` is there with percentiles alone, a row for each block; anvil has an empty list without them',
    reason: 'a row of percentiles for each block; without percentiles the member is left out',
    where: 'execution-apis, src/eth/fee_market.yaml; go-ethereum, internal/ethapi/api.go, feeHistoryResult',
  },
  {
    methods: /^(eth_(gasPrice|maxPriorityFeePerGas)|anvil_nodeInfo)$/,
    cause: /^\$(\.environment\.gasPrice)?$/,
    what: 'the tip that is proposed is a low percentile of what recent blocks took; anvil takes the last',
    reason: 'the 60th percentile of the three smallest tips of each of the last 20 blocks',
    where: 'go-ethereum, eth/gasprice/gasprice.go, SuggestTipCap; eth/ethconfig/config.go, FullNodeGPO',
  },
  {
    methods: /^(eth_(call|estimateGas|createAccessList|simulateV1|get)|debug_trace(Call|Block)|trace_|ots_hasCode)/,
    cause: /^(error -32(00[01]|602)|result) vs error -32(000|602)$/,
    when: message(/header (for hash )?not found|block #?\w+ not found/),
    what: "a block that is not there, in a question about its state or traces: -32000, and -32602 from Parity's methods; anvil: -32001 or -32602, or no traces",
    reason: '`header not found` and `block #N not found` have the default code, and viem and ethers know them by their words',
    where: 'go-ethereum, eth/api_backend.go, StateAndHeaderByNumber; eth/tracers/api.go, blockByNumber',
  },
  {
    methods: /^(eth_get(Block|Uncle|Transaction)|ots_getBlockDetails|trace_transaction)/,
    cause: /^error -32(001|602) vs result$|^\$ null in Cairn$/,
    when: nothing,
    what: 'blocks, ommers, counts and traces of what is not there are `null`; anvil answers an error, or an empty list of traces',
    reason: 'what is not there is `null`',
    where: 'execution-apis, src/schemas/base-types.yaml, notFound; Erigon, rpc/jsonrpc/trace_filtering.go, Transaction',
  },
  {
    methods: /^(eth_(send\w*Transaction(Sync)?|call|estimateGas|createAccessList|sign\w*)|personal_sign|debug_traceCall)$/,
    cause: /^error -32(003|603|602) vs error -32000$/,
    when: (d) => !d.cause.includes('-32602') || message(/unknown account|tracing failed/)(d),
    what: 'transactions and calls that are refused, cannot be paid for, run out of gas or have a sender without a key here: -32000; anvil: -32003, -32602 or -32603',
    reason: 'every such refusal has the default code; clients look at the words, and send -32603 again, which does not help here',
    where: 'go-ethereum, rpc/json.go, errorMessage; core/error.go; accounts/errors.go, ErrUnknownAccount',
  },
  {
    methods: /^(eth_estimateGas|debug_traceCall)$/,
    cause: /^result vs error -32000$/,
    when: message(/insufficient funds/),
    what: 'an estimate or a trace with value that the sender has not is an error; anvil answers 21000, or nothing traced',
    reason: 'both fail where the transaction would',
    where: 'go-ethereum, eth/gasestimator/gasestimator.go, Estimate; core/state_transition.go, buyGas',
  },
  {
    methods: /^eth_estimateGas$/,
    cause: /^\$$/,
    when: ({ values }) => BigInt(values[0] as string) * 1016n >= BigInt(values[1] as string) * 1000n,
    what: 'an estimate is at most 1.5 % above what is not enough; anvil ends its search elsewhere',
    reason: 'the search goes on between what fails and what is enough until they are as close as this',
    where: 'go-ethereum, eth/gasestimator/gasestimator.go, Estimate',
  },
  {
    methods: /^eth_createAccessList$/,
    cause: /^error 3 vs result$/,
    when: ({ answers }) => /^execution reverted$/.test((answers[1] as { error?: string }).error ?? ''),
    what: '`eth_createAccessList` of a call that reverts answers the list, the gas and the error',
    reason: '`error` is beside `accessList` and `gasUsed`',
    where: 'execution-apis, src/eth/execute.yaml, eth_createAccessList',
  },
  {
    methods: /^(eth_(send|sign)Transaction(Sync)?|eth_fillTransaction)$/,
    cause: /^result vs error -32000$/,
    when: message(/contract creation without any data/),
    what: 'a transaction that neither calls nor makes anything is refused; anvil makes a contract without code',
    reason: '`contract creation without any data provided`',
    where: 'go-ethereum, internal/ethapi/transaction_args.go, setDefaults',
  },
  {
    methods: /^eth_simulateV1$/,
    cause: /^\$\[\]\.(hash|parentHash|stateRoot|transactionsRoot|receiptsRoot|number|timestamp|baseFeePerGas|transactions\[\]|calls\[\]\.logs\[\]\.(block(Hash|Number|Timestamp)|transactionHash))$|^\$\[\]\.(calls\[\]\.maxUsedGas|withdrawalsRoot|blobGasUsed|excessBlobGas|parentBeaconBlockRoot|requestsHash|size|withdrawals) only in Cairn$/,
    what: "`eth_simulateV1`'s blocks follow the block that was asked for and are whole; anvil's have its number, no parent and no state root",
    reason: 'a block of its own on top of the base block, with every field of a block, a base fee of zero without `validation`, and `maxUsedGas` of each call',
    where: 'execution-apis, src/schemas/execute.yaml, EthSimulateBlockResultSuccess; tests/eth_simulateV1',
  },
  {
    methods: /^eth_simulateV1$/,
    cause: /^\$\[\]\.calls\[\]\.(returnData|error\.(code|message|data only in Cairn))$|^error -32003 vs error -38014$|^(error -32602 vs result|result vs error -32602)$/,
    when: ({ cause, request, values }) =>
      cause === '$[].calls[].returnData' ? values[1] === '0x' : !cause.startsWith('result') || !hasBlocks(request),
    what: "`eth_simulateV1`'s failures: 3 with the bytes in `error.data`, -32015 and -38014; a call without `to` makes a contract; no blocks at all are refused",
    reason: "the method's table of error codes; `empty input` has the code -32602",
    where: 'execution-apis, src/eth/execute.yaml, eth_simulateV1; go-ethereum, internal/ethapi/errors.go',
  },
  {
    methods: /^eth_(getLogs|newFilter|feeHistory)$/,
    cause: /^result vs error -32602$/,
    when: message(/range|future|beyond/),
    what: 'a range of logs that is turned round or begins after the head, and a fee history up to a block after the head, are refused; anvil answers none, or makes an answer up',
    reason: '`invalid block range params`, `block range extends beyond current head block`, `request beyond head block`',
    where: 'go-ethereum, eth/filters/api.go; eth/gasprice/feehistory.go',
  },
  {
    methods: /^(eth_(getLogs|newFilter|subscribe)|trace_filter)$/,
    cause: /^error -32602 vs result$/,
    when: ({ wrong }) => wrong,
    what: 'unknown keys of a filter do not matter',
    reason: 'the keys that it knows are read, others passed over; ethers and subgraphs send more',
    where: 'go-ethereum, eth/filters/api.go, FilterCriteria.UnmarshalJSON',
  },
  {
    methods:
      /^(eth_(get(Account(Info)?|Balance|Code|StorageAt|StorageValues|TransactionCount|Proof|BlockBy\w+|BlockReceipts)|feeHistory|call|createAccessList)|debug_trace\w+|ots_hasCode)$/,
    cause: /^error -32602 vs (result|error -32000)$/,
    when: (d) => d.request.includes(null) || (d.cause.endsWith('result') && !TRACES.test(d.method)),
    what: 'parameters at the end may be left out, or be `null`: the block, `hydrated`, a tracer\'s options',
    reason: 'the block parameter is not required and is the head then; optional parameters are pointers',
    where: 'execution-apis, src/eth/state.yaml; go-ethereum, rpc/json.go, parsePositionalArguments',
  },
  {
    methods: /./,
    cause: /^(result|error -32(00[13]|603)) vs error -32602$/,
    when: (d) =>
      d.wrong && message(/leading zero|without 0x|is no number|want a|invalid hex|neither a hex number|(above|>) 64 bits|empty request/)(d),
    what: 'numbers with leading zeros (that of a block to trace apart), empty, without `0x` or too large, lists in the place of text, and requests for nothing are refused; anvil reads them',
    reason: '`^0x(0\\|[1-9a-f][0-9a-f]*)$`; `empty request` has the code -32602',
    where: 'execution-apis, src/schemas/base-types.yaml, uint; go-ethereum, internal/ethapi/api.go, GetStorageValues',
  },
  {
    methods: /^(eth|debug|trace)_/,
    cause: /^error -32(001|602) vs error -32(602|000)$/,
    when: (d) => d.wrong && message(/invalid argument|transaction type not supported|rlp|typed transaction/)(d),
    what: 'parameters that cannot be read: -32602, and -32000 where a raw transaction cannot; anvil: -32602, or -32001 as if a block were missing',
    reason: '-32602 is for invalid parameters; `transaction type not supported` has the default code',
    where: 'JSON-RPC 2.0, section 5.1; go-ethereum, core/types/transaction.go, ErrTxTypeNotSupported',
  },
  {
    methods: SENDS,
    cause: /^\$$/,
    when: ({ wrong }) => wrong,
    what: 'the hash where gas and fees are left to the node: it fills in other values',
    reason: 'twice the base fee plus the proposed tip, and the gas of an estimate',
    where: 'go-ethereum, internal/ethapi/transaction_args.go, setDefaults and setFeeDefaults',
  },
  {
    methods: /^eth_signTransaction$/,
    cause: /^\$$/,
    what: '`eth_signTransaction` answers `raw` and `tx`; anvil the bytes alone',
    reason: 'an object that requires `raw` and `tx`',
    where: 'execution-apis, src/schemas/transaction.yaml, SignTransactionResult',
  },
  {
    methods: /^hardhat_/,
    cause: /^\$ null in anvil$|^\$$|^result vs error -32602$/,
    when: ({ method, cause, values }) =>
      method === 'hardhat_dropTransaction' || (cause === '$ null in anvil' && typeof values[1] === 'boolean'),
    what: '`hardhat_` methods answer `true`, or whether there was something to do, and `hardhat_dropTransaction` refuses a mined transaction; anvil: `null`, or the hash',
    reason: '`true` if it was removed, `false` if it was not there, an error if it is mined; network-helpers 3 takes nothing but a boolean',
    where: 'EDR, crates/edr_provider/src/requests/hardhat/transactions.rs; Hardhat, packages/hardhat-network-helpers/src/internal/network-helpers/helpers/drop-transaction.ts',
  },
  {
    methods: /^(evm_(increaseTime|setTime|mine)|(evm|anvil)_mine_detailed|anvil_(setBlockTimestampInterval|increaseTime|setTime|(set)?[iI]ntervalMining)|evm_setIntervalMining)$/,
    cause: /^error -32602 vs result$/,
    when: ({ wrong }) => wrong,
    what: "seconds may be a number, decimal or hexadecimal text, and have a fraction; the clock may be moved back, and set to the machine's; `evm_mine` takes an object without keys",
    reason: '`evm_increaseTime(seconds: number | QUANTITY)`, `evm_setTime` moves backwards too, every option of `evm_mine` has a default',
    where: 'Ganache, packages/ethereum/ethereum/src/api.ts',
  },
  {
    methods: /^(anvil|hardhat)_reset$/,
    cause: /^error -32602 vs result$/,
    when: ({ request }) => JSON.stringify(request) === '[{}]',
    what: '`anvil_reset` with an object without keys goes back to genesis, or to where the chain was forked; anvil wants to fork',
    reason: 'without `forking` a new instance begins',
    where: 'Hardhat 2, docs/src/content/hardhat-network/docs/reference/index.md, hardhat_reset',
  },
  {
    methods: /^(anvil_(rollback|reorg|setChainId)|ots_(search\w+|getBlockTransactions))$/,
    cause: /^error -32602 vs result$/,
    what: '`anvil_rollback`, `anvil_reorg`, `anvil_setChainId` and the pages of `ots_` take hexadecimal text, the first two without further parameters, too',
    reason: 'a quantity is hexadecimal text; the depth of a rollback is optional',
    where: 'EIP-1474, Quantity; Foundry, crates/anvil/core/src/eth/mod.rs, Rollback',
  },
  {
    methods: /^(hardhat_stopImpersonatingAccount|personal_sign|eth_send(Raw)?TransactionSync|eth_newPendingTransactionFilter)$/,
    cause: /^error -32602 vs (result|error -32000)$/,
    when: ({ wrong, request }) => wrong && request.length > 0,
    what: 'a further parameter is read: the time to wait, whether whole transactions are wanted, a passphrase; anvil takes none',
    reason: '`timeout` is the second parameter; `fullTx`; `passwd` of personal_sign, while geth had it',
    where: 'EIP-7966, Parameters; go-ethereum, eth/filters/api.go, NewPendingTransactionFilter; go-ethereum 1.13, internal/ethapi/api.go, PersonalAccountAPI.Sign',
  },
  {
    methods: /^((anvil|evm|hardhat)_set(BlockGasLimit|NextBlockBaseFeePerGas)|eth_feeHistory)$/,
    cause: /^error no answer vs |^result vs error -32602$/,
    when: (d) => d.wrong && (d.cause.startsWith('error no answer') || message(/gas limit is from/)(d)),
    what: 'a gas limit of zero is refused, and numbers that are too large, but where they fit; anvil panics over them and ends',
    reason: 'a gas limit is 5,000 or more; a count of blocks is read into 64 bits',
    where: 'execution-specs, src/ethereum/osaka/fork.py, check_gas_limit; go-ethereum, internal/ethapi/api.go, FeeHistory',
  },
  {
    methods: POOLED,
    cause: /\.gasPrice$|\.blockTimestamp only in Cairn$|^\$\.(pending|queued)\{\}( in other letters|\{\})$/,
    when: (d) => d.cause.endsWith('gasPrice') || d.values[1] === null || sameLetters(d),
    what: 'a waiting transaction has a `blockTimestamp` of `null`, beside the block and index, its `gasPrice` is its fee cap, and addresses as keys and in `txpool_inspect` have the capitals of EIP-55; anvil reckons with the next base fee, and has small letters',
    reason: '`blockTimestamp` is required; `null` until there is a block, and the fee cap until there is a price; `account.Hex()`, the checksummed form',
    where: 'execution-apis, src/schemas/transaction.yaml, TransactionInfo; go-ethereum, internal/ethapi/api.go, newRPCTransaction and TxPoolAPI',
  },
  {
    methods: /^eth_fillTransaction$/,
    cause: /^\$\.tx\.(from|blockHash|blockNumber|transactionIndex) only in anvil$/,
    what: "`eth_fillTransaction`'s `tx` has neither sender nor block",
    reason: '`tx` is an unsigned transaction, to be signed',
    where: 'execution-apis, src/schemas/transaction.yaml, FillTransactionResult',
  },
  {
    methods: /^eth_getProof$/,
    cause: /^\$\.(codeHash|storageHash|storageProof\[\]\.proof length)$/,
    when: ({ values }) => ZERO.test(String(values[1])) || JSON.stringify(values) === '[["0x80"],[]]',
    what: 'the hashes of an account that is not there are zero, and an empty trie has no nodes in a proof',
    reason: 'hashes of zero, and an empty list',
    where: 'go-ethereum, internal/ethapi/api.go, GetProof; core/state/statedb.go, GetCodeHash',
  },
  {
    methods: /^anvil_getBlob(ByHash|sByTransactionHash)$/,
    cause: /^\$ null in anvil$/,
    what: 'blobs of waiting transactions are found too; anvil finds those of mined ones only',
    reason: 'the pool holds the blobs, in the network form of the transaction',
    where: 'EIP-4844, Networking',
  },
  {
    methods: /^eth_(send(Unsigned)?Transaction|getBlockByNumber)$/,
    cause: /^\$(\.transactionsRoot|\.transactions\[\])?$/,
    when: ({ method, after }) => /mpersonat(e|ing)Account$|Unsigned/.test(after ?? method),
    what: 'the hash of a transaction without a signature',
    reason:
      'signature_y_parity, signature_r and signature_s end the payload; here they are 0, 1 and the sender, so that the root of the transactions follows from their bytes',
    where: 'EIP-1559, Specification',
  },
  {
    methods: /_(deal|set)ERC20(Balance|Allowance)?$/,
    cause: /^error -32603 vs error -32000$/,
    what: 'a balance or allowance that no slot of the token holds: -32000; anvil: -32603',
    reason: "-32603 is the node's own fault; clients would send it again",
    where: 'JSON-RPC 2.0, section 5.1',
  },
  {
    methods: /^anvil_setRpcUrl$/,
    cause: /^result vs error -32000$/,
    what: '`anvil_setRpcUrl` on a chain that is no fork is refused; anvil does nothing',
    reason: 'a result is there on success, and not where there was an error',
    where: 'JSON-RPC 2.0, section 5',
  },
  {
    methods: /_dumpState$|^eth_get(Account|Proof)$/,
    cause: /^\$\.accounts\{\}\.storage\{\} only in anvil$|^\$\.(storageRoot|storageHash|storageProof\[\]\.proof(\[\]| length))$/,
    when: ({ method, request, values }) =>
      method.startsWith('eth_get') ? request[0] === SLOTS : /^0x0+$/.test(String(values[0])),
    what: 'no slots of zero in a dump, nor in the trie of a storage',
    reason: 'a slot that is set to zero is deleted',
    where: 'execution-specs, src/ethereum/osaka/trie.py, trie_set',
  },
  {
    methods: DUMPS,
    cause: /^\$\.accounts\{\}( only in Cairn|\.nonce)$/,
    when: ({ cause, values }) => cause.endsWith('Cairn') || (values[0] === 0 && values[1] === 1),
    what: "a dump holds genesis' contracts of EIP-4788, 7002 and 7251, and Multicall3's, and all of them have the nonce 1",
    reason: 'a block is invalid where the contract is missing; a contract has the nonce 1 before its code runs',
    where: 'EIP-7002 and EIP-7251, Block processing; EIP-161, Specification',
  },
  {
    methods: /^(web3_clientVersion|(anvil|hardhat)_metadata)$/,
    cause: /^\$(\.(clientVersion|instanceId|clientSemver only in anvil|clientCommitSha only in anvil))?$/,
    what: "the program's name and version, and the chain's own id",
    reason: 'the id tells one chain from another, and changes with `hardhat_reset`',
    where: 'Hardhat 2, docs/src/content/hardhat-network/docs/reference/index.md, hardhat_metadata',
  },
  {
    methods: /^(anvil|hardhat)_metadata$/,
    cause: /^\$\.snapshots\{\} only in anvil$/,
    what: 'no marks that an earlier one took away; anvil still lists them',
    reason: 'the mark is deleted, "as well as any snapshots taken after"',
    where: 'Ganache, packages/ethereum/ethereum/src/api.ts, evm_revert',
  },
  {
    methods: /^(eth_config|anvil_nodeInfo)$/,
    cause: /^\$\.(current\.forkId|hardFork)$/,
    what: "the fork's name and id: `Osaka`; anvil says `Bpo1` with the blob parameters of Osaka, and an id of zero",
    reason: '`forkId` is the FORK_HASH; a fork of blob parameters alone is in force from the time that the configuration has for it',
    where: 'EIP-7910, forkId; EIP-7892, Specification',
  },
  {
    methods: /^(eth_signTypedData(_v3)?|eth_subscribe)$/,
    cause: /^error -32603 vs (result|error -32(602|000))$/,
    what: '`eth_signTypedData` and `_v3` sign as `_v4`, and `syncing` can be subscribed to; anvil has not implemented them',
    reason: 'eth_signTypedData signs the typed data; a subscription to syncing',
    where: 'EIP-712, Specification of the eth_signTypedData JSON RPC; go-ethereum, eth/downloader/api.go, Syncing',
  },
  {
    methods: /^eth_subscribe$/,
    cause: /^error -32602 vs error -32601$/,
    what: 'a subscription that does not exist: -32601; anvil: -32602',
    reason: '`no "x" subscription in eth namespace` has the code -32601',
    where: 'go-ethereum, rpc/errors.go, subscriptionNotFoundError',
  },
  {
    methods: /^eth_getFilterChanges$/,
    cause: /^\$ length$/,
    what: '`eth_getFilterChanges` has no logs from before the filter was made',
    reason: 'what came "since last poll"; eth_getFilterLogs has the rest',
    where: 'execution-apis, src/eth/filter.yaml, eth_getFilterChanges',
  },
  {
    methods: /^anvil_getAutomine$/,
    cause: /^\$$/,
    when: ({ after }) => after === 'evm_setIntervalMining',
    what: '`evm_setIntervalMining` with 0 ends the interval alone; in anvil no block is made any more',
    reason: '0 disables mining at intervals, whatever automine is (`anvil_setIntervalMining` does as anvil\'s)',
    where: 'Hardhat 2, docs/src/content/hardhat-network/docs/reference/index.md, evm_setIntervalMining',
  },
  {
    methods: /^eth_getBlockByNumber$/,
    cause: /^\$\.timestamp$/,
    when: ({ after }) => after === 'hardhat_mine',
    what: "`hardhat_mine`'s interval passes between the blocks; in anvil before the first, too",
    reason: '"the interval between the timestamps of each block"',
    where: 'Hardhat 2, docs/src/content/hardhat-network/docs/reference/index.md, hardhat_mine',
  },
  {
    methods: /^eth_getBlockByNumber$/,
    cause: /^\$\.timestamp$/,
    when: ({ after, values }) =>
      /reorg|rollback/.test(after ?? '') || (/setTime/.test(after ?? '') && Number(values[1]) > Number(values[0])),
    what: "no block is older than its parent, wherever the clock is set, and `anvil_reorg` and `anvil_rollback` leave the clock alone; anvil's goes back",
    reason: "a timestamp is above the parent's; equal only where a chain says so",
    where: 'execution-specs, src/ethereum/osaka/fork.py, validate_header',
  },
  {
    methods: /^(debug_getRawTransaction|eth_getRawTransactionBy\w+)$/,
    cause: /^\$ null in anvil$/,
    what: 'the bytes of a transaction that is not there: none',
    reason: '`0x`',
    where: 'go-ethereum, internal/ethapi/api.go, DebugAPI.GetRawTransaction and TransactionAPI',
  },
  {
    methods: /^(debug_trace|ots_)/,
    cause: /^(result|error -3260[23]) vs error -32000$/,
    when: message(/transaction not found|genesis is not traceable/),
    what: 'a transaction that is not there, and genesis, cannot be traced; anvil answers an empty trace, no traces, or -32603',
    reason: '`transaction not found`, `genesis is not traceable`',
    where: 'go-ethereum, eth/tracers/api.go; Erigon, rpc/jsonrpc/otterscan_api.go, runTracer',
  },
  {
    methods: TRACES,
    cause: /^\$(\[\]\.result)?\.(gas|gasUsed|structLogs\[\]\.gas|logs\[\]\.index)$/,
    what: "the outermost call has the transaction's gas limit and what the receipt says was used, a call without a limit the node's cap, and a log its index in the block; anvil leaves out what the transaction itself costs and what is refunded",
    reason: '`gasLimit` of the transaction, `GasUsed` of the receipt, `Index` of the log, `RPCGasCap`',
    where: 'go-ethereum, eth/tracers/native/call.go, OnTxStart, OnTxEnd and OnLog; eth/tracers/api.go, TraceCall',
  },
  {
    methods: TRACES,
    cause: /\.structLogs\[\]\.((refund|memory|returnData) only in anvil|refund|error|gasCost|storage\{\} only in Cairn)$|\.structLogs length$/,
    when: ({ cause, values: [theirs, ours] }: any) =>
      !cause.endsWith('length') || (ours.length === 0 && theirs.length === 1 && theirs[0].op === 'STOP'),
    what: 'steps tell the refund so far and leave out a refund, memory and return data that are empty, and a step that fails has its cost before it failed and an error in words; anvil\'s refund is always zero, and code that is empty has a step',
    reason: '`omitempty`, and the error\'s own text; nothing is executed where there is no code',
    where: 'go-ethereum, eth/tracers/logger/logger.go, structLogLegacy; core/vm/interpreter.go, Run',
  },
  {
    methods: TRACES,
    cause: /^\$(\[\]\.result)?(\.(pre|post))?\{\}(\.codeHash only in Cairn| only in (anvil|Cairn))$/,
    when: (d) => tracer(/^prestateTracer$/)(d) && (!d.cause.endsWith('anvil') || /^\{"balance":"0x0"\}$/.test(JSON.stringify(d.values[0]))),
    what: '`prestateTracer` has `codeHash`, and no accounts that were empty',
    reason: '`codeHash` is beside the code; accounts that were empty before are removed unless `includeEmpty` asks for them',
    where: 'go-ethereum, eth/tracers/native/prestate.go',
  },
  {
    methods: TRACES,
    cause: /^\$(\[\]\.result)?$|^\$(\[\]\.result)?\.(callTracer|4byteTracer) only in Cairn$|^error -32602 vs result$/,
    when: tracer(/^(muxTracer|flatCallTracer|4byteTracer|noopTracer)$/),
    what: '`muxTracer` and `flatCallTracer`, and with `debug_traceCall` `4byteTracer` too; anvil answers `{}`, or that it does not know them',
    reason: 'tracers that geth has, for every method that traces',
    where: 'go-ethereum, eth/tracers/native/mux.go and call_flat.go',
  },
  {
    methods: /^trace_/,
    cause: /\.result only in anvil$|^\$(\[\]|\.trace\[\]|\[\]\.trace\[\])?\.revertReason only in Cairn$|^\$\[\]\.output$/,
    when: ({ cause, values }) => !cause.endsWith('.output') || values[1] === '0x',
    what: 'a call that failed has `error` and no `result`, and the outermost one that reverted a `revertReason` and no output; anvil has both, and no reason',
    reason: 'where there is an error there is no result; a revert reason is written where there is one',
    where: 'Besu, ethereum/api/src/main/java/org/hyperledger/besu/ethereum/api/jsonrpc/internal/results/tracing/flat/FlatTrace.java, getResult and getRevertReason',
  },
  {
    methods: /^trace_replayBlockTransactions$/,
    cause: /\.stateDiff\{\}\.(balance\.\* only in anvil|balance\.\+ only in Cairn|code|nonce)$/,
    what: '`stateDiff` of an account that came to be: `+`; anvil: a change from zero',
    reason: '`+` for what is born, `*` for what changes',
    where: 'Erigon, rpc/jsonrpc/trace_adhoc.go, StateDiff.CompareStates',
  },
  {
    methods: /^ots_(getInternalOperations|traceTransaction)$/,
    cause: /^\$ length$/,
    what: "internal operations are those inside a transaction, and `ots_traceTransaction` has creations; anvil counts the transaction's own and leaves creations out",
    reason: 'operations are taken where a call is entered, not where the transaction begins; the tree has CREATE and CREATE2',
    where: 'Erigon, rpc/jsonrpc/otterscan_trace_operations.go; rpc/jsonrpc/otterscan_trace_transaction.go',
  },
  {
    methods: /^ots_getBlock(Details(ByHash)?|Transactions)$/,
    cause: /\.logs(Bloom)? null in Cairn$|\.timestamp only in anvil$|^\$\.(fullblock\.(transactions\[\]|transactionCount)|receipts\[\])/,
    when: ({ cause, request }) => / null in | only in anvil$|Count$/.test(cause) || SHARED_BLOCKS.includes(Number(request[0])),
    what: "pages of a block are counted from its end and have the number of all its transactions; logs and blooms are left out, and a receipt's time, which its block has",
    reason: '`pageEnd` is the number of transactions less the pages before; `logs` and `logsBloom` are nil',
    where: 'Erigon, rpc/jsonrpc/otterscan_api.go, GetBlockTransactions',
  },
  {
    methods: /^ots_searchTransactions(Before|After)$/,
    cause: /^\$\.((txs|receipts)\[\]|(first|last)Page$)/,
    when: sameTransactions,
    what: '`ots_searchTransactions*` lists from the newest to the oldest within a block too, and knows that a page which just reaches the end is the first or the last',
    reason: 'descending in both directions; the page at the end is the one after which there is no more',
    where: 'Erigon, rpc/jsonrpc/otterscan_api.go, SearchTransactionsBefore and SearchTransactionsAfter',
  },
  {
    methods: /^trace_replayBlockTransactions$/,
    cause: /^\$\[\]\.vmTrace\.(code|ops\[\](\.sub\.ops\[\])*\.(op only in anvil|ex\.(used|store null in anvil|mem null in Cairn|mem\.(off|data))))$/,
    when: ({ cause, values: [theirs, ours] }) => VM_TRACE[cause.replace(/^.*(\]|vmTrace)(\.ex)?\./, '')](theirs, ours),
    what: '`vmTrace` has the code of a creation, and says what gas an operation leaves, what MSTORE and its like wrote and where, and what SSTORE stored, and not the name; anvil has no code there, says what gas was there before, has memory of no bytes everywhere and never a store',
    reason: 'a creation runs its `init`; `used` is the gas that remains less the cost; memory is there after the operations that write it alone, storage where it was written; an operation is its cost, what it did, its place and the calls inside',
    where: 'Besu, ethereum/api/src/main/java/org/hyperledger/besu/ethereum/api/jsonrpc/internal/results/tracing/vm/VmTraceGenerator.java and VmOperation.java',
  },
];

export function groupOf(difference: Difference): Group | undefined {
  return GROUPS.find(
    (g) =>
      g.methods.test(difference.method) && g.cause.test(difference.cause) && (g.when?.(difference) ?? true),
  );
}

export function table(): string {
  const rows = GROUPS.map((g) => `| ${g.what} | ${g.reason} | ${g.where} |`);
  return ['| Cairn | what decides | where |', '|---|---|---|', ...rows].join('\n');
}
