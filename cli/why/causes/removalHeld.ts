/** Something is to go, and is held. */
import { findCondition } from '../../../api/conditions.ts';
import { appliedWorkName } from '../../../api/names.ts';
import { inScopeOf } from '../../../api/references.ts';
import type { MemberCluster } from '../../../api/types/membercluster.ts';
import { clause, type Finding } from '../finding.ts';
import { progressingOf, workingOn, type PlacementFacts, type RunFacts, type WhyFacts } from '../facts.ts';
import { unhealthyOf } from './memberUnreachable.ts';

/** The run's object is to go. */
export function runHeld({ subject, run }: RunFacts): Finding | undefined {
  const { deletionTimestamp, finalizers = [] } = run.metadata;
  if (deletionTimestamp === undefined) return undefined;
  return {
    cause: 'removalHeld',
    what: `${subject} is being deleted`,
    since: deletionTimestamp,
    rule: `its finalizer ${finalizers.join(', ')} holds it until its workflow has ended`,
    frees: 'it goes by itself once Temporal and a worker have seen to that',
    command: `temporal workflow describe -w ${subject}`,
  };
}

/** A run removes copies that no longer belong anywhere, and a cluster keeps them. */
export function copiesHeld(facts: RunFacts): Finding | undefined {
  const { subject, run } = facts;
  const cluster = workingOn(facts).find(({ removing, trouble }) => removing && trouble !== '');
  if (cluster === undefined) return undefined;
  const work = appliedWorkName(inScopeOf(run.metadata, run.spec.placementName));
  return {
    cause: 'removalHeld',
    what: `${subject} waits until the copies are gone from cluster ${cluster.name}`,
    since: progressingOf(run)?.lastTransitionTime,
    rule: `${clause(cluster.trouble)}, as when a finalizer of an object there holds it`,
    frees: 'it goes on by itself once they are gone; which objects they are stands in',
    command: `kubectl describe appliedwork ${work} --context ${cluster.name}`,
  };
}

/** The placement is to go, and clusters still have copies. */
export function placementHeld({ subject, placement, bindings, members }: PlacementFacts): Finding | undefined {
  const { deletionTimestamp, finalizers = [] } = placement.metadata;
  if (deletionTimestamp === undefined) return undefined;
  const clusters = bindings.map(({ spec }) => spec.targetCluster).sort();
  const isAway = (cluster: string): boolean =>
    unhealthyOf(members.find(({ metadata }) => metadata.name === cluster)) !== undefined;
  const away = clusters.find(isAway);
  const [first] = clusters;
  const what = `${subject} is being deleted`;
  if (first === undefined) {
    const rule = `its finalizer ${finalizers.join(', ')} holds it`;
    return { cause: 'removalHeld', what, since: deletionTimestamp, rule, ...letGo(placement.metadata.name) };
  }
  const rule = `its finalizer holds it until the copies are gone from ${clusters.join(', ')}`;
  if (away === undefined) {
    const command = `kubectl describe appliedwork ${appliedWorkName(placement.metadata)} --context ${first}`;
    const frees = 'it goes by itself once they are; which objects a cluster still has stands in';
    return { cause: 'removalHeld', what, since: deletionTimestamp, rule, frees, command };
  }
  return {
    cause: 'removalHeld',
    what,
    since: deletionTimestamp,
    rule: `${rule}, and ${away} cannot be reached`,
    frees: `it goes by itself once ${away} answers; one that never will is let go with`,
    command: `flotilla leave ${away} --unreachable`,
  };
}

/** The member is to leave the fleet. */
export function memberHeld({ subject }: WhyFacts, { metadata, status }: MemberCluster): Finding | undefined {
  const { deletionTimestamp, finalizers = [], name } = metadata;
  if (deletionTimestamp === undefined) return undefined;
  const leaving = findCondition(status?.agentStatus?.[0]?.conditions, 'Joined');
  const why = leaving?.reason === 'InternalMemberClusterFailedToLeave' ? clause(leaving.message) : undefined;
  return {
    cause: 'removalHeld',
    what: `${subject} is leaving the fleet`,
    since: deletionTimestamp,
    rule: why ?? `its finalizer ${finalizers.join(', ')} holds it until what is placed on it is seen to`,
    frees: 'it goes by itself; one that never answers again is let go with',
    command: `flotilla leave ${name} --unreachable`,
  };
}

function letGo(placement: string): Pick<Finding, 'frees' | 'command'> {
  return {
    frees: 'it goes by itself once a worker has removed its snapshots',
    command: `kubectl get events --field-selector involvedObject.name=${placement}`,
  };
}
