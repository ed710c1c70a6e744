// anvil and Cairn with the same history, asked the same things.
import { gunzipSync } from 'node:zlib';
import type { Artifact } from '../support/compile_contracts.js';
import { Cairn, removeFolder, temporaryFolder } from '../support/cairn.js';
import { Anvil } from '../support/foundry.js';
import type { RpcNode } from '../support/rpc_node.js';
import { Socket } from '../support/socket.js';
import { ANVIL_METHODS } from './anvil_methods.js';
import { renamed } from './compare.js';
import { ANVIL_FLAGS, build, CAIRN_FLAGS, GENESIS_TIME, type History } from './history.js';
import type { Call, Request } from './requests.js';

// What one request, or what was looked at after it, was answered with.
export interface Answered extends Call {
  answer: any;
}

// anvil panics over some numbers: no answer, and the program ends.
const CLOSED = { error: { code: 'no answer' } };

const NEW_ID = /^(eth_new\w*Filter|eth_subscribe|(evm|anvil)_snapshot)$/;
const SENDS = /^eth_send(RawTransaction|Transaction|UnsignedTransaction)$/;

// One of the two.
class Side {
  private socket?: Socket;
  nextBaseFee = '0x0';
  // anvil forgets later marks over one that is not there.
  lost = false;

  constructor(
    readonly node: RpcNode,
    readonly blocks: `0x${string}`[],
  ) {}

  async end() {
    this.socket?.close();
    await this.node.stop();
  }

  async post({ method, params }: Call): Promise<any> {
    const request = { jsonrpc: '2.0', id: 1, method, params };
    if (!/^eth_(un)?subscribe$/.test(method)) return this.node.post(request);
    this.socket ??= await Socket.open(this.node.url.replace('http', 'ws'));
    return this.socket.ask(request);
  }

  // Those of `methods` that the node has; asked with parameters that none of them takes.
  async known(methods: string[]): Promise<string[]> {
    const out: string[] = [];
    for (const method of methods) {
      const { error } = await this.post({ method, params: [[[[]]]] });
      if (error?.code !== -32601) out.push(method);
    }
    return out;
  }

  // Of a call whose parameters hold names, the answer as it came.
  private async call({ method, params }: Call, names: Map<string, string>): Promise<any> {
    const answer = await this.post({ method, params: renamed(params, names) as unknown[] }).catch(() => CLOSED);
    // anvil answers before it mines.
    if (SENDS.test(method) && answer.result && (await this.node.rpc('anvil_getAutomine'))) {
      if (!(await this.node.inBlock(answer.result))) throw new Error(`${answer.result} was not mined`);
    }
    return answer;
  }

  // The request's answer, then what was looked at after it; the node is afterwards as it was.
  async ask(request: Request): Promise<Answered[]> {
    const names = new Map(this.blocks.map((hash, number) => [`<block ${number}>`, hash as string]));
    const changes = request.effect !== 'none';
    const mark = changes ? await this.node.rpc('evm_snapshot') : undefined;
    for (const call of request.before ?? []) {
      const answer = await this.call(call, names);
      if (answer.error) throw new Error(`${call.method}: ${answer.error.message}`);
      if (call.as) names.set(call.as, answer.result);
    }
    const asked = [request, ...(request.after ?? [])];
    const answers: any[] = [];
    for (const [i, call] of asked.entries()) {
      if (i > 0 && answers[0].error) break;
      const answer = await this.call(call, names);
      if (NEW_ID.test(call.method) && /^0x[0-9a-f]+$/.test(answer.result)) {
        names.set(i === 0 ? '<answered>' : `<answered ${i}>`, answer.result);
      }
      if (/dumpState/.test(call.method) && answer.result) answer.result = dumped(answer.result);
      answers.push(answer);
    }
    if (answers[0] === CLOSED) {
      this.lost = true;
      return [{ ...request, answer: CLOSED }];
    }
    if (changes) await this.nameBlocks(names, request.effect === 'chain' ? 0 : this.blocks.length);
    for (const call of request.restore ?? []) await this.call(call, names);
    if (request.effect === 'state') await this.undo(mark);
    const back = new Map([...names].map(([name, value]) => [value, name]));
    // Marks are small numbers, which in other answers are something else.
    const hashes = new Map([...back].filter(([value]) => value.length > 18));
    return answers.map((answer, i) => ({
      ...asked[i],
      answer: renamed(answer, NEW_ID.test(asked[i].method) ? back : hashes),
    }));
  }

