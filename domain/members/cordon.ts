/** Cordoned members: a taint keeps new placements away. Source of the taint: the reference system. */
import type { MemberCluster, Taint } from '../../api/types/membercluster.ts';

export const cordonTaint = { key: 'cordon-key', value: 'cordon-value', effect: 'NoSchedule' } as const satisfies Taint;

/** Whether new placements are kept away by {@link cordonTaint}; other taints are none of its business. */
export function isCordoned({ spec }: Pick<MemberCluster, 'spec'>): boolean {
  return (spec.taints ?? []).some(isCordonTaint);
}

/** The taints with {@link cordonTaint}, or without it; the others stay as they are. */
export function withCordon(taints: readonly Taint[], wanted: boolean): Taint[] {
  const others = taints.filter((taint) => !isCordonTaint(taint));
  return wanted ? [...others, cordonTaint] : others;
}

/** There is only one effect. */
function isCordonTaint({ key, value }: Taint): boolean {
  return key === cordonTaint.key && value === cordonTaint.value;
}
