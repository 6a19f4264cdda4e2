/** Something keeps a cluster, and no other cause knows what to do about it. */
import { clause, type Finding } from '../finding.ts';
import { progressingOf, type RunFacts, type WorkingCluster } from '../facts.ts';

export function hindered({ subject, run }: RunFacts, { name, trouble }: WorkingCluster): Finding | undefined {
  if (trouble === '') return undefined;
  return {
    cause: 'hindered',
    what: `${subject} waits for cluster ${name}`,
    since: progressingOf(run)?.lastTransitionTime,
    rule: clause(trouble),
    frees: 'it goes on by itself once that is over; what the hub knows of the cluster can be seen',
    command: `kubectl describe membercluster ${name}`,
  };
}
