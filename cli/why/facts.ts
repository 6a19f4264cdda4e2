/** What the causes look at: objects of the hub, read together. */
import { findCondition } from '../../api/conditions.ts';
import type { Condition } from '../../api/meta.ts';
import type { ClusterApprovalRequest } from '../../api/types/clusterapprovalrequest.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterStagedUpdateRun, StageUpdatingStatus } from '../../api/types/clusterstagedupdaterun.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { clustersOf, currentStageOf } from '../rollout/stages.ts';
import type { WorkerState } from '../workerLease.ts';

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
  /** The sentence with which the run names its trouble; empty where it names none. */
  trouble: string;
  /** The trouble is about a removal. */
  removing: boolean;
}

/** The stage in which a run is, the one that removes included. */
export function stageOf({ run: { status = {} } }: RunFacts): StageUpdatingStatus | undefined {
  return currentStageOf(status) ?? status.deletionStageStatus;
}

/** Clusters that a run has in work now. */
export function workingOn(facts: RunFacts): WorkingCluster[] {
  const stage = stageOf(facts);
  if (stage === undefined) return [];
  const removing = stage === facts.run.status?.deletionStageStatus;
  const { working } = clustersOf(stage);
  const asked = facts.cluster === undefined ? working : working.filter((name) => name === facts.cluster);
  const clusters = asked.map((name) => workingCluster(facts, name, removing, troubleOf(facts.run, name)));
  // The one that the run names comes first: of it the most is known.
  return clusters.sort((left, right) => Number(right.trouble !== '') - Number(left.trouble !== ''));
}

export function workingCluster(facts: WhyFacts, name: string, removing: boolean, trouble = ''): WorkingCluster {
  const binding = facts.bindings.find(({ spec }) => spec.targetCluster === name);
  const member = facts.members.find(({ metadata }) => metadata.name === name);
  return { name, ...(binding && { binding }), ...(member && { member }), trouble, removing };
}

export function progressingOf({ status }: ClusterStagedUpdateRun): Condition | undefined {
  return findCondition(status?.conditions, 'Progressing');
}

/** The command that makes another run like this one. @param revision as text; absent: what is selected then */
export function runCommand({ metadata, spec }: ClusterStagedUpdateRun, revision?: string): string {
  const index = revision === undefined ? '' : ` --index ${revision}`;
  const namespace = metadata.namespace === undefined ? '' : ` -n ${metadata.namespace}`;
  return `flotilla run ${spec.placementName} --strategy ${spec.stagedRolloutStrategyName}${index}${namespace}`;
}

/** A run names one cluster in trouble; the sentence about it comes after the first colon. */
function troubleOf(run: ClusterStagedUpdateRun, cluster: string): string {
  const message = progressingOf(run)?.message ?? '';
  const [head = '', ...rest] = message.split(': ');
  const isNamed = rest.length > 0 && head.split(/[\s,]+/).includes(cluster);
  return isNamed ? rest.join(': ') : '';
}
