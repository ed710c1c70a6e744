// Compiles the contracts of the tests, and the project's own, once a run.
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
// @ts-expect-error a script without types
import { compile } from '../../../tools/solc/compile.mjs';

export interface Artifact {
  name: string;
  abi: any[];
  bytecode: `0x${string}`;
  deployedBytecode: `0x${string}`;
}

declare module 'vitest' {
  export interface ProvidedContext {
    artifacts: Record<string, Artifact>;
  }
}

export default function setup(project: TestProject) {
  const folders = ['../contracts', '../../../contracts'].map((f) => resolve(import.meta.dirname, f));
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.sol'))
      .map((file) => resolve(folder, file)),
  );
  const artifacts: Artifact[] = compile(files);
  project.provide('artifacts', Object.fromEntries(artifacts.map((a) => [a.name, a])));
}
