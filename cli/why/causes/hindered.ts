/** The run names something that keeps a cluster, and no other cause knows what to do about it. */
import { clause, type Finding } from '../finding.ts';
import { progressingOf, workingOn, type RunFacts } from '../facts.ts';

export function hindered(facts: RunFacts): Finding | undefined {
  const troubled = workingOn(facts).find(({ trouble }) => trouble !== '');
  if (troubled === undefined || troubled.removing) return undefined;
  return {
    cause: 'hindered',
    what: `${facts.subject} waits for cluster ${troubled.name}`,
    since: progressingOf(facts.run)?.lastTransitionTime,
    rule: clause(troubled.trouble),
    frees: 'it goes on by itself once that is over; what the hub knows of the cluster',
    command: `flotilla why cluster/${troubled.name}`,
  };
}
