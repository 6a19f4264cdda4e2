/** What the workflow `stagedUpdateRun` and its hub activities say to each other. Leaf module: types only. */
import type { ObjectReference } from '../../api/references.ts';
import type { RunPlan } from '../../domain/runs/plan.ts';
import type { StageTaskMoment } from '../../api/runConditions.ts';
import type { PackedProgress } from '../../domain/runs/packedProgress.ts';
import type { RequestedState, RunProgress } from '../../domain/runs/progress.ts';
import type { GivenApproval } from '../../domain/runs/approvals.ts';
import type { UpdateRunSpec } from '../../api/types/clusterstagedupdaterun.ts';

/** Asks the hub side to take up a run: make or find the object, plan it, record the plan in its status. */
export interface BeginInput extends ObjectReference {
  /** Uid of the object to take up; absent when the run came through the temporal door. */
  uid?: string;
  /** The run's spec, when the object may have to be created. */
  spec?: UpdateRunSpec;
  /** Run id of the first execution of this workflow, written on the object. */
  execution: string;
  /** Epoch milliseconds of the workflow's clock; the times of all conditions come from it. */
  now: number;
  /** What a message asked for before there was a plan; written into the run's spec first. */
  asked?: RequestedState;
  /** Set when the wait for something that may still come is over: what is missing now fails the run. */
  lastCall?: boolean;
}

export type BeginResult =
  | {
      outcome: 'ready';
      uid: string;
      plan: RunPlan;
      /** Progress found in the object's status: present when an earlier history was lost. */
      progress?: RunProgress;
      /** What the owner wants of the run at this moment. */
      requested: RequestedState;
      searchAttributes: boolean;
    }
  /** Not possible yet. `giveUpAfterMs`: how long to wait at most, without it for ever. */
  | { outcome: 'waiting'; uid: string; message: string; giveUpAfterMs?: number }
  /** Never possible: written to the object, unless that object is not the run's own. */
  | { outcome: 'refused'; message: string }
  /** The object is being deleted, or another object has its name now. */
  | { outcome: 'gone'; message: string }
  /** The object says that the run has ended already. */
  | { outcome: 'over'; message: string };

/** Progress to be shown in the run's status on the hub. */
export interface WriteStatusInput extends ObjectReference {
  uid: string;
  progress: PackedProgress;
}

/** `gone`: the object does not exist any more, or another one has its name. */
export interface WriteStatusResult {
  gone: boolean;
}

export interface RequestApprovalInput {
  run: ObjectReference & { uid: string };
  stage: string;
  when: StageTaskMoment;
  request: string;
}

export type RequestApprovalResult =
  | { outcome: 'pending' }
  | { outcome: 'approved' }
  /** An object with the request's name belongs to something else: one sentence. */
  | { outcome: 'conflict'; message: string };

export interface AcceptApprovalInput {
  /** Name of the request, in the scope of its run. */
  request: string;
  run: ObjectReference;
  /** An approval that came as a message and has to be written to the hub first. */
  approval?: GivenApproval;
  now: number;
}

/** `missing`: somebody deleted the request; it has to be made again. */
export interface AcceptApprovalResult {
  outcome: 'accepted' | 'pending' | 'missing';
}

/** Asks what the hub wants of a run that is under way. */
export interface ReviewInput extends ObjectReference {
  uid: string;
  /** Whether the placement, its policy or the fleet may have changed as well, so that the plan is to be checked. */
  fleet: boolean;
}

export type ReviewResult =
  | { outcome: 'fits'; requested: RequestedState }
  /** The plan does not fit any more: the text for the run's status. */
  | { outcome: 'outdated'; message: string }
  /** The object does not exist any more, or another one has its name. */
  | { outcome: 'gone' };

/** Writes what somebody wants of a run, and said in a message, into its spec. */
export interface RequestStateInput extends ObjectReference {
  uid: string;
  state: RequestedState;
}
