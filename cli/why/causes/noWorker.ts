/** Nobody looks after the hub. */
import type { Finding } from '../finding.ts';
import type { WhyFacts } from '../facts.ts';

export function noWorker({ subject, worker }: WhyFacts): Finding | undefined {
  if (worker.state !== 'missing') return undefined;
  return {
    cause: 'noWorker',
    what: `${subject} waits for a worker`,
    ...(worker.since !== undefined && { since: worker.since }),
    rule: 'a worker renews the Lease flotilla in fleet-system, and nobody does',
    frees: 'it goes on by itself once a worker runs; in Kubernetes, see what became of it',
    command: 'kubectl describe deployment flotilla-worker -n fleet-system',
  };
}
