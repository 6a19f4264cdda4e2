/** The cluster affinity of a policy, taken apart so that it can be asked about many clusters. */
import type { LabelSelector } from '../../api/meta.ts';
import type {
  ClusterSelectorTerm,
  PlacementPolicy,
  PreferredClusterSelector,
  PropertySelectorRequirement,
} from '../../api/types/clusterresourceplacement.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { compileSelector } from '../labelSelectors.ts';
import { parseQuantity } from '../members/quantities.ts';
import { propertyValue } from './properties.ts';

export interface CompiledAffinity {
  /** Alternatives; none means that every cluster fits. */
  required: CompiledTerm[];
  /** Those that can give points. */
  preferred: CompiledPreference[];
}

export interface CompiledTerm {
  term: ClusterSelectorTerm;
  matches(cluster: MemberCluster): boolean;
}

export interface CompiledPreference {
  /** From −100 to 100, not 0. */
  weight: number;
  sorter?: { name: string; sortOrder: 'Ascending' | 'Descending' };
  matchesLabels(cluster: MemberCluster): boolean;
}

/** The affinity of a policy that has no faults. A policy object is taken apart only once. */
export function compileAffinity(policy: PlacementPolicy): CompiledAffinity {
  let compiled = compiledAffinities.get(policy);
  if (compiled === undefined) {
    const affinity = policy.affinity?.clusterAffinity;
    const terms = affinity?.requiredDuringSchedulingIgnoredDuringExecution?.clusterSelectorTerms ?? [];
    const preferences = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    compiled = {
      required: terms.map(compileTerm),
      preferred: preferences.filter(({ weight }) => weight !== 0).map(compilePreference),
    };
    compiledAffinities.set(policy, compiled);
  }
  return compiled;
}

/** Whether a cluster matches one of the required terms, or there is none. */
export function matchesRequired({ required }: CompiledAffinity, cluster: MemberCluster): boolean {
  return required.length === 0 || required.some((term) => term.matches(cluster));
}

/** Whether a requirement on a property holds for a cluster. A property that is missing, or no quantity, never does. */
export function meetsRequirement(requirement: PropertySelectorRequirement, cluster: MemberCluster): boolean {
  return compileRequirement(requirement)(cluster);
}

const compiledAffinities = new WeakMap<PlacementPolicy, CompiledAffinity>();

function compileTerm(term: ClusterSelectorTerm): CompiledTerm {
  const matchesLabels = compileLabels(term.labelSelector);
  const requirements = (term.propertySelector?.matchExpressions ?? []).map(compileRequirement);
  return {
    term,
    matches: (cluster) => matchesLabels(cluster) && requirements.every((holds) => holds(cluster)),
  };
}

function compilePreference({ weight, preference }: PreferredClusterSelector): CompiledPreference {
  const { labelSelector, propertySorter } = preference;
  return {
    weight,
    matchesLabels: compileLabels(labelSelector),
    ...(propertySorter && { sorter: propertySorter }),
  };
}

/** Here an absent selector matches everything. */
function compileLabels(selector: LabelSelector | undefined): (cluster: MemberCluster) => boolean {
  if (selector === undefined) return () => true;
  const matches = compileSelector(selector);
  return ({ metadata }) => matches(metadata.labels);
}

function compileRequirement({ name, operator, values }: PropertySelectorRequirement) {
  const wanted = parseQuantity(values[0] ?? '').billionths;
  const compare = comparisons[operator];
  return (cluster: MemberCluster): boolean => {
    const value = propertyValue(cluster, name);
    return value !== undefined && compare(value, wanted);
  };
}

const comparisons: Record<PropertySelectorRequirement['operator'], (value: bigint, wanted: bigint) => boolean> = {
  Gt: (value, wanted) => value > wanted,
  Ge: (value, wanted) => value >= wanted,
  Lt: (value, wanted) => value < wanted,
  Le: (value, wanted) => value <= wanted,
  Eq: (value, wanted) => value === wanted,
  Ne: (value, wanted) => value !== wanted,
};
