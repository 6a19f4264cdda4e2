/** Looks at every cluster of a plan: at the member where it can be asked, else at what the hub knows of it. */
import type { KubernetesObject } from '../../api/meta.ts';
import { appliedWorkName } from '../../api/names.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import { render } from '../../domain/apply/render.ts';
import { isUpToDate, type BoundTarget } from '../../domain/rollouts/boundTarget.ts';
import type { PlannedCluster, RunPlan } from '../../domain/runs/plan.ts';
import { groupSnapshots, objectsOf } from '../../domain/snapshots/groups.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { KubernetesError, isUnauthorised } from '../../kube/errors.ts';
import { MemberPool } from '../../kube/pool.ts';
import { Slots } from '../../kube/slots.ts';
import { ownCommand } from '../calledAs.ts';
import { objectChanges } from '../changes/objectChanges.ts';
import { clause } from '../why/finding.ts';
import { namedChanges, noChanges, type Changes, type ClusterChanges } from './changes.ts';
import type { PlanFacts } from './facts.ts';
import { lookAtMember, type MemberOrder } from './memberLook.ts';
import { memberTrouble } from './surroundings.ts';

/** Members that are asked at the same time, and requests to each of them. */
const parallelMembers = 16;
const parallelRequests = 4;

/** What becomes of a cluster, and clauses on what would stop the run there. */
export interface ClusterLook {
  changes: ClusterChanges;
  problems: string[];
}

/** Where clusters are looked at. */
export interface LookOptions {
  /** False: only on the hub. */
  askMembers: boolean;
}

/** In the order of the plan, the removals last. @throws KubernetesError about the hub */
export async function lookAtClusters(
  hub: KubernetesClient,
  plan: RunPlan,
  facts: PlanFacts,
  { askMembers }: LookOptions,
): Promise<ClusterLook[]> {
  const contents = contentsIn(facts);
  const target = contents.get(plan.resourceSnapshot.name);
  const bindings = new Map(facts.bindings.map((binding) => [binding.metadata.name, binding]));
  const members = new Map(facts.memberClusters.map((member) => [member.metadata.name, member]));
  const updates = plan.stages.flatMap(({ clusters }) => clusters).map((cluster) => ({ cluster, isRemoval: false }));
  const removals = plan.removals.map((cluster) => ({ cluster, isRemoval: true }));
  const pool = new MemberPool(hub, { limits: { maxInFlight: parallelRequests } });
  const compare = rememberingComparison();
  const slots = new Slots(parallelMembers);
  const { signal } = new AbortController();
  try {
    return await Promise.all(
      [...updates, ...removals].map(async ({ cluster, isRemoval }) => {
        const member = members.get(cluster.name);
        const trouble = member === undefined ? undefined : memberTrouble(member);
        const present = presentOf(bindings.get(cluster.binding), contents);
        const wanted = isRemoval ? nothing : target;
        const subject = { cluster, plan, present, wanted, trouble, askMembers, compare };
        await slots.take(signal);
        try {
          return await lookAtCluster(pool, subject);
        } finally {
          slots.release();
        }
      }),
    );
  } finally {
    await pool.close();
  }
}

/** What a cluster has, as the hub knows it. */
interface Present {
  binding: ClusterResourceBinding | undefined;
  /** Empty where it has nothing; absent where its snapshot is gone. */
  objects: Content | undefined;
}

interface Subject {
  cluster: PlannedCluster;
  plan: RunPlan;
  present: Present;
  /** What it is to have; absent where that is not known. */
  wanted: Content | undefined;
  /** Why the hub thinks that it cannot be brought anything. */
  trouble: string | undefined;
  askMembers: boolean;
  compare: Comparison;
}

/** What becomes of the objects of one content with those of another. */
type Comparison = (before: Content, after: Content) => Changes;

/** The objects of a snapshot. Clusters with the same snapshot share them. */
type Content = readonly KubernetesObject[];

const nothing: Content = [];

