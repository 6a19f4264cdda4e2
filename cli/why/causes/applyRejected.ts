/** A cluster does not take an object. */
import { clause, type Finding } from '../finding.ts';
import type { WhyFacts, WorkingCluster } from '../facts.ts';
import { failedObject, typedObject, type FailedObject } from './failedObject.ts';

/** A server-side apply that would take fields from somebody, and what already belongs to another placement. */
const conflicts = /conflict|another field manager|already belongs to|is not managed by|owned by/i;

/** Somebody else has the object, or fields of it. */
export function ownershipConflict({ subject }: WhyFacts, cluster: WorkingCluster): Finding | undefined {
  const object = failedObject(cluster, 'Applied');
  if (object === undefined || !conflicts.test(object.failed.condition.message)) return undefined;
  const message = saidOf(object);
  return {
    cause: 'ownershipConflict',
    what: `${subject} waits for ${object.text} on cluster ${cluster.name}, which somebody else owns`,
    since: object.since,
    rule: message.includes('left alone') ? message : `what others own is left alone: ${message}`,
    frees: `${wayOut(message)}; it is tried again by itself, and who has what stands in the object`,
    command: `kubectl get ${typedObject(object.failed)} --context ${cluster.name} -o yaml --show-managed-fields`,
  };
}

export function applyRejected({ subject }: WhyFacts, cluster: WorkingCluster): Finding | undefined {
  const object = failedObject(cluster, 'Applied');
  if (object === undefined) return undefined;
  const { failed } = object;
  const finding = {
    cause: 'applyRejected',
    what: `${subject} waits for ${object.text}, which cluster ${cluster.name} does not take`,
    since: object.since,
    rule: saidOf(object),
  } as const;
  if (failed.condition.message.includes('does not serve kind')) {
    return {
      ...finding,
      frees:
        'it is tried again by itself once the cluster has the CustomResourceDefinition, as when the placement selects ' +
        'that too; which kinds the cluster serves can be asked',
      command: `kubectl api-resources --api-group=${failed.group ?? ''} --context ${cluster.name}`,
    };
  }
  return {
    ...finding,
    frees:
      'it is tried again by itself, and goes on once what is there is out of the way ' +
      `(kubectl get ${typedObject(failed)} --context ${cluster.name} -o yaml); or change it on the hub and roll that out`,
    command: `kubectl edit ${typedObject(failed)}`,
  };
}

/** What the cluster, or Flotilla on its behalf, says of the object: the condition's message without its frame. */
function saidOf({ failed }: FailedObject): string {
  const { message } = failed.condition;
  return clause(/^Failed to apply the manifest \(error: (.*)\)$/s.exec(message)?.[1] ?? message);
}

function wayOut(message: string): string {
  const placement = /another placement \(AppliedWork (\S+?)\)/.exec(message)?.[1];
  if (placement !== undefined) return 'take it out of one of the two placements';
  if (message.includes('already belongs to')) return 'it goes on once that lets go of it';
  return (
    'have the others let go of these fields, or take them over with ' +
    'spec.strategy.applyStrategy.serverSideApplyConfig.force: true in the placement'
  );
}
