/** The object that holds a cluster up, as its binding names it. */
import { standingReport } from '../../../domain/rollouts/reports.ts';
import type { FailedResourcePlacement } from '../../../api/types/clusterresourcebinding.ts';
import type { WorkingCluster } from '../facts.ts';

export interface FailedObject {
  failed: FailedResourcePlacement;
  /** `Deployment shop/web`, and how many more there are. */
  text: string;
  /** RFC 3339. */
  since: string;
}

/** @returns undefined unless the binding's condition of that type is False and names an object */
export function failedObject({ binding }: WorkingCluster, type: 'Applied' | 'Available'): FailedObject | undefined {
  const condition = binding && standingReport(binding, type);
  const failures = binding?.status?.failedPlacements?.filter((failure) => failure.condition.type === type) ?? [];
  const [failed] = failures;
  if (condition?.status !== 'False' || failed === undefined) return undefined;
  const object = `${failed.kind} ${failed.namespace === undefined ? '' : `${failed.namespace}/`}${failed.name}`;
  const more = failures.length > 1 ? ` and ${String(failures.length - 1)} more` : '';
  return { failed, text: object + more, since: condition.lastTransitionTime };
}

/** The command that shows the object on its cluster. */
export function describeCommand({ kind, name, namespace }: FailedResourcePlacement, cluster: string): string {
  const where = namespace === undefined ? '' : ` -n ${namespace}`;
  return `kubectl describe ${kind.toLowerCase()} ${name}${where} --context ${cluster}`;
}
