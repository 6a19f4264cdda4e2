/** Reads and writes of a binding by the holder of its cluster. Each write is checked against what was read. */
import { ApplicationFailure } from '@temporalio/activity';
import { kindsIn } from '../../api/kinds.ts';
import { annotations, finalizers } from '../../api/labels.ts';
import type { ResourceDefinition } from '../../api/meta.ts';
import { scopeOf, type Scope } from '../../api/references.ts';
import type { ClusterResourceBinding, ResourceBindingStatus } from '../../api/types/clusterresourcebinding.ts';
import type { Claim, ClaimHolder } from '../../domain/claims.ts';
import { claimOf, covers, formatClaim, isHeldBy, parseClaim, standsAgainst } from '../../domain/claims.ts';
import { hasTarget } from '../../domain/rollouts/boundTarget.ts';
import { standingReports } from '../../domain/rollouts/reports.ts';
import { goJson } from '../../domain/snapshots/goJson.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isConflict, isNotFound } from '../../kube/errors.ts';
import { Displaced, Overtaken } from './interruptions.ts';
import type { ClusterTarget } from './targets.ts';

/** Bindings on the hub, for the duration of one activity. */
export class Bindings {
  readonly #hub: KubernetesClient;
  readonly #scope: Scope;
  readonly #definition: ResourceDefinition<ClusterResourceBinding>;
  readonly #signal: AbortSignal;

  /** @param scope of the placement, in which its bindings are */
  constructor(hub: KubernetesClient, scope: Scope, signal: AbortSignal) {
    this.#hub = hub;
    this.#scope = scopeOf(scope);
    this.#definition = kindsIn(scope).binding;
    this.#signal = signal;
  }

  /** Reads a binding from the API server itself, not from a cache. */
  find(name: string): Promise<ClusterResourceBinding | undefined> {
    return this.#hub.find(this.#definition, name, this.#scope.namespace, this.#signal);
  }

  /** @throws Overtaken when the binding is not what it was when it was read */
  replace(binding: ClusterResourceBinding): Promise<ClusterResourceBinding> {
    return this.#checked(() => this.#hub.replace(this.#definition, binding, { signal: this.#signal }));
  }

  /** @throws Overtaken when the binding is not what it was when it was read */
  replaceStatus(binding: ClusterResourceBinding, status: ResourceBindingStatus): Promise<ClusterResourceBinding> {
    return this.#checked(() =>
      this.#hub.replaceStatus(this.#definition, { ...binding, status }, { signal: this.#signal }),
    );
  }

  /** Deletes exactly this binding; its finalizer still holds it. */
  async delete(binding: ClusterResourceBinding): Promise<void> {
    const options = { ...this.#scope, uid: binding.metadata.uid, signal: this.#signal };
    await this.#checked(() => this.#hub.delete(this.#definition, binding.metadata.name, options));
  }

  async #checked<T>(write: () => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted();
    try {
      return await write();
    } catch (error) {
      if (isConflict(error) || isNotFound(error)) throw new Overtaken(error.message, { cause: error });
      throw error;
    }
  }
}

/**
 * The binding, if it may be brought to a target at all.
 * @throws ApplicationFailure `BindingGone`, final
 */
export function requireUsable(
  binding: ClusterResourceBinding | undefined,
  target: ClusterTarget,
): ClusterResourceBinding {
  const name = `Binding ${target.binding} of cluster ${target.cluster}`;
  if (binding === undefined) throw gone(`${name} does not exist any more, so there is nothing to update.`);
  if (binding.metadata.deletionTimestamp !== undefined) throw gone(`${name} is being deleted, so it is not updated.`);
  if (binding.spec.state === 'Unscheduled') {
    throw gone(`${name} is to be removed, because the placement does not select the cluster any more.`);
  }
  if (binding.spec.targetCluster !== target.cluster) {
    throw gone(`Binding ${target.binding} belongs to cluster ${binding.spec.targetCluster}, not to ${target.cluster}.`);
  }
  return binding;
}

/** The claim that stands on a binding. */
export function claimOn(binding: ClusterResourceBinding): Claim | undefined {
  return parseClaim(binding.metadata.annotations?.[annotations.claim]);
}

/** @throws Displaced when a newer holder has claimed the binding */
export function requireClaimable(binding: ClusterResourceBinding, holder: ClaimHolder): void {
  const claim = claimOn(binding);
  if (standsAgainst(claim, holder)) throw new Displaced(claim);
}

/** Whether nothing needs to be written before the holder may go to work. */
export function isClaimedFor(binding: ClusterResourceBinding, target: ClusterTarget, contentHash: string): boolean {
  return (
    hasTarget(binding, target, contentHash) &&
    covers(claimOn(binding), target.claim) &&
    binding.metadata.finalizers?.includes(finalizers.work) === true
  );
}

/**
 * The binding with the holder's claim and target. Where the content is another than before, nothing that was reported so
 * far stands any more. `now` is RFC 3339.
 */
export function withTarget(
  binding: ClusterResourceBinding,
  target: ClusterTarget,
  contentHash: string,
  now: string,
): ClusterResourceBinding {
  const { metadata } = withClaim(binding, target.claim, now);
  const { resourceSnapshotName, applyStrategy } = target;
  const spec = { ...binding.spec, state: 'Bound' as const, resourceSnapshotName, applyStrategy };
  const isSameSpec = goJson(spec) === goJson(binding.spec);
  const generation = (metadata.generation ?? 0) + (isSameSpec ? 0 : 1);
  const isNewContent = metadata.annotations?.[annotations.contentHash] !== contentHash;
  const content = {
    [annotations.contentHash]: contentHash,
    ...(isNewContent && { [annotations.contentGeneration]: String(generation) }),
  };
  return {
    ...binding,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, ...content },
      finalizers: [...new Set([...(metadata.finalizers ?? []), finalizers.work])],
    },
    spec,
  };
}

/**
 * The binding with the claim of a holder that takes the copies away: what was reported about them does not stand any
 * more, even if the cluster is selected again before they are gone.
 */
export function withRemoval(binding: ClusterResourceBinding, holder: ClaimHolder, now: string): ClusterResourceBinding {
  const claimed = withClaim(binding, holder, now);
  const { [annotations.contentHash]: _, ...kept } = claimed.metadata.annotations ?? {};
  const next = String((binding.metadata.generation ?? 0) + 1);
  const metadata = { ...claimed.metadata, annotations: { ...kept, [annotations.contentGeneration]: next } };
  return { ...claimed, metadata };
}

/** Whether nothing needs to be written before the holder may take the copies away. */
export function isClaimedForRemoval(binding: ClusterResourceBinding, holder: ClaimHolder): boolean {
  const hasContent = binding.metadata.annotations?.[annotations.contentHash] !== undefined;
  return covers(claimOn(binding), holder) && !hasContent && standingReports(binding).length === 0;
}

/** The binding with the holder's claim and nothing else changed. A holder that has it already keeps its time. */
export function withClaim(binding: ClusterResourceBinding, holder: ClaimHolder, now: string): ClusterResourceBinding {
  const current = claimOn(binding);
  const since = current !== undefined && isHeldBy(current, holder) ? current.since : now;
  const claim = covers(current, holder) ? current : claimOf(holder, since);
  return {
    ...binding,
    metadata: {
      ...binding.metadata,
      annotations: { ...binding.metadata.annotations, [annotations.claim]: formatClaim(claim) },
    },
  };
}

function gone(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'BindingGone');
}
