/**
 * Names by which Temporal knows Flotilla. They are public: users type them, and running workflows hold them.
 * Source: `docs/temporal.md`.
 */
import { formatReference } from './references.ts';
import type { ObjectReference } from './references.ts';

/** Workflow types, as `temporal workflow start --type …` takes them. */
export const workflowTypes = {
  stagedUpdateRun: 'stagedUpdateRun',
  rollingUpdate: 'rollingUpdate',
} as const;

/** Task queues. Waiting on a member costs a slot and nothing else, so members have a queue of their own. */
export const taskQueues = {
  /** Workflows, and activities that touch only the hub. */
  hub: 'flotilla',
  /** Activities that touch members. */
  members: 'flotilla-members',
} as const;

/** Names of the messages of a run. */
export const messageNames = {
  approve: 'approve',
  pause: 'pause',
  resume: 'resume',
  status: 'status',
  hubChanged: 'hubChanged',
  clusterReport: 'clusterReport',
} as const;

/** Search attributes, all of type Keyword. */
export const searchAttributeNames = {
  placement: 'FlotillaPlacement',
  run: 'FlotillaRun',
  stage: 'FlotillaStage',
  phase: 'FlotillaPhase',
} as const;

/** Values of the search attribute `FlotillaPhase`. */
export type RunPhase =
  | 'Initializing'
  | 'Initialized'
  | 'Updating'
  | 'Waiting'
  | 'AwaitingApproval'
  | 'Removing'
  | 'Stopping'
  | 'Stopped'
  | 'Succeeded'
  | 'Failed'
  | 'Cancelled';

/** Workflow id of a run: `csur/<name>` or `sur/<namespace>/<name>`, as kubectl shortens the kinds. */
export function stagedUpdateRunWorkflowId(run: ObjectReference): string {
  return `${run.namespace === undefined ? 'csur' : 'sur'}/${formatReference(run)}`;
}

/** Workflow id of a placement's rolling update or removal: `crp/<name>` or `rp/<namespace>/<name>`. */
export function rollingUpdateWorkflowId(placement: ObjectReference): string {
  return `${placement.namespace === undefined ? 'crp' : 'rp'}/${formatReference(placement)}`;
}

/** A run's line in lists of workflows. */
export function runSummary(spec: { placementName: string; resourceSnapshotIndex?: string }): string {
  const { placementName, resourceSnapshotIndex = '' } = spec;
  return resourceSnapshotIndex === ''
    ? `Rolls out what ${placementName} selects now`
    : `Rolls out resource snapshot ${resourceSnapshotIndex} of ${placementName}`;
}
