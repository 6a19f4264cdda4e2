/** The input of `stagedUpdateRun`, and what is said to those who typed it wrong. */
import { ApplicationFailure } from '@temporalio/workflow';
import { formatReference, type ObjectReference } from '../api/references.ts';
import type { UpdateRunSpec } from '../api/types/clusterstagedupdaterun.ts';
import { stagedUpdateRunWorkflowId, taskQueues, workflowTypes } from '../api/temporal.ts';
import type { ApprovalBook } from '../domain/runs/approvals.ts';
import type { RunPlan } from '../domain/runs/plan.ts';
import type { PackedProgress } from '../domain/runs/packedProgress.ts';
import type { RequestedState } from '../domain/runs/progress.ts';

/** Which run: a `ClusterStagedUpdateRun`, or a `StagedUpdateRun` in a namespace. */
export interface StagedUpdateRunInput extends ObjectReference {
  /** Uid of the object to carry out; given by the controllers. */
  uid?: string;
  /** Spec of the object to create where there is none; given through the temporal door. */
  spec?: UpdateRunSpec;
  /** What an earlier execution of the same run hands over when its history has become long. */
  continued?: ContinuedRun;
}

/** Everything that a run takes along when it continues as new. */
export interface ContinuedRun {
  plan: RunPlan;
  progress: PackedProgress;
  approvals: ApprovalBook;
  searchAttributes: boolean;
  due: { run: boolean; fleet: boolean };
  asked?: RequestedState;
}

/** Stands where nobody has said which run is meant. */
const unnamed: ObjectReference = { name: '<name>' };

const requiredFields = ['placementName', 'stagedRolloutStrategyName'] as const;
const optionalFields = ['resourceSnapshotIndex', 'state'] as const;

/** Refuses an input that cannot become a run, before anything is done. */
export function checkInput(input: unknown, workflowId: string): asserts input is StagedUpdateRunInput {
  if (typeof input !== 'object' || input === null) refuse('The input must be a JSON object.', unnamed);
  const { name, namespace, spec } = input as Record<string, unknown>;
  if (typeof name !== 'string' || name === '') refuse('The input must hold the name of the run.', unnamed);
  if (namespace !== undefined && (typeof namespace !== 'string' || namespace === '')) {
    refuse('The namespace in the input must be a text; leave it out for a ClusterStagedUpdateRun.', { name });
  }
  const run = { name, namespace };
  const expected = stagedUpdateRunWorkflowId(run);
  if (workflowId !== expected) {
    refuse(`The workflow id of run ${formatReference(run)} must be ${expected}, not ${workflowId}.`, run, spec);
  }
  if (spec !== undefined) checkSpec(run, spec);
}

function checkSpec(run: ObjectReference, spec: unknown): void {
  if (typeof spec !== 'object' || spec === null) refuse('The spec must be a JSON object.', run);
  const fields = spec as Record<string, unknown>;
  const unknown = Object.keys(fields).filter(
    (field) => !([...requiredFields, ...optionalFields] as readonly string[]).includes(field),
  );
  if (unknown.length > 0) refuse(`The spec has unknown fields: ${unknown.join(', ')}.`, run);
  for (const field of requiredFields) {
    if (typeof fields[field] !== 'string' || fields[field] === '') {
      refuse(`The spec must hold ${field} as a text, for example "placementName":"web".`, run);
    }
  }
  for (const field of optionalFields) {
    if (fields[field] !== undefined && (typeof fields[field] !== 'string' || fields[field] === '')) {
      refuse(`${field} in the spec must be a text, for example "resourceSnapshotIndex":"1".`, run);
    }
  }
}

function refuse(problem: string, run: ObjectReference, spec?: unknown): never {
  const example = spec ?? {
    placementName: '<placement>',
    resourceSnapshotIndex: '<index>',
    stagedRolloutStrategyName: '<strategy>',
  };
  const line =
    `temporal workflow start --task-queue ${taskQueues.hub} --type ${workflowTypes.stagedUpdateRun} ` +
    `--workflow-id ${stagedUpdateRunWorkflowId(run)} --input '${JSON.stringify({ ...run, spec: example })}'`;
  throw ApplicationFailure.nonRetryable(`${problem} Type: ${line}`, 'InvalidInput');
}
