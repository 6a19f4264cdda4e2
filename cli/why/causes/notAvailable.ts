/** An object is applied and does not do its work yet. */
import { failedPlacementConditions } from '../../../api/conditions.ts';
import { clause, type Finding } from '../finding.ts';
import type { WhyFacts, WorkingCluster } from '../facts.ts';
import { inNamespace } from '../words.ts';
import { failedObject, typedObject, type FailedObject } from './failedObject.ts';

/** As kubelets say it, and the events that tell of it. */
const pullTroubles = /ImagePullBackOff|ErrImagePull|ErrImageNeverPull|InvalidImageName|pull(ing)? image/i;

/** Its containers cannot start because their image does not come. */
export function imageNotPulled({ subject }: WhyFacts, cluster: WorkingCluster): Finding | undefined {
  const object = failedObject(cluster, 'Available');
  const text = `${cluster.trouble} ${object?.failed.condition.message ?? ''}`;
  if (object === undefined || !pullTroubles.test(text)) return undefined;
  const { namespace } = object.failed;
  const rule = reasonOf(cluster, object);
  const { pod } = podIn(rule);
  const where = `${inNamespace(namespace)} --context ${cluster.name}`;
  return {
    cause: 'imageNotPulled',
    what: `${subject} waits for ${object.text} on cluster ${cluster.name}, whose image cannot be pulled`,
    since: object.since,
    rule,
    frees:
      'it goes on by itself once the cluster can pull the image; a wrong name is put right on the hub and rolled out, ' +
      'and what the registry said stands in the events',
    command: pod === undefined ? `kubectl get events${where}` : `kubectl describe pod ${pod}${where}`,
  };
}

export function notAvailable({ subject }: WhyFacts, cluster: WorkingCluster): Finding | undefined {
  const object = failedObject(cluster, 'Available');
  if (object === undefined) return undefined;
  const rule = reasonOf(cluster, object);
  return {
    cause: 'notAvailable',
    what: `${subject} waits for ${object.text} on cluster ${cluster.name}, which is not available yet`,
    since: object.since,
    rule,
    frees: 'a cluster is done only when all its objects are available, and then it goes on by itself',
    command: lookCommand(object, cluster.name, rule),
  };
}

/** What is missing: the binding quotes the cluster, the run has it without, and an older binding has nothing. */
function reasonOf({ trouble }: WorkingCluster, { failed }: FailedObject): string {
  const { message } = failed.condition;
  const head = failedPlacementConditions.notAvailable('').message;
  if (message.startsWith(`${head}: `)) return clause(message.slice(head.length + 2));
  return clause(/is not available yet: (.*)$/s.exec(trouble)?.[1] ?? message);
}

/** Where the next answer is: in the log of a container that ended, with its pod, or with the object. */
function lookCommand({ failed }: FailedObject, cluster: string, rule: string): string {
  const { pod, container } = podIn(rule);
  const where = `${inNamespace(failed.namespace)} --context ${cluster}`;
  if (pod === undefined) return `kubectl describe ${typedObject(failed)} --context ${cluster}`;
  if (container === undefined || !/CrashLoopBackOff|ended/.test(rule)) return `kubectl describe pod ${pod}${where}`;
  const previous = rule.includes('has ended') ? '' : ' --previous';
  return `kubectl logs ${pod} -c ${container}${previous}${where}`;
}

function podIn(rule: string): { pod?: string; container?: string } {
  const [, container, pod] = /(?:container (\S+) of )?\bPod ([a-z0-9][-a-z0-9.]*)/.exec(rule) ?? [];
  return { pod, container };
}
