/** Policy snapshots: a placement's policy, frozen so that decisions can be told apart by the policy they follow. */
import { apiVersionOf } from '../../api/meta.ts';
import { kindsIn } from '../../api/kinds.ts';
import { annotations, labels } from '../../api/labels.ts';
import { indexInPolicySnapshotName, policySnapshotName } from '../../api/names.ts';
import { inScopeOf, referenceOf } from '../../api/references.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement, PlacementPolicy } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterSchedulingPolicySnapshot } from '../../api/types/clusterschedulingpolicysnapshot.ts';
import { sha256 } from '../sha256.ts';
import { placementOwnerReference } from '../snapshots/build.ts';
import { goJson } from '../snapshots/goJson.ts';
import { nameOfBinding } from './bindings.ts';

/**
 * Writes in the order in which they must happen: labels off, the one creation or replacement, then removals. Removals
 * come last, so that whoever looks in between still finds the highest index and cannot give it a second time.
 * At most one of `create` and `replace` is set; neither if the latest snapshot is up to date.
 */
export interface PolicySnapshotPlan {
  /** Snapshots whose label `is-latest-snapshot` becomes `"false"`. */
  loseLatestLabel: ClusterSchedulingPolicySnapshot[];
  /** Left behind by a crash, these are still there for the next plan with a new index. */
  remove: ClusterSchedulingPolicySnapshot[];
  create?: ClusterSchedulingPolicySnapshot;
  /** The latest snapshot with label and annotations put right. */
  replace?: ClusterSchedulingPolicySnapshot;
  /** The snapshot that is the latest once the plan is carried out. */
  latest: ClusterSchedulingPolicySnapshot;
}

/**
 * Plans the policy snapshot of a placement. Only the latest one counts: a policy that returns gets a new index.
 * @param existing all policy snapshots of the placement
 * @param revisionHistoryLimit number of snapshots that are kept, the new one included; at least 1
 * @param highestTaken as {@link highestIndexOfNamesakes} finds it: a new index is above it
 */
export function planPolicySnapshot(
  placement: ClusterResourcePlacement,
  existing: readonly ClusterSchedulingPolicySnapshot[],
  revisionHistoryLimit: number,
  highestTaken = -1,
): PolicySnapshotPlan {
  const byIndex = existing.toSorted((left, right) => policyIndexOf(left) - policyIndexOf(right));
  const labelled = byIndex.filter(isLabelledLatest);
  const latest = labelled.at(-1) ?? byIndex.at(-1);
  if (latest?.spec.policyHash === policyHash(placement.spec.policy)) {
    const upToDate = asLatest(latest, annotationsFor(placement));
    return {
      loseLatestLabel: labelled.filter((other) => other !== latest),
      remove: [],
      ...(upToDate === latest ? {} : { replace: upToDate }),
      latest: upToDate,
    };
  }
  const last = byIndex.at(-1);
  const lastIndex = last === undefined ? -1 : policyIndexOf(last);
  const create = buildPolicySnapshot(placement, Math.max(lastIndex, highestTaken) + 1);
  const kept = Math.max(revisionHistoryLimit - 1, 0);
  return {
    loseLatestLabel: labelled,
    remove: byIndex.slice(0, Math.max(byIndex.length - kept, 0)),
    create,
    latest: create,
  };
}

/**
 * Highest index of the policy snapshots that bindings of former placements of the same name follow; undefined if there
 * are none. Such bindings are left when somebody takes a placement's finalizer off by force. They still tell what is on
 * the clusters, so they are taken over, but nobody has asked the new policy about their clusters yet.
 */
export function highestIndexOfNamesakes(
  { metadata: { name, uid = '' } }: ClusterResourcePlacement,
  bindings: readonly ClusterResourceBinding[],
): number | undefined {
  const indexes = bindings
    .filter(({ metadata, spec }) => metadata.name !== nameOfBinding({ name, uid }, spec.targetCluster))
    .map(({ spec }) => indexInPolicySnapshotName(name, spec.schedulingPolicySnapshotName))
    .filter((index) => index !== undefined);
  return indexes.length === 0 ? undefined : indexes.reduce((highest, index) => Math.max(highest, index));
}

/**
 * How many clusters a policy snapshot wants: the annotation counts for `PickN`, because the policy in a snapshot keeps
 * the number it was made with; undefined for `PickAll`, which takes what there is.
 */
export function wantedClusters({
  metadata,
  spec: { policy = {} },
}: ClusterSchedulingPolicySnapshot): number | undefined {
  if (policy.placementType === 'PickFixed') return new Set(policy.clusterNames).size;
  if (policy.placementType !== 'PickN') return undefined;
  const text = metadata.annotations?.[annotations.numberOfClusters] ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : (policy.numberOfClusters ?? 0);
}

/** Index of a policy snapshot from its label; -1 if the label is missing or no whole number from 0. */
function policyIndexOf({ metadata }: ClusterSchedulingPolicySnapshot): number {
  const text = metadata.labels?.[labels.policyIndex] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}

/** New policy snapshot `index` of a placement. */
export function buildPolicySnapshot(
  placement: ClusterResourcePlacement,
  index: number,
): ClusterSchedulingPolicySnapshot {
  const { name, uid = '' } = placement.metadata;
  const { policy } = placement.spec;
  const { policySnapshot } = kindsIn(placement.metadata);
  return {
    apiVersion: apiVersionOf(policySnapshot),
    kind: policySnapshot.kind,
    metadata: {
      ...inScopeOf(placement.metadata, policySnapshotName(name, index)),
      labels: {
        [labels.parentPlacement]: name,
        [labels.isLatestSnapshot]: 'true',
        [labels.policyIndex]: String(index),
      },
      annotations: annotationsFor(placement),
      ownerReferences: [placementOwnerReference({ ...referenceOf(placement), uid })],
    },
    spec: { ...(policy && { policy }), policyHash: policyHash(policy) },
  };
}

/**
 * Hash of a policy as it stands in `spec.policyHash`: base64 of a hexadecimal SHA-256.
 * `numberOfClusters` does not count, because changing it must not schedule anew; an absent policy is `PickAll`.
 */
export function policyHash(policy: PlacementPolicy | undefined): string {
  const counted = { placementType: 'PickAll', ...policy, numberOfClusters: undefined };
  return Buffer.from(sha256(goJson(counted))).toString('base64');
}

/** What a placement says that its policy snapshot follows without being made anew. */
function annotationsFor({ metadata, spec: { policy } }: ClusterResourcePlacement): Record<string, string> {
  return {
    [annotations.placementGeneration]: String(metadata.generation ?? 1),
    ...(policy?.placementType === 'PickN' && { [annotations.numberOfClusters]: String(policy.numberOfClusters ?? 0) }),
  };
}

/** The same object if nothing needs to change. */
function asLatest(
  snapshot: ClusterSchedulingPolicySnapshot,
  wanted: Record<string, string>,
): ClusterSchedulingPolicySnapshot {
  const { metadata } = snapshot;
  const isNoted = Object.entries(wanted).every(([key, value]) => metadata.annotations?.[key] === value);
  if (isNoted && isLabelledLatest(snapshot)) return snapshot;
  return {
    ...snapshot,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, [labels.isLatestSnapshot]: 'true' },
      annotations: { ...metadata.annotations, ...wanted },
    },
  };
}

function isLabelledLatest({ metadata }: ClusterSchedulingPolicySnapshot): boolean {
  return metadata.labels?.[labels.isLatestSnapshot] === 'true';
}
