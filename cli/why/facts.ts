/** What the causes look at: objects of the hub, read together. */
import { findCondition } from '../../api/conditions.ts';
import type { Condition, ObjectMeta } from '../../api/meta.ts';
import type { ClusterApprovalRequest } from '../../api/types/clusterapprovalrequest.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterStagedUpdateRun, StageUpdatingStatus } from '../../api/types/clusterstagedupdaterun.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { removalTrouble } from '../../domain/placements/removal.ts';
import { ownCommand } from '../calledAs.ts';
import { clustersOf, currentStageOf } from '../rollout/stages.ts';
import { bindingTroubles } from '../run/bindingTroubles.ts';
import { hindranceIn, longWork } from '../run/hindrance.ts';
import type { WorkerState } from '../workerLease.ts';
import { inNamespace } from './words.ts';

/** Of every subject. */
export interface WhyFacts {
  /** Who is asked about, as it is typed: `csur/web-1`. */
  subject: string;
  /** Epoch milliseconds. */
  now: number;
  worker: WorkerState;
  members: readonly MemberCluster[];
  /** Of the placement that is rolled out. */
  bindings: readonly ClusterResourceBinding[];
  /** Only this cluster is asked about. */
  cluster?: string;
}

export interface RunFacts extends WhyFacts {
  run: ClusterStagedUpdateRun;
  /** Those of the run's stages that exist. */
  requests: readonly ClusterApprovalRequest[];
  /** What keeps clusters, by their names, for whoever has no more of the bindings than that. */
  troubles?: ReadonlyMap<string, string>;
}

export interface PlacementFacts extends WhyFacts {
  placement: ClusterResourcePlacement;
  /** Where runs roll it out: of the newest that has not ended, else of the newest. */
  newestRun?: RunFacts;
}

/** A cluster on which somebody is at work. */
export interface WorkingCluster {
  name: string;
  binding?: ClusterResourceBinding;
  member?: MemberCluster;
  /** The sentence about its trouble, the run's own if it has one; empty where nothing is known. */
  trouble: string;
  /** The trouble is about a removal. */
  removing: boolean;
}

/** The stage in which a run is, the one that removes included. */
export function stageOf({ run: { status = {} } }: RunFacts): StageUpdatingStatus | undefined {
  return currentStageOf(status) ?? status.deletionStageStatus;
}

/** Clusters that a run has in work now: the one that it names first, then others in trouble, then the rest. */
export function workingOn(facts: RunFacts): WorkingCluster[] {
  const stage = stageOf(facts);
  if (stage === undefined) return [];
  const removing = stage === facts.run.status?.deletionStageStatus;
  const { working } = clustersOf(stage);
  const asked = facts.cluster === undefined ? working : working.filter((name) => name === facts.cluster);
  const hindrance = hindranceIn(progressingOf(facts.run));
  const troubles = removing ? removalTroubles(facts.bindings) : (facts.troubles ?? bindingTroubles(facts.bindings));
  const clusters = asked.map((name) => {
    const told = troubles.get(name);
    const trouble = hindrance?.cluster === name ? (hindrance.trouble ?? told ?? longWork) : (told ?? '');
    return workingCluster(facts, name, removing, trouble);
  });
  const weight = ({ name, trouble }: WorkingCluster): number =>
    name === hindrance?.cluster ? 2 : Number(trouble !== '');
  return clusters.sort((left, right) => weight(right) - weight(left));
}

/** Else a binding that is to go tells of the time before. */
function removalTroubles(bindings: readonly ClusterResourceBinding[]): Map<string, string> {
  return new Map(
    bindings.flatMap((binding): [string, string][] => {
      const trouble = removalTrouble(binding);
      return trouble === undefined ? [] : [[binding.spec.targetCluster, trouble.message]];
    }),
  );
}

export function workingCluster(facts: WhyFacts, name: string, removing: boolean, trouble = ''): WorkingCluster {
  const binding = facts.bindings.find(({ spec }) => spec.targetCluster === name);
  const member = facts.members.find(({ metadata }) => metadata.name === name);
  return { name, ...(binding && { binding }), ...(member && { member }), trouble, removing };
}

export function progressingOf({ status }: ClusterStagedUpdateRun): Condition | undefined {
  return findCondition(status?.conditions, 'Progressing');
}

/** What a run says of itself: how it ended, else what it is at, else whether it is planned; '' for one that is new. */
export function messageOf({ status }: ClusterStagedUpdateRun): string {
  const conditions = status?.conditions;
  const [succeeded, progressing, initialized] = (['Succeeded', 'Progressing', 'Initialized'] as const).map((type) =>
    findCondition(conditions, type),
  );
  const ended = [succeeded, initialized].find((condition) => condition?.status === 'False');
  return (ended ?? progressing ?? initialized)?.message ?? '';
}

/** The command that makes another run like this one. @param revision as text; absent: what is selected then */
export function runCommand({ metadata, spec }: ClusterStagedUpdateRun, revision?: string): string {
  const index = revision === undefined ? '' : ` --index ${revision}`;
  const strategy = spec.stagedRolloutStrategyName;
  return ownCommand(`run ${spec.placementName} --strategy ${strategy}${index}${inNamespace(metadata.namespace)}`);
}

/**
 * When somebody last wrote an object or its status, as far as the hub remembers.
 * @returns RFC 3339; undefined for an object without managed fields
 */
export function lastWritten({ managedFields = [] }: ObjectMeta, part: '' | 'status'): string | undefined {
  return (managedFields as { subresource?: string; time?: string }[])
    .filter(({ subresource = '' }) => subresource === part)
    .flatMap(({ time }) => time ?? [])
    .sort()
    .at(-1);
}
