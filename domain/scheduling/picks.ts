/** What an algorithm makes of the clusters that a policy has not picked yet. */
import type { Refusal } from './rules.ts';
import type { ScoredCluster } from './scores.ts';

export interface Picks {
  picked: ScoredCluster[];
  /** Nothing is against them, but others are better; the best first. */
  outscored: ScoredCluster[];
  refused: RefusedCluster[];
  /** Names that a policy gives and no member has. */
  missing: string[];
}

export interface RefusedCluster {
  name: string;
  refusal: Refusal;
}
