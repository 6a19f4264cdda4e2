/** How much of a placement a rolling update may touch at once, in clusters. */
import type { RollingUpdateSettings } from '../../api/types/clusterresourceplacement.ts';
import type { AvailabilityReport } from './reports.ts';

/**
 * After which updates a cluster keeps its slot for the whole period: after those whose success nobody can observe, or
 * after all of them, so that there is always so much time between two updates in one slot.
 */
export type RolloutPause = 'unobserved' | 'always';

/** `spec.strategy.rollingUpdate` for a placement with a known number of clusters. */
export interface RolloutLimits {
  /** So many of the clusters that are to have the copies may be without available ones. */
  maxUnavailable: number;
  /** So many clusters more than wanted may have copies while they move from cluster to cluster. */
  maxSurge: number;
  /** Milliseconds that a cluster keeps its slot after an update, where `pause` asks for that. */
  unavailableMs: number;
  pause: RolloutPause;
}

/** Of the reference, where the strategy says nothing; the document calls them the default settings. */
const defaultShare = '25%';
const defaultUnavailableSeconds = 60;

/**
 * Percentages are those of the wanted clusters, rounded up, both of them: a Deployment rounds `maxUnavailable` down, but
 * the reference does not, so that one cluster may always be updated unless the setting is plainly 0.
 * @param desired number of clusters that are to have the copies
 * @throws RangeError for what is neither a whole number from 0 nor a percentage
 */
export function limitsOf(
  settings: RollingUpdateSettings | undefined,
  desired: number,
  pause: RolloutPause,
): RolloutLimits {
  return {
    maxUnavailable: clustersOf(settings?.maxUnavailable ?? defaultShare, desired),
    maxSurge: clustersOf(settings?.maxSurge ?? defaultShare, desired),
    unavailableMs: (settings?.unavailablePeriodSeconds ?? defaultUnavailableSeconds) * 1_000,
    pause,
  };
}

function clustersOf(share: number | string, desired: number): number {
  const [, digits, percent] = /^(\d+)(%?)$/.exec(String(share)) ?? [];
  if (digits === undefined) {
    throw new RangeError(
      `"${String(share)}" is not a share of clusters; write a number such as 2 or a share such as 25%.`,
    );
  }
  return percent === '%' ? Math.ceil((Number(digits) * desired) / 100) : Number(digits);
}

/**
 * From when a cluster counts as available after an update, epoch milliseconds; absent where there is no pause. A first
 * placement delays nobody, and a cluster that is not chosen any more is not kept for the sake of a pace of updates.
 * @param report of the cluster
 * @param isSelected the scheduler wants the copies there
 */
export function countsFrom(
  report: AvailabilityReport,
  { pause, unavailableMs }: RolloutLimits,
  isSelected: boolean,
): number | undefined {
  const isPaced = pause === 'always' && isSelected && report.first !== true;
  return unavailableMs > 0 && (isPaced || !report.observed) ? report.since + unavailableMs : undefined;
}
