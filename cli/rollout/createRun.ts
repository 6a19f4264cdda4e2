/** Making a run on the hub, and saying what was done. */
import { stringify } from 'yaml';
import { kindsIn } from '../../api/kinds.ts';
import { referenceOf, scopeOf, type ObjectReference, type Scope } from '../../api/references.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isAlreadyExists, isRejected } from '../../kube/errors.ts';
import { ownCommand } from '../calledAs.ts';
import { nextLines } from '../nextLines.ts';
import { whyNotNoticed } from './notice.ts';
import { runTarget } from './target.ts';

export interface CreateOptions {
  dryRun: boolean;
  output?: 'yaml' | 'json';
  /** What was asked for: the object, or the line that says it was made. */
  print(text: string): void;
  /** Everything else that the user should know. */
  note(line: string): void;
}

/** @throws Error with one sentence when the hub does not take the run */
export async function createRun(
  hub: KubernetesClient,
  run: ClusterStagedUpdateRun,
  { dryRun, output, print, note }: CreateOptions,
): Promise<void> {
  const name = runTarget(referenceOf(run));
  const created = await create(hub, run, dryRun);
  // As it would be applied; what the server has added says nothing to anybody.
  const { apiVersion, kind, metadata, spec } = created;
  const manifest = { apiVersion, kind, metadata: { name: metadata.name, ...scopeOf(metadata) }, spec };
  if (output === 'yaml') print(stringify(manifest));
  else if (output === 'json') print(`${JSON.stringify(manifest, undefined, 2)}\n`);
  else print(`${name} created${dryRun ? ' (dry run)' : ''}\n`);
  if (dryRun) return;
  const later = await whyNotNoticed(hub, created);
  if (later !== undefined) note(later);
  note(nextLines([watchCommand(created.metadata), ownCommand(`rollout status ${name}`)]).join('\n'));
}

async function create(
  hub: KubernetesClient,
  run: ClusterStagedUpdateRun,
  dryRun: boolean,
): Promise<ClusterStagedUpdateRun> {
  const definition = kindsIn(run.metadata).run;
  try {
    return await hub.create(definition, run, { dryRun });
  } catch (error) {
    const name = runTarget(referenceOf(run));
    if (isAlreadyExists(error)) {
      throw new Error(`There is a run ${name} already: choose another name with --name.`, { cause: error });
    }
    // A run holds no secrets, so the server's own words can be shown.
    if (isRejected(error))
      throw new Error(`The hub refuses ${name}: ${error.detail ?? error.message}`, { cause: error });
    throw error;
  }
}

function watchCommand({ name, namespace }: ObjectReference): string {
  return ownCommand(`get run ${name}${namespace === undefined ? '' : ` -n ${namespace}`} --watch`);
}

/** Names of all runs of a scope. */
export async function runNames(hub: KubernetesClient, scope: Scope): Promise<string[]> {
  const { items } = await hub.list(kindsIn(scope).run, scopeOf(scope));
  return items.map(({ metadata }) => metadata.name);
}
