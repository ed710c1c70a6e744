// A `cairn dev` of its own for a test: any free port, a folder that goes away with it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { RpcNode, type Started, started } from './rpc_node.js';

export type { RpcError } from './rpc_node.js';

export const program = resolve(
  process.env.CAIRN_PROGRAM ?? resolve(import.meta.dirname, '../../../build/release/cairn'),
);

export const MNEMONIC = 'test test test test test test test test test test test junk';

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'cairn-test-'));
}

export function removeFolder(folder: string) {
  rmSync(folder, { recursive: true, force: true });
}

export class Cairn extends RpcNode {
  private constructor(
    node: Started,
    readonly datadir: string,
  ) {
    super(node);
  }

  // Returns when the RPC port answers, that is when the program has printed its address.
  static async start(datadir: string, ...args: string[]): Promise<Cairn> {
    const port = args.includes('--port') ? [] : ['--port', '0'];
    const child = spawn(program, ['dev', ...port, '--datadir', datadir, ...args], {
      cwd: datadir,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Cairn(await started('cairn dev', child, /^(?:RPC +|\{.*"rpc":\[")(https?:[^\s"]+)/m), datadir);
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
