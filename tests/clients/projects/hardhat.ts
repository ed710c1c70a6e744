// Runs a Hardhat project against anvil and Cairn: what its tests said, and the values that they recorded.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { Cairn, removeFolder, temporaryFolder } from '../support/cairn.js';
import { Anvil } from '../support/foundry.js';
import { promptly } from '../support/prompt_anvil.js';
import type { RpcNode } from '../support/rpc_node.js';

interface Outcome {
  passed: boolean;
  words: string;
}

interface Run {
  tests: Map<string, Outcome>;
  recorded: string[];
}

const LIMIT_MS = 90_000;

export class HardhatProject {
  readonly folder: string;

  constructor(
    name: string,
    private readonly moduleFile: string,
  ) {
    this.folder = resolve(import.meta.dirname, '..', name);
  }

  // Runs `hardhat ARGS` to its end, or ends it after the limit.
  async hardhat(args: string[], environment: Record<string, string> = {}): Promise<{ code: number | null; output: string }> {
    const pathOf = join(this.folder, 'node_modules/hardhat/package.json');
    if (!existsSync(pathOf)) throw new Error(`${this.folder} has no node_modules: run ./x setup`);
    const { bin } = JSON.parse(readFileSync(pathOf, 'utf8'));
    const script = resolve(pathOf, '..', typeof bin === 'string' ? bin : bin.hardhat);
    const child = spawn(process.execPath, [script, ...args], {
      cwd: this.folder,
      env: {
        ...hostEnvironment(),
        HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true',
        HARDHAT_IGNITION_CONFIRM_DEPLOYMENT: 'false',
        FORCE_COLOR: '0',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    const [code] = await once(child, 'close');
    clearTimeout(limit);
    return { code, output };
  }

  async compile() {
    const { code, output } = await this.hardhat([this.isThird() ? 'build' : 'compile', '--quiet']);
    if (code !== 0) throw new Error(`the contracts do not compile:\n${output}`);
  }

  async test(url: string, scratch: string): Promise<Run> {
    const [report, records] = [join(scratch, 'report.json'), join(scratch, 'records')];
    const { output } = await this.hardhat(['test', '--no-compile', '--network', 'localhost'], {
      RPC_URL: url,
      RECORD: records,
      MOCHA_REPORTER: 'json',
      MOCHA_OUTPUT: report,
    });
    if (!existsSync(report)) throw new Error(`hardhat left no report of ${url}:\n${output}`);
    const { tests } = JSON.parse(readFileSync(report, 'utf8'));
    return {
      tests: new Map(
        tests.map((t: any) => [
          t.fullTitle,
          { passed: Object.keys(t.err).length === 0, words: t.err.stack ?? t.err.message ?? '' },
        ]),
      ),
      recorded: [...new Set(readFileSync(records, 'utf8').trim().split('\n'))].sort(),
    };
  }

  // `hardhat ignition deploy`, whose journal stays in the project until `forget`.
  async deploy(node: RpcNode, deploymentId: string): Promise<string> {
    const { code, output } = await this.hardhat(
      ['ignition', 'deploy', this.moduleFile, '--network', 'localhost', '--deployment-id', deploymentId],
      { RPC_URL: node.url },
    );
    if (code !== 0) throw new Error(`ignition does not deploy:\n${output}`);
    return output;
  }

  forget(deploymentId: string) {
    rmSync(join(this.folder, 'ignition/deployments', deploymentId), { recursive: true, force: true });
  }

  private isThird(): boolean {
    return this.moduleFile.endsWith('.ts');
  }
}

// Without what would tell Hardhat or Node that it runs in a test of somebody else.
function hostEnvironment(): Record<string, string | undefined> {
  const { NODE_OPTIONS: _options, NODE_ENV: _env, VITEST: _vitest, TEST: _test, ...rest } = process.env;
  return rest;
}

async function withNode<N extends RpcNode, T>(start: (folder: string) => Promise<N>, use: (node: N, folder: string) => Promise<T>) {
  const folder = temporaryFolder();
  const node = await start(folder);
  try {
    return await use(node, folder);
  } finally {
    await node.stop();
    removeFolder(folder);
  }
}

// Registers a test for each test of the project. `lacking` names what anvil fails and Cairn must pass.
export async function compareWithAnvil(project: HardhatProject, lacking: string[]) {
  await project.compile();
  const [anvil, cairn] = await Promise.all([
    withNode(
      (folder) => Anvil.start(folder),
      (node, folder) => promptly(node, (url) => project.test(url, folder)),
    ),
    withNode(
      (folder) => Cairn.start(folder),
      (node, folder) => project.test(node.url, folder),
    ),
  ]);

  test('the project runs the same tests on both', () => {
    expect(cairn.tests.size).toBeGreaterThan(20);
    expect([...cairn.tests.keys()]).toEqual([...anvil.tests.keys()]);
  });

  test.each([...cairn.tests.keys()])('%s', (name) => {
    expect(cairn.tests.get(name), 'on Cairn').toEqual({ passed: true, words: '' });
    expect(anvil.tests.get(name)?.passed, `on anvil: ${anvil.tests.get(name)?.words}`).toBe(!lacking.includes(name));
  });

  test('the tests recorded the same values on both', () => {
    expect(cairn.recorded.length).toBeGreaterThan(10);
    expect(cairn.recorded).toEqual(anvil.recorded);
  });
}

// The command line of Ignition, and a chain that is still there after a restart.
export function deployAcrossRestart(project: HardhatProject) {
  test('hardhat ignition deploy finds its contracts again after the node was restarted', async () => {
    const [folder, deploymentId] = [temporaryFolder(), `restart-${process.pid}`];
    try {
      let node = await Cairn.start(folder);
      const first = await project.deploy(node, deploymentId);
      const blocks = await node.rpc('eth_blockNumber');
      await node.stop();
      node = await Cairn.start(folder);
      const second = await project.deploy(node, deploymentId);
      const after = await node.rpc('eth_blockNumber');
      await node.stop();
      expect(first).toMatch(/successfully deployed/);
      expect(second).toMatch(/Nothing new to deploy/);
      expect(after).toBe(blocks);
      expect(Number(blocks)).toBeGreaterThan(3);
    } finally {
      project.forget(deploymentId);
      removeFolder(folder);
    }
  });
}
