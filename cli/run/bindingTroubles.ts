/** What keeps clusters, as their bindings say. */
import { rolloutSteps } from '../../api/conditions.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import { standingReport } from '../../domain/rollouts/reports.ts';
import { describeIdentifier } from '../../domain/selection/identifiers.ts';

/** One sentence for each cluster that has something to say, by the cluster's name. */
export function bindingTroubles(bindings: readonly ClusterResourceBinding[]): Map<string, string> {
  const troubles = new Map<string, string>();
  for (const binding of bindings) {
    const trouble = troubleOf(binding);
    if (trouble !== undefined) troubles.set(binding.spec.targetCluster, trouble);
  }
  return troubles;
}

function troubleOf(binding: ClusterResourceBinding): string | undefined {
  const wrong = rolloutSteps.map((step) => standingReport(binding, step)).find((report) => report?.status === 'False');
  if (wrong === undefined) return undefined;
  const [first, ...others] = binding.status?.failedPlacements ?? [];
  if (first === undefined) return wrong.message;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `${describeIdentifier(first)}${more}: ${first.condition.message}`;
}
