import type { Toleration } from '../../api/types/clusterresourceplacement.ts';
import type { MemberCluster, Taint } from '../../api/types/membercluster.ts';
import type { SchedulerPlugin } from './plugins.ts';

/** Refuses clusters with a taint that the policy does not tolerate. */
export const taintToleration: SchedulerPlugin = {
  name: 'TaintToleration',
  prepare({ policy: { tolerations = [] } }) {
    const untolerated = ({ spec }: MemberCluster): Taint[] =>
      (spec.taints ?? []).filter((taint) => !tolerations.some((toleration) => isTolerated(taint, toleration)));
    return {
      filter(cluster) {
        if (cluster.spec.taints === undefined) return undefined;
        const [taint] = untolerated(cluster);
        if (taint === undefined) return undefined;
        const { key, value = '', effect } = taint;
        return `taint &{Key:${key} Value:${value} Effect:${effect}} cannot be tolerated`;
      },
      explain(cluster) {
        const described = untolerated(cluster).map(describeTaint);
        const taints = described.join(' and ');
        return {
          because: `it has ${taints}, which the policy does not tolerate`,
          remedies: [
            `${taints} were removed from it`,
            `the policy tolerated ${described.length === 1 ? 'it' : 'them'}`,
          ],
        };
      },
    };
  },
};

/** What tells one taint from another. */
interface TaintMark {
  key: string;
  value?: string;
  effect: string;
}

/** A toleration without effect tolerates every effect; one without key, with operator Exists, every taint. */
export function isTolerated(taint: TaintMark, toleration: Toleration): boolean {
  const { key = '', operator = 'Equal', value = '', effect = taint.effect } = toleration;
  if (effect !== taint.effect) return false;
  if (operator === 'Exists') return key === '' || key === taint.key;
  return key === taint.key && value === (taint.value ?? '');
}

function describeTaint({ key, value = '', effect }: Taint): string {
  return `taint ${key}${value === '' ? '' : `=${value}`}:${effect}`;
}