  private async nameBlocks(names: Map<string, string>, from: number) {
    const head = Number(await this.node.rpc('eth_blockNumber'));
    for (let n = from; n <= Math.min(head, this.blocks.length + 50); ++n) {
      const block = await this.node.rpc('eth_getBlockByNumber', `0x${n.toString(16)}`, false);
      names.set(`<block ${n}>`, block.hash);
    }
  }

  // anvil forgets with evm_revert what the next block's base fee was to be.
  private async undo(mark: string) {
    this.lost = !(await this.node.rpc('evm_revert', mark));
    // anvil's clock then stands at the newest block.
    await this.node.rpc('evm_setTime', GENESIS_TIME + 12 * (this.blocks.length - 1));
    if (this.node instanceof Anvil) await this.node.rpc('anvil_setNextBlockBaseFeePerGas', this.nextBaseFee);
  }
}

// Of a dump, what both programs have in it.
function dumped(text: string): unknown {
  const { accounts, best_block_number } = JSON.parse(gunzipSync(Buffer.from(text.slice(2), 'hex')).toString());
  return { accounts, best_block_number };
}

export class Pair {
  private sides: Side[] = [];
  private readonly folders = [temporaryFolder(), temporaryFolder()];
  history!: History;

  private constructor(private readonly artifacts: Record<string, Artifact>) {}

  static async start(artifacts: Record<string, Artifact>): Promise<Pair> {
    const pair = new Pair(artifacts);
    await pair.begin();
    return pair;
  }

  get nodes(): RpcNode[] {
    return this.sides.map((side) => side.node);
  }

  private async begin() {
    const nodes: RpcNode[] = await Promise.all([
      Anvil.start(this.folders[0], ...ANVIL_FLAGS),
      Cairn.start(this.folders[1], ...CAIRN_FLAGS),
    ]);
    this.history = await build(nodes, this.artifacts);
    this.sides = nodes.map((node, i) => new Side(node, this.history.hashes[i]));
    const { baseFeePerGas } = await nodes[1].rpc('eth_feeHistory', '0x1', 'latest', []);
    for (const side of this.sides) side.nextBaseFee = baseFeePerGas[1];
  }

  // Which of anvil's methods both have; afterwards both are as new.
  async shared(): Promise<string[]> {
    const [theirs, ours] = await Promise.all(this.sides.map((side) => side.known(ANVIL_METHODS)));
    const unknown = ANVIL_METHODS.filter((method) => !theirs.includes(method));
    if (unknown.length > 0) throw new Error(`anvil has no ${unknown.join(', ')}`);
    await this.restart();
    return ours;
  }

  // Both answers of each call, theirs first.
  async ask(request: Request): Promise<[Answered, Answered][]> {
    const [theirs, ours] = await Promise.all(this.sides.map((side) => side.ask(request)));
    const lost = this.sides.some((side) => side.lost);
    if (request.effect === 'chain' || lost) await this.restart();
    const count = Math.min(theirs.length, ours.length);
    return Array.from({ length: count }, (_, i) => [theirs[i], ours[i]]);
  }

  private async restart() {
    await Promise.all(this.sides.map((side) => side.end()));
    await this.begin();
  }

  async stop() {
    await Promise.all(this.sides.map((side) => side.end()));
    for (const folder of this.folders) removeFolder(folder);
  }
}