/** Comparing megabytes for each of a thousand clusters would be felt; few of them differ in what they have. */
function rememberingComparison(): Comparison {
  const known = new Map<Content, Map<Content, Changes>>();
  return (before, after) => {
    const from = known.get(before) ?? new Map<Content, Changes>();
    known.set(before, from);
    const changes = from.get(after) ?? namedChanges(objectChanges(before, after));
    from.set(after, changes);
    return changes;
  };
}

async function lookAtCluster(pool: MemberPool, subject: Subject): Promise<ClusterLook> {
  const { cluster, plan, present, wanted, trouble, askMembers } = subject;
  const look = (changes: Omit<ClusterChanges, 'cluster'>, problems: string[] = []): ClusterLook => ({
    changes: { cluster: cluster.name, ...changes },
    problems,
  });
  if (wanted === undefined) {
    const { name } = plan.resourceSnapshot;
    return look({ source: 'unknown', ...noChanges }, [`resource snapshot ${name} is not complete: parts are missing`]);
  }
  const content = render(wanted, plan.applyStrategy);
  if (present.binding !== undefined && isUpToDate(present.binding, targetOf(plan), content.contentHash)) {
    return look({ source: 'upToDate', ...noChanges });
  }
  if (trouble !== undefined) return look(onHub(subject, 'it is not ready'), [trouble]);
  if (!askMembers) return look(onHub(subject));
  const asked = await askMember(pool, cluster.name, { work: appliedWorkName(plan.placement), content });
  if ('changes' in asked) return look({ source: 'member', ...asked.changes }, asked.refused);
  return look(onHub(subject, asked.note), asked.problem === undefined ? [] : [asked.problem]);
}

function targetOf({ resourceSnapshot, applyStrategy }: RunPlan): BoundTarget {
  return { resourceSnapshotName: resourceSnapshot.name, applyStrategy };
}

/** What the member says, or why it could not be asked. `problem`: that would stop the run as well. */
type Asked = { changes: Changes; refused: string[] } | { note: string; problem?: string };

async function askMember(pool: MemberPool, cluster: string, order: MemberOrder): Promise<Asked> {
  try {
    const { refused, ...changes } = await lookAtMember(await pool.client(cluster), order);
    return { changes, refused };
  } catch (error) {
    if (!(error instanceof KubernetesError)) throw error;
    if (error.cluster !== cluster) {
      if (!isUnauthorised(error)) throw error;
      return { note: 'you may not read its kubeconfig on the hub' };
    }
    if (error.reason === 'NoKubeconfig') {
      const problem = `the hub has no kubeconfig for it: ${ownCommand('join')} with --kubeconfig brings one`;
      return { note: 'the hub has no kubeconfig for it', problem };
    }
    // The worker may trust kubeconfigs that are not trusted here.
    if (error.reason === 'BadKubeconfig') return { note: 'its kubeconfig cannot be used here' };
    if (error.errorClass === 'unreachable') {
      const note = 'it cannot be reached from here';
      return { note, problem: `${note} (${error.reason ?? 'no answer'}); --no-members asks the hub only` };
    }
    const words = clause(error.message.replace(`Cluster ${cluster} `, 'the cluster '));
    return { note: 'it cannot be asked', problem: words };
  }
}

/** @param note why the member was not asked, if it was to be */
function onHub({ present, wanted = nothing, compare }: Subject, note?: string): Omit<ClusterChanges, 'cluster'> {
  const why = note === undefined ? {} : { note };
  if (present.objects === undefined) {
    return { source: 'unknown', ...noChanges, note: note ?? 'the snapshot that it has is not on the hub any more' };
  }
  return { source: 'snapshots', ...compare(present.objects, wanted), ...why };
}

function presentOf(binding: ClusterResourceBinding | undefined, contents: ReadonlyMap<string, Content>): Present {
  const snapshot = binding?.spec.resourceSnapshotName ?? '';
  return { binding, objects: snapshot === '' ? nothing : contents.get(snapshot) };
}

/** Objects of each complete group, by the name of its first snapshot. */
function contentsIn({ resourceSnapshots }: PlanFacts): Map<string, Content> {
  return new Map(
    groupSnapshots(resourceSnapshots).flatMap((group) =>
      group.complete && group.master !== undefined ? [[group.master.metadata.name, objectsOf(group)] as const] : [],
    ),
  );
}
