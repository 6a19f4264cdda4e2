/** Something is to go, and is held. */
import { findCondition } from '../../../api/conditions.ts';
import { appliedWorkName } from '../../../api/names.ts';
import { inScopeOf, type ObjectReference } from '../../../api/references.ts';
import type { MemberCluster } from '../../../api/types/membercluster.ts';
import { clause, type Finding } from '../finding.ts';
import { progressingOf, type PlacementFacts, type RunFacts, type WhyFacts, type WorkingCluster } from '../facts.ts';
import { inNamespace } from '../words.ts';
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
    short: 'the run is being deleted',
  };
}

/** A run removes copies that no longer belong anywhere, and a cluster keeps them. */
export function copiesHeld({ subject, run }: RunFacts, cluster: WorkingCluster): Finding | undefined {
  if (!cluster.removing || cluster.trouble === '') return undefined;
  const finding = {
    cause: 'removalHeld',
    what: `${subject} waits until the copies are gone from cluster ${cluster.name}`,
    since: progressingOf(run)?.lastTransitionTime,
  } as const;
  const held = heldObject(cluster.trouble);
  if (held === undefined) {
    const work = appliedWorkName(inScopeOf(run.metadata, run.spec.placementName));
    return {
      ...finding,
      rule: `${clause(cluster.trouble)}, as when a finalizer of an object there holds it`,
      frees: 'it goes on by itself once they are gone; which objects they are can be seen',
      command: `kubectl describe appliedwork ${work} --context ${cluster.name}`,
    };
  }
  return {
    ...finding,
    rule: clause(cluster.trouble),
    frees:
      'it goes on by itself once whoever set the finalizer takes it away; if nobody does any more, take it out of ' +
      'metadata.finalizers',
    command: `kubectl edit ${held} --context ${cluster.name}`,
  };
}

/** The object that holds a removal, as kubectl names it, from the worker's sentence about it. */
function heldObject(trouble: string): string | undefined {
  const [, kind, , namespace, name] = /: (\S+) (([^\s/]+)\/)?(\S+) is held by its finalizers? /.exec(trouble) ?? [];
  return kind === undefined ? undefined : `${kind.toLowerCase()} ${name ?? ''}${inNamespace(namespace)}`;
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
    return { cause: 'removalHeld', what, since: deletionTimestamp, rule, ...letGo(placement.metadata) };
  }
  const rule = `its finalizer holds it until the copies are gone from ${clusters.join(', ')}`;
  if (away === undefined) {
    const command = `kubectl describe appliedwork ${appliedWorkName(placement.metadata)} --context ${first}`;
    const frees = 'it goes by itself once they are; which objects a cluster still has can be seen';
    return { cause: 'removalHeld', what, since: deletionTimestamp, rule, frees, command };
  }
  return {
    cause: 'removalHeld',
    what,
    since: deletionTimestamp,
    rule: `${rule}, and ${away} cannot be reached`,
    frees: `it goes by itself once ${away} answers; one that never will can be let go`,
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
    frees: 'it goes by itself; one that never answers again can be let go',
    command: `flotilla leave ${name} --unreachable`,
  };
}

function letGo({ name, namespace }: ObjectReference): Pick<Finding, 'frees' | 'command'> {
  return {
    frees: 'it goes by itself once a worker has removed its snapshots',
    command: `kubectl get events --field-selector involvedObject.name=${name}${inNamespace(namespace)}`,
  };
}
