/** The evictions that were asked for, and when another one is worth asking for. */
import { findCondition } from '../../api/conditions.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacementEviction } from '../../api/types/clusterresourceplacementeviction.ts';
import { availableOf, isDecided } from '../../domain/evictions/decideEviction.ts';
import type { PlacementThere } from './standing.ts';

export interface Attempt {
  /** Name of the eviction. */
  eviction: string;
  /** Uid of the binding that it was about: one with another uid has come back. */
  binding: string | undefined;
  /** What it was to be judged by, see {@link groundsOf}. */
  grounds: string;
}

/** All that may change the answer to an eviction, as a text to compare. */
export function groundsOf({ placement, binding, bindings, budget }: Omit<PlacementThere, 'name' | 'cluster'>): string {
  return JSON.stringify([
    budget?.metadata.uid,
    budget?.metadata.resourceVersion,
    placement?.metadata.uid,
    placement?.metadata.generation,
    binding.spec.state,
    availableOf(bindings),
    bindings.length,
  ]);
}

/**
 * - `ask`: no eviction was asked for, or the answer may be another one by now
 * - `wait`: the answer is still to come, or it was a yes
 * - `refused`: the answer was no, and nothing has changed since
 */
export type NextStep = { step: 'ask' | 'wait' } | { step: 'refused'; message: string };

/** @param eviction the last one as it is now; absent while it is not seen yet */
export function nextStep(
  attempt: Attempt | undefined,
  { metadata }: Pick<ClusterResourceBinding, 'metadata'>,
  grounds: string,
  eviction: ClusterResourcePlacementEviction | undefined,
): NextStep {
  if (attempt === undefined || attempt.binding !== metadata.uid) return { step: 'ask' };
  if (eviction === undefined || !isDecided(eviction)) return { step: 'wait' };
  const conditions = eviction.status?.conditions;
  const executed = findCondition(conditions, 'Executed');
  if (executed?.status === 'True') return { step: 'wait' };
  if (attempt.grounds !== grounds) return { step: 'ask' };
  return { step: 'refused', message: (executed ?? findCondition(conditions, 'Valid'))?.message ?? '' };
}
