/** A cluster does not answer. */
import { findCondition } from '../../../api/conditions.ts';
import type { Condition } from '../../../api/meta.ts';
import type { MemberCluster } from '../../../api/types/membercluster.ts';
import { ownCommand } from '../../calledAs.ts';
import { clause, type Finding } from '../finding.ts';
import type { WhyFacts, WorkingCluster } from '../facts.ts';

export function memberUnreachable(
  { subject }: Pick<WhyFacts, 'subject'>,
  { name, member, trouble }: WorkingCluster,
): Finding | undefined {
  const unhealthy = unhealthyOf(member);
  const isToldByRun = trouble.includes(`Cluster ${name} cannot be reached`);
  if (!isToldByRun && unhealthy === undefined) return undefined;
  const isAsked = subject === `cluster/${name}`;
  return {
    cause: 'memberUnreachable',
    what: isAsked ? `${subject} cannot be reached` : `${subject} waits for cluster ${name}, which cannot be reached`,
    ...(unhealthy && { since: unhealthy.lastTransitionTime }),
    rule: clause(isToldByRun ? trouble : (unhealthy?.message ?? '')),
    frees:
      'a cluster that is away is waited for, and all goes on by itself once its API server answers ' +
      `(one that never will is let go with ${ownCommand(`leave ${name} --unreachable`)}); what the hub knows of it can be seen`,
    command: `kubectl describe membercluster ${name}`,
  };
}

/** The condition with which the hub says that it does not reach a member. */
export function unhealthyOf(member: MemberCluster | undefined): Condition | undefined {
  const healthy = findCondition(member?.status?.agentStatus?.[0]?.conditions, 'Healthy');
  return healthy?.status === 'False' ? healthy : undefined;
}
