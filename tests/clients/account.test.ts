// `cairn account` and `cairn dev --unlock`, and key files that travel to ethers and back.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HDNodeWallet, Transaction, Wallet, verifyMessage, verifyTypedData } from 'ethers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Cairn, MNEMONIC, removeFolder, runCairn, temporaryFolder } from './support/cairn.js';

let folder: string;
let keystore: string;
let password: string;
beforeEach(() => {
  folder = temporaryFolder();
  keystore = join(folder, 'keys');
  password = file('password', 'pa55 word\n');
});
afterEach(() => removeFolder(folder));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const account = (action: string, ...args: string[]) =>
  runCairn(['account', action, ...args, '--keystore', keystore, '--password', password], folder);
const fast = ['--lightkdf'];
const addressIn = (output: string) => /Address +(0x[0-9a-f]{40})/.exec(output)![1];

async function refused(code: number, text: string, action: string, ...args: string[]) {
  const answer = await account(action, ...args);
  expect(answer.output).toContain(text);
  expect(answer.code).toBe(code);
}

test("a new key's file has geth's name and form, and opens in ethers", async () => {
  const made = await account('new');
  expect(made.code).toBe(0);
  const address = addressIn(made.output);
  const [name] = readdirSync(keystore);
  expect(name).toMatch(new RegExp(`^UTC--\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\d\\.\\d{9}Z--${address.slice(2)}$`));
  expect(statSync(keystore).mode & 0o777).toBe(0o700);
  expect(statSync(join(keystore, name)).mode & 0o777).toBe(0o600);
  const opened = await Wallet.fromEncryptedJson(readFileSync(join(keystore, name), 'utf8'), 'pa55 word');
  expect(opened.address.toLowerCase()).toBe(address);
  expect((await account('list')).output).toBe(`0  ${address}  ${join(keystore, name)}\n`);
}, 30_000);

test("ethers' file is found in the folder, signs here, and is exported as a key", async () => {
  const wallet = Wallet.createRandom();
  mkdirSync(keystore);
  writeFileSync(join(keystore, 'from-ethers.json'), wallet.encryptSync('pa55 word', { scrypt: { N: 4096 } } as any));
  const signed = await account('sign', wallet.address, '--message', 'hello');
  expect(verifyMessage('hello', signed.output.trim())).toBe(wallet.address);
  const empty = await account('sign', wallet.address, '--message', '');
  expect(verifyMessage('', empty.output.trim())).toBe(wallet.address);
  expect((await account('export', '0', '--raw', '--yes')).output.trim()).toBe(wallet.privateKey);
  const copy = join(folder, 'copy.json');
  expect((await account('export', wallet.address, '--out', copy)).code).toBe(0);
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  expect((await Wallet.fromEncryptedJson(readFileSync(copy, 'utf8'), 'pa55 word')).address).toBe(wallet.address);
}, 30_000);

test('imports a key, a mnemonic with its path and passphrase, and a key file', async () => {
  const raw = Wallet.createRandom();
  const first = await account('import', file('key', raw.privateKey.slice(2) + '\n'), ...fast);
  expect(addressIn(first.output)).toBe(raw.address.toLowerCase());
  const path = "m/44'/60'/0'/0/7";
  const deep = HDNodeWallet.fromPhrase(MNEMONIC, 'extra', path);
  const phrase = ['import', file('words', MNEMONIC), '--path', path, '--passphrase', file('extra', 'extra')] as const;
  expect(addressIn((await account(...phrase, ...fast)).output)).toBe(deep.address.toLowerCase());
  const other = Wallet.createRandom();
  const json = file('other.json', other.encryptSync('pa55 word', { scrypt: { N: 4096 } } as any));
  expect(addressIn((await account('import', json, ...fast)).output)).toBe(other.address.toLowerCase());
}, 30_000);

test('asks a person at a terminal for the password, twice for a new one', async () => {
  const answer = async (command: string, lines: string[]) => {
    const program = process.env.CAIRN_PROGRAM ?? resolve(import.meta.dirname, '../../build/release/cairn');
    // A terminal of its own; the program is told where it begins to ask.
    const child = spawn('script', ['-qec', `${program} account ${command} --keystore ${keystore}`, '/dev/null']);
    let output = '';
    let asked = 0;
    child.stdout.on('data', (data) => {
      output += data;
      for (; (output.match(/(password|same again)[^\n]*: /gi) ?? []).length > asked; ++asked) child.stdin.write(`${lines[asked]}\n`);
    });
    const [code] = await once(child, 'close');
    return { code, output };
  };
  const made = await answer('new --lightkdf', ['pa55 word', 'pa55 word']);
  expect(made.code, made.output).toBe(0);
  const address = addressIn(made.output);
  const signed = await answer(`sign ${address} --message hello`, ['pa55 word']);
  expect(verifyMessage('hello', /0x[0-9a-f]{130}/.exec(signed.output)![0]).toLowerCase()).toBe(address);
  expect(made.output + signed.output).not.toContain('pa55 word');
  const unlike = await answer('new --lightkdf', ['one', 'two']);
  expect(unlike.code).not.toBe(0);
  expect(unlike.output).toMatch(/not the same|differ/);
}, 30_000);

