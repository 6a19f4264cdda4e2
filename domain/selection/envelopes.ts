/** Envelopes: objects of the hub that wrap others, so that these have no effect there. They are not unpacked yet. */
import { annotations } from '../../api/labels.ts';
import { placementGroup } from '../../api/kinds.ts';
import type { KubernetesObject } from '../../api/meta.ts';
import { groupAndVersion } from './identifiers.ts';

/** True for the two kinds that are nothing but envelopes. */
export function isEnvelopeKind({ group, kind }: { group: string; kind: string }): boolean {
  return group === placementGroup && (kind === 'ClusterResourceEnvelope' || kind === 'ResourceEnvelope');
}

/** True for an object of those kinds, and for a ConfigMap that its annotation makes an envelope. */
export function isEnvelope({ apiVersion, kind, metadata }: KubernetesObject): boolean {
  if (apiVersion === 'v1' && kind === 'ConfigMap') {
    return metadata.annotations?.[annotations.envelopeConfigMap] === 'true';
  }
  return isEnvelopeKind({ group: groupAndVersion(apiVersion).group, kind });
}
