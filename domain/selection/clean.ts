import type { KubernetesObject } from '../../api/meta.ts';

/** Any part of an object; the fields that matter are looked up one by one. */
type Fields = Record<string, unknown>;

/**
 * Copy of a hub object without what only the hub knows: server-set metadata, status, assigned addresses and ports.
 * Values are shared with the original, never cloned, because a raw number (`kube/json.ts`) does not survive cloning.
 */
export function cleanForSnapshot(object: KubernetesObject): KubernetesObject {
  const { status: _status, ...copy } = object as KubernetesObject & Fields;
  const cleaned = { ...copy, metadata: cleanMetadata(object.metadata as unknown as Fields) };
  return cleanSpec(cleaned) as unknown as KubernetesObject;
}

const serverSetMetadata = [
  'resourceVersion',
  'generation',
  'uid',
  'selfLink',
  'deletionTimestamp',
  'managedFields',
  'ownerReferences',
  'creationTimestamp',
];

/** Written by kubectl and by the deployment controller; they describe the hub's object, not the wish. */
const bookkeepingAnnotations = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
];

const jobOwnerLabels = ['controller-uid', 'batch.kubernetes.io/controller-uid'];

function cleanMetadata(metadata: Fields): Fields {
  const { annotations, ...kept } = without(metadata, serverSetMetadata);
  const keptAnnotations = without(fields(annotations), bookkeepingAnnotations);
  return Object.keys(keptAnnotations).length > 0 ? { ...kept, annotations: keptAnnotations } : kept;
}

function cleanSpec(object: Fields): Fields {
  switch (`${String(object.apiVersion)} ${String(object.kind)}`) {
    case 'v1 Service':
      return changed(object, 'spec', cleanServiceSpec);
    case 'batch/v1 Job':
      return changed(object, 'spec', cleanJobSpec);
    default:
      return object;
  }
}

/** A headless Service keeps its `clusterIP: None`: that is a wish, not an assignment. */
function cleanServiceSpec(spec: Fields): Fields {
  const assigned = spec.clusterIP === 'None' ? [] : ['clusterIP', 'clusterIPs'];
  const kept = without(spec, [...assigned, 'healthCheckNodePort']);
  if (!Array.isArray(kept.ports)) return kept;
  return { ...kept, ports: kept.ports.map((port) => without(fields(port), ['nodePort'])) };
}

/** Unless the user wrote the selector, the hub made it unique to its own copy of the Job. */
function cleanJobSpec(spec: Fields): Fields {
  if (spec.manualSelector === true) return spec;
  const withoutOwner = (labels: Fields): Fields => without(labels, jobOwnerLabels);
  const selected = changed(spec, 'selector', (selector) => changed(selector, 'matchLabels', withoutOwner));
  return changed(selected, 'template', (template) =>
    changed(template, 'metadata', (metadata) =>
      changed(without(metadata, ['creationTimestamp']), 'labels', withoutOwner),
    ),
  );
}

/** Copy with the object under `key` replaced; unchanged where there is none. */
function changed(object: Fields, key: string, change: (value: Fields) => Fields): Fields {
  const value = object[key];
  return typeof value === 'object' && value !== null ? { ...object, [key]: change(value as Fields) } : object;
}

function without(object: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
