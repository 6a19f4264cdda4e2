/** Says in a sentence what is wrong with a member or an object on it. The server's own words stay out: see `detail`. */
import { conditionAt, failedPlacementConditions } from '../../api/conditions.ts';
import type { ConditionContent } from '../../api/conditions.ts';
import type { KubernetesObject } from '../../api/meta.ts';
import type { FailedResourcePlacement } from '../../api/types/clusterresourcebinding.ts';
import type { Availability } from '../../domain/apply/availability.ts';
import type { PodTrouble } from '../../domain/apply/podTrouble.ts';
import { describeObject, identifierOf } from '../../domain/selection/identifiers.ts';
import { rfc3339 } from '../../domain/time.ts';
import { KubernetesError, kindNotServed } from '../../kube/errors.ts';
import { ClusterTrouble } from './interruptions.ts';

/** One object that could not be brought to where it should be. */
export interface ObjectFailure {
  /** For people, without content of the object. */
  sentence: string;
  /** For the binding's status; may quote the server. */
  failed: FailedResourcePlacement;
}

/** A server may quote a whole object; the status of a binding holds up to a hundred such texts. */
const maximumDetail = 4096;

/** Why nothing can be done: `cause` is a few words or a code. */
export function unreachableReason(cluster: string, cause: string): string {
  return `Cluster ${cluster} cannot be reached (${cause}).`;
}

/** A failed request that concerns the whole cluster, as trouble; other errors come back as they are. */
export function clusterTrouble(error: unknown): unknown {
  if (!(error instanceof KubernetesError)) return error;
  if (error.errorClass === 'unreachable') {
    const reason = unreachableReason(error.cluster, error.reason ?? 'no answer');
    return new ClusterTrouble(reason, { stage: 'notApplied', unreachable: true });
  }
  return new ClusterTrouble(error.message, { stage: 'notApplied' });
}

/** The trouble of several objects: the first is named, the others are counted. */
export function objectsTrouble(
  failures: readonly ObjectFailure[],
  options: { stage: ClusterTrouble['stage']; waited?: boolean },
): ClusterTrouble {
  const [first, ...others] = failures;
  const more = others.length === 0 ? '' : ` So it is with ${String(others.length)} more.`;
  return new ClusterTrouble(`${first?.sentence ?? ''}${more}`, {
    ...options,
    failed: failures.map(({ failed }) => failed),
  });
}

/** An object that the member did not take. */
export function applyFailure(cluster: string, manifest: KubernetesObject, error: KubernetesError): ObjectFailure {
  const sentence = applySentence(cluster, manifest, error);
  const trouble = (error.detail ?? sentence).slice(0, maximumDetail);
  return { sentence, failed: failedPlacement(manifest, failedPlacementConditions.notApplied(trouble), 0) };
}

/** An object that Flotilla itself does not touch, for the reason given. */
export function refusal(manifest: KubernetesObject, sentence: string): ObjectFailure {
  return { sentence, failed: failedPlacement(manifest, failedPlacementConditions.notApplied(sentence), 0) };
}

/** An object whose kind the member does not serve. */
export function unknownKind(cluster: string, manifest: KubernetesObject): ObjectFailure {
  return refusal(
    manifest,
    `Cluster ${cluster} does not serve kind ${manifest.kind} of ${manifest.apiVersion}, so ${describeObject(manifest)} waits for its CustomResourceDefinition.`,
  );
}

/** What an object lacks on a member. */
export interface Missing {
  availability: Pick<Availability, 'reason' | 'detail'>;
  /** What keeps the pods of a workload, where the member tells. */
  pods?: PodTrouble;
  /** The object's generation on the member. */
  generation: number;
}

/** An object that is applied but not available. */
export function availabilityFailure(
  cluster: string,
  manifest: KubernetesObject,
  { availability: { reason, detail: said = '' }, pods, generation }: Missing,
): ObjectFailure {
  const missing = pods === undefined ? reason : `${reason.replace(/\.$/, '')}; ${pods.clause}.`;
  const quoted = pods?.detail ?? said;
  const detail = quoted === '' ? missing : `${missing.replace(/\.$/, '')}: ${quoted}`;
  return {
    sentence: `${describeObject(manifest)} on cluster ${cluster} is not available yet: ${missing}`,
    failed: failedPlacement(
      manifest,
      failedPlacementConditions.notAvailable(detail.slice(0, maximumDetail)),
      generation,
    ),
  };
}

function applySentence(cluster: string, manifest: KubernetesObject, error: KubernetesError): string {
  const object = describeObject(manifest);
  const { namespace } = manifest.metadata;
  if (error.reason === kindNotServed) return unknownKind(cluster, manifest).sentence;
  if (namespace !== undefined && error.errorClass === 'notFound') {
    return `Namespace ${namespace} does not exist on cluster ${cluster}, so ${object} cannot be applied.`;
  }
  if (namespace !== undefined && error.detail?.includes('because it is being terminated') === true) {
    return `Namespace ${namespace} on cluster ${cluster} is being deleted, so ${object} cannot be applied.`;
  }
  return error.message;
}

function failedPlacement(
  manifest: KubernetesObject,
  content: ConditionContent,
  observedGeneration: number,
): FailedResourcePlacement {
  return { ...identifierOf(manifest), condition: conditionAt(content, observedGeneration, rfc3339(Date.now())) };
}
