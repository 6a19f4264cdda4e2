/** A worker runs, and yet nobody notices the run: so it is when the worker waits for Temporal. */
import { observedGeneration } from '../../rollout/notice.ts';
import type { Finding } from '../finding.ts';
import type { RunFacts } from '../facts.ts';

/** A run is noticed within a fraction of a second. */
const patienceMs = 5_000;

export function temporalUnreachable({ subject, run, worker, now }: RunFacts): Finding | undefined {
  const { generation = 1, creationTimestamp = '', managedFields = [] } = run.metadata;
  if (worker.state !== 'running' || observedGeneration(run) >= generation) return undefined;
  const since = (managedFields as { subresource?: string; time?: string }[])
    .filter(({ subresource }) => (subresource ?? '') === '')
    .map(({ time }) => time ?? '')
    .concat(creationTimestamp)
    .sort()
    .at(-1);
  if (since === undefined || now - Date.parse(since) < patienceMs) return undefined;
  return {
    cause: 'temporalUnreachable',
    what: `${subject} has not been noticed as it is now`,
    since,
    rule: 'a worker runs, but runs are carried out by Temporal, which seems not to answer it',
    frees: 'it goes on by itself once Temporal answers; /readyz of the worker and this command tell whether it does',
    command: 'temporal operator cluster health',
  };
}
