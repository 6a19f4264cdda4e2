/**
 * Writes `api/types/<lowercasekind>.ts` from the definitions in `api/crds/`.
 * With `--check` it writes nothing and fails when a checked-in file differs from what it would write.
 *
 * A schema's `title` becomes the name of its interface; titles of the types in `api/meta.ts` become imports from there.
 */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { compile } from 'json-schema-to-typescript';
import { format, resolveConfig } from 'prettier';
import { parse } from 'yaml';
import { kinds, namespacedKinds } from '../api/kinds.ts';
import type { ResourceDefinition } from '../api/meta.ts';

/** The parts of a structural schema that say something about types. */
interface Schema {
  type?: string;
  title?: string;
  description?: string;
  enum?: string[];
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
  items?: Schema;
  'x-kubernetes-embedded-resource'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
}

interface Definition {
  spec: {
    names: { kind: string };
    versions: { name: string; storage: boolean; schema: { openAPIV3Schema: Schema } }[];
  };
}

/** What json-schema-to-typescript reads. */
type TypeSchema = Record<string, unknown>;

const root = path.join(import.meta.dirname, '..');
const definitionsFolder = path.join(root, 'api/crds');
const typesFolder = path.join(root, 'api/types');
const sharedTypes = new Set(['Condition', 'LabelSelector', 'ObjectMeta']);

/** Source text of the types of one definition, formatted like the rest of the repository. */
async function generate(file: string): Promise<{ name: string; text: string }> {
  const definition = parse(await readFile(path.join(definitionsFolder, file), 'utf8')) as Definition;
  const { kind } = definition.spec.names;
  const storage = definition.spec.versions.find((version) => version.storage);
  if (storage === undefined) throw new Error(`api/crds/${file} has no storage version; mark one with "storage: true".`);

  const collected = new Map<string, TypeSchema>();
  const imported = new Set<string>(['ObjectMeta']);
  const whole = objectSchema(withObjectFields(storage.schema.openAPIV3Schema), { file, collected, imported });
  const text = await compile({ ...whole, title: kind, definitions: Object.fromEntries(collected) }, kind, {
    additionalProperties: false,
    bannerComment: banner(file, [...imported].sort()),
    format: false,
  });
  const name = `${kind.toLowerCase()}.ts`;
  const options = await resolveConfig(path.join(typesFolder, name));
  return { name, text: await format(text, { ...options, parser: 'typescript' }) };
}

function banner(file: string, imported: string[]): string {
  return [
    `// Generated from api/crds/${file} by tools/generate-types.ts.`,
    '// Edit that file, then run `npm run generate`.',
    `import type { ${imported.join(', ')} } from '../meta.ts';`,
    '',
  ].join('\n');
}

/** Every object that an API server hands out names its kind, whatever a definition requires. */
function withObjectFields(schema: Schema): Schema {
  return {
    ...schema,
    required: ['apiVersion', 'kind', 'metadata', ...(schema.required ?? [])],
    properties: { ...schema.properties, metadata: { title: 'ObjectMeta' } },
  };
}

interface Context {
  file: string;
  /** Interfaces found so far, by name. */
  collected: Map<string, TypeSchema>;
  /** Names of shared types found so far. */
  imported: Set<string>;
}

/** A schema as json-schema-to-typescript wants it: named parts become references. */
function typeSchema(schema: Schema, context: Context): TypeSchema {
  const { title, description } = schema;
  if (title !== undefined && sharedTypes.has(title)) {
    context.imported.add(title);
    return { tsType: title, ...(title === 'LabelSelector' ? { description } : {}) };
  }
  if (schema['x-kubernetes-embedded-resource'] === true) return { tsType: 'Record<string, unknown>' };
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return { tsType: 'Record<string, unknown>' };
  if (schema['x-kubernetes-int-or-string'] === true) return { tsType: 'number | string', description };
  if (title === undefined) return plainSchema(schema, context);

  const named = { ...objectSchema(schema, context), title };
  const known = context.collected.get(title);
  if (known !== undefined && !isDeepStrictEqual(withoutDescription(known), withoutDescription(named))) {
    throw new Error(`api/crds/${context.file} has two different schemas with the title ${title}; rename one of them.`);
  }
  if (known === undefined) context.collected.set(title, named);
  return { $ref: `#/definitions/${title}` };
}

function plainSchema(schema: Schema, context: Context): TypeSchema {
  if (schema.type === 'array') {
    const { description } = schema;
    return { type: 'array', description, items: schema.items === undefined ? {} : typeSchema(schema.items, context) };
  }
  if (schema.type === 'object') return objectSchema(schema, context);
  return { type: schema.type, description: schema.description, ...(schema.enum ? { enum: schema.enum } : {}) };
}

function objectSchema(schema: Schema, context: Context): TypeSchema {
  const properties = Object.entries(schema.properties ?? {}).map(
    ([name, property]) => [name, typeSchema(property, context)] as const,
  );
  return {
    type: 'object',
    description: schema.description,
    properties: Object.fromEntries(properties),
    required: schema.required ?? [],
    additionalProperties:
      schema.additionalProperties === undefined ? false : typeSchema(schema.additionalProperties, context),
  };
}

function withoutDescription(schema: TypeSchema): TypeSchema {
  return { ...schema, description: undefined };
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const stale: string[] = [];
await mkdir(typesFolder, { recursive: true });
/**
 * Kinds that exist in both scopes have one shape, and so one type: that of the cluster-scoped one. The copy of a
 * placement's status is made of the types of the placement.
 */
const withoutType = new Set(
  [...(Object.values(namespacedKinds) as ResourceDefinition[]), kinds.statusCopy].map(
    ({ group, plural }) => `${group}_${plural}.yaml`,
  ),
);
const sources = (await readdir(definitionsFolder)).filter((name) => name.endsWith('.yaml') && !withoutType.has(name));
for (const file of sources.sort()) {
  const { name, text } = await generate(file);
  const target = path.join(typesFolder, name);
  if (!values.check) await writeFile(target, text);
  else if ((await readFile(target, 'utf8').catch(() => '')) !== text) stale.push(`api/types/${name}`);
}
if (stale.length > 0) {
  process.stderr.write(`${stale.join(', ')} does not match api/crds; run \`npm run generate\`.\n`);
  process.exitCode = 1;
}
