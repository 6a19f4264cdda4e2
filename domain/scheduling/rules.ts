/** All rules of one policy, asked together. */
import type { MemberCluster } from '../../api/types/membercluster.ts';
import type { Objection, PreparedRule, SchedulerPlugin, SchedulingContext } from './plugins.ts';
import { addScores, noScores, type ClusterScores } from './scores.ts';

/** A plugin's objection to a cluster. */
export interface Refusal {
  plugin: string;
  reason: string;
}

export interface DetailedRefusal extends Refusal, Objection {
  /** Other picks could have led to another answer. */
  dependsOnPicks: boolean;
}

interface NamedRule {
  name: string;
  rule: PreparedRule;
}

/** Rules in the order in which they are asked. What was picked meanwhile is part of their state. */
export class Rules {
  readonly #all: NamedRule[];
  readonly #fixed: NamedRule[];
  readonly #dynamic: NamedRule[];

  constructor(plugins: readonly SchedulerPlugin[], context: SchedulingContext) {
    this.#all = plugins.flatMap((plugin) => {
      const rule = plugin.prepare(context);
      return rule === undefined ? [] : [{ name: plugin.name, rule }];
    });
    this.#fixed = this.#all.filter(({ rule }) => rule.dynamics === undefined);
    this.#dynamic = this.#all.filter(({ rule }) => rule.dynamics !== undefined);
  }

  /** True if some answers depend on what has been picked in this cycle. */
  get areDynamic(): boolean {
    return this.#dynamic.length > 0;
  }

  /** First objection of the rules that do not depend on other picks. */
  fixedRefusal(cluster: MemberCluster): Refusal | undefined {
    return firstRefusal(this.#fixed, cluster);
  }

  /** First objection of the rules that depend on other picks. */
  dynamicRefusal(cluster: MemberCluster): Refusal | undefined {
    return firstRefusal(this.#dynamic, cluster);
  }

  /** Every objection. */
  refusals(cluster: MemberCluster): DetailedRefusal[] {
    return this.#all.flatMap(({ name, rule }) => {
      const reason = rule.filter?.(cluster);
      if (reason === undefined) return [];
      const objection = rule.explain?.(cluster) ?? { because: reason, remedies: [] };
      return [{ plugin: name, reason, ...objection, dependsOnPicks: rule.dynamics !== undefined }];
    });
  }

  fixedScores(cluster: MemberCluster): ClusterScores {
    return totalScores(this.#fixed, cluster);
  }

  dynamicScores(cluster: MemberCluster): ClusterScores {
    return totalScores(this.#dynamic, cluster);
  }

  /** Clusters of one group get the same answers from all dynamic rules. */
  groupOf(cluster: MemberCluster): string {
    return this.#dynamic.map(({ rule }) => rule.dynamics?.groupOf(cluster) ?? '').join('\n');
  }

  picked(cluster: MemberCluster): void {
    for (const { rule } of this.#dynamic) rule.dynamics?.picked(cluster);
  }
}

function firstRefusal(rules: readonly NamedRule[], cluster: MemberCluster): Refusal | undefined {
  for (const { name, rule } of rules) {
    const reason = rule.filter?.(cluster);
    if (reason !== undefined) return { plugin: name, reason };
  }
  return undefined;
}

function totalScores(rules: readonly NamedRule[], cluster: MemberCluster): ClusterScores {
  let total = noScores;
  for (const { rule } of rules) {
    const scores = rule.score?.(cluster);
    if (scores !== undefined) total = addScores(total, { ...noScores, ...scores });
  }
  return total;
}
