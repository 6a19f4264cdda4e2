import type { KubernetesObject } from '../../api/meta.ts';

/**
 * True for objects that every cluster makes for itself, so that a copy of the hub's would be wrong there.
 * `hasService` tells whether the object's namespace holds a Service of a name: such a Service makes its own Endpoints.
 */
export function isNeverSelected(object: KubernetesObject, hasService: (name: string) => boolean): boolean {
  const { name, labels, ownerReferences = [] } = object.metadata;
  switch (`${object.apiVersion} ${object.kind}`) {
    case 'apps/v1 ReplicaSet':
    case 'apps/v1 ControllerRevision':
      return ownerReferences.length > 0;
    case 'v1 ConfigMap':
      return name === 'kube-root-ca.crt';
    case 'v1 ServiceAccount':
      return name === 'default';
    case 'v1 Secret':
      return (object as { type?: unknown }).type === 'kubernetes.io/service-account-token';
    case 'v1 Endpoints':
      return hasService(name);
    case 'discovery.k8s.io/v1 EndpointSlice':
      return labels?.['endpointslice.kubernetes.io/managed-by'] !== undefined;
    default:
      return false;
  }
}
