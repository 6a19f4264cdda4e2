/** From a snapshot to what one cluster gets. This is all that the member's side sees of the hub. */
import type { KubernetesObject } from '../../api/meta.ts';
import type { ApplyStrategy } from '../../api/types/clusterresourceplacement.ts';
import { sha256 } from '../sha256.ts';
import { goJson } from '../snapshots/goJson.ts';

export interface RenderedContent {
  /** Whole objects in the snapshot's order. Shared between clusters: never changed. */
  manifests: readonly KubernetesObject[];
  /** Take over fields that somebody else owns on the member. */
  force: boolean;
  /** SHA-256, hexadecimal, of the objects and of how they are applied: equal hashes need no work. */
  contentHash: string;
}

/** What a cluster gets of `manifests` under an apply strategy. */
export function render(manifests: readonly KubernetesObject[], applyStrategy?: ApplyStrategy): RenderedContent {
  const force = applyStrategy === undefined || applyStrategy.serverSideApplyConfig?.force === true;
  return { manifests, force, contentHash: contentHash(manifests, force) };
}

/** Hashing a megabyte for each of a thousand clusters would be felt; the list that they share is the key. */
const knownHashes = new WeakMap<readonly KubernetesObject[], Map<boolean, string>>();

function contentHash(manifests: readonly KubernetesObject[], force: boolean): string {
  const known = knownHashes.get(manifests) ?? new Map<boolean, string>();
  knownHashes.set(manifests, known);
  const hash = known.get(force) ?? sha256(goJson({ force, manifests }));
  known.set(force, hash);
  return hash;
}
