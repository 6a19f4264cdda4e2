/** Prints figures as tables in Markdown. */
import { summarize } from '../statistics.ts';
import type { ProcessCost } from './costs.ts';
import type { Measured, Rest } from './measure.ts';
import { writesOf } from './requests.ts';
import { updatesOf, type Scenario } from './scenarios.ts';

/** Rarer requests, for each update of a cluster, are left out. */
const shownFrom = 0.01;

/** One row for each scenario and pace. */
export function reportRuns(results: readonly { scenario: Scenario; measured: Measured }[]): void {
  const titles = [
    'Scenario',
    'at once',
    'rounds',
    'wall time in s',
    'bare loop in s',
    'ratio',
    'hub writes: bindings',
    'run status',
    'other',
    'member writes',
    'history events',
    'history KiB',
    'executions per run',
  ];
  console.log(
    '\nMedians, in brackets smallest and largest. Writes, events and KiB are for each update of a cluster.\n',
  );
  printTable(
    titles,
    results.map(({ scenario, measured }) => runRow(scenario, measured)),
  );
}

function runRow(scenario: Scenario, measured: Measured): string[] {
  const { pace, engineMs, bareMs, requests, histories } = measured;
  const rounds = engineMs.length;
  const updates = updatesOf(scenario) * rounds;
  const each = (count: number): string => (count / updates).toFixed(2);
  const isBinding = (resource: string): boolean => resource.startsWith('clusterresourcebindings');
  const isRun = (resource: string): boolean => resource.startsWith('clusterstagedupdateruns');
  return [
    scenario.title,
    pace.title,
    String(rounds),
    seconds(engineMs),
    seconds(bareMs),
    (summarize(engineMs).median / summarize(bareMs).median).toFixed(2),
    each(writesOf(requests, 'hub', isBinding)),
    each(writesOf(requests, 'hub', isRun)),
    each(writesOf(requests, 'hub', (resource) => !isBinding(resource) && !isRun(resource))),
    each(writesOf(requests, 'member', () => true)),
    each(histories.events),
    each(histories.bytes / 1_024),
    (histories.executions / (rounds * scenario.placements)).toFixed(1),
  ];
}

/** What the processes of one scenario cost, for one round. */
export function reportCosts(scenario: Scenario, measured: Measured, rest: Rest): void {
  const { pace, engineMs, engineCosts, bareMs, bareCosts } = measured;
  console.log(`\n${scenario.title}, ${pace.title}: processor seconds for one round, and peak memory in MiB.\n`);
  const names = new Set([...engineCosts, ...bareCosts].map(({ name }) => name));
  const find = (costs: readonly ProcessCost[], name: string): ProcessCost | undefined =>
    costs.find((cost) => cost.name === name);
  const cells = (cost: ProcessCost | undefined, rounds: number): string[] =>
    cost === undefined ? ['–', '–'] : [(cost.processorSeconds / rounds).toFixed(2), cost.peakMiB.toFixed(0)];
  printTable(
    ['Process', 'product', 'MiB', 'bare loop', 'MiB', 'at rest, for each minute'],
    [...names].map((name) => [
      name,
      ...cells(find(engineCosts, name), engineMs.length),
      ...cells(find(bareCosts, name), bareMs.length),
      (((find(rest.costs, name)?.processorSeconds ?? 0) * 60) / rest.seconds).toFixed(1),
    ]),
  );
}

/** All requests that were counted in the product's rounds, most frequent first, for each update of a cluster. */
export function reportRequests(scenario: Scenario, { engineMs, requests }: Measured): void {
  console.log('\nRequests for each update of a cluster, those of background loops among them.\n');
  const updates = updatesOf(scenario) * engineMs.length;
  const rows = [...requests]
    .filter(([, count]) => count / updates >= shownFrom)
    .sort(([, one], [, other]) => other - one);
  printTable(
    ['Request', 'number'],
    rows.map(([what, count]) => [what, (count / updates).toFixed(2)]),
  );
}

function seconds(milliseconds: readonly number[]): string {
  const { median, smallest, largest } = summarize(milliseconds);
  const text = (value: number): string => (value / 1_000).toFixed(2);
  return `${text(median)} (${text(smallest)}–${text(largest)})`;
}

function printTable(titles: readonly string[], rows: readonly string[][]): void {
  console.log(`| ${titles.join(' | ')} |`);
  console.log(`| ${titles.map((_, index) => (index === 0 ? '---' : '---:')).join(' | ')} |`);
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
}
