/** The scheduler on small random fleets, held against {@link naivePicks} and against what must always hold. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PlacementPolicy } from '../../../../api/types/clusterresourceplacement.ts';
import { explainPlacement } from '../../../../domain/scheduling/explain.ts';
import { explanationSentences } from '../../../../domain/scheduling/explanationSentences.ts';
import { schedule } from '../../../../domain/scheduling/schedule.ts';
import { movesOf, outcomeOf, PlayedPlacement } from './fleet.ts';
import { countsBy, isFit, naivePicks, type PlainCluster } from './naiveScheduler.ts';
import {
  asMembers,
  fleets,
  pickAllPolicies,
  pickFixedPolicies,
  pickNPolicies,
  stories,
  type Happening,
} from './randomFleets.ts';

const policies = fc.oneof(
  { weight: 1, arbitrary: pickAllPolicies },
  { weight: 4, arbitrary: pickNPolicies },
  { weight: 1, arbitrary: pickFixedPolicies },
);

describe('the first cycle', () => {
  test('picks what the plain rules pick', () => {
    fc.assert(
      fc.property(fleets, policies, (fleet, policy) => {
        const placed = new PlayedPlacement(policy);
        placed.cycle(asMembers(fleet));
        expect(placed.selected).toEqual(naivePicks(fleet, policy, [], []).sort());
      }),
      { numRuns: 1_000 },
    );
  });

  test('keeps strict topology constraints', () => {
    fc.assert(
      fc.property(fleets, pickNPolicies, (fleet, policy) => {
        const placed = new PlayedPlacement(policy);
        placed.cycle(asMembers(fleet));
        for (const { topologyKey, maxSkew = 1, whenUnsatisfiable } of policy.topologySpreadConstraints ?? []) {
          const counts = [...countsBy(topologyKey, fleet, placed.selected).values()];
          if (whenUnsatisfiable === 'ScheduleAnyway' || counts.length === 1) continue;
          expect(Math.max(0, ...counts) - Math.min(...counts, Infinity)).toBeLessThanOrEqual(maxSkew);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('does not depend on the order of members', () => {
    fc.assert(
      fc.property(fleets, policies, (fleet, policy) => {
        const members = asMembers(fleet);
        const input = new PlayedPlacement(policy).input(members);
        const turned = schedule({ ...input, clusters: members.toReversed() });
        const straight = schedule(input);
        expect(turned.status).toEqual(straight.status);
        expect(movesOf(turned)).toEqual(movesOf(straight));
      }),
      { numRuns: 500 },
    );
  });
});

test('whatever happens, only what must move moves', () => {
  fc.assert(
    fc.property(fleets, stories, (firstFleet, { policy, happenings }) => {
      const placed = new PlayedPlacement(policy);
      let fleet = firstFleet;
      placed.cycle(asMembers(fleet));
      for (const happening of happenings) {
        const before = placed.selected;
        const isNewPolicy = happening.type === 'policy';
        fleet = apply(happening, placed, fleet);
        const expected = expectedMoves(placed, before, fleet, isNewPolicy);
        const result = placed.cycle(asMembers(fleet));
        expect({ gone: without(before, placed.selected), added: without(placed.selected, before) }).toEqual(expected);
        holdsAlways(placed, fleet, outcomeOf(result)[0] ?? '');
      }
    }),
    { numRuns: 250 },
  );
});

function apply(happening: Happening, placed: PlayedPlacement, fleet: PlainCluster[]): PlainCluster[] {
  switch (happening.type) {
    case 'fleet':
      return happening.fleet;
    case 'number':
      if (placed.policy.placementType === 'PickN') {
        placed.edit({ ...placed.policy, numberOfClusters: happening.numberOfClusters });
      }
      return fleet;
    case 'policy':
      placed.edit(happening.policy);
      return fleet;
    case 'bound':
      placed.bind(...happening.clusters.filter((name) => placed.selected.includes(name)));
      return fleet;
  }
}

/** Who must go and who must come, from the state before. */
function expectedMoves(
  placed: PlayedPlacement,
  before: readonly string[],
  fleet: readonly PlainCluster[],
  mayBeNewSnapshot: boolean,
): { gone: string[]; added: string[] } {
  const { policy } = placed;
  const staying = before.filter((name) => fleet.some((one) => one.name === name));
  const isNew = mayBeNewSnapshot && placed.input(asMembers(fleet)).policySnapshot.status === undefined;
  if (isNew) {
    const picked = naivePicks(fleet, policy, [], staying);
    return { gone: without(before, picked), added: without(picked, before) };
  }
  const surplus = policy.placementType === 'PickN' ? Math.max(staying.length - policy.numberOfClusters!, 0) : 0;
  const trimmed = firstToGo(placed, staying).slice(0, surplus);
  const kept = without(staying, trimmed);
  const added = naivePicks(fleet, policy, kept, []);
  return { gone: without(before, kept), added: [...added].sort() };
}

/** Scheduled before Bound, then by the scores of the decision, then by name. */
function firstToGo({ bindings }: PlayedPlacement, staying: readonly string[]): string[] {
  const keyOf = (name: string): (number | string)[] => {
    const { state, clusterDecision } = bindings.find(({ spec }) => spec.targetCluster === name)!.spec;
    const { affinityScore = 0, priorityScore = 0 } = clusterDecision.clusterScore ?? {};
    return [state === 'Bound' ? 1 : 0, priorityScore, affinityScore, name];
  };
  return staying.toSorted((left, right) => {
    const [one, other] = [keyOf(left), keyOf(right)];
    const i = one.findIndex((value, at) => value !== other[at]);
    return one[i]! < other[i]! ? -1 : 1;
  });
}

function holdsAlways(placed: PlayedPlacement, fleet: readonly PlainCluster[], outcome: string): void {
  const { policy, selected } = placed;
  const members = asMembers(fleet);
  const again = schedule(placed.input(members));
  expect(again.operations).toEqual([]);
  expect(again.status).toEqual(placed.snapshot.status);
  expect(outcome.startsWith('True')).toBe(isComplete(policy, selected));

  const decided = again.status.targetClusters ?? [];
  const isFixed = policy.placementType === 'PickFixed';
  expect(decided.map(({ clusterName }) => clusterName).sort()).toEqual(
    isFixed ? [...policy.clusterNames!].sort() : fleet.map(({ name }) => name).sort(),
  );
  expect(decided.filter((one) => one.selected).map(({ clusterName }) => clusterName)).toEqual(selected);

  const explanation = explainPlacement(placed.input(members));
  expect([...explanation.selected].sort()).toEqual(selected);
  for (const { cluster, outcome: found, refusals } of explanation.clusters) {
    expect(found === 'placed').toBe(selected.includes(cluster));
    if (found === 'refused') expect(refusals.length).toBeGreaterThan(0);
    const plain = fleet.find(({ name }) => name === cluster);
    if (found === 'outscored') expect(isFit(plain!, policy)).toBe(true);
  }
  for (const sentence of explanationSentences(explanation)) expect(sentence).toMatch(/^\S.*[^.]\.$/);
}

function isComplete(policy: PlacementPolicy, selected: readonly string[]): boolean {
  if (policy.placementType === 'PickAll') return true;
  return selected.length === (policy.placementType === 'PickN' ? policy.numberOfClusters : policy.clusterNames!.length);
}

function without(names: readonly string[], others: readonly string[]): string[] {
  return names.filter((name) => !others.includes(name)).sort();
}
