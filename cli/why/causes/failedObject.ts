/** The object that holds a cluster up, as its binding names it. */
import { standingReport } from '../../../domain/rollouts/reports.ts';
import type { FailedResourcePlacement } from '../../../api/types/clusterresourcebinding.ts';
import { describeIdentifier } from '../../../domain/selection/identifiers.ts';
import type { WorkingCluster } from '../facts.ts';
import { inNamespace } from '../words.ts';

export interface FailedObject {
  failed: FailedResourcePlacement;
  /** `Deployment shop/web`, and how many more there are. */
  text: string;
  /** RFC 3339. */
  since: string;
}

/** @returns undefined unless the binding's condition of that type is False and names an object */
export function failedObject(
  { binding, removing }: WorkingCluster,
  type: 'Applied' | 'Available',
): FailedObject | undefined {
  // A binding that is to go still tells of the time before.
  if (removing || binding === undefined) return undefined;
  const condition = standingReport(binding, type);
  const failures = binding.status?.failedPlacements?.filter((failure) => failure.condition.type === type) ?? [];
  const [failed] = failures;
  if (condition?.status !== 'False' || failed === undefined) return undefined;
  const more = failures.length > 1 ? ` and ${String(failures.length - 1)} more` : '';
  return { failed, text: describeIdentifier(failed) + more, since: condition.lastTransitionTime };
}

/** An object as kubectl's commands name it: `deployment web -n shop`. Kinds of others come with their group. */
export function typedObject({ kind, group, name, namespace }: FailedResourcePlacement): string {
  const isOfOthers = group?.includes('.') === true && !group.endsWith('.k8s.io');
  return `${kind.toLowerCase()}${isOfOthers ? `.${group}` : ''} ${name}${inNamespace(namespace)}`;
}
