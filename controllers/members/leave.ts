/**
 * The end of a membership: bindings first, so that nobody brings anything to the cluster any more; then, where that is
 * wanted, the copies; then what the cluster knows of the hub, and what the hub knows of the cluster. Each pass finds out
 * by itself how far it is.
 */
import { annotations, finalizers } from '../../api/labels.ts';
import { kinds, kindsIn, placementKinds } from '../../api/kinds.ts';
import { appliedWorkDefinition, memberNamespace } from '../../api/names.ts';
import type { AppliedWork } from '../../api/types/appliedwork.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { MemberCluster, MemberClusterStatus } from '../../api/types/membercluster.ts';
import { hasLeft, leaveModeOf, leavingStatus, leftBehind, leftStatus } from '../../domain/members/index.ts';
import { rfc3339 } from '../../domain/time.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isKindNotServed, isNotFound } from '../../kube/errors.ts';
import type { Requeue } from '../../kube/workqueue.ts';
import { releaseFinalizer } from '../finalizers.ts';
import { sameJson } from '../sameJson.ts';
import { settleAll } from '../settleAll.ts';
import { defaultProbeTimeoutMs, type MemberControllerDependencies } from './dependencies.ts';
import { recordMemberEvents } from './events.ts';
import type { HeldCopies } from './heldCopies.ts';

/** What goes away by itself on the member or on the hub is asked for in such steps; a leaving is rare and short. */
const stepMs = 500;
/** A member that is in the way of its own leaving is asked less often. */
const troubledStepMs = 5_000;
const namedAtMost = 5;

type Dependencies = Pick<MemberControllerDependencies, 'hub' | 'caches' | 'pool' | 'settings' | 'log' | 'now'>;

/**
 * Takes the next steps. Undefined once the member is gone.
 * @param held knows what keeps copies on this member
 */
export async function leave(
  dependencies: Dependencies,
  member: MemberCluster,
  held: HeldCopies,
): Promise<Requeue | undefined> {
  const { hub, pool, log } = dependencies;
  const { name, finalizers: present = [] } = member.metadata;
  if (!present.includes(finalizers.memberCluster)) return undefined;
  await leaveBindingsBehind(hub, name, dependencies.caches.items('binding'));
  if (!hasLeft(member)) {
    const trouble = leaveModeOf(member) === 'Remove' ? await removeCopies(dependencies, name, held) : undefined;
    if (trouble !== undefined) {
      await write(dependencies, member, leavingStatus(member, trouble.sentence, timeOf(dependencies)));
      return { requeueAfterMs: trouble.requeueAfterMs };
    }
    if (leaveModeOf(member) !== 'Unreachable') await forgetHub(dependencies, name);
    await write(dependencies, member, leftStatus(member, timeOf(dependencies)));
    // The write is an event, which brings the next pass.
    return { requeueAfterMs: stepMs };
  }
  if (await hasNamespace(hub, name)) return { requeueAfterMs: stepMs };
  // The cache may lag, and a binding that claims to know the cluster would deceive the next one of this name.
  const lists = await Promise.all(placementKinds.map(({ binding }) => hub.list(binding)));
  await leaveBindingsBehind(
    hub,
    name,
    lists.flatMap(({ items }) => items),
  );
  await releaseFinalizer(hub, kinds.memberCluster, member, finalizers.memberCluster);
  pool.forget(name);
  log.info({ member: name }, 'The member cluster has left the fleet.');
  return undefined;
}

/** As the scheduler would do with each of them; but it may not get to it while a placement has other trouble. */
async function leaveBindingsBehind(
  hub: KubernetesClient,
  cluster: string,
  bindings: readonly ClusterResourceBinding[],
): Promise<void> {
  const changed = bindings
    .filter(({ spec }) => spec.targetCluster === cluster)
    .map(leftBehind)
    .filter((binding) => binding !== undefined);
  await settleAll(changed.map((binding) => hub.replace(kindsIn(binding.metadata).binding, binding)));
}

