import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  log,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { promptly } from './proxies.ts';
import {
  approveSignal,
  approveUpdate,
  clusterReportSignal,
  hubChangedSignal,
  pauseSignal,
  resumeSignal,
  statusQuery,
} from './messages.ts';
import type { ClusterReportMessage, HubChangedMessage } from './messages.ts';
import { checkInput, type StagedUpdateRunInput } from './runInput.ts';
import type { RequestedState } from '../domain/runs/progress.ts';
import type { Step } from '../domain/runs/walk.ts';
import { RunState } from './runState.ts';
import { RunWalk } from './runWalk.ts';

/** What a run that went well says of itself in the end. */
export interface StagedUpdateRunResult {
  message: string;
}

/**
 * Carries out one `ClusterStagedUpdateRun` (in a namespace: `StagedUpdateRun`), all its stages, from initialization to the end.
 *
 * Waits for: its placement to be scheduled (`hubChanged`), clusters (activities), timed waits (timers), approvals
 * (signal or update `approve`, or `hubChanged` when the request was approved on the hub) and, while it is stopped, for
 * the word to go on (`resume`, or `hubChanged` when its object says so).
 * Ends with the run: completes on success, fails on failure after the failure is in the object's status,
 * is cancelled when the object is deleted. Continues as new when Temporal suggests it.
 */
export async function stagedUpdateRun(input: StagedUpdateRunInput): Promise<StagedUpdateRunResult> {
  const info = workflowInfo();
  checkInput(input, info.workflowId);
  const state = new RunState({ name: input.name, namespace: input.namespace }, input.continued);
  listen(state);

  const steps = input.continued === undefined ? await begin(state, input, info.firstExecutionRunId) : state.resume();
  if (steps === undefined) return { message: state.message };
  const end = await new RunWalk(state).walk(steps).catch((error: unknown) => {
    if (isCancellation(error)) state.noteCancelled();
    throw error;
  });
  if (end === 'continue') {
    state.handingOver = true;
    await condition(allHandlersFinished);
    return continueAsNew<typeof stagedUpdateRun>({
      name: input.name,
      namespace: input.namespace,
      continued: state.handOver(),
    });
  }
  const { outcome } = state.progress;
  if (outcome?.result !== 'succeeded') throw ApplicationFailure.nonRetryable(outcome?.message, 'RunFailed');
  return { message: state.message };
}

/** Installs all handlers, before the first wait, so that no message can come too early. */
function listen(state: RunState): void {
  // Signals can come from anybody, with anything: what cannot be read is a hint all the same.
  const noteChange = (change?: Partial<HubChangedMessage> | null): void => {
    state.noteHubChange(change?.kind ?? '');
  };
  setHandler(hubChangedSignal, noteChange, { description: 'Internal: something on the hub changed; look again.' });
  const noteReport = (report?: Partial<ClusterReportMessage> | null): void => {
    const { cluster, reason = '', since = '' } = report ?? {};
    if (typeof cluster === 'string') state.noteReport({ cluster, reason, since });
  };
  setHandler(clusterReportSignal, noteReport, { description: 'Internal: why a cluster waits.' });
  const approve = (approval: unknown): void => {
    const problem = state.approve(approval);
    if (problem !== undefined) log.warn('An approval fits nothing and is ignored', { problem });
  };
  const approvalForm = 'Approves a stage: {"stage":"canary","by":"ana","comment":"looks good"}.';
  setHandler(approveSignal, approve, { description: approvalForm });
  setHandler(
    approveUpdate,
    async (approval) => {
      const when = state.approvedTask(approval);
      state.approve(approval);
      await condition(() => state.handingOver || when === undefined || !state.isAwaitingApproval(approval.stage, when));
      return { message: state.approvalAnswer(approval.stage, when) };
    },
    {
      description: `${approvalForm} Refuses what fits nothing.`,
      validator: (approval) => {
        const problem = state.approvalProblem(approval);
        if (problem !== undefined) throw ApplicationFailure.nonRetryable(problem, 'ApprovalRefused');
      },
    },
  );
  const ask = (requested: RequestedState) => (): void => {
    state.asked = requested;
  };
  setHandler(pauseSignal, ask('Stop'), { description: 'Stops the run: starts nothing more, lets clusters finish.' });
  setHandler(resumeSignal, ask('Run'), { description: 'Lets a stopped or only initialized run go on.' });
  setHandler(statusQuery, () => state.view(), { description: 'Stages, clusters, gates and what the run waits for.' });
}

/**
 * Takes the run's object up and plans it; where something is still to come, says so on the object and waits for it.
 * @returns what starts; `undefined` when the object says that the run is over
 */
async function begin(state: RunState, input: StagedUpdateRunInput, execution: string): Promise<Step[] | undefined> {
  const { name, namespace, uid, spec } = input;
  let giveUpAt: number | undefined;
  for (;;) {
    const seen = state.hubChanges;
    const now = Date.now();
    const lastCall = giveUpAt !== undefined && now >= giveUpAt;
    const { asked } = state;
    const taken = { name, namespace, uid: state.uid ?? uid, spec };
    const result = await promptly('beginRun', { ...taken, execution, now, asked, lastCall });
    if (state.asked === asked) state.asked = undefined;
    switch (result.outcome) {
      case 'ready':
        return state.begin(result, now);
      case 'over':
        state.message = result.message;
        return undefined;
      case 'gone':
      case 'refused':
        throw ApplicationFailure.nonRetryable(result.message, result.outcome === 'gone' ? 'RunGone' : 'RunRefused');
      case 'waiting':
        state.uid = result.uid;
        state.message = result.message;
        setCurrentDetails(`Waiting: ${result.message}`);
        if (result.giveUpAfterMs === undefined) giveUpAt = undefined;
        else giveUpAt ??= Date.now() + result.giveUpAfterMs;
        await hubChange(state, seen, giveUpAt);
    }
  }
}

async function hubChange(state: RunState, seen: number, until: number | undefined): Promise<void> {
  const changed = (): boolean => state.hubChanges !== seen;
  if (until === undefined) await condition(changed);
  else
    await condition(changed, Math.max(1, until - Date.now()), {
      summary: 'a resource snapshot that may be on its way',
    });
}
