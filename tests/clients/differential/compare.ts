// Two answers to one request, compared as JSON values without the words of errors.
import type { Answered } from './pair.js';

export interface Difference {
  method: string;
  wrong: boolean;
  // What differs, for example `result vs error -32602`, or `$.size only in anvil`.
  cause: string;
  request: unknown[];
  // The method after which this one was asked.
  after?: string;
  answers: unknown[];
  // Where the cause is: theirs, ours.
  values: unknown[];
}

export type Unlike = Pick<Difference, 'cause' | 'values'>;

// With every text that has another name by that name.
export function renamed(value: unknown, names: Map<string, string>): unknown {
  if (typeof value === 'string') return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((v) => renamed(v, names));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, renamed(v, names)]));
  }
  return value;
}

// Keys that are data (addresses, slots, nonces) stand in paths as {}.
const step = (key: string) => (/^(0x[0-9a-f]*|\d+)$/.test(key) ? '{}' : `.${key}`);

// An object's entries by their keys; an address is the same in small letters and with the capitals of EIP-55.
const spelled = (value: object) =>
  new Map(Object.entries(value).map((entry) => [/^0x[0-9a-f]{40}$/i.test(entry[0]) ? entry[0].toLowerCase() : entry[0], entry]));

export function* unlike(path: string, theirs: any, ours: any, clock = false): Generator<Unlike> {
  if (theirs === ours) return;
  if ((clock || CLOCKS.test(path)) && Math.abs(Number(theirs) - Number(ours)) <= TICK) return;
  const at = (cause: string): Unlike => ({ cause, values: [theirs, ours] });
  const structured = (v: any) => v !== null && typeof v === 'object';
  if (!structured(theirs) || !structured(ours) || Array.isArray(theirs) !== Array.isArray(ours)) {
    yield at(theirs === null || ours === null ? `${path} null in ${theirs === null ? 'anvil' : 'Cairn'}` : path);
    return;
  }
  if (Array.isArray(theirs)) {
    if (theirs.length !== ours.length) yield at(`${path} length`);
    else for (const [i, item] of theirs.entries()) yield* unlike(`${path}[]`, item, ours[i]);
    return;
  }
  const [their, our] = [spelled(theirs), spelled(ours)];
  for (const key of new Set([...their.keys(), ...our.keys()])) {
    const inner = path + step(key);
    const [one, other] = [their.get(key), our.get(key)];
    if (!other) yield { cause: `${inner} only in anvil`, values: [one![1], undefined] };
    else if (!one) yield { cause: `${inner} only in Cairn`, values: [undefined, other[1]] };
    else {
      if (one[0] !== other[0]) yield { cause: `${inner} in other letters`, values: [one[0], other[0]] };
      yield* unlike(inner, one[1], other[1]);
    }
  }
}

// Read from the machine's clock, which may tick between the two.
const CLOCKS = /(^|\.)(timestamp|blockTimestamp|currentBlockTimestamp)$/;
const CLOCK_METHODS = /^(evm|anvil)_(increaseTime|setTime)$/;
const TICK = 2;

export function differences(theirs: Answered, ours: Answered, wrong: boolean, after?: string): Difference[] {
  const shape = (answer: any) => (answer.error ? `error ${answer.error.code}` : 'result');
  const [their, our] = [theirs.answer, ours.answer];
  const clock = CLOCK_METHODS.test(theirs.method);
  const all: Iterable<Unlike> =
    shape(their) !== shape(our)
      ? [{ cause: `${shape(their)} vs ${shape(our)}`, values: [their.error ?? their.result, our.error ?? our.result] }]
      : their.error
        ? unlike('error.data', their.error.data, our.error.data)
        : unlike('$', their.result, our.result, clock);
  const first = new Map<string, Unlike['values']>();
  for (const { cause, values } of all) if (!first.has(cause)) first.set(cause, values);
  return [...first].map(([cause, values]) => ({
    method: theirs.method,
    wrong: wrong && after === undefined,
    cause,
    after,
    request: theirs.params,
    answers: [their.error ?? their.result, our.error ?? our.result],
    values,
  }));
}
