/** Something is to go, and is held. */
import { findCondition } from '../../../api/conditions.ts';
import { appliedWorkName } from '../../../api/names.ts';
import { inScopeOf, type ObjectReference } from '../../../api/references.ts';
import type { MemberCluster } from '../../../api/types/membercluster.ts';
import { removalTrouble } from '../../../domain/placements/removal.ts';
import { ownCommand } from '../../calledAs.ts';
import { clause, type Finding } from '../finding.ts';
import { progressingOf, type PlacementFacts, type RunFacts, type WhyFacts, type WorkingCluster } from '../facts.ts';
import { inNamespace, nameSome } from '../words.ts';
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
  return {
    cause: 'removalHeld',
    what: `${subject} waits until the copies are gone from cluster ${cluster.name}`,
    since: progressingOf(run)?.lastTransitionTime,
    ...wayOut(cluster, inScopeOf(run.metadata, run.spec.placementName)),
  };
}

/** The same of a placement that rolls out by itself and has to leave a cluster. */
export function leftCopiesHeld({ subject, placement }: PlacementFacts, cluster: WorkingCluster): Finding | undefined {
  if (!cluster.removing || cluster.trouble === '') return undefined;
  const since = cluster.binding && removalTrouble(cluster.binding)?.lastTransitionTime;
  return {
    cause: 'removalHeld',
    what: `${subject} waits until its copies are gone from cluster ${cluster.name}`,
    ...(since !== undefined && { since }),
    ...wayOut(cluster, placement.metadata),
  };
}

type WayOut = Required<Pick<Finding, 'rule' | 'frees' | 'command'>>;

/** From the worker's sentence about what keeps the copies of a placement. */
function wayOut({ name, trouble }: Pick<WorkingCluster, 'name' | 'trouble'>, placement: ObjectReference): WayOut {
  return (
    wayFromHeldObject(trouble, name) ?? {
      rule: `${clause(trouble)}, as when a finalizer of an object there holds it`,
      frees: 'it goes on by itself once they are gone; which objects they are can be seen',
      command: `kubectl describe appliedwork ${appliedWorkName(placement)} --context ${name}`,
    }
  );
}

/** Undefined where the sentence names no object of the cluster. */
function wayFromHeldObject(trouble: string, cluster: string): WayOut | undefined {
  const rule = clause(trouble);
  const [, kind, , namespace, name = ''] =
    /: (\S+) (([^\s/]+)\/)?(\S+) is held by its finalizers? /.exec(trouble) ?? [];
  if (kind !== undefined) {
    return {
      rule,
      frees:
        'it goes on by itself once whoever set the finalizer takes it away; if nobody does any more, take it out of ' +
        'metadata.finalizers',
      command: `kubectl edit ${kind.toLowerCase()} ${name}${inNamespace(namespace)} --context ${cluster}`,
    };
  }
  const [, full] = /: Namespace (\S+) still has content, /.exec(trouble) ?? [];
  if (full === undefined) return undefined;
  return {
    rule,
    frees: 'it goes on by itself once that content has gone; its conditions say what is left',
    command: `kubectl describe namespace ${full} --context ${cluster}`,
  };
}

/** The placement is to go, and clusters still have copies. */
export function placementHeld(facts: PlacementFacts): Finding | undefined {
  const { subject, placement, bindings, members, cluster: asked } = facts;
  const { deletionTimestamp, finalizers = [] } = placement.metadata;
  if (deletionTimestamp === undefined) return undefined;
  const finding = { cause: 'removalHeld', what: `${subject} is being deleted`, since: deletionTimestamp } as const;
  const clusters = bindings.map(({ spec }) => spec.targetCluster).sort();
  const [first] = clusters;
  if (first === undefined) {
    return { ...finding, rule: `its finalizer ${finalizers.join(', ')} holds it`, ...letGo(placement.metadata) };
  }
  const rule = `its finalizer holds it until the copies are gone from ${nameSome(clusters)}`;
  const inQuestion = clusters.filter((cluster) => cluster === (asked ?? cluster));
  const isAway = (cluster: string): boolean =>
    unhealthyOf(members.find(({ metadata }) => metadata.name === cluster)) !== undefined;
  const away = inQuestion.find(isAway);
  if (away !== undefined) {
    return {
      ...finding,
      rule: `${rule}, and ${away} cannot be reached`,
      frees: `it goes by itself once ${away} answers; one that never will can be let go`,
      command: ownCommand(`leave ${away} --unreachable`),
    };
  }
  const way = inQuestion
    .map((cluster) => wayFromHeldObject(removalTroubleOn(cluster, bindings), cluster))
    .find(Boolean);
  if (way !== undefined) return { ...finding, ...way, rule: `${rule}: ${way.rule}` };
  const work = appliedWorkName(placement.metadata);
  return {
    ...finding,
    rule,
    frees: 'it goes by itself once they are; which objects a cluster still has can be seen',
    command: `kubectl describe appliedwork ${work} --context ${inQuestion[0] ?? first}`,
  };
}

function removalTroubleOn(cluster: string, bindings: PlacementFacts['bindings']): string {
  const troubles = bindings
    .filter(({ spec }) => spec.targetCluster === cluster)
    .flatMap((binding) => removalTrouble(binding)?.message ?? []);
  return troubles[0] ?? '';
}

/** The member is to leave the fleet. */
export function memberHeld({ subject }: WhyFacts, { metadata, status }: MemberCluster): Finding | undefined {
  const { deletionTimestamp, finalizers = [], name } = metadata;
  if (deletionTimestamp === undefined) return undefined;
  const leaving = findCondition(status?.agentStatus?.[0]?.conditions, 'Joined');
  const why = leaving?.reason === 'InternalMemberClusterFailedToLeave' ? clause(leaving.message) : undefined;
  const finding = { cause: 'removalHeld', what: `${subject} is leaving the fleet`, since: deletionTimestamp } as const;
  const way = wayFromHeldObject(why ?? '', name);
  if (way !== undefined) return { ...finding, ...way };
  return {
    ...finding,
    rule: why ?? `its finalizer ${finalizers.join(', ')} holds it until what is placed on it is seen to`,
    frees: 'it goes by itself; one that never answers again can be let go',
    command: ownCommand(`leave ${name} --unreachable`),
  };
}

function letGo({ name, namespace }: ObjectReference): Pick<Finding, 'frees' | 'command'> {
  return {
    frees: 'it goes by itself once a worker has removed its snapshots',
    command: `kubectl get events --field-selector involvedObject.name=${name}${inNamespace(namespace)}`,
  };
}
