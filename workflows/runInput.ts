/** The input of `stagedUpdateRun`, and what is said to those who typed it wrong. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { UpdateRunSpec } from '../api/types/clusterstagedupdaterun.ts';
import { stagedUpdateRunWorkflowId, taskQueues, workflowTypes } from '../api/temporal.ts';
import type { ApprovalBook } from '../domain/runs/approvals.ts';
import type { RunPlan } from '../domain/runs/plan.ts';
import type { PackedProgress } from '../domain/runs/packedProgress.ts';
import type { RequestedState } from '../domain/runs/progress.ts';

export interface StagedUpdateRunInput {
  /** Name of the `ClusterStagedUpdateRun` on the hub. */
  name: string;
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

const requiredFields = ['placementName', 'stagedRolloutStrategyName'] as const;
const optionalFields = ['resourceSnapshotIndex', 'state'] as const;

/** Refuses an input that cannot become a run, before anything is done. */
export function checkInput(input: unknown, workflowId: string): asserts input is StagedUpdateRunInput {
  if (typeof input !== 'object' || input === null) refuse('The input must be a JSON object.', '<name>');
  const { name, spec } = input as Record<string, unknown>;
  if (typeof name !== 'string' || name === '') refuse('The input must hold the name of the run.', '<name>');
  if (workflowId !== stagedUpdateRunWorkflowId(name)) {
    refuse(`The workflow id of run ${name} must be ${stagedUpdateRunWorkflowId(name)}, not ${workflowId}.`, name, spec);
  }
  if (spec !== undefined) checkSpec(name, spec);
}

function checkSpec(name: string, spec: unknown): void {
  if (typeof spec !== 'object' || spec === null) refuse('The spec must be a JSON object.', name);
  const fields = spec as Record<string, unknown>;
  const unknown = Object.keys(fields).filter(
    (field) => !([...requiredFields, ...optionalFields] as readonly string[]).includes(field),
  );
  if (unknown.length > 0) refuse(`The spec has unknown fields: ${unknown.join(', ')}.`, name);
  for (const field of requiredFields) {
    if (typeof fields[field] !== 'string' || fields[field] === '') {
      refuse(`The spec must hold ${field} as a text, for example "placementName":"web".`, name);
    }
  }
  for (const field of optionalFields) {
    if (fields[field] !== undefined && (typeof fields[field] !== 'string' || fields[field] === '')) {
      refuse(`${field} in the spec must be a text, for example "resourceSnapshotIndex":"1".`, name);
    }
  }
}

function refuse(problem: string, name: string, spec?: unknown): never {
  const example = spec ?? {
    placementName: '<placement>',
    resourceSnapshotIndex: '<index>',
    stagedRolloutStrategyName: '<strategy>',
  };
  const line =
    `temporal workflow start --task-queue ${taskQueues.hub} --type ${workflowTypes.stagedUpdateRun} ` +
    `--workflow-id ${stagedUpdateRunWorkflowId(name)} --input '${JSON.stringify({ name, spec: example })}'`;
  throw ApplicationFailure.nonRetryable(`${problem} Type: ${line}`, 'InvalidInput');
}
