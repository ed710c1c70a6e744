// Compiles Solidity with the pinned solc of package-lock.json.
//
//   node tools/solc/compile.mjs --json DIR FILE.sol...             one DIR/<Contract>.json a contract
//   node tools/solc/compile.mjs --cpp OUT.cpp CONTRACT FILE.sol    its run-time code as a C++ source
//
// The same source gives the same bytes everywhere: no metadata hash, no CBOR trailer, and names of
// sources are relative to the project.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const settings = {
  evmVersion: 'osaka',
  optimizer: { enabled: true, runs: 200 },
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: {
    '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] },
  },
};

function findImport(path) {
  for (const folder of [root, join(root, 'node_modules')]) {
    try {
      return { contents: readFileSync(join(folder, path), 'utf8') };
    } catch {
      // looked for in the next folder
    }
  }
  return { error: `${path} is neither in the project nor in node_modules` };
}

// The contracts that the files themselves define: [{ name, abi, bytecode, deployedBytecode }].
export function compile(files) {
  const solc = createRequire(join(root, 'package.json'))('solc');
  const names = files.map((file) => relative(root, resolve(file)));
  const sources = Object.fromEntries(
    names.map((name, i) => [name, { content: readFileSync(files[i], 'utf8') }]),
  );
  const input = JSON.stringify({ language: 'Solidity', sources, settings });
  const output = JSON.parse(solc.compile(input, { import: findImport }));
  const faults = (output.errors ?? []).filter(
    (e) => e.severity === 'error' || names.includes(e.sourceLocation?.file),
  );
  if (faults.length > 0) {
    throw new Error(faults.map((e) => e.formattedMessage).join('\n'));
  }
  return names.flatMap((name) =>
    Object.entries(output.contracts[name] ?? {}).map(([contract, { abi, evm }]) => ({
      name: contract,
      abi,
      bytecode: `0x${evm.bytecode.object}`,
      deployedBytecode: `0x${evm.deployedBytecode.object}`,
    })),
  );
}

function cppSource(contract) {
  const stem = contract.name.toLowerCase();
  const bytes = contract.deployedBytecode.slice(2).match(/../g).map((b) => `0x${b}`);
  const lines = [];
  for (let i = 0; i < bytes.length; i += 16) lines.push(`    ${bytes.slice(i, i + 16).join(', ')},`);
  return `#include "contracts/${stem}.hpp"

namespace cairn::contracts {

namespace {
constexpr unsigned char kCode[] = {
${lines.join('\n')}
};
}  // namespace

base::BytesView ${stem}_runtime_code() { return base::BytesView{kCode, sizeof kCode}; }

}  // namespace cairn::contracts
`;
}

function main([mode, out, ...rest]) {
  if (mode === '--cpp' && rest.length === 2) {
    const contract = compile([rest[1]]).find((c) => c.name === rest[0]);
    if (!contract) throw new Error(`${rest[1]} does not define ${rest[0]}`);
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, cppSource(contract));
  } else if (mode === '--json' && rest.length > 0) {
    mkdirSync(out, { recursive: true });
    for (const contract of compile(rest)) {
      writeFileSync(join(out, `${contract.name}.json`), JSON.stringify(contract, null, 1));
    }
  } else {
    throw new Error('usage: compile.mjs --json DIR FILE.sol... | --cpp OUT.cpp CONTRACT FILE.sol');
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
