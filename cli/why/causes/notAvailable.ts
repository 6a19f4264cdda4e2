/** An object is applied and does not do its work yet. */
import { clause, type Finding } from '../finding.ts';
import type { WhyFacts, WorkingCluster } from '../facts.ts';
import { describeCommand, failedObject } from './failedObject.ts';

/** As kubelets say it, and the events that tell of it. */
const pullTroubles = /ImagePullBackOff|ErrImagePull|ErrImageNeverPull|InvalidImageName|pull(ing)? image/i;

/** Its containers cannot start because their image does not come. */
export function imageNotPulled({ subject }: WhyFacts, cluster: WorkingCluster): Finding | undefined {
  const object = failedObject(cluster, 'Available');
  const text = `${cluster.trouble} ${object?.failed.condition.message ?? ''}`;
  if (object === undefined || !pullTroubles.test(text)) return undefined;
  const { namespace } = object.failed;
  return {
    cause: 'imageNotPulled',
    what: `${subject} waits for ${object.text} on cluster ${cluster.name}, whose image cannot be pulled`,
    since: object.since,
    rule: reasonOf(cluster, object.failed.condition.message),
    frees: 'it goes on by itself once the image is there; a wrong name is put right on the hub and rolled out; see',
    command: `kubectl get events${namespace === undefined ? '' : ` -n ${namespace}`} --context ${cluster.name}`,
  };
}

export function notAvailable({ subject }: WhyFacts, cluster: WorkingCluster): Finding | undefined {
  const object = failedObject(cluster, 'Available');
  if (object === undefined) return undefined;
  return {
    cause: 'notAvailable',
    what: `${subject} waits for ${object.text} on cluster ${cluster.name}, which is not available yet`,
    since: object.since,
    rule: reasonOf(cluster, object.failed.condition.message),
    frees: 'a cluster is done only when all its objects are available, and then it goes on by itself; see',
    command: describeCommand(object.failed, cluster.name),
  };
}

/** The run's own sentence says what is missing; a binding only says that something is. */
function reasonOf({ trouble }: WorkingCluster, message: string): string {
  const missing = /is not available yet: (.*)$/s.exec(trouble)?.[1];
  return clause(missing ?? (trouble === '' ? message : trouble));
}
