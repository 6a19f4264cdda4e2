/** Small random fleets and policies for fast-check. */
import fc from 'fast-check';
import type {
  ClusterSelectorTerm,
  PlacementPolicy,
  PreferredClusterSelector,
  Toleration,
  TopologySpreadConstraint,
} from '../../../../api/types/clusterresourceplacement.ts';
import type { MemberCluster } from '../../../../api/types/membercluster.ts';
import { cluster } from './fleet.ts';
import { nodesProperty, type PlainCluster } from './naiveScheduler.ts';

const names = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'];
const regions = ['east', 'west', 'north'];
const tiers = ['gold', 'silver'];
const taintKeys = ['old', 'busy'];

/** A few values out of many often, so that clusters resemble each other. */
function maybe<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

const labels = fc
  .record({ region: maybe(fc.constantFrom(...regions)), tier: maybe(fc.constantFrom(...tiers)) })
  .map(
    (drawn) =>
      Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)) as Record<string, string>,
  );

function plainCluster(name: string): fc.Arbitrary<PlainCluster> {
  return fc.record({
    name: fc.constant(name),
    labels,
    taints: fc.oneof(
      { weight: 3, arbitrary: fc.constant<string[]>([]) },
      { weight: 1, arbitrary: fc.subarray(taintKeys) },
    ),
    nodes: maybe(fc.integer({ min: 0, max: 4 })),
    isOffline: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  });
}

export const fleets: fc.Arbitrary<PlainCluster[]> = fc
  .subarray(names)
  .chain((drawn) => fc.tuple(...drawn.map(plainCluster)));

export function asMembers(fleet: readonly PlainCluster[]): MemberCluster[] {
  return fleet.map(({ name, nodes, ...facts }) =>
    cluster(name, { ...facts, properties: nodes === undefined ? {} : { [nodesProperty]: String(nodes) } }),
  );
}

const labelSelector = fc.oneof(
  fc.constantFrom(...regions).map((region) => ({ matchLabels: { region } })),
  fc.constantFrom(...tiers).map((tier) => ({ matchLabels: { tier } })),
);

const requirement = fc.record({
  name: fc.constant(nodesProperty),
  operator: fc.constantFrom('Gt', 'Ge', 'Lt', 'Le', 'Eq', 'Ne'),
  values: fc.integer({ min: 0, max: 4 }).map((value) => [String(value)]),
});

/** At most one requirement in a term, so that terms do not contradict themselves. */
const requiredTerm: fc.Arbitrary<ClusterSelectorTerm> = fc.record(
  { labelSelector, propertySelector: fc.record({ matchExpressions: fc.array(requirement, { maxLength: 1 }) }) },
  { requiredKeys: [] },
);

const preferred: fc.Arbitrary<PreferredClusterSelector> = fc.record({
  weight: fc.constantFrom(-100, -3, 0, 1, 5, 20, 100),
  preference: fc.record(
    {
      labelSelector,
      propertySorter: fc.record({
        name: fc.constant(nodesProperty),
        sortOrder: fc.constantFrom('Ascending', 'Descending'),
      }),
    },
    { requiredKeys: [] },
  ),
});

const spread: fc.Arbitrary<TopologySpreadConstraint> = fc.record(
  {
    topologyKey: fc.constantFrom('region', 'tier'),
    maxSkew: fc.integer({ min: 1, max: 3 }),
    whenUnsatisfiable: fc.constantFrom('DoNotSchedule', 'ScheduleAnyway'),
  },
  { requiredKeys: ['topologyKey'] },
);

const toleration: fc.Arbitrary<Toleration> = fc.oneof(
  fc.constantFrom(...taintKeys).map((key): Toleration => ({ key, operator: 'Exists' })),
  fc.constant<Toleration>({ operator: 'Exists' }),
);

const required = fc.array(requiredTerm, { maxLength: 2 }).map((clusterSelectorTerms) => ({ clusterSelectorTerms }));
const noTerms = fc.constant<{ clusterSelectorTerms: ClusterSelectorTerm[] }>({ clusterSelectorTerms: [] });
const tolerations = fc.array(toleration, { maxLength: 2 });

export const pickAllPolicies: fc.Arbitrary<PlacementPolicy> = fc.record({
  placementType: fc.constant('PickAll'),
  affinity: fc.record({ clusterAffinity: fc.record({ requiredDuringSchedulingIgnoredDuringExecution: required }) }),
  tolerations,
});

export const pickNPolicies: fc.Arbitrary<PlacementPolicy> = fc.record({
  placementType: fc.constant('PickN'),
  numberOfClusters: fc.integer({ min: 0, max: 6 }),
  affinity: fc.record({
    clusterAffinity: fc.record({
      requiredDuringSchedulingIgnoredDuringExecution: fc.oneof(noTerms, required),
      preferredDuringSchedulingIgnoredDuringExecution: fc.array(preferred, { maxLength: 3 }),
    }),
  }),
  topologySpreadConstraints: fc.array(spread, { maxLength: 2 }),
  tolerations,
});

export const pickFixedPolicies: fc.Arbitrary<PlacementPolicy> = fc.record({
  placementType: fc.constant('PickFixed'),
  clusterNames: fc.subarray([...names, 'nowhere'], { minLength: 1 }),
});

/** What may happen to a placement between two cycles. */
export type Happening =
  | { type: 'fleet'; fleet: PlainCluster[] }
  | { type: 'number'; numberOfClusters: number }
  | { type: 'policy'; policy: PlacementPolicy }
  | { type: 'bound'; clusters: string[] };

/** A first policy and what happens afterwards; the type of the policy never changes. */
export const stories: fc.Arbitrary<{ policy: PlacementPolicy; happenings: Happening[] }> = fc
  .oneof(
    { weight: 1, arbitrary: fc.constant(pickAllPolicies) },
    { weight: 3, arbitrary: fc.constant(pickNPolicies) },
    { weight: 1, arbitrary: fc.constant(pickFixedPolicies) },
  )
  .chain((policies) =>
    fc.record({
      policy: policies,
      happenings: fc.array(
        fc.oneof<fc.Arbitrary<Happening>[]>(
          fleets.map((fleet) => ({ type: 'fleet', fleet })),
          fc.integer({ min: 0, max: 6 }).map((numberOfClusters) => ({ type: 'number', numberOfClusters })),
          policies.map((policy) => ({ type: 'policy', policy })),
          fc.subarray(names).map((clusters) => ({ type: 'bound', clusters })),
        ),
        { maxLength: 8 },
      ),
    }),
  );
