// A `cairn dev` of its own for a test: any free port, a folder that goes away with it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const program = resolve(
  process.env.CAIRN_PROGRAM ?? resolve(import.meta.dirname, '../../../build/release/cairn'),
);

export const MNEMONIC = 'test test test test test test test test test test test junk';

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'cairn-test-'));
}

export function removeFolder(folder: string) {
  rmSync(folder, { recursive: true, force: true });
}

export interface RpcError {
  code: number;
  message: string;
  data?: unknown;
}

export class Cairn {
  private constructor(
    readonly process: ChildProcess,
    readonly url: string,
    readonly datadir: string,
    readonly output: () => string,
  ) {}

  // Returns when the RPC port answers, that is when the program has printed its address.
  static async start(datadir: string, ...args: string[]): Promise<Cairn> {
    const child = spawn(program, ['dev', '--port', '0', '--datadir', datadir, ...args], {
      cwd: datadir,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout!.on('data', (data) => (output += data));
    child.stderr!.on('data', (data) => (output += data));
    for (let waited = 0; waited < 20_000; waited += 5) {
      if (child.exitCode !== null || child.signalCode !== null) break;
      const url = /^RPC +(http:\S+)$/m.exec(output)?.[1];
      if (url) return new Cairn(child, url, datadir, () => output);
      await sleep(5);
    }
    child.kill('SIGKILL');
    throw new Error(`cairn dev did not start:\n${output}`);
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

  // Ends the process; its exit code and how long that took.
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<{ code: number | null; ms: number }> {
    const started = performance.now();
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, 'exit');
      this.process.kill(signal);
      await ended;
    }
    return { code: this.process.exitCode, ms: performance.now() - started };
  }
}

// Runs `cairn` to its end.
export async function runCairn(args: string[], cwd: string): Promise<{ code: number; output: string }> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (output += data));
  const [code] = await once(child, 'close');
  return { code, output };
}
