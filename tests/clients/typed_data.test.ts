// eth_signTypedData_v4 against the two libraries that sign by themselves: the same 65 bytes.
import { TypedDataEncoder, Wallet } from 'ethers';
import { hashTypedData } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, test } from 'vitest';
import { useCairn } from './support/fixture.js';

const cairn = useCairn();
const key = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const alice = privateKeyToAccount(key);
const wallet = new Wallet(key);

// mulberry32: the same data on every machine.
function generator(seed: number) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  const below = (n: number) => next() % n;
  const bytes = (n: number) =>
    '0x' + Array.from({ length: n }, () => below(256).toString(16).padStart(2, '0')).join('');
  return { below, bytes };
}
type Chance = ReturnType<typeof generator>;
interface Member {
  name: string;
  type: string;
}
type Types = Record<string, Member[]>;

function integer({ below, bytes }: Chance, bits: number, signed: boolean): unknown {
  const raw = BigInt(bytes(bits / 8));
  const value = signed ? BigInt.asIntN(bits, raw) : raw;
  const small = value > -(1n << 50n) && value < 1n << 50n;
  const writings = [
    value.toString(),
    ...(value >= 0n ? ['0x' + value.toString(16)] : []),
    ...(small ? [Number(value)] : []),
  ];
  return writings[below(writings.length)];
}

function elementary(chance: Chance): string {
  const { below } = chance;
  const bits = 8 * (1 + below(32));
  const names = ['address', 'bool', 'string', 'bytes', `bytes${bits / 8}`, `uint${bits}`, `int${bits}`];
  return names[below(names.length)];
}

// Struct S(i) refers to structs after it only: ethers refuses cycles.
function randomTypes(chance: Chance): Types {
  const { below } = chance;
  const count = 1 + below(4);
  const types: Types = {};
  for (let i = 0; i < count; ++i) {
    types[`S${i}`] = Array.from({ length: 1 + below(5) }, (_, m) => {
      let type = i + 1 < count && below(3) === 0 ? `S${i + 1 + below(count - i - 1)}` : elementary(chance);
      while (below(3) === 0) type += below(2) ? '[]' : `[${1 + below(3)}]`;
      return { name: `m${m}`, type };
    });
  }
  return types;
}

function randomValue(chance: Chance, types: Types, type: string): unknown {
  const { below, bytes } = chance;
  const array = /^(.*)\[(\d*)\]$/.exec(type);
  if (array) {
    const length = array[2] ? Number(array[2]) : below(4);
    return Array.from({ length }, () => randomValue(chance, types, array[1]));
  }
  if (types[type]) {
    return Object.fromEntries(types[type].map((m) => [m.name, randomValue(chance, types, m.type)]));
  }
  const [, name, size] = /^([a-z]+)(\d*)$/.exec(type)!;
  if (name === 'address') return bytes(20);
  if (name === 'bool') return below(2) === 1;
  if (name === 'string') return ['', 'text', 'grüß dich', '"\\\n\u0000'][below(4)];
  if (name === 'bytes') return bytes(size ? Number(size) : below(70));
  return integer(chance, Number(size), name === 'int');
}

function randomDomain(chance: Chance) {
  const { below, bytes } = chance;
  const all: Record<string, unknown> = {
    name: 'Name',
    version: '1',
    chainId: 1 + below(100_000),
    verifyingContract: bytes(20),
    salt: bytes(32),
  };
  return Object.fromEntries(Object.entries(all).filter(() => below(2) === 1));
}

describe('eth_signTypedData_v4', () => {
  test('gives the signature of viem and of ethers, for 300 random types and values', async () => {
    for (let seed = 1; seed <= 300; ++seed) {
      const chance = generator(seed);
      const types = randomTypes(chance);
      const domain = randomDomain(chance);
      const message = randomValue(chance, types, 'S0') as Record<string, unknown>;
      // viem wants every struct reachable; ethers one primary type that nothing refers to.
      const reached = new Set(['S0']);
      for (const name of reached) {
        for (const { type } of types[name]) {
          const base = type.replace(/\[.*/, '');
          if (types[base]) reached.add(base);
        }
      }
      const used = Object.fromEntries(Object.entries(types).filter(([name]) => reached.has(name)));
      const own = await cairn().rpc('eth_signTypedData_v4', alice.address, {
        types: used,
        primaryType: 'S0',
        domain,
        message,
      });
      expect(own, `seed ${seed}`).toBe(await wallet.signTypedData(domain, used, message));
      // viem takes numbers as numbers or bigints, so ethers' own payload is what it is given.
      const payload = TypedDataEncoder.getPayload(domain, used, message);
      expect(await cairn().rpc('eth_signTypedData_v4', alice.address, JSON.stringify(payload))).toBe(own);
      expect(TypedDataEncoder.hash(domain, used, message), `seed ${seed}`).toBe(hashTypedData(payload as any));
    }
  });

  test("signs ethers' JsonRpcSigner's and viem's requests", async () => {
    const { JsonRpcProvider } = await import('ethers');
    const { createWalletClient, http } = await import('viem');
    const types = { Mail: [{ name: 'to', type: 'address' }, { name: 'amount', type: 'int256' }] };
    const domain = { name: 'Mail', chainId: 31337 };
    const message = { to: alice.address, amount: -5n };
    const expected = await wallet.signTypedData(domain, types, message);
    const provider = new JsonRpcProvider(cairn().url);
    const signer = await provider.getSigner(alice.address);
    expect(await signer.signTypedData(domain, types, message)).toBe(expected);
    expect(await signer.signMessage('hello')).toBe(await wallet.signMessage('hello'));
    provider.destroy();
    const client = createWalletClient({ account: alice.address, transport: http(cairn().url) });
    expect(await client.signTypedData({ domain, types, primaryType: 'Mail', message })).toBe(expected);
    expect(await client.signMessage({ message: 'hello' })).toBe(await wallet.signMessage('hello'));
  });
});
