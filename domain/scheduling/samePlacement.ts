import type { SchedulerPlugin } from './plugins.ts';

/**
 * Never twice on one cluster: clusters that the policy has already picked are no candidates, so there is nothing to
 * refuse. Among equals it prefers those that have the placement under an older policy, so that less has to move.
 */
export const samePlacementAntiAffinity: SchedulerPlugin = {
  name: 'SamePlacementAntiAffinity',
  prepare({ obsolete }) {
    if (obsolete.size === 0) return undefined;
    return { score: ({ metadata }) => ({ reuseScore: obsolete.has(metadata.name) ? 1 : 0 }) };
  },
};
