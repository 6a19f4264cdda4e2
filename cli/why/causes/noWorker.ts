/** Nobody looks after the hub. */
import { ownCommand } from '../../calledAs.ts';
import { leaseNamespace } from '../../workerLease.ts';
import type { Finding } from '../finding.ts';
import type { WhyFacts } from '../facts.ts';

export function noWorker({ subject, worker, cluster }: WhyFacts): Finding | undefined {
  if (worker.state !== 'missing') return undefined;
  const gone = worker.since === undefined ? 'no worker is running' : `no worker has run since ${worker.since}`;
  // What the hub knows of a member is what the last worker found.
  const unseen = cluster === undefined ? '' : `, so nobody looks at ${cluster} either`;
  return {
    cause: 'noWorker',
    what: `${subject} waits for a worker`,
    ...(worker.since !== undefined && { since: worker.since }),
    rule: `a worker renews the Lease flotilla in ${leaseNamespace}, and nobody does${unseen}`,
    frees:
      'all goes on by itself once a worker runs: in Kubernetes, see what became of its Deployment; ' +
      `on your own machine, ${ownCommand('local up')} starts it`,
    command: `kubectl describe deployment flotilla-worker -n ${leaseNamespace}`,
    short: `${gone}, so nothing goes on`,
  };
}
