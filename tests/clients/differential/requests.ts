// Random JSON-RPC requests from a seed: the same seed gives the same requests.
import type { Kind } from './draws.js';

export interface Call {
  method: string;
  params: unknown[];
  // The answer's name in later calls and in what is compared: each node has its own.
  as?: string;
}

// What a request is drawn with.
export interface Draw {
  params: unknown[];
  // Asked before, on each node, so that there is something to ask about.
  before?: Call[];
  // Asked afterwards and compared too: what the request did.
  after?: Call[];
  // Asked at the end: what evm_revert leaves as the request made it.
  restore?: Call[];
}

export interface Request extends Draw {
  method: string;
  wrong: boolean;
  effect: Kind['effect'];
}

export class Random {
  constructor(private state: number) {}

  // Mulberry32.
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  below(n: number): number {
    return Math.floor(this.next() * n);
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }
}

const WRONG = [
  ...[null, true, -1, 1.5, '', '0x', '0xzz', '12', 'latestt', {}, [], '0x00', `0x${'f'.repeat(65)}`],
  ...['0x1234', { from: 7 }, [[]], `0x${'12'.repeat(20)}`, `0x${'34'.repeat(32)}`],
];

// anvil ends, or mines for hours, where one of these is asked for a large number.
const NO_LARGE_NUMBER = /mine|increaseTime|reorg|rollback/i;
const isLarge = (value: unknown) => typeof value === 'string' && /^0x[0-9a-f]{4,}$/.test(value);

// `count` requests, every method at least `least` times, every third with wrong parameters.
export async function generate(
  random: Random,
  kinds: Map<string, Kind>,
  count: number,
  least: number,
): Promise<Request[]> {
  const names = [...kinds.keys()].sort();
  const out: Request[] = [];
  for (let i = 0; i < count; ++i) {
    const method = i < names.length * least ? names[i % names.length] : random.pick(names);
    const { draw, effect } = kinds.get(method)!;
    const drawn = await draw();
    const params = [...drawn.params];
    const wrong = random.below(3) === 0;
    if (wrong) {
      const where = random.below(params.length + 1);
      const values = NO_LARGE_NUMBER.test(method) ? WRONG.filter((v) => !isLarge(v)) : WRONG;
      if (where === params.length && params.length > 0 && random.below(2) === 0) params.pop();
      else params[where] = random.pick(values);
    }
    out.push({ ...drawn, method, params, wrong, effect });
  }
  // Those after which both nodes start anew come last: a node's first blob takes seconds.
  const last = out.filter(({ effect }) => effect === 'chain');
  return [...out.filter(({ effect }) => effect !== 'chain'), ...last];
}
