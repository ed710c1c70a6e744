// Where Cairn answers otherwise than anvil 1.7.1, by method and cause, and what decides for Cairn.
// docs/differences.md holds this list as a table; a difference that is in no group fails the run.
import type { Difference } from './compare.js';

export interface Group {
  methods: RegExp;
  cause: RegExp;
  // Looks at one request, where the cause alone does not tell.
  when?: (difference: Difference) => boolean;
  what: string;
  reason: string;
}

const BLOCKS = /^eth_getBlockBy(Hash|Number)$/;
const RECEIPTS = /^eth_get(BlockReceipts|TransactionReceipt)$/;
const SENDS = /^eth_send(Raw)?Transaction$/;
const asks = (...words: unknown[]) => ({ request }: Difference) => request.some((p) => words.includes(p));
const text = (difference: Difference, which: number) => JSON.stringify(difference.answers[which] ?? '');
const message = (words: RegExp) => (difference: Difference) => words.test(text(difference, 1));

export const GROUPS: Group[] = [
  {
    methods: /^eth_/,
    cause: /./,
    when: asks('safe', 'finalized'),
    what: '`safe` and `finalized` are the head; anvil counts back by its slots in an epoch',
    reason: 'execution-apis, block tags: `finalized` is the newest block that cannot be taken back; a dev chain has no forks',
  },
  {
    methods: BLOCKS,
    cause: /^\$\.totalDifficulty only in anvil$/,
    what: 'no `totalDifficulty` in blocks',
    reason: 'execution-apis, schema of a block: the field is not in it since the merge',
  },
  {
    methods: BLOCKS,
    cause: /^\$\.(stateRoot|mixHash|hash|parentHash|extraData)$/,
    what: 'state root and `mixHash` of a block',
    reason: "genesis also holds the contracts of EIP-4788, 2935, 7002 and 7251; `prevRandao` is a hash of parent and number, not a random number: the same history gives the same blocks",
  },
  {
    methods: BLOCKS,
    cause: /^\$\.size$/,
    what: 'size of a block',
    reason: 'execution-apis: `size` counts the bytes of the RLP of the whole block, header with withdrawals root and requests hash included (EIP-4895, EIP-7685)',
  },
  {
    methods: /^eth_(getBlockBy|feeHistory)/,
    cause: /^\$\.baseFeePerGas(\[\])?$/,
    what: "base fee of genesis and of the block after the newest; anvil's first block repeats that of genesis, and its forecast after `evm_revert` is another block's",
    reason: "EIP-1559: a block's base fee follows from its parent's base fee, gas used and gas limit, from genesis on",
  },
  {
    methods: /^eth_feeHistory$/,
    cause: /^\$\.reward only in anvil$/,
    what: '`eth_feeHistory` without percentiles has no `reward`; anvil answers an empty list',
    reason: 'execution-apis, eth_feeHistory: `reward` is there when percentiles were asked for',
  },
  {
    methods: /^eth_feeHistory$/,
    cause: /^\$\.reward/,
    what: '`reward` has a row for each block',
    reason: 'execution-apis, eth_feeHistory: one list of percentiles a block',
  },
  {
    methods: /^eth_(gasPrice|maxPriorityFeePerGas)$/,
    cause: /^\$$/,
    what: 'the tip that is proposed is a low percentile of what recent blocks took; anvil takes the last',
    reason: "geth, gas price oracle: the 60th percentile of the smallest tips of the last blocks",
  },
  {
    methods: RECEIPTS,
    cause: /^\$(\[\])?\.blobGasPrice only in anvil$/,
    what: 'no `blobGasPrice` in receipts of transactions without blobs',
    reason: 'execution-apis, schema of a receipt: `blobGasPrice` is there for blob transactions only',
  },
  {
    methods: RECEIPTS,
    cause: /^\$(\[\])?\.blockTimestamp only in anvil$/,
    what: 'no `blockTimestamp` in receipts themselves; logs have it',
    reason: 'execution-apis, schema of a receipt: only logs carry `blockTimestamp`',
  },
  {
    methods: /^eth_(call|estimateGas|get)/,
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
    methods: /^eth_(call|estimateGas)$/,
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
    methods: /^eth_getLogs$/,
    cause: /^result vs error -32602$/,
    when: message(/range|future|beyond/),
    what: 'a log range that is turned round or begins after the head is refused; anvil answers none',
    reason: 'geth: `invalid block range params`, -32602',
  },
  {
    methods: /^eth_getLogs$/,
    cause: /^error -32602 vs result$/,
    what: "unknown keys of a filter do not matter",
    reason: 'geth reads the keys that it knows; ethers and subgraphs send more',
  },
  {
    methods: /^eth_(get(Balance|Code|StorageAt|TransactionCount|BlockBy\w+|BlockReceipts)|feeHistory|call)$/,
    cause: /^error -32602 vs result$/,
    what: 'parameters at the end may be left out: the block, and `hydrated`',
    reason: 'execution-apis: the block parameter is not required; geth takes the head',
  },
  {
    methods: /^evm_revert$/,
    cause: /^result vs error -32602$/,
    when: message(/above 64 bits/),
    what: '`evm_revert` refuses a mark above 64 bits; anvil answers `false`',
    reason: 'Cairn numbers its marks with 64 bits (no standard has this method): a longer one is a mistake of the caller',
  },
  {
    methods: /./,
    cause: /^result vs error -32602$/,
    when: (d) => d.wrong && message(/leading zero|without 0x|want a|invalid hex|neither a hex number|above 64 bits/)(d),
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
    methods: /^hardhat_(mine|setBalance)$/,
    cause: /^\$ null in anvil$/,
    what: '`hardhat_mine` and `hardhat_setBalance` answer `true`; anvil: `null`',
    reason: "Hardhat, its node's reference: these methods answer `true`",
  },
  {
    methods: /^(anvil_setBlockTimestampInterval|evm_increaseTime)$/,
    cause: /^error -32602 vs result$/,
    when: ({ wrong }) => wrong,
    what: 'seconds may be a number or hexadecimal text, and the clock may be moved back',
    reason: "Hardhat and Ganache take both forms for seconds; EIP-1474's quantity is hexadecimal text",
  },
  {
    methods: /^evm_mine$/,
    cause: /^error -32602 vs result$/,
    what: '`evm_mine` takes an object without keys',
    reason: "Ganache, evm_mine: every option has a default",
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
