// Two answers to one request, compared as JSON values without the words of errors.
import type { Request } from './requests.js';

export interface Difference {
  method: string;
  wrong: boolean;
  // What differs, for example `result vs error -32602`, or `$.size only in anvil`.
  cause: string;
  request: unknown[];
  answers: unknown[];
}

// Block hashes by their numbers: each chain has its own.
export function withoutHashes(value: unknown, names: Map<string, string>): unknown {
  if (typeof value === 'string') return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((v) => withoutHashes(v, names));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withoutHashes(v, names)]));
  }
  return value;
}

export function withHashes(value: unknown, hashes: string[]): unknown {
  const names = new Map(hashes.map((hash, number) => [`<block ${number}>`, hash]));
  return withoutHashes(value, names);
}

function* unlike(path: string, theirs: any, ours: any): Generator<string> {
  if (theirs === ours) return;
  const structured = (v: any) => v !== null && typeof v === 'object';
  if (!structured(theirs) || !structured(ours) || Array.isArray(theirs) !== Array.isArray(ours)) {
    yield theirs === null || ours === null ? `${path} null in ${theirs === null ? 'anvil' : 'Cairn'}` : path;
    return;
  }
  if (Array.isArray(theirs)) {
    if (theirs.length !== ours.length) yield `${path} length`;
    else for (const [i, item] of theirs.entries()) yield* unlike(`${path}[]`, item, ours[i]);
    return;
  }
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
    if (!(key in ours)) yield `${path}.${key} only in anvil`;
    else if (!(key in theirs)) yield `${path}.${key} only in Cairn`;
    else yield* unlike(`${path}.${key}`, theirs[key], ours[key]);
  }
}

// What evm_increaseTime answers is counted from the machine's clock.
function isClock(request: Request, theirs: any, ours: any): boolean {
  return request.method === 'evm_increaseTime' && Math.abs(Number(theirs) - Number(ours)) <= 60;
}

export function differences(request: Request, theirs: any, ours: any): Difference[] {
  const shape = (answer: any) => (answer.error ? `error ${answer.error.code}` : 'result');
  const causes = new Set<string>();
  if (shape(theirs) !== shape(ours)) {
    causes.add(`${shape(theirs)} vs ${shape(ours)}`);
  } else if (theirs.error) {
    for (const cause of unlike('error.data', theirs.error.data, ours.error.data)) causes.add(cause);
  } else if (!isClock(request, theirs.result, ours.result)) {
    for (const cause of unlike('$', theirs.result, ours.result)) causes.add(cause);
  }
  return [...causes].map((cause) => ({
    method: request.method,
    wrong: request.wrong,
    cause,
    request: request.params,
    answers: [theirs.result ?? theirs.error, ours.result ?? ours.error],
  }));
}
