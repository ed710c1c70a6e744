import { appendFileSync } from 'node:fs';

// Keeps what a test has seen, so that two runs against different nodes can be compared.
export function record(name: string, value: unknown) {
  if (!process.env.RECORD) return;
  const plain = JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? v.toString() : v));
  appendFileSync(process.env.RECORD, `${JSON.stringify(name)}: ${plain}\n`);
}
