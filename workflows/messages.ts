/**
 * Messages that a running `stagedUpdateRun` or `rollingUpdate` understands. Clients, the controllers and the workflow share this file.
 * What each does, and what it leaves on the hub, is described in `docs/temporal.md`.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { messageNames } from '../api/temporal.ts';
import type { StageTaskMoment } from '../api/runConditions.ts';
import type { RolloutView } from '../domain/rollouts/view.ts';
import type { RunStatusView } from '../domain/runs/view.ts';

/** Approves the task of a stage. Early approvals are kept, repeated ones change nothing. */
export interface ApproveMessage {
  /** Name of the stage, as in the strategy. */
  stage: string;
  /** Which approval of the stage. @default the stage's only one, or the one that is waited for */
  task?: StageTaskMoment;
  /** Who approves; shown on the approval request. */
  by?: string;
  /** Free text; shown on the approval request. */
  comment?: string;
}

/** Says that an object which this run depends on has changed. What changed is never in the message: the run looks. */
export interface HubChangedMessage {
  kind: string;
  name: string;
  uid: string;
}

/** What an activity that works on a cluster says about its waiting. */
export interface ClusterReportMessage {
  cluster: string;
  /** One sentence; empty when nothing hinders the cluster any more. */
  reason: string;
  /** RFC 3339: since when. */
  since: string;
}

/** Answer to the update `approve`. */
export interface ApproveAnswer {
  /** One sentence: what the approval did, or will do. */
  message: string;
}

export const approveSignal = defineSignal<[ApproveMessage]>(messageNames.approve);
export const approveUpdate = defineUpdate<ApproveAnswer, [ApproveMessage]>(messageNames.approve);
export const pauseSignal = defineSignal(messageNames.pause);
export const resumeSignal = defineSignal(messageNames.resume);
export const hubChangedSignal = defineSignal<[HubChangedMessage]>(messageNames.hubChanged);
export const clusterReportSignal = defineSignal<[ClusterReportMessage]>(messageNames.clusterReport);
/** Of a `stagedUpdateRun`. */
export const statusQuery = defineQuery<RunStatusView>(messageNames.status);
/** Of a `rollingUpdate`. */
export const rolloutStatusQuery = defineQuery<RolloutView>(messageNames.status);
