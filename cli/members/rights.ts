/** What a kubeconfig allows. */
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import type { KubernetesClient } from '../../kube/client.ts';

interface AccessReview extends KubernetesObject {
  spec: unknown;
  status?: { allowed?: boolean };
}

const accessReviewKind: ResourceDefinition<AccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
};

/** Whether the client may do everything with every kind. Every user may ask, and nothing is changed by that. */
export async function mayDoAll(cluster: KubernetesClient): Promise<boolean> {
  const review = await cluster.create(accessReviewKind, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    // The server names no review, so the name is only there for the shape of an object.
    metadata: { name: '' },
    spec: { resourceAttributes: { verb: '*', group: '*', resource: '*' } },
  });
  return review.status?.allowed === true;
}
