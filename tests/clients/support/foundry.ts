// Foundry's tools, as its npm packages bring them, and an anvil of its own for a test.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { RpcNode, type Started, started } from './rpc_node.js';

export function foundryTool(name: 'anvil' | 'cast' | 'forge'): string {
  return resolve(
    import.meta.dirname,
    `../../../node_modules/@foundry-rs/${name}-linux-amd64/bin/${name}`,
  );
}

export class Anvil extends RpcNode {
  private constructor(node: Started) {
    super(node);
  }

  // `home` is where anvil keeps what it writes beside the chain.
  static async start(home: string, ...args: string[]): Promise<Anvil> {
    const child = spawn(foundryTool('anvil'), ['--port', '0', ...args], {
      cwd: home,
      env: { ...process.env, HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const node = await started('anvil', child, /^Listening on ([\d.]+:\d+)$/m);
    return new Anvil({ ...node, url: `http://${node.url}` });
  }

  // One after the other: what comes out of order while anvil makes a block may stay queued for ever.
  override async atOnce<T>(count: number, send: (i: number) => Promise<T>): Promise<T[]> {
    const out: T[] = [];
    for (let i = 0; i < count; ++i) out.push(await send(i));
    return out;
  }
}
