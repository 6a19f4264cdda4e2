/** `flotilla get run NAME --at TIME`: where a run was. */
import { kindsIn } from '../../api/kinds.ts';
import type { ObjectReference } from '../../api/references.ts';
import { stagedUpdateRunWorkflowId } from '../../api/temporal.ts';
import type { ClusterApprovalRequest } from '../../api/types/clusterapprovalrequest.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { findObject, listObjects } from '../get/hubReader.ts';
import type { Terminal } from '../get/listing.ts';
import { missingObject } from '../get/missingObject.ts';
import { resources } from '../get/resources.ts';
import { TemporalHistory } from '../log/temporalHistory.ts';
import { runTarget } from '../rollout/target.ts';
import { paperFor } from './paper.ts';
import { goneNote, pastFacts, replayUntil, type PastReplay } from './pastRun.ts';
import { pictureOf } from './picture.ts';
import { approvalsOf } from './readRun.ts';
import { timeOfDay } from './times.ts';
import { runTree } from './tree.ts';

export interface PastShowing {
  /** Epoch milliseconds. */
  at: number;
  ascii: boolean;
  terminal: Terminal;
}

/** @throws CommandError when there is no history, or the run did not exist at that time */
export async function showPastRun(
  hub: KubernetesClient,
  reference: ObjectReference,
  { at, ascii, terminal }: PastShowing,
): Promise<void> {
  const temporal = new TemporalHistory();
  try {
    const kept = await temporal.executions(stagedUpdateRunWorkflowId(reference));
    if (kept.runIds.length === 0) throw await nothingKept(hub, reference, temporal.address);
    const found = await replayUntil(temporal.events(kept, { follow: false }), at);
    const now = Date.now();
    if (!('replay' in found)) {
      // Its time with Temporal may be up while it is read.
      if (found.beginsAt === undefined) throw await nothingKept(hub, reference, temporal.address);
      throw tooEarly(reference, timeOfDay(at, { now }), timeOfDay(found.beginsAt, { now }));
    }
    const present = await today(hub, reference);
    const { uid, cancelledAt } = found.replay;
    if (cancelledAt !== undefined && present.run?.metadata.uid !== uid) {
      throw tooLate(reference, timeOfDay(at, { now }), timeOfDay(cancelledAt, { now }));
    }
    const facts = pastFacts(found.replay, present);
    const notes = await goneNotes(reference, found, present, now);
    const picture = { ...pictureOf(facts), notes, asOf: timeOfDay(at, { now }) };
    const paper = paperFor(process.stdout, process.env, ascii);
    terminal.out(`${runTree(picture, { now: at }, paper).join('\n')}\n`);
  } finally {
    await temporal.close();
  }
}

/** What the hub says now. */
interface Present {
  run?: ClusterStagedUpdateRun;
  /** Whether the hub could be asked for the run. */
  isAsked: boolean;
  approvals: readonly ClusterApprovalRequest[];
}

/** The hub need not answer for the past to be seen. */
async function today(hub: KubernetesClient, reference: ObjectReference): Promise<Present> {
  const { run, approvalRequest } = kindsIn(reference);
  const [found, approvals] = await Promise.all([
    ifKnown(findObject(hub, run, reference.name, reference.namespace)),
    ifKnown(listObjects(hub, approvalRequest, approvalsOf(reference))),
  ]);
  return { run: found?.value, isAsked: found !== undefined, approvals: approvals?.value ?? [] };
}

async function ifKnown<T>(reading: Promise<T>): Promise<{ value: T } | undefined> {
  try {
    return { value: await reading };
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

/** Only where the hub does not have the run is the rest of the history worth reading. */
async function goneNotes(
  reference: ObjectReference,
  { replay, deletedAt }: PastReplay,
  { run, isAsked }: Present,
  now: number,
): Promise<string[]> {
  if (run !== undefined && (replay.uid === undefined || run.metadata.uid === replay.uid)) return [];
  const deleted = await deletedAt();
  if (deleted === undefined && !isAsked) return [];
  const when = deleted === undefined ? undefined : timeOfDay(deleted, { now });
  return [goneNote(runTarget(reference), when, run !== undefined)];
}

async function nothingKept(hub: KubernetesClient, reference: ObjectReference, address: string): Promise<Error> {
  const { run } = kindsIn(reference);
  const found = await findObject(hub, run, reference.name, reference.namespace);
  if (found === undefined) return missingObject(hub, resources.runs, reference);
  const message = `Temporal at ${address} keeps no history of ${runTarget(reference)}, so its past cannot be seen; without --at you see it as it is.`;
  return new CommandError(exitCodes.historyMissing, message);
}

function tooEarly(reference: ObjectReference, moment: string, begin: string): CommandError {
  const sentence = `${runTarget(reference)} did not exist yet at ${moment}; its history begins at ${begin}.`;
  return new CommandError(exitCodes.notFound, sentence);
}

function tooLate(reference: ObjectReference, moment: string, deleted: string): CommandError {
  const message = `${runTarget(reference)} did not exist any more at ${moment}: it was deleted at ${deleted}.`;
  return new CommandError(exitCodes.notFound, message);
}
