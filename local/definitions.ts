/** Installing Flotilla's kinds on an API server. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { kinds } from '../api/kinds.ts';
import type { Condition, KubernetesObject } from '../api/meta.ts';
import type { KubernetesClient } from '../kube/client.ts';

const folder = fileURLToPath(new URL('../api/crds/', import.meta.url));
const establishDeadlineMs = 30_000;

/** A CustomResourceDefinition as far as installing it needs. */
export interface KindDefinition extends KubernetesObject {
  spec: unknown;
  status?: { conditions?: Condition[] };
}

/** Whether a kind belongs on the hub; all do but the inventory that stands on members. */
export function hubDefinitions(name: string): boolean {
  return !memberDefinitions(name);
}

/** Whether a kind belongs on members. */
export function memberDefinitions(name: string): boolean {
  return name === `${kinds.appliedWork.plural}.${kinds.appliedWork.group}`;
}

/** Applies the chosen definitions and returns once the API server serves all of them. */
export async function installDefinitions(client: KubernetesClient, choose: (name: string) => boolean): Promise<void> {
  const definitions = (await readDefinitions()).filter((definition) => choose(definition.metadata.name));
  await Promise.all(
    definitions.map(async (definition) => {
      const applied = await client.apply(kinds.customResourceDefinition, definition, {
        fieldManager: 'flotilla-install',
        force: true,
      });
      await established(client, applied as KindDefinition);
    }),
  );
}

async function established(client: KubernetesClient, applied: KindDefinition): Promise<void> {
  const deadline = Date.now() + establishDeadlineMs;
  let current = applied;
  while (!isEstablished(current)) {
    if (Date.now() > deadline) throw new Error(notEstablished(client, current));
    await delay(50);
    current = (await client.get(kinds.customResourceDefinition, applied.metadata.name)) as KindDefinition;
  }
}

function isEstablished(definition: KindDefinition): boolean {
  return (
    definition.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ?? false
  );
}

function notEstablished(client: KubernetesClient, definition: KindDefinition): string {
  const refused = definition.status?.conditions?.find(({ status }) => status === 'False');
  return `${client.name} does not serve ${definition.metadata.name}: ${refused?.message ?? 'no reason given'}.`;
}

async function readDefinitions(): Promise<KindDefinition[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort();
  return await Promise.all(
    files.map(async (file) => parse(await readFile(join(folder, file), 'utf8'), { merge: true }) as KindDefinition),
  );
}