test('makes a mnemonic of 24 words that other wallets take', async () => {
  const made = await account('new', '--mnemonic', ...fast);
  const words = /Mnemonic ([a-z ]+)\n/.exec(made.output)![1];
  expect(words.split(' ').length).toBe(24);
  expect(HDNodeWallet.fromPhrase(words).address.toLowerCase()).toBe(addressIn(made.output));
});

test('signs typed data and transactions as ethers reads them', async () => {
  const wallet = Wallet.createRandom();
  await account('import', file('key', wallet.privateKey), ...fast);
  const domain = { name: 'Mail', chainId: 1 };
  const types = { Mail: [{ name: 'text', type: 'string' }] };
  const message = { text: 'hi' };
  const typed = file('typed.json', JSON.stringify({ types, primaryType: 'Mail', domain, message }));
  const signature = (await account('sign', wallet.address, '--typed-data', typed)).output.trim();
  expect(verifyTypedData(domain, types, message, signature)).toBe(wallet.address);
  const complete = {
    chainId: '0x1', nonce: '0x2', gas: '0x5208', to: wallet.address, value: '0x3',
    maxFeePerGas: '0x77359400', maxPriorityFeePerGas: '0x1',
  };
  const tx = file('tx.json', JSON.stringify(complete));
  const parsed = Transaction.from((await account('sign', wallet.address, '--transaction', tx)).output.trim());
  expect(parsed.from).toBe(wallet.address);
  expect(parsed.toJSON()).toMatchObject({ type: 2, nonce: 2, value: '3', maxFeePerGas: '2000000000' });
  await refused(2, 'chainId, nonce, gas and fees', 'sign', '0', '--transaction', file('x.json', '{}'));
  await refused(2, 'the transaction: not valid JSON', 'sign', '0', '--transaction', file('y.json', '{'));
  await refused(2, "the typed data: 'types' is missing", 'sign', '0', '--typed-data', file('z.json', '{}'));
});

test('says what is wrong, and keeps keys off the command line', async () => {
  const key = Wallet.createRandom().privateKey;
  await refused(2, 'a key on the command line can be seen by others', 'import', key);
  await refused(2, 'neither a private key of 64 hex digits', 'import', file('bad', '0x1234'));
  await refused(2, "word 12 of the mnemonic, 'jumpy', is not in the English list", 'import', file('w', MNEMONIC.replace('junk', 'jumpy')));
  await refused(2, "word 12 of the mnemonic, 'test', does not match the others: its checksum is wrong", 'import', file('c', MNEMONIC.replace('junk', 'test')));
  await refused(1, 'cannot read', 'import', join(folder, 'nothing'));
  await account('import', file('key', key), ...fast);
  await refused(1, 'is here already', 'import', file('key', key), ...fast);
  await refused(1, 'no key for 0x', 'sign', '0x' + '1'.repeat(40), '--message', 'x');
  await refused(1, 'no account 5', 'sign', '5', '--message', 'x');
  await refused(2, "'me' is neither an address", 'sign', 'me', '--message', 'x');
  await refused(2, 'sign needs one of', 'sign', '0');
  await refused(2, "did you mean 'list'?", 'lst');
  writeFileSync(password, 'wrong\n');
  await refused(2, 'the password is wrong', 'sign', '0', '--message', 'x');
});

test('cairn dev signs for unlocked key files, a password a line', async () => {
  const [first, second] = [Wallet.createRandom(), Wallet.createRandom()];
  for (const [wallet, word] of [[first, 'one'], [second, 'two']] as const) {
    writeFileSync(password, word);
    await account('import', file('key', wallet.privateKey), ...fast);
  }
  writeFileSync(password, 'one\r\ntwo\n');
  const unlock = ['--keystore', keystore, '--unlock', `${first.address},${second.address}`];
  const data = join(folder, 'data');
  mkdirSync(data);
  const node = await Cairn.start(data, ...unlock, '--password', password);
  try {
    const accounts: string[] = await node.rpc('eth_accounts');
    expect(accounts.slice(10)).toEqual([first.address.toLowerCase(), second.address.toLowerCase()]);
    const signature = await node.rpc('personal_sign', '0x6869', second.address);
    expect(verifyMessage('hi', signature)).toBe(second.address);
    await node.rpc('anvil_setBalance', first.address, '0xde0b6b3a7640000');
    const hash = await node.rpc('eth_sendTransaction', { from: first.address, to: second.address, value: '0x1' });
    expect((await node.rpc('eth_getTransactionReceipt', hash)).status).toBe('0x1');
  } finally {
    await node.stop();
  }
  writeFileSync(password, 'one\n');
  const wrong = await runCairn(['dev', '--port', '0', '--datadir', data, ...unlock, '--password', password], folder);
  expect(wrong.output).toMatch(/--unlock: .*: keystore: the password is wrong/);
  expect(wrong.code).toBe(2);
});
