// A node that a test started, whichever program it is: its process, its address, its JSON-RPC.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RpcError {
  code: number;
  message: string;
  data?: unknown;
}

export interface Started {
  process: ChildProcess;
  url: string;
  output: () => string;
}

// Waits until the program has printed its address, the pattern's first group.
export async function started(name: string, child: ChildProcess, address: RegExp): Promise<Started> {
  let output = '';
  child.stdout!.on('data', (data) => (output += data));
  child.stderr!.on('data', (data) => (output += data));
  for (let waited = 0; waited < 20_000; waited += 5) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const url = address.exec(output)?.[1];
    if (url) return { process: child, url, output: () => output };
    await sleep(5);
  }
  child.kill('SIGKILL');
  throw new Error(`${name} did not start:\n${output}`);
}

export class RpcNode {
  readonly process: ChildProcess;
  readonly url: string;
  readonly output: () => string;

  protected constructor(node: Started) {
    this.process = node.process;
    this.url = node.url;
    this.output = node.output;
  }

  async post(body: unknown): Promise<any> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return response.json();
  }

  // The result, or an Error that carries the JSON-RPC error as its cause.
  async rpc(method: string, ...params: unknown[]): Promise<any> {
    const answer = await this.post({ jsonrpc: '2.0', id: 1, method, params });
    if (answer.error) throw new Error(answer.error.message, { cause: answer.error as RpcError });
    return answer.result;
  }

  // Waits until the transaction is found in its block: anvil has the receipt before it takes the transaction out of its pool. False: it
  // comes into none.
  async inBlock(hash: string, patience = 20_000): Promise<boolean> {
    for (let waited = 0; waited < patience; waited += 5) {
      if ((await this.rpc('eth_getTransactionByHash', hash))?.blockHash) return true;
      await sleep(5);
    }
    return false;
  }

  // `count` of one account's transactions, sent without waiting for each other.
  async atOnce<T>(count: number, send: (i: number) => Promise<T>): Promise<T[]> {
    return Promise.all(Array.from({ length: count }, (_, i) => send(i)));
  }

  // Ends the process; its exit code.
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, 'exit');
      this.process.kill(signal);
      await ended;
    }
    return this.process.exitCode;
  }
}
