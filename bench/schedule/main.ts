/** `npm run bench -- schedule`: scheduling cycles of many placements over a large fleet; pure computing, no cluster. */
import { schedule, type Schedule, type ScheduleInput } from '../../domain/scheduling/index.ts';
import { describeMachine } from '../machine.ts';
import { summarize } from '../statistics.ts';
import { buildFleet, buildPlacements, kindsOfPolicies, type PolicyKind } from './objects.ts';

export interface ScheduleOptions {
  clusters: number;
  placements: number;
  /** Measured rounds, after one that only warms up. */
  rounds: number;
}

interface Measured {
  inputs: ScheduleInput[];
  /** Milliseconds of a core by kind of policy; what else runs on the machine does not count. */
  byKind: Map<PolicyKind, number>;
  /** The same in all. */
  total: number;
}

type Figures = Record<'first' | 'again' | 'leaving', Measured>;

/** What a round measures, with the words of the report. */
const moments: Record<keyof Figures, string> = {
  first: 'first cycle',
  again: 'again, unchanged',
  leaving: 'after ten clusters left',
};

export function benchSchedule(options: ScheduleOptions): void {
  const rounds: Figures[] = [];
  for (let round = 0; round <= options.rounds; round += 1) {
    const figures = measureRound(options);
    if (round > 0) rounds.push(figures);
  }
  console.log(describeMachine());
  console.log(
    `${options.placements} placements over ${options.clusters} clusters; milliseconds of a core, medians of ${options.rounds}.`,
  );
  console.table(table(rounds));
}

function measureRound({ clusters, placements }: ScheduleOptions): Figures {
  const now = Date.parse('2025-07-22T21:30:00Z');
  const fleet = buildFleet(clusters, now);
  const first = measure(buildPlacements(placements, fleet, now));
  const again = measure(first.inputs);
  const left = fleet.slice(10);
  const leaving = measure(again.inputs.map((input) => ({ ...input, clusters: left })));
  return { first, again, leaving };
}

/** One cycle of each placement; the inputs that are returned hold what the cycles have written. */
function measure(inputs: readonly ScheduleInput[]): Measured {
  const byKind = new Map<PolicyKind, number>();
  const results: Schedule[] = [];
  let total = 0;
  inputs.forEach((input, i) => {
    const kind = kindsOfPolicies[i % kindsOfPolicies.length] ?? 'PickAll';
    const began = process.cpuUsage();
    results.push(schedule(input));
    const { user, system } = process.cpuUsage(began);
    const took = (user + system) / 1000;
    byKind.set(kind, (byKind.get(kind) ?? 0) + took);
    total += took;
  });
  return { byKind, total, inputs: inputs.map((input, i) => written(input, results[i])) };
}

function written(input: ScheduleInput, result: Schedule | undefined): ScheduleInput {
  if (result === undefined) return input;
  const bindings = new Map(input.bindings.map((binding) => [binding.metadata.name, binding]));
  for (const { binding } of result.operations) bindings.set(binding.metadata.name, binding);
  const policySnapshot = { ...input.policySnapshot, status: result.status };
  return { ...input, bindings: [...bindings.values()], policySnapshot };
}

function table(rounds: readonly Figures[]): Record<string, Record<string, number>> {
  const row = (figure: (measured: Measured) => number): Record<string, number> =>
    Object.fromEntries(
      Object.entries(moments).map(([moment, words]) => {
        const { median } = summarize(rounds.map((round) => figure(round[moment as keyof Figures])));
        return [words, Math.round(median)];
      }),
    );
  const kinds = kindsOfPolicies.map((kind) => [kind, row(({ byKind }) => byKind.get(kind) ?? 0)] as const);
  return { ...Object.fromEntries(kinds), 'in all': row(({ total }) => total) };
}
