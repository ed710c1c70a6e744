// Where Cairn answers otherwise than anvil 1.7.1, by method and cause, and what decides for Cairn.
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
}

const RECEIPTS = /^eth_(get(BlockReceipts|TransactionReceipt)|send(Raw)?TransactionSync)$/;
const SENDS = /^eth_send(Raw|Unsigned)?Transaction(Sync)?$/;
const POOLED = /^(txpool_content|eth_getTransactionByHash)$/;
const DUMPS = /_dumpState$/;
const MINED = /^(eth_getBlockBy(Hash|Number)|erigon_getHeaderByNumber|(anvil|evm)_mine_detailed)$/;
const ZERO = /^0x0{64}$/;
const asks = (...words: unknown[]) => ({ request }: Difference) => request.some((p) => words.includes(p));
const text = (difference: Difference, which: number) => JSON.stringify(difference.answers[which] ?? '');
const hasBlocks = ([first]: unknown[]) => (first as { blockStateCalls?: unknown })?.blockStateCalls !== undefined;
const message = (words: RegExp) => (difference: Difference) => words.test(text(difference, 1));

export const GROUPS: Group[] = [
  {
    methods: /^(eth|erigon)_/,
    cause: /./,
    when: asks('safe', 'finalized'),
    what: '`safe` and `finalized` are the head; anvil counts back by its slots in an epoch',
    reason: 'execution-apis, BlockTag: `finalized` is the newest block that cannot be re-orged without manual intervention; a dev chain has no other',
  },
  {
    methods: MINED,
    cause: /^\$(\[\])?\.totalDifficulty only in anvil$/,
    what: 'no `totalDifficulty` in blocks',
    reason: 'execution-apis, schema of a block: the field is not in it since the merge',
  },
  {
    methods: /^(eth_(getBlockBy(Hash|Number)|getProof)|erigon_getHeaderByNumber|(anvil|evm)_mine_detailed)$/,
    cause: /^\$(\[\])?\.(stateRoot|mixHash|accountProof(\[\]| length))$/,
    what: 'state root and `mixHash` of a block, and so the proofs of accounts',
    reason: "genesis also holds the contracts of EIP-4788, 2935, 7002 and 7251; `prevRandao` is a hash of parent and number, not a random number: the same history gives the same blocks",
  },
  {
    methods: MINED,
    cause: /^\$(\[\])?\.size$/,
    what: 'size of a block',
    reason: 'execution-apis: `size` counts the bytes of the RLP of the whole block, header with withdrawals root and requests hash included (EIP-4895, EIP-7685)',
  },
  {
    methods: /^erigon_getHeaderByNumber$/,
    cause: /^\$\.(size|uncles|transactions|withdrawals) only in anvil$/,
    what: '`erigon_getHeaderByNumber` answers a header; anvil the whole block',
    reason: 'Erigon, erigon_getHeaderByNumber: the header, without transactions, ommers and withdrawals',
  },
  {
    methods: /^eth_(getBlockByNumber|feeHistory)$/,
    cause: /^\$\.baseFeePerGas(\[\])?$/,
    when: ({ method, after }) => method === 'eth_feeHistory' || /_(reset|reorg|rollback)$/.test(after ?? ''),
    what: 'base fees after a past block in `eth_feeHistory`, and after `anvil_reset`, `anvil_reorg` and `anvil_rollback`; anvil takes the one that it would have mined next',
    reason: "EIP-1559: a block's base fee follows from its parent's base fee, gas used and gas limit",
  },
  {
    methods: /^eth_feeHistory$/,
    cause: /^\$\.reward/,
    what: '`reward` is there with percentiles alone, a row for each block; anvil has an empty list without them',
    reason: 'execution-apis, eth_feeHistory: one list of percentiles a block, not required; geth leaves it out without percentiles',
  },
  {
    methods: /^(eth_(gasPrice|maxPriorityFeePerGas)|anvil_nodeInfo)$/,
    cause: /^\$(\.environment\.gasPrice)?$/,
    what: 'the tip that is proposed is a low percentile of what recent blocks took; anvil takes the last',
    reason: 'geth, gas price oracle: the 60th percentile of the three smallest tips of each of the last 20 blocks',
  },
  {
    methods: RECEIPTS,
    cause: /^\$(\[\])?\.(blobGasPrice|blockTimestamp) only in anvil$/,
    what: 'receipts have no `blockTimestamp`, which their logs have, and without blobs no `blobGasPrice`',
    reason: 'execution-apis, schema ReceiptInfo: only logs carry `blockTimestamp`; `blobGasPrice` is "only specified for blob transactions as defined by EIP-4844"',
  },
  {
    methods: /^eth_(call|estimateGas|createAccessList|simulateV1|get)/,
    cause: /^error -3200[01] vs error -32000$|^error -32602 vs error -32000$/,
    when: message(/header (for hash )?not found/),
    what: 'a block that is not there, in a question about its state: -32000; anvil: -32001 or -32602',
    reason: 'geth: `header not found` has the code -32000, and viem and ethers know it by these words',
  },
  {
    methods: /^eth_get(Block|Uncle|Transaction)/,
    cause: /^error -32(001|602) vs result$/,
    when: ({ answers }) => answers[1] === undefined || answers[1] === null,
    what: 'blocks, ommers and counts of blocks that are not there are `null`; anvil answers an error',
    reason: 'execution-apis, schema NotFound: what is not there is `null`',
  },
  {
    methods: SENDS,
    cause: /^error -32003 vs error -32000$/,
    what: 'refused transactions: -32000; anvil: -32003',
    reason: "geth: every refusal by the pool has the default code -32000; clients look at the words",
  },
  {
    methods: /^eth_(call|estimateGas|createAccessList)$/,
    cause: /^error -32(003|603) vs error -32000$/,
    what: 'calls that cannot be paid for or run out of gas: -32000; anvil: -32003 or -32603',
    reason: 'geth: default code -32000; clients send -32603 again, which does not help here',
  },
  {
    methods: /^eth_estimateGas$/,
    cause: /^result vs error -32000$/,
    when: message(/insufficient funds/),
    what: 'an estimate for value that the sender has not is an error; anvil answers 21000',
    reason: 'geth: an estimate fails where the transaction would',
  },
  {
    methods: /^eth_createAccessList$/,
    cause: /^error 3 vs result$/,
    when: ({ answers }) => /^execution reverted$/.test((answers[1] as { error?: string }).error ?? ''),
    what: '`eth_createAccessList` of a call that reverts answers the list, the gas and the error',
    reason: 'execution-apis, eth_createAccessList: `error` is beside `accessList` and `gasUsed`',
  },
  {
    methods: /^(eth_(send|sign)Transaction(Sync)?|eth_fillTransaction)$/,
    cause: /^result vs error -32000$/,
    when: message(/contract creation without any data/),
    what: 'a transaction that neither calls nor makes anything is refused; anvil makes a contract without code',
    reason: 'geth, setDefaults: `contract creation without any data provided`',
  },
  {
    methods: /^eth_simulateV1$/,
    cause: /^\$\[\]\.(hash|parentHash|stateRoot|transactionsRoot|receiptsRoot|number|timestamp|baseFeePerGas|transactions\[\]|calls\[\]\.logs\[\]\.(block(Hash|Number|Timestamp)|transactionHash))$|^\$\[\]\.(calls\[\]\.maxUsedGas|withdrawalsRoot|blobGasUsed|excessBlobGas|parentBeaconBlockRoot|requestsHash|size|withdrawals) only in Cairn$/,
    what: "`eth_simulateV1`'s blocks follow the block that was asked for and are whole; anvil's have its number, no parent and no state root",
    reason: 'execution-apis, eth_simulateV1: a block of its own on top of the base block, with every field of a block, a base fee of zero without `validation`, and `maxUsedGas` of each call',
  },
  {
    methods: /^eth_simulateV1$/,
    cause: /^\$\[\]\.calls\[\]\.(returnData|error\.(code|message|data only in Cairn))$|^error -32003 vs error -38014$|^(error -32602 vs result|result vs error -32602)$/,
    when: ({ cause, request, values }) =>
      cause === '$[].calls[].returnData' ? values[1] === '0x' : !cause.startsWith('result') || !hasBlocks(request),
    what: "`eth_simulateV1`'s failures: 3 with the bytes in `error.data`, -32015 and -38014; a call without `to` makes a contract; no blocks at all are refused",
    reason: 'execution-apis, eth_simulateV1: its table of error codes; geth: `empty input` has the code -32602',
  },
  {
    methods: /^eth_(getLogs|newFilter)$/,
    cause: /^result vs error -32602$/,
    when: message(/range|future|beyond/),
    what: 'a log range that is turned round or begins after the head is refused; anvil answers none',
    reason: 'geth: `invalid block range params`, -32602',
  },
  {
    methods: /^eth_(getLogs|newFilter|subscribe)$/,
    cause: /^error -32602 vs result$/,
    when: ({ wrong }) => wrong,
    what: "unknown keys of a filter do not matter",
    reason: 'geth, FilterCriteria: the keys that it knows are read, others passed over; ethers and subgraphs send more',
  },
  {
    methods: /^eth_(get(Balance|Code|StorageAt|TransactionCount|Proof|BlockBy\w+|BlockReceipts)|feeHistory|call)$/,
    cause: /^error -32602 vs result$/,
    what: 'parameters at the end may be left out: the block, and `hydrated`',
    reason: 'execution-apis: the block parameter is not required; geth takes the head',
  },
  {
    methods: /./,
    cause: /^(result|error -32603) vs error -32602$/,
    when: (d) => d.wrong && message(/leading zero|without 0x|is no number|want a|invalid hex|neither a hex number|above 64 bits/)(d),
    what: 'numbers with leading zeros, empty, without `0x` or too large, and lists in the place of text, are refused; anvil reads them',
    reason: 'execution-apis, schema uint: `^0x(0|[1-9a-f][0-9a-f]*)$`',
  },
  {
    methods: /^eth_feeHistory$/,
    cause: /^result vs error -32602$/,
    when: message(/beyond head/),
    what: '`eth_feeHistory` up to a block after the head is refused; anvil makes an answer up',
    reason: 'geth: `request beyond head block`',
  },
  {
    methods: /^eth_/,
    cause: /^error -32(001|602) vs error -32(602|000)$/,
    when: (d) => d.wrong && message(/invalid argument|transaction type not supported|rlp|typed transaction/)(d),
    what: 'parameters that cannot be read: -32602, and -32000 where a raw transaction cannot; anvil: -32602, or -32001 as if a block were missing',
    reason: 'JSON-RPC 2.0: -32602 is for invalid parameters; geth: `transaction type not supported` has the default code',
  },
  {
    methods: SENDS,
    cause: /^\$$/,
    when: ({ wrong }) => wrong,
    what: 'the hash where gas and fees are left to the node: it fills in other values',
    reason: 'geth fills in twice the base fee plus the proposed tip, and the gas of an estimate',
  },
  {
    methods: /^eth_signTransaction$/,
    cause: /^\$$/,
    what: '`eth_signTransaction` answers `raw` and `tx`; anvil the bytes alone',
    reason: 'execution-apis, schema SignTransactionResult: an object of `raw` and `tx`',
  },
  {
    methods: /^hardhat_/,
    cause: /^\$ null in anvil$/,
    when: ({ values }) => typeof values[1] === 'boolean',
    what: '`hardhat_` methods answer `true`, or whether there was something to do; anvil: `null`',
    reason: "Hardhat, its node's reference: these methods answer a boolean",
  },
  {
    methods: /^hardhat_dropTransaction$/,
    cause: /^\$$|^result vs error -32602$/,
    what: '`hardhat_dropTransaction` answers a boolean and refuses a mined transaction; anvil: the hash, or `null`',
    reason: "Hardhat: `true` if it was dropped, `false` if it was not there, an error if it is mined; its network-helpers read no hash",
  },
  {
    methods: /^(evm_(increaseTime|setTime)|anvil_(setBlockTimestampInterval|increaseTime|setTime|(set)?[iI]ntervalMining)|evm_setIntervalMining)$/,
    cause: /^error -32602 vs result$/,
    when: ({ wrong }) => wrong,
    what: 'seconds may be a number, decimal or hexadecimal text, and have a fraction; the clock may be moved back, and set to the machine\'s',
    reason: "Hardhat and Ganache take both forms for seconds; EIP-1474's quantity is hexadecimal text",
  },
  {
    methods: /^(evm_mine|(evm|anvil)_mine_detailed)$/,
    cause: /^error -32602 vs result$/,
    when: ({ wrong }) => wrong,
    what: '`evm_mine` takes an object without keys',
    reason: 'Ganache, evm_mine: every option has a default',
  },
  {
    methods: /^(anvil|hardhat)_reset$/,
    cause: /^error -32602 vs result$/,
    when: ({ request }) => JSON.stringify(request) === '[{}]',
    what: '`anvil_reset` with an object without keys goes back to genesis; anvil wants to fork',
    reason: 'Hardhat, hardhat_reset: without `forking` the chain begins anew, and is no fork',
  },
  {
    methods: /^anvil_(rollback|reorg|setChainId)$/,
    cause: /^error -32602 vs result$/,
    what: '`anvil_rollback`, `anvil_reorg` and `anvil_setChainId` take hexadecimal text, the first two without further parameters, too',
    reason: "EIP-1474: a quantity is hexadecimal text; Foundry's own reference has rollback's depth as optional",
  },
  {
    methods: /^(hardhat_stopImpersonatingAccount|personal_sign|eth_send(Raw)?TransactionSync|eth_newPendingTransactionFilter)$/,
    cause: /^error -32602 vs (result|error -32000)$/,
    when: ({ wrong, request }) => wrong && request.length > 0,
    what: 'a further parameter is read: the time to wait, whether whole transactions are wanted, a passphrase; anvil takes none',
    reason: "EIP-7966: `timeout` is the second parameter; geth, eth_newPendingTransactionFilter: `fullTx`; go-ethereum's personal_sign and Ganache's accounts have a passphrase",
  },
  {
    methods: /^((anvil|evm|hardhat)_set(BlockGasLimit|NextBlockBaseFeePerGas)|eth_feeHistory)$/,
    cause: /^error no answer vs |^result vs error -32602$/,
    when: (d) => d.wrong && (d.cause.startsWith('error no answer') || message(/gas limit is from/)(d)),
    what: 'a gas limit of zero is refused, and numbers that are too large, but where they fit; anvil panics over them and ends',
    reason: 'Yellow Paper 4.4.4: a gas limit is from 5,000 to 2^63 - 1; geth reads a count of blocks into 64 bits',
  },
  {
    methods: POOLED,
    cause: /\.blockTimestamp only in Cairn$/,
    when: ({ values }) => values[1] === null,
    what: 'waiting transactions have a `blockTimestamp` of `null`, beside the block and index',
    reason: 'execution-apis, schema TransactionInfo: `blockTimestamp` is required; geth: `null` until there is a block',
  },
  {
    methods: POOLED,
    cause: /\.gasPrice$/,
    what: "a waiting transaction's `gasPrice` is its fee cap; anvil reckons with the next base fee",
    reason: 'geth: the effective price once there is a block, the fee cap until then',
  },
  {
    methods: /^eth_fillTransaction$/,
    cause: /^\$\.tx\.(from|blockHash|blockNumber|transactionIndex) only in anvil$/,
    what: "`eth_fillTransaction`'s `tx` has neither sender nor block",
    reason: 'geth, eth_fillTransaction: `tx` is what is to be signed, as in SignTransactionResult',
  },
  {
    methods: /^eth_getProof$/,
    cause: /^\$\.(codeHash|storageHash|storageProof\[\]\.proof length)$/,
    when: ({ values }) => ZERO.test(String(values[1])) || JSON.stringify(values) === '[["0x80"],[]]',
    what: 'the hashes of an account that is not there are zero, and an empty trie has no nodes in a proof',
    reason: "geth, eth_getProof: hashes of zero, and an empty list",
  },
  {
    methods: /^anvil_getBlob(ByHash|sByTransactionHash)$/,
    cause: /^\$ null in anvil$/,
    what: 'blobs of waiting transactions are found too; anvil finds those of mined ones only',
    reason: 'EIP-4844: the pool holds the blobs, in the network form of the transaction',
  },
  {
    methods: /^eth_(send(Unsigned)?Transaction|getBlockByNumber)$/,
    cause: /^\$(\.transactionsRoot|\.transactions\[\])?$/,
    when: ({ method, after }) => /mpersonat(e|ing)Account$|Unsigned/.test(after ?? method),
    what: 'the hash of a transaction without a signature',
    reason: 'EIP-1559: signature_y_parity, signature_r and signature_s end the payload; here they are 0, 1 and the sender, so that the root of the transactions follows from their bytes',
  },
  {
    methods: /^(eth_send(Unsigned)?Transaction|eth_sign\w*|personal_sign)$/,
    cause: /^error -32602 vs error -32000$/,
    when: message(/unknown account/),
    what: 'a sender without a key here: -32000; anvil: -32602',
    reason: 'geth: `unknown account` has the default code',
  },
  {
    methods: /_(deal|set)ERC20(Balance|Allowance)?$/,
    cause: /^error -32603 vs error -32000$/,
    what: 'a balance or allowance that no slot of the token holds: -32000; anvil: -32603',
    reason: "JSON-RPC 2.0: -32603 is the node's own fault; clients would send it again",
  },
  {
    methods: /^anvil_setRpcUrl$/,
    cause: /^result vs error -32000$/,
    what: '`anvil_setRpcUrl` on a chain that is no fork is refused; anvil does nothing',
    reason: 'JSON-RPC 2.0: a result says that the call succeeded',
  },
  {
    methods: DUMPS,
    cause: /^\$\.accounts\{\}\.nonce$/,
    when: ({ values }) => values[0] === 0 && values[1] === 1,
    what: "the nonce of genesis' contracts is 1",
    reason: 'EIP-161: a contract has the nonce 1 before its code runs',
  },
  {
    methods: /_dumpState$|^eth_getProof$/,
    cause: /^\$\.accounts\{\}\.storage\{\} only in anvil$|^\$\.(storageHash|storageProof\[\]\.proof(\[\]| length))$/,
    when: ({ method, request, values }) =>
      method === 'eth_getProof' ? request[0] === SLOTS : /^0x0+$/.test(String(values[0])),
    what: 'no slots of zero in a dump, nor in the trie of a proof',
    reason: 'Yellow Paper 4.1: a slot of zero is one that is not there',
  },
  {
    methods: DUMPS,
    cause: /^\$\.accounts\{\} only in Cairn$/,
    what: "a dump holds genesis' contracts of EIP-4788, 7002 and 7251, and Multicall3's",
    reason: 'EIP-4788, EIP-7002, EIP-7251: a block is invalid where the contract is missing',
  },
  {
    methods: /^(web3_clientVersion|(anvil|hardhat)_metadata)$/,
    cause: /^\$(\.(clientVersion|instanceId|clientSemver only in anvil|clientCommitSha only in anvil))?$/,
    what: "the program's name and version, and the chain's own id",
    reason: 'execution-apis, web3_clientVersion: the name of the client; Hardhat, hardhat_metadata: the id changes with the chain',
  },
  {
    methods: /^(anvil|hardhat)_metadata$/,
    cause: /^\$\.snapshots\{\} only in anvil$/,
    what: 'no marks that an earlier one took away; anvil still lists them',
    reason: 'Ganache, evm_revert: the mark and all after it are deleted',
  },
  {
    methods: /^eth_config$/,
    cause: /^\$\.current\.forkId$/,
    what: "the fork's id; anvil answers zero",
    reason: 'EIP-7910: `forkId` is the FORK_HASH of EIP-6122',
  },
  {
    methods: /^anvil_nodeInfo$/,
    cause: /^\$\.hardFork$/,
    what: '`Osaka`; anvil says `Bpo1`, and in `eth_config` the blob parameters of Osaka',
    reason: 'EIP-7892: a fork of blob parameters alone is in force from the time that the configuration has for it',
  },
  {
    methods: /^eth_signTypedData(_v3)?$/,
    cause: /^error -32603 vs (result|error -32(602|000))$/,
    what: '`eth_signTypedData` and `_v3` sign as `_v4`; anvil has not implemented them',
    reason: 'EIP-712: eth_signTypedData signs the typed data',
  },
  {
    methods: /^eth_subscribe$/,
    cause: /^error -32603 vs result$/,
    what: '`syncing` can be subscribed to; anvil has not implemented it',
    reason: 'geth, eth_subscribe: newHeads, logs, newPendingTransactions, syncing, transactionReceipts',
  },
  {
    methods: /^eth_subscribe$/,
    cause: /^error -32602 vs error -32601$/,
    what: 'a subscription that does not exist: -32601; anvil: -32602',
    reason: 'geth: `no "x" subscription in eth namespace` has the code -32601',
  },
  {
    methods: /^eth_getFilterChanges$/,
    cause: /^\$ length$/,
    what: '`eth_getFilterChanges` has no logs from before the filter was made',
    reason: 'execution-apis, eth_getFilterChanges: what came since the last poll; eth_getFilterLogs has the rest',
  },
  {
    methods: /^anvil_getAutomine$/,
    cause: /^\$$/,
    when: ({ after }) => after === 'evm_setIntervalMining',
    what: '`evm_setIntervalMining` with 0 ends the interval alone; in anvil no block is made any more',
    reason: "Hardhat, evm_setIntervalMining: 0 disables it, whatever automine is (`anvil_setIntervalMining` does as anvil's)",
  },
  {
    methods: /^eth_getBlockByNumber$/,
    cause: /^\$\.timestamp$/,
    when: ({ after }) => after === 'hardhat_mine',
    what: "`hardhat_mine`'s interval passes between the blocks; in anvil before the first, too",
    reason: "Hardhat, hardhat_mine: the interval between the timestamps of each block",
  },
  {
    methods: /^eth_getBlockByNumber$/,
    cause: /^\$\.timestamp$/,
    when: ({ after }) => /reorg|rollback/.test(after ?? ''),
    what: "`anvil_reorg`'s and `anvil_rollback`'s blocks go and the clock does not; anvil's clock goes back",
    reason: "Yellow Paper 4.4: a timestamp is the time at the block's inception",
  },
  {
    methods: /^eth_getBlockByNumber$/,
    cause: /^\$\.timestamp$/,
    when: ({ after, values }) => /setTime/.test(after ?? '') && Number(values[1]) > Number(values[0]),
    what: "no block is older than its parent, wherever the clock is set; anvil's may be",
    reason: "Yellow Paper 4.4.4: a timestamp is above the parent's; equal only where a chain says so",
  },
  {
    methods: /^eth_getStorageValues$/,
    cause: /^error -32602 vs result$|^result vs error -32602$/,
    when: ({ wrong }) => wrong,
    what: '`eth_getStorageValues` without a block reads the head, and refuses to read nothing',
    reason: 'execution-apis, eth_getStorageValues: the block is not required; geth: `empty request`',
  },
  {
    methods: /^debug_getRawTransaction$/,
    cause: /^\$ null in anvil$/,
    what: 'the bytes of a transaction that is not there: none',
    reason: 'geth, debug_getRawTransaction: `0x`',
  },
];

export function groupOf(difference: Difference): Group | undefined {
  return GROUPS.find(
    (g) =>
      g.methods.test(difference.method) && g.cause.test(difference.cause) && (g.when?.(difference) ?? true),
  );
}

export function table(): string {
  const rows = GROUPS.map((g) => `| ${g.what} | ${g.reason} |`);
  return ['| Cairn | what decides |', '|---|---|', ...rows].join('\n');
}
