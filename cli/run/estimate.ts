/** When a run is likely to end: from the waits that its strategy asks for and the time its clusters have taken so far. */
import { isEnded, isInWork } from './clusterStates.ts';
import type { RunPicture, StagePicture } from './picture.ts';

export type Estimate =
  | { type: 'over' }
  /** Nothing can be said: the run stands still, or no cluster is done yet. */
  | { type: 'unknown' }
  | {
      type: 'left';
      /** Without the time that approvals take. */
      milliseconds: number;
      /** How many approvals are still to be given. */
      approvals: number;
    };

const standing: ReadonlySet<string> = new Set(['Initializing', 'Initialized', 'Stopping', 'Stopped', 'Cancelled']);

export function estimate(picture: RunPicture, now: number): Estimate {
  if (picture.endedAt !== undefined) return { type: 'over' };
  if (standing.has(picture.phase)) return { type: 'unknown' };
  const stages = [...picture.stages, ...(picture.removal === undefined ? [] : [picture.removal])];
  const perCluster = averageOf(stages);
  let milliseconds = 0;
  let approvals = 0;
  for (const stage of stages.filter(({ endedAt }) => endedAt === undefined)) {
    const work = workLeft(stage, perCluster, now);
    if (work === undefined) return { type: 'unknown' };
    milliseconds += work + waitLeft(stage, now);
    approvals += [...stage.before, ...stage.after].filter(
      (gate) => gate.type === 'approval' && gate.state !== 'done',
    ).length;
  }
  return { type: 'left', milliseconds, approvals };
}

/** How long a cluster takes, judged by those that are done. */
function averageOf(stages: readonly StagePicture[]): number | undefined {
  const spans = stages
    .flatMap(({ clusters }) => clusters)
    .flatMap(({ state, startedAt, endedAt }) =>
      state === 'succeeded' && startedAt !== undefined && endedAt !== undefined ? [endedAt - startedAt] : [],
    );
  return spans.length === 0 ? undefined : spans.reduce((sum, one) => sum + one, 0) / spans.length;
}

/** Undefined where it cannot be known: a cluster in trouble may need a person. */
function workLeft(
  { clusters, concurrency }: StagePicture,
  perCluster: number | undefined,
  now: number,
): number | undefined {
  const open = clusters.filter((cluster) => !isEnded(cluster));
  if (open.length === 0) return 0;
  if (perCluster === undefined || open.some(({ state }) => state === 'troubled')) return undefined;
  const working = open.filter(isInWork);
  const current = Math.max(0, ...working.map(({ startedAt = now }) => perCluster - (now - startedAt)));
  return current + Math.ceil((open.length - working.length) / Math.max(1, concurrency)) * perCluster;
}

function waitLeft({ after }: StagePicture, now: number): number {
  const waits = after.map((gate) => {
    if (gate.type !== 'wait' || gate.state === 'done') return 0;
    return gate.endsAt === undefined ? gate.lengthMs : Math.max(0, gate.endsAt - now);
  });
  return Math.max(0, ...waits);
}
