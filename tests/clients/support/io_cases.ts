// Request and response files of execution-apis: `>>` asks, `<<` is what must come back.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface IoCase {
  name: string; // folder/file
  speconly: boolean; // the answer is an example
  exchanges: { request: any; expected: any }[];
}

// In the order of their names.
export function readIoCases(folder: string): IoCase[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.io'))
    .sort();
  return files.map((file) => {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n');
    const all = (mark: string) => lines.filter((line) => line.startsWith(mark)).map((line) => JSON.parse(line.slice(3)));
    const answers = all('<<');
    return {
      name: file.slice(0, -'.io'.length),
      speconly: lines.some((line) => line.startsWith('// speconly')),
      exchanges: all('>>').map((request, i) => ({ request, expected: answers[i] })),
    };
  });
}

// Every place where two JSON values differ: its path, what was wanted, what is there.
export function differences(wanted: any, have: any, path = ''): string[] {
  if (Object.is(wanted, have)) return [];
  const objects = [wanted, have].every((one) => typeof one === 'object' && one !== null);
  if (!objects || Array.isArray(wanted) !== Array.isArray(have)) return [`${path}: ${short(wanted)}, ${short(have)}`];
  const keys = new Set([...Object.keys(wanted), ...Object.keys(have)]);
  return [...keys].flatMap((key) => differences(wanted[key], have[key], `${path}.${key}`));
}

const short = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 120));
