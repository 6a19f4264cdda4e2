/** A newer run took a cluster over. */
import type { Finding } from '../finding.ts';
import { runCommand, type RunFacts } from '../facts.ts';
import { failureOf } from './ended.ts';

export function displaced({ subject, run }: RunFacts): Finding | undefined {
  const failure = failureOf({ run });
  const by = / taken over by (\S+?)\.?$/.exec(failure?.message ?? '')?.[1];
  if (failure === undefined || by === undefined) return undefined;
  const cluster = /cluster `([^`]+)`/.exec(failure.message)?.[1] ?? 'a cluster';
  return {
    cause: 'displaced',
    what: `${subject} has failed because ${by} took ${cluster} over`,
    since: failure.lastTransitionTime,
    rule: 'of two that roll one placement out, the newer one has the cluster, and the older one ends',
    frees: 'to bring this revision after all, make a new run',
    command: runCommand(run, run.spec.resourceSnapshotIndex ?? run.status?.resourceSnapshotIndexUsed),
    short: `${by} took ${cluster} over: the newer of two runs has the cluster`,
  };
}
