// JSON Schemas of execution-apis: what each method may answer, with unknown keys refused.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019, type ValidateFunction } from 'ajv/dist/2019.js';
import { parse } from 'yaml';

type Schema = any;
const inValues = ['properties', 'patternProperties'] as const;
const inParts = ['allOf', 'anyOf', 'oneOf'] as const;

// The schema of a value as a whole: keys that no part of it names are refused. An object of which nothing is said is left open.
function closed(schema: Schema): Schema {
  const inner = withClosedValues(schema);
  const says = ['$ref', 'properties', ...inParts].some((word) => word in inner);
  return says && !('additionalProperties' in inner) ? { ...inner, unevaluatedProperties: false } : inner;
}

// The same of all values inside. A part of a schema does not know the keys of the others, so it stays open itself.
function withClosedValues(schema: Schema): Schema {
  if (typeof schema !== 'object') return schema;
  const out: Schema = { ...schema };
  for (const word of inValues)
    if (out[word])
      out[word] = Object.fromEntries(Object.entries(out[word]).map(([key, value]) => [key, closed(value)]));
  for (const word of ['items', 'additionalProperties']) if (typeof out[word] === 'object') out[word] = closed(out[word]);
  for (const word of inParts) if (out[word]) out[word] = out[word].map(withClosedValues);
  return out;
}

function yamlFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(folder, name));
}

export class MethodSchemas {
  private readonly ajv = new Ajv2019({ strict: false, allErrors: false });
  private readonly methods = new Map<string, Schema>();
  private readonly compiled = new Map<string, ValidateFunction>();

  // `source`: the folder `src` of execution-apis.
  constructor(source: string) {
    const schemas: Record<string, Schema> = {};
    for (const file of ['schemas', 'engine/openrpc/schemas'].flatMap((folder) => yamlFiles(join(source, folder))))
      for (const [name, schema] of Object.entries(parse(readFileSync(file, 'utf8'))))
        schemas[name] = withClosedValues(schema);
    this.ajv.addSchema({ $id: 'openrpc', components: { schemas } });
    for (const folder of ['eth', 'debug', 'txpool', 'testing'])
      for (const file of yamlFiles(join(source, folder)))
        for (const method of parse(readFileSync(file, 'utf8'))) this.methods.set(method.name, method);
  }

  names(): string[] {
    return [...this.methods.keys()].sort();
  }

  // Why a result is not one of this method, else undefined.
  complaint(method: string, result: unknown): string | undefined {
    let validate = this.compiled.get(method);
    if (!validate) {
      const found = this.methods.get(method);
      if (!found) return undefined;
      const text = JSON.stringify(closed(found.result.schema)).replaceAll('"#/components', '"openrpc#/components');
      validate = this.ajv.compile(JSON.parse(text));
      this.compiled.set(method, validate);
    }
    return validate(result) ? undefined : this.ajv.errorsText(validate.errors, { dataVar: method });
  }
}
