/**
 * The parts of Kubernetes' object model that every kind shares.
 * Source: the Kubernetes API conventions; only the fields that Flotilla reads or writes are named,
 * the others travel along untouched (see `kube/json.ts`).
 */

/** `metadata` of any object. Times are RFC 3339 with whole seconds, as API servers print them. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: unknown[];
}

/** Any Kubernetes object: what all kinds have in common. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** One entry of `metadata.ownerReferences`. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Whether an object names another, known by its uid, as an owner: not a former one of the same name. */
export function isOwnedBy({ metadata }: Pick<KubernetesObject, 'metadata'>, uid: string | undefined): boolean {
  return metadata.ownerReferences?.some((owner) => owner.uid === uid) === true;
}

/** `metav1.Condition`. `lastTransitionTime` changes only when `status` does. */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
  lastTransitionTime: string;
  observedGeneration?: number;
}

/** `metav1.LabelSelector`. Absent selects nothing or everything, as the field that holds it says; `{}` selects all. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: LabelSelectorRequirement[];
}

/** One requirement of a {@link LabelSelector}. */
export interface LabelSelectorRequirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values?: string[];
}

/**
 * A kind as the API server serves it: enough to build every request path.
 * `T` is the object's TypeScript type; it exists only for the compiler.
 */
export interface ResourceDefinition<T extends KubernetesObject = KubernetesObject> {
  /** API group, `''` for the core group. */
  group: string;
  version: string;
  kind: string;
  /** Lower-case plural, the last part of the request path. */
  plural: string;
  namespaced: boolean;
  /** Never set; ties the definition to its object type. */
  readonly objectType?: T;
}

/** `group/version` as it stands in `apiVersion`; only the version for the core group. */
export function apiVersionOf(definition: Pick<ResourceDefinition, 'group' | 'version'>): string {
  return definition.group === '' ? definition.version : `${definition.group}/${definition.version}`;
}
