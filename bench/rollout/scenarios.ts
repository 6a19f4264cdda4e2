/** What is rolled out how, and to how many clusters. */
import type { RollingUpdateSettings } from '../../api/types/clusterresourceplacement.ts';

/** A stage of some clusters; each cluster is in one stage. */
export interface StageSize {
  name: string;
  clusters: number;
}

/** How many clusters of a stage may be worked on at once. */
export interface Pace {
  title: string;
  /** Share of a stage in percent; absent: one cluster at a time. */
  percent?: number;
}

/** One fleet and what happens on it. */
export interface Scenario {
  title: string;
  members: 'real' | 'simulated';
  stages: StageSize[];
  /** Placements of the same clusters, rolled out at the same time by a run each. */
  placements: number;
  /** Measured one after the other on the same fleet. */
  paces: Pace[];
  /** Measured rounds of each pace unless the user says otherwise. */
  rounds: number;
  /** Present where the placements roll out by themselves, without runs. */
  rollingUpdate?: RollingUpdateSettings;
}

const half: Pace = { title: '50 %', percent: 50 };

/** Every scenario by the name that the user types. */
export const scenarios = {
  stages: {
    title: '100 simulated clusters, stages of 20, 30 and 50',
    members: 'simulated',
    stages: [
      { name: 'first', clusters: 20 },
      { name: 'second', clusters: 30 },
      { name: 'third', clusters: 50 },
    ],
    placements: 1,
    paces: [half],
    rounds: 5,
  },
  real: {
    title: '12 real clusters, one stage',
    members: 'real',
    stages: [{ name: 'all', clusters: 12 }],
    placements: 1,
    paces: [{ title: 'one at a time' }, half],
    rounds: 10,
  },
  large: {
    title: '1,000 simulated clusters, one stage',
    members: 'simulated',
    stages: [{ name: 'all', clusters: 1_000 }],
    placements: 1,
    paces: [half],
    rounds: 3,
  },
  parallel: {
    title: '20 runs at once, each over the same 50 simulated clusters',
    members: 'simulated',
    stages: [{ name: 'all', clusters: 50 }],
    placements: 20,
    paces: [half],
    rounds: 3,
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;

/** Clusters of the scenario's fleet. */
export function fleetSize({ stages }: Scenario): number {
  return stages.reduce((sum, { clusters }) => sum + clusters, 0);
}

/** Updates of clusters that one round makes: each placement brings one to each cluster. */
export function updatesOf(scenario: Scenario): number {
  return fleetSize(scenario) * scenario.placements;
}

/** How many clusters of a stage are worked on at once: a share is rounded down, and at least one. */
export function concurrencyOf({ percent }: Pace, clusters: number): number {
  return percent === undefined ? 1 : Math.max(1, Math.floor((clusters * percent) / 100));
}

/** Name and labels of each cluster, in the order of the stages. */
export function membersOf({ stages }: Scenario): { name: string; labels: Record<string, string>; stage: string }[] {
  let number = 0;
  return stages.flatMap(({ name: stage, clusters }) =>
    Array.from({ length: clusters }, () => {
      number += 1;
      return { name: `cluster-${String(number).padStart(4, '0')}`, labels: { [stageLabel]: stage }, stage };
    }),
  );
}

/** Label of member clusters that says in which stage they are. */
export const stageLabel = 'bench-stage';
