/** A cluster does not take an object. */
import { clause, type Finding } from '../finding.ts';
import type { WhyFacts, WorkingCluster } from '../facts.ts';
import { describeCommand, failedObject } from './failedObject.ts';

/** A server-side apply that would take fields from somebody, and what already belongs to another placement. */
const conflicts = /conflict|another field manager|already belongs to|is not managed by|owned by/i;

/** Somebody else has the object, or fields of it. */
export function ownershipConflict({ subject }: WhyFacts, cluster: WorkingCluster): Finding | undefined {
  const object = failedObject(cluster, 'Applied');
  if (object === undefined || !conflicts.test(object.failed.condition.message)) return undefined;
  return {
    cause: 'ownershipConflict',
    what: `${subject} waits for ${object.text} on cluster ${cluster.name}, which somebody else owns`,
    since: object.since,
    rule: `what others own is left alone (${clause(object.failed.condition.message)})`,
    frees: 'it is tried again by itself once they have let go; who they are stands in the object',
    command: `${describeCommand(object.failed, cluster.name).replace('describe', 'get')} -o yaml --show-managed-fields`,
  };
}

export function applyRejected({ subject }: WhyFacts, cluster: WorkingCluster): Finding | undefined {
  const object = failedObject(cluster, 'Applied');
  if (object === undefined) return undefined;
  return {
    cause: 'applyRejected',
    what: `${subject} waits for ${object.text}, which cluster ${cluster.name} does not take`,
    since: object.since,
    rule: clause(object.failed.condition.message),
    frees: 'it is tried again by itself once the cluster would take it; else change it on the hub and roll that out',
    command: hubCommand(object.failed),
  };
}

function hubCommand({ kind, name, namespace }: { kind: string; name: string; namespace?: string }): string {
  return `kubectl edit ${kind.toLowerCase()} ${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;
}
