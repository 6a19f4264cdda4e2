/** The fleet and the placements that the benchmark schedules. */
import { conditionAt, agentConditions } from '../../api/conditions.ts';
import { kinds, kindsIn } from '../../api/kinds.ts';
import { apiVersionOf } from '../../api/meta.ts';
import type { ClusterResourcePlacement, PlacementPolicy } from '../../api/types/clusterresourceplacement.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { planPolicySnapshot, type ScheduleInput } from '../../domain/scheduling/index.ts';
import { rfc3339 } from '../../domain/time.ts';

/** One placement after the other gets the next of these. */
export const kindsOfPolicies = [
  'PickAll',
  'PickAll by labels',
  'PickN by property',
  'PickN spread',
  'PickFixed',
] as const;

export type PolicyKind = (typeof kindsOfPolicies)[number];

const regions = 12;
const zonesInRegion = 3;

/** Members with labels, a few taints, and values of their own. @param now epoch milliseconds */
export function buildFleet(clusters: number, now: number): MemberCluster[] {
  return Array.from({ length: clusters }, (_, i) => buildMember(i, rfc3339(now)));
}

function buildMember(i: number, time: string): MemberCluster {
  const region = `region-${i % regions}`;
  return {
    apiVersion: apiVersionOf(kinds.memberCluster),
    kind: kinds.memberCluster.kind,
    metadata: {
      name: `cluster-${String(i).padStart(4, '0')}`,
      generation: 1,
      labels: {
        region,
        zone: `${region}-${i % zonesInRegion}`,
        environment: i % 5 === 0 ? 'staging' : 'production',
        'fleet.azure.com/location': region,
      },
    },
    spec: i % 20 === 0 ? { taints: [{ key: 'maintenance', effect: 'NoSchedule' }] } : {},
    status: {
      properties: { 'kubernetes-fleet.io/node-count': { value: String(3 + (i % 17)), observationTime: time } },
      resourceUsage: {
        capacity: { cpu: '64', memory: '256Gi' },
        allocatable: { cpu: '62', memory: '250Gi' },
        available: { cpu: `${(i * 7919) % 62000}m`, memory: `${(i * 31) % 250}Gi` },
      },
      agentStatus: [
        {
          type: 'MemberAgent',
          conditions: [agentConditions.joined(), agentConditions.healthy()].map((content) =>
            conditionAt(content, 1, time),
          ),
          lastReceivedHeartbeat: time,
        },
      ],
    },
  };
}

/** Placements that nobody has scheduled yet, each with its first policy snapshot. @param now epoch milliseconds */
export function buildPlacements(count: number, clusters: readonly MemberCluster[], now: number): ScheduleInput[] {
  return Array.from({ length: count }, (_, i) => {
    const placement = buildPlacement(i, clusters);
    const { latest } = planPolicySnapshot(placement, [], 10);
    return { placement, policySnapshot: latest, clusters, bindings: [], now };
  });
}

function buildPlacement(i: number, clusters: readonly MemberCluster[]): ClusterResourcePlacement {
  const { placement } = kindsIn({});
  const name = `placement-${String(i).padStart(3, '0')}`;
  const kind = kindsOfPolicies[i % kindsOfPolicies.length] ?? 'PickAll';
  return {
    apiVersion: apiVersionOf(placement),
    kind: placement.kind,
    metadata: { name, uid: `uid-of-${name}`, generation: 1 },
    spec: {
      resourceSelectors: [{ group: '', version: 'v1', kind: 'Namespace', name }],
      policy: policies[kind](i, clusters),
      strategy: { type: 'External' },
    },
  };
}

type MakePolicy = (i: number, clusters: readonly MemberCluster[]) => PlacementPolicy;

const production = { labelSelector: { matchLabels: { environment: 'production' } } };
const tolerations: PlacementPolicy['tolerations'] = [{ key: 'maintenance', operator: 'Exists' }];

const policies: Record<PolicyKind, MakePolicy> = {
  PickAll: () => ({ placementType: 'PickAll', tolerations }),
  'PickAll by labels': (i) => ({
    placementType: 'PickAll',
    affinity: {
      clusterAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          clusterSelectorTerms: [
            { labelSelector: { matchLabels: { region: `region-${i % regions}` } } },
            {
              labelSelector: {
                matchExpressions: [{ key: 'environment', operator: 'In', values: ['staging', 'test'] }],
              },
            },
          ],
        },
      },
    },
  }),
  'PickN by property': () => ({
    placementType: 'PickN',
    numberOfClusters: 20,
    affinity: {
      clusterAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          clusterSelectorTerms: [
            {
              ...production,
              propertySelector: {
                matchExpressions: [{ name: 'kubernetes-fleet.io/node-count', operator: 'Ge', values: ['5'] }],
              },
            },
          ],
        },
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 80,
            preference: {
              propertySorter: { name: 'resources.kubernetes-fleet.io/available-cpu', sortOrder: 'Descending' },
            },
          },
          { weight: 20, preference: { labelSelector: { matchLabels: { region: 'region-1' } } } },
        ],
      },
    },
    tolerations,
  }),
  'PickN spread': () => ({
    placementType: 'PickN',
    numberOfClusters: 100,
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'region', whenUnsatisfiable: 'DoNotSchedule' },
      { maxSkew: 2, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' },
    ],
    tolerations,
  }),
  PickFixed: (i, clusters) => ({
    placementType: 'PickFixed',
    clusterNames: clusters.slice(i, i + 50).map(({ metadata }) => metadata.name),
  }),
};
