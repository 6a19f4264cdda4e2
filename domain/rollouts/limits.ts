/** How much of a placement a rolling update may touch at once, in clusters. */

/** `spec.strategy.rollingUpdate` of a placement: each a number of clusters or a percentage such as `25%`. */
export interface RollingUpdateSettings {
  /** @default 25% */
  maxUnavailable?: number | string;
  /** @default 25% */
  maxSurge?: number | string;
  /** @default 60 */
  unavailablePeriodSeconds?: number;
}

/** The same for a placement with a known number of clusters. */
export interface RolloutLimits {
  /** So many of the clusters that are to have the copies may be without available ones. */
  maxUnavailable: number;
  /** So many clusters more than wanted may have copies while they move from cluster to cluster. */
  maxSurge: number;
  /** Milliseconds that a cluster keeps its slot after an update when nobody can tell whether its objects are available. */
  unavailableMs: number;
}

const defaultShare = '25%';
const defaultUnavailableSeconds = 60;

/**
 * Percentages are those of the wanted clusters, rounded up, both of them: a Deployment rounds `maxUnavailable` down, but
 * the reference does not, so that one cluster may always be updated unless the setting is plainly 0.
 * @param desired number of clusters that are to have the copies
 * @throws RangeError for what is neither a whole number from 0 nor a percentage
 */
export function limitsOf(settings: RollingUpdateSettings | undefined, desired: number): RolloutLimits {
  return {
    maxUnavailable: clustersOf(settings?.maxUnavailable ?? defaultShare, desired),
    maxSurge: clustersOf(settings?.maxSurge ?? defaultShare, desired),
    unavailableMs: (settings?.unavailablePeriodSeconds ?? defaultUnavailableSeconds) * 1_000,
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
