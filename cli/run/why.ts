/** One sentence that says why a run is where it is. It holds no countdown, so that it changes only when the run does. */
import { clusterCount, count, countDone, isInWork } from './clusterStates.ts';
import type { ApprovalGate, Gate, WaitGate } from './gates.ts';
import { clustersOf, type ClusterPicture, type RunPicture, type StagePicture } from './picture.ts';
import { timeOfDay, type Clock } from './times.ts';

/** Why, and what may be said about it besides where there is room. */
export interface Reason {
  sentence: string;
  /** What keeps the cluster that the sentence names. */
  detail?: string;
}

/** So many clusters are called by their names. */
const named = 2;

export function why(picture: RunPicture, clock: Clock): Reason {
  const { phase } = picture;
  const isAtWork = phase === 'Updating' || phase === 'Waiting' || phase === 'AwaitingApproval';
  return isAtWork ? atWork(picture, clock) : { sentence: atRest(picture) };
}

function atRest(picture: RunPicture): string {
  const { phase, message, takenUp } = picture;
  switch (phase) {
    case 'Initializing':
      return takenUp ? message : 'no worker has taken the run up yet';
    case 'Initialized':
      return 'the run is planned and starts when its spec.state is set to Run';
    case 'Stopped':
      return 'the run was asked to stop; it goes on when its spec.state is set to Run';
    case 'Stopping':
      return `the run was asked to stop; ${workingOn(clustersOf(picture))} still to be finished`;
    case 'Cancelled':
      return 'the run is being deleted';
    case 'Failed':
      return message;
    case 'Succeeded':
      return succeeded(picture);
    case 'Removing':
      return `all stages are done; the placement is removed from ${clusterCount(picture.removal?.clusters.length ?? 0)} at the end`;
    default:
      return message;
  }
}

function succeeded({ stages, removal, snapshot }: RunPicture): string {
  const clusters = stages.reduce((sum, stage) => sum + stage.clusters.length, 0);
  const removed = removal === undefined ? '' : `; removed from ${clusterCount(removal.clusters.length)}`;
  const what = snapshot === undefined ? '' : ` snapshot ${snapshot}`;
  if (clusters === 0) return `there was nothing to roll out${removed}`;
  return `${clusterCount(clusters)} ${clusters === 1 ? 'has' : 'have'}${what}${removed}`;
}

function atWork({ stages, message }: RunPicture, clock: Clock): Reason {
  const position = stages.findIndex(({ endedAt }) => endedAt === undefined);
  const stage = stages[position];
  if (stage === undefined) return { sentence: message };
  const gates = [...stage.before, ...stage.after].filter(({ state }) => state === 'open');
  const next = stages[position + 1];
  if (gates.length > 0) {
    const clauses = gates.map((gate) => gateClause(gate, clock)).join(' and ');
    return { sentence: `stage ${stage.name} ${clauses}${thenNext(next)}` };
  }
  return updating(stage, message);
}

function updating({ name, clusters }: StagePicture, message: string): Reason {
  const troubled = clusters.filter(({ state }) => state === 'troubled');
  const [first] = troubled;
  if (first !== undefined) {
    const more = troubled.length === 1 ? '' : ` (and ${count(troubled.length - 1)} more)`;
    return { sentence: `stage ${name} waits for cluster ${first.name}${more}`, detail: first.trouble };
  }
  const working = clusters.filter(isInWork);
  if (working.length === 0) return { sentence: message };
  const done = `${count(countDone(clusters))} of ${clusterCount(clusters.length)} done`;
  return { sentence: `stage ${name} updates ${nameSome(working)}; ${done}` };
}

function gateClause(gate: Gate, clock: Clock): string {
  return gate.type === 'wait' ? waitClause(gate, clock) : approvalClause(gate, clock);
}

function waitClause({ length, endsAt }: WaitGate, clock: Clock): string {
  return endsAt === undefined ? `soaks for ${length}` : `soaks until ${timeOfDay(endsAt, clock)}`;
}

function approvalClause({ request, since, moment, fault }: ApprovalGate, clock: Clock): string {
  const asked = since === undefined ? '' : `, asked for at ${timeOfDay(since, clock)}`;
  const begin = moment === 'before' ? ' to begin' : '';
  return `waits for approval ${request}${begin}${fault === undefined ? asked : ` (${fault})`}`;
}

function thenNext(next: StagePicture | undefined): string {
  return next === undefined ? '' : `; then ${next.name}, ${clusterCount(next.clusters.length)}`;
}

function workingOn(clusters: readonly ClusterPicture[]): string {
  const working = clusters.filter(isInWork);
  return working.length === 0 ? 'what was begun is' : `${nameSome(working)} ${working.length === 1 ? 'is' : 'are'}`;
}

function nameSome(clusters: readonly ClusterPicture[]): string {
  const shown = clusters.slice(0, clusters.length === named + 1 ? named + 1 : named).map(({ name }) => name);
  const more = clusters.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${count(more)} more` : shown.join(', ');
}
