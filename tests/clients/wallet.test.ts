// Foundry's `cast wallet` opens our key files, and we open its; both sign alike.
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Wallet } from 'ethers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Cairn, removeFolder, runCairn, temporaryFolder } from './support/cairn.js';
import { foundryTool } from './support/foundry.js';

const WORD = 'pa55 word';
let folder: string;
let keystore: string;
let password: string;
beforeEach(() => {
  folder = temporaryFolder();
  keystore = join(folder, 'keys');
  password = join(folder, 'password');
  writeFileSync(password, WORD);
});
afterEach(() => removeFolder(folder));

const cast = (...args: string[]) =>
  execFileSync(foundryTool('cast'), args, { cwd: folder, env: { ...process.env, HOME: folder, NO_COLOR: '1' }, encoding: 'utf8', stdio: 'pipe' }).trim();
const wallet = (...args: string[]) => cast('wallet', ...args);
async function account(action: string, ...args: string[]): Promise<string> {
  const ran = await runCairn(['account', action, ...args, '--keystore', keystore, '--password', password], folder);
  expect(ran.code, ran.output).toBe(0);
  return ran.output.trim();
}
const onlyFile = () => join(keystore, readdirSync(keystore)[0]!);

test.each([['scrypt as geth writes it', []], ['the light one', ['--lightkdf']]])(
  'cast opens a key file of ours: %s',
  async (_kind, flags) => {
    const made = await account('new', ...flags);
    const address = /Address +(0x[0-9a-f]{40})/.exec(made)![1]!;
    const opened = ['--keystore', onlyFile(), '--password-file', password];
    expect(wallet('address', ...opened).toLowerCase()).toBe(address);
    const signature = wallet('sign', ...opened, 'a stack of stones');
    expect(await account('sign', address, '--message', 'a stack of stones')).toBe(signature);
    expect(wallet('verify', '--address', address, 'a stack of stones', signature)).toContain('succeeded');
    const key = await account('export', address, '--raw', '--yes');
    expect(wallet('address', '--private-key', key).toLowerCase()).toBe(address);
  },
);

test('a key file of cast is imported, signs, and sends what a node signs for', async () => {
  const { privateKey, address } = Wallet.createRandom();
  // It has no address in it, so that a folder of such files cannot be listed, by geth neither.
  wallet('import', 'bob', '--keystore-dir', folder, '--private-key', privateKey, '--unsafe-password', WORD);
  await account('import', join(folder, 'bob'), '--lightkdf');
  const signature = await account('sign', address, '--message', 'hello');
  expect(wallet('sign', '--private-key', privateKey, 'hello')).toBe(signature);
  const node = await Cairn.start(folder, '--keystore', keystore, '--unlock', address, '--password', password);
  try {
    await node.rpc('anvil_setBalance', address, '0xde0b6b3a7640000');
    const sent = (...from: string[]) =>
      JSON.parse(cast('send', '--rpc-url', node.url, ...from, address, '--value', '1', '--json'));
    const [unlocked, signed] = [
      sent('--unlocked', '--from', address),
      sent('--keystore', onlyFile(), '--password-file', password),
    ];
    expect([unlocked.status, signed.status]).toEqual(['0x1', '0x1']);
    expect(unlocked.from).toBe(signed.from);
  } finally {
    await node.stop();
  }
});

test('the same words give the same accounts, and a wrong password opens nothing', async () => {
  const made = await account('new', '--mnemonic', '--lightkdf');
  const words = /Mnemonic ([a-z ]+)\n/.exec(made)![1]!;
  expect(wallet('address', '--mnemonic', words).toLowerCase()).toBe(/Address +(0x[0-9a-f]{40})/.exec(made)![1]);
  const signature = (word: string) => wallet('sign', '--keystore', onlyFile(), '--password', word, 'hello');
  expect(signature(WORD)).toMatch(/^0x[0-9a-f]{130}$/);
  expect(() => signature('wrong')).toThrow(/Mac Mismatch/i);
});
