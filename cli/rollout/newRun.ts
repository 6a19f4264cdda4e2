/** The object of a new run. */
import { kindsIn } from '../../api/kinds.ts';
import { apiVersionOf } from '../../api/meta.ts';
import { inScopeOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';

export interface RunWish {
  placement: ObjectReference;
  strategy: string;
  /** Index of the resource snapshot; absent: what the placement selects when the run begins. */
  revision?: number;
  name: string;
}

export function newRun({ placement, strategy, revision, name }: RunWish): ClusterStagedUpdateRun {
  const definition = kindsIn(placement).run;
  return {
    apiVersion: apiVersionOf(definition),
    kind: definition.kind,
    metadata: inScopeOf(placement, name),
    spec: {
      placementName: placement.name,
      ...(revision !== undefined && { resourceSnapshotIndex: String(revision) }),
      stagedRolloutStrategyName: strategy,
    },
  };
}

/** The name of a run becomes a label. */
const longestName = 63;

/** `web-run-3`: the first number after all that were given so far. @param taken names of all runs of the scope */
export function nextRunName(placement: string, purpose: 'run' | 'undo', taken: readonly string[]): string {
  const suffix = `-${purpose}-`;
  const base = placement.slice(0, longestName - suffix.length - 4) + suffix;
  const numbers = taken.filter((name) => name.startsWith(base)).map((name) => name.slice(base.length));
  const last = Math.max(0, ...numbers.filter((number) => /^\d{1,4}$/.test(number)).map(Number));
  return base + String(last + 1);
}
