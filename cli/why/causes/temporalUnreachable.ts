/** A worker runs, and yet nobody notices what was changed: so it is when the worker waits for Temporal. */
import { observedGeneration } from '../../rollout/notice.ts';
import type { Finding } from '../finding.ts';
import { lastWritten, type RunFacts } from '../facts.ts';

/** Changes are noticed within a fraction of a second. */
const patienceMs = 5_000;

export function temporalUnreachable(facts: RunFacts): Finding | undefined {
  const { run } = facts;
  const { generation = 1, creationTimestamp } = run.metadata;
  if (observedGeneration(run) >= generation) return undefined;
  const since = lastWritten(run.metadata, '') ?? (generation === 1 ? creationTimestamp : undefined);
  return since === undefined ? undefined : notNoticed(facts, since);
}

/** @param since RFC 3339: when the hub got what nobody has noticed. @returns undefined if that may still come */
export function notNoticed({ subject, worker, now }: RunFacts, since: string): Finding | undefined {
  if (worker.state !== 'running' || !(now - Date.parse(since) >= patienceMs)) return undefined;
  return {
    cause: 'temporalUnreachable',
    what: `${subject} has not been noticed as it is now`,
    since,
    rule: 'a worker runs, but runs are carried out by Temporal, which seems not to answer it',
    frees: 'it goes on by itself once Temporal answers the worker, whose /readyz and log say what they hear of it',
    command: 'temporal operator cluster health',
    short: `Temporal seems not to answer the worker: the run is not noticed as it is since ${since}`,
  };
}
