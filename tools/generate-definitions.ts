/**
 * Writes the definitions of the namespaced kinds into `api/crds/`, from those of their cluster-scoped namesakes: the
 * kinds differ in scope and names only. With `--check` it writes nothing and fails when a checked-in file differs.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { parse, stringify } from 'yaml';
import { clusterKinds, namespacedKinds, placementGroup, type PlacementKinds } from '../api/kinds.ts';

interface Definition {
  metadata: { name: string };
  spec: {
    scope: 'Cluster' | 'Namespaced';
    names: { kind: string; listKind: string; plural: string; singular: string; shortNames: string[] };
  };
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

/** Text of a namespaced kind's definition, formatted like the rest of the repository. */
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
  const head = [
    `# Generated from api/crds/${source} by tools/generate-definitions.ts.`,
    '# Edit that file, then run `npm run generate`.',
    '',
  ].join('\n');
  const options = await resolveConfig(path.join(folder, fileOf(namespacedKinds[role])));
  return format(head + stringify(definition, { lineWidth: 0 }), { ...options, parser: 'yaml' });
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const stale: string[] = [];
for (const role of roles) {
  const file = path.join(folder, fileOf(namespacedKinds[role]));
  const text = await generate(role);
  if (!values.check) await writeFile(file, text);
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text) stale.push(fileOf(namespacedKinds[role]));
}
if (stale.length > 0) {
  process.stderr.write(`api/crds/{${stale.join(',')}} are not up to date; run \`npm run generate\`.\n`);
  process.exitCode = 1;
}
