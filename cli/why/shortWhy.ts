/** The line `why` beside the picture of a run: what `flotilla why` finds, in few words. */
import { runTarget } from '../rollout/target.ts';
import type { RunPicture } from '../run/picture.ts';
import { timeOfDay, type Clock } from '../run/times.ts';
import { firstOf } from './finding.ts';
import { runCauses } from './tables.ts';

/** Why a run is where it is, and what may be said about it besides where there is room. */
export interface Reason {
  sentence: string;
  /** What keeps the cluster that the sentence names. */
  detail?: string;
}

export function shortWhy({ facts, message }: RunPicture, clock: Clock): Reason {
  const { run, approvals, bindings = [], troubles, worker } = facts;
  const finding = firstOf(runCauses, {
    subject: runTarget(run.metadata),
    now: clock.now,
    worker: worker?.(clock.now) ?? { state: 'unknown' },
    // Whether a member answers is told by the run itself, within a second.
    members: [],
    bindings,
    requests: approvals,
    run,
    troubles,
  });
  const { short = message, detail } = finding ?? {};
  return { sentence: localTimes(short, clock), ...(detail !== undefined && { detail }) };
}

/** Times as the whole picture shows them. */
function localTimes(text: string, clock: Clock): string {
  return text.replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (time) => timeOfDay(Date.parse(time), clock));
}
