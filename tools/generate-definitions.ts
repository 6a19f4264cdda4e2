/**
 * Writes definitions that follow from others into `api/crds/`: those of the namespaced kinds, which differ from their
 * cluster-scoped namesakes in scope and names only, and that of the copy of a placement's status. With `--check` it
 * writes nothing and fails when a checked-in file differs.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { parse, stringify } from 'yaml';
import { clusterKinds, kinds, namespacedKinds, placementGroup, type PlacementKinds } from '../api/kinds.ts';

interface Definition {
  metadata: { name: string };
  spec: {
    scope: 'Cluster' | 'Namespaced';
    names: { kind: string; listKind: string; plural: string; singular: string; shortNames: string[] };
    versions: Version[];
  };
}

interface Version {
  subresources?: unknown;
  additionalPrinterColumns: unknown[];
  schema: { openAPIV3Schema: { description: string; required: string[]; properties: Record<string, object> } };
}

/** Source: the reference system. `rs` is that of replica sets too; kubectl then means those. */
const shortNames: Record<keyof PlacementKinds, string> = {
  placement: 'rp',
  resourceSnapshot: 'rs',
  policySnapshot: 'sps',
  binding: 'rb',
  strategy: 'sus',
  run: 'sur',
  approvalRequest: 'areq',
};

const folder = path.join(import.meta.dirname, '../api/crds');
const roles = Object.keys(shortNames) as (keyof PlacementKinds)[];

function fileOf({ plural }: { plural: string }): string {
  return `${placementGroup}_${plural}.yaml`;
}

/** Every text with the names of cluster-scoped kinds replaced: descriptions, rules, columns. */
function renamed<T>(value: T): T {
  if (typeof value === 'string') {
    return roles.reduce<string>(
      (text, role) => text.replaceAll(new RegExp(`\\b${clusterKinds[role].kind}`, 'g'), namespacedKinds[role].kind),
      value,
    ) as T;
  }
  if (Array.isArray(value)) return value.map(renamed) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, renamed<unknown>(entry)])) as T;
}

/** Text of a namespaced kind's definition. */
async function generate(role: keyof PlacementKinds): Promise<string> {
  const source = fileOf(clusterKinds[role]);
  const definition = renamed(parse(await readFile(path.join(folder, source), 'utf8')) as Definition);
  const { kind, plural } = namespacedKinds[role];
  definition.metadata.name = `${plural}.${placementGroup}`;
  definition.spec.scope = 'Namespaced';
  Object.assign(definition.spec.names, {
    kind,
    listKind: `${kind}List`,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [shortNames[role]],
  });
  return formatted(namespacedKinds[role], source, definition);
}

/** Text of the definition of {@link kinds.statusCopy}: it holds the status of a placement as it is there. */
async function generateStatusCopy(): Promise<string> {
  const source = fileOf(clusterKinds.placement);
  const definition = parse(await readFile(path.join(folder, source), 'utf8')) as Definition;
  const { kind, plural } = kinds.statusCopy;
  definition.metadata.name = `${plural}.${placementGroup}`;
  definition.spec.scope = 'Namespaced';
  Object.assign(definition.spec.names, {
    kind,
    listKind: `${kind}List`,
    plural,
    singular: kind.toLowerCase(),
    shortNames: ['crps'],
  });
  definition.spec.versions = definition.spec.versions.map(statusCopyVersion);
  return formatted(kinds.statusCopy, source, definition);
}

function statusCopyVersion({ subresources: _none, ...version }: Version): Version {
  const { status, spec: _spec, ...object } = version.schema.openAPIV3Schema.properties;
  const lastUpdatedTime = { type: 'string', format: 'date-time', description: 'When the copy was last written.' };
  return {
    ...version,
    additionalPrinterColumns: [
      { name: 'Resource-Index', type: 'string', jsonPath: '.sourceStatus.observedResourceIndex' },
      { name: 'Last-Updated', type: 'string', jsonPath: '.lastUpdatedTime' },
      { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ],
    schema: {
      openAPIV3Schema: {
        type: 'object',
        description:
          'Copy of the status of the ClusterResourcePlacement of the same name, in the namespace that it places.',
        required: ['sourceStatus', 'lastUpdatedTime'],
        properties: { ...object, sourceStatus: status, lastUpdatedTime },
      } as Version['schema']['openAPIV3Schema'],
    },
  };
}

/** A definition's text, formatted like the rest of the repository. */
async function formatted(kind: { plural: string }, source: string, definition: Definition): Promise<string> {
  const head = [
    `# Generated from api/crds/${source} by tools/generate-definitions.ts.`,
    '# Edit that file, then run `npm run generate`.',
    '',
  ].join('\n');
  const options = await resolveConfig(path.join(folder, fileOf(kind)));
  const text = stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false });
  return format(head + text, { ...options, parser: 'yaml' });
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const stale: string[] = [];
const generated = [
  ...roles.map((role) => ({ name: fileOf(namespacedKinds[role]), text: generate(role) })),
  { name: fileOf(kinds.statusCopy), text: generateStatusCopy() },
];
for (const { name, text } of generated) {
  const file = path.join(folder, name);
  if (!values.check) await writeFile(file, await text);
  else if ((await readFile(file, 'utf8').catch(() => '')) !== (await text)) stale.push(name);
}
if (stale.length > 0) {
  process.stderr.write(`api/crds/{${stale.join(',')}} are not up to date; run \`npm run generate\`.\n`);
  process.exitCode = 1;
}