interface Trouble {
  /** What is waited for. */
  sentence: string;
  requeueAfterMs: number;
}

/** Has the member remove every inventory of this hub and what it owns. Undefined once nothing is left. */
async function removeCopies(dependencies: Dependencies, name: string, held: HeldCopies): Promise<Trouble | undefined> {
  const { pool, settings = {} } = dependencies;
  const signal = AbortSignal.timeout(settings.probeTimeoutMs ?? defaultProbeTimeoutMs);
  try {
    const client = await pool.client(name, signal);
    const works = await inventoriesOf(client, name, signal);
    if (works.length === 0) return undefined;
    const due = works.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    await settleAll(
      due.map(({ metadata: { name: work, uid } }) =>
        client.delete(kinds.appliedWork, work, { propagationPolicy: 'Foreground', uid, signal }),
      ),
    );
    const names = works.slice(0, namedAtMost).map(({ metadata }) => metadata.name);
    const more = works.length > namedAtMost ? ` and ${String(works.length - namedAtMost)} more` : '';
    const heldBy = await held.find(client, works);
    return {
      sentence:
        `Member cluster ${name} is still removing what was placed on it ` +
        `(AppliedWork ${names.join(', ')}${more})${heldBy === undefined ? '.' : `: ${heldBy}`}`,
      requeueAfterMs: stepMs,
    };
  } catch (error) {
    const why = signal.aborted ? `Member cluster ${name} did not answer in time.` : sentence(error);
    return {
      sentence: `${why} What was placed on it cannot be removed; flotilla leave ${name} --unreachable leaves it there.`,
      requeueAfterMs: troubledStepMs,
    };
  }
}

async function inventoriesOf(client: KubernetesClient, name: string, signal: AbortSignal): Promise<AppliedWork[]> {
  try {
    const { items } = await client.list(kinds.appliedWork, { signal });
    return items.filter(({ spec }) => spec.workNamespace === memberNamespace(name));
  } catch (error) {
    if (isKindNotServed(error)) return [];
    throw error;
  }
}

/** So that another hub may have the cluster. Where this does not succeed, its joining asks to be told so. */
async function forgetHub({ pool, settings = {}, log }: Dependencies, name: string): Promise<void> {
  const signal = AbortSignal.timeout(settings.probeTimeoutMs ?? defaultProbeTimeoutMs);
  try {
    const client = await pool.client(name, signal);
    const definition = await client.get(kinds.customResourceDefinition, appliedWorkDefinition, undefined, signal);
    if (definition.metadata.annotations?.[annotations.memberName] !== name) return;
    const body = { metadata: { annotations: { [annotations.hubUid]: null, [annotations.memberName]: null } } };
    await client.patch(kinds.customResourceDefinition, appliedWorkDefinition, { type: 'merge', body }, { signal });
  } catch (error) {
    if (isNotFound(error)) return;
    log.warn({ err: error, member: name }, 'The member cluster still carries the mark of this hub.');
  }
}

/** Asks for the end of the member's namespace, and with it of its kubeconfig. @returns whether it is still there */
async function hasNamespace(hub: KubernetesClient, name: string): Promise<boolean> {
  const found = await hub.find(kinds.namespace, memberNamespace(name));
  if (found === undefined) return false;
  const { deletionTimestamp, uid } = found.metadata;
  if (deletionTimestamp === undefined) await hub.delete(kinds.namespace, memberNamespace(name), { uid });
  return true;
}

async function write(dependencies: Dependencies, member: MemberCluster, status: MemberClusterStatus): Promise<void> {
  if (sameJson(member.status, status)) return;
  await dependencies.hub.replaceStatus(kinds.memberCluster, { ...member, status });
  await recordMemberEvents(dependencies, member, status, (dependencies.now ?? Date.now)());
}

function timeOf({ now = Date.now }: Dependencies): string {
  return rfc3339(now());
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
