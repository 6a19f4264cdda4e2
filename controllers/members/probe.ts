/** One look at a member's API server. */
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import { resourcesOf, type MemberResources, type Node, type Pod, type Probe } from '../../domain/members/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isUnauthorised, isUnreachable } from '../../kube/errors.ts';
import type { MemberPool } from '../../kube/pool.ts';

export interface ProbeOptions {
  /** Also read what changes slowly: version, nodes, capacity. */
  withFacts: boolean;
  timeoutMs: number;
}

/** Never throws: what goes wrong is what the probe has found. */
export async function probeMember(pool: MemberPool, cluster: string, options: ProbeOptions): Promise<Probe> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  try {
    const client = await pool.client(cluster, signal);
    const trouble = await troubleOf(client, signal);
    return {
      reached: true,
      ...(trouble !== undefined && { trouble }),
      ...(options.withFacts && (await readFacts(client, signal))),
    };
  } catch (error) {
    if (!signal.aborted) return { reached: false, trouble: sentence(error) };
    const seconds = String(options.timeoutMs / 1000);
    return { reached: false, trouble: `Member cluster ${cluster} did not answer within ${seconds} s.` };
  }
}

/** What is wrong with an API server that answers. Throws if it does not, or will not talk to us. */
async function troubleOf(client: KubernetesClient, signal: AbortSignal): Promise<string | undefined> {
  try {
    await client.probe('/readyz', signal);
    return undefined;
  } catch (error) {
    if (signal.aborted || isUnreachable(error) || isUnauthorised(error)) throw error;
    return sentence(error);
  }
}

/** Facts that cannot be read are left out, so that what was known stays: they say nothing about health. */
async function readFacts(
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<{ kubernetesVersion?: string; resources?: MemberResources }> {
  const [version, resources] = await Promise.allSettled([client.version(signal), readResources(client, signal)]);
  return {
    ...(version.status === 'fulfilled' && { kubernetesVersion: version.value.gitVersion }),
    ...(resources.status === 'fulfilled' && { resources: resources.value }),
  };
}

async function readResources(client: KubernetesClient, signal: AbortSignal): Promise<MemberResources> {
  const { items: nodes } = await client.list(nodeKind, { signal });
  // Without nodes nothing runs.
  const pods = nodes.length === 0 ? [] : (await client.list(podKind, { fieldSelector: unfinished, signal })).items;
  return resourcesOf(nodes, pods);
}

const nodeKind = coreKind<Node>('Node', 'nodes', false);
const podKind = coreKind<Pod>('Pod', 'pods', true);
const unfinished = 'status.phase!=Succeeded,status.phase!=Failed';

function coreKind<T extends KubernetesObject>(
  kind: string,
  plural: string,
  namespaced: boolean,
): ResourceDefinition<T> {
  return { group: '', version: 'v1', kind, plural, namespaced };
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
