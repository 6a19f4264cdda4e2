/** `npm run bench -- tutorial`: the tutorial with a third stage, again and again, and how long each part of it takes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conditionAt } from '../../api/conditions.ts';
import { approvalRequestConditions } from '../../api/runConditions.ts';
import { clusterKinds, kinds } from '../../api/kinds.ts';
import { approvalRequestName, resourceSnapshotName } from '../../api/names.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { clusterClients } from '../../local/clusterClients.ts';
import { down, tutorialMembers, up, type Fleet } from '../../local/fleet.ts';
import { describeMachine } from '../machine.ts';
import { costOf } from '../processes.ts';
import { summarize } from '../statistics.ts';
import * as objects from './objects.ts';
import { Observation } from './observation.ts';

/** Between two snapshots of a placement lie at least 5 s by default; a change after that is what is measured. */
const pauseBetweenChangesMs = 5_500;

/** Reference figures in milliseconds, measured on such a machine with four real API servers; see docs/performance.md. */
const reference: Record<string, string> = {
  'run without wait and human': '45,000',
  'created → first object changed': '100–300',
  'object changed → cluster Succeeded': '15,000',
  "approval → next stage's first object": '100–300',
  'approval → run Succeeded': '27 + the last stage',
  'hub change → snapshot': '26,000',
};

type Figures = Record<string, number>;

/** @param runs how many runs are measured, after one that only warms up */
export async function benchTutorial({ runs }: { runs: number }): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'flotilla-bench-'));
  const log = (line: string): void => {
    console.error(line);
  };
  const fleet = await up({ data, members: [...tutorialMembers], worker: true, whileParentLives: true, log });
  try {
    await measure(fleet, runs);
  } finally {
    await down(data);
    await rm(data, { recursive: true, force: true });
  }
}

async function measure(fleet: Fleet, runs: number): Promise<void> {
  const clients = clusterClients(fleet);
  const hub = clients.get(fleet.hub);
  if (hub === undefined) throw new Error('The fleet has no hub.');
  const members = new Map([...clients].filter(([name]) => name !== fleet.hub));
  const observation = await Observation.start(hub, members);
  try {
    await prepare(hub, observation);
    const figures: Figures[] = [];
    for (let round = 0; round <= runs; round += 1) {
      const measured = await playRound(hub, observation, round);
      if (round > 0) figures.push(measured);
    }
    await report(fleet, figures);
  } finally {
    observation.stop();
    await Promise.all([...clients.values()].map((client) => client.close()));
  }
}

async function prepare(hub: KubernetesClient, observation: Observation): Promise<void> {
  await hub.create(kinds.namespace, objects.namespace);
  await hub.create(objects.configMaps, objects.configMap('value-initial'));
  await hub.create(clusterKinds.strategy, objects.strategy);
  await hub.create(clusterKinds.placement, objects.placement);
  await observation.when(`snapshot ${resourceSnapshotName(objects.placementName, 0)}`);
}

/** Changes the resources, rolls them out, approves at once. */
async function playRound(hub: KubernetesClient, observation: Observation, round: number): Promise<Figures> {
  await new Promise((resolve) => setTimeout(resolve, pauseBetweenChangesMs));
  const index = round + 1;
  const value = `value-${String(index)}`;
  const name = `bench-run-${String(index)}`;
  const changed = performance.now();
  await hub.patch(
    objects.configMaps,
    objects.configMapName,
    { type: 'merge', body: { data: { key: value } } },
    { namespace: objects.namespaceName },
  );
  const snapshot = await observation.when(`snapshot ${resourceSnapshotName(objects.placementName, index)}`);

  const created = performance.now();
  await hub.create(clusterKinds.run, objects.run(name, String(index)));
  const [first, second] = await inOrder(observation, [`member2 has ${value}`, `member3 has ${value}`]);
  const requested = await observation.when(`request ${name}`);
  const approved = performance.now();
  await approve(hub, approvalRequestName(name, 'canary'));
  const last = await observation.when(`member1 has ${value}`);
  const succeeded = await observation.when(`${name} succeeded`);
  const updated = await observation.when(`${name} staging updated`);
  const human = approved - requested;
  return {
    'run without wait and human': succeeded - created - objects.timedWaitMs - human,
    'created → first object changed': first - created,
    'object changed → cluster Succeeded': (await observation.when(`${name} member2 succeeded`)) - first,
    "approval → next stage's first object": last - approved,
    'approval → run Succeeded': succeeded - approved,
    "wait: clusters done → next stage's first object, beyond the wait": second - updated - objects.timedWaitMs,
    'hub change → snapshot': snapshot - changed,
  };
}

async function inOrder(observation: Observation, whats: readonly [string, string]): Promise<[number, number]> {
  return [await observation.when(whats[0]), await observation.when(whats[1])];
}

async function approve(hub: KubernetesClient, request: string): Promise<void> {
  const condition = conditionAt(
    approvalRequestConditions.approved({}),
    1,
    new Date().toISOString().replace(/\.\d+/, ''),
  );
  const body = { status: { conditions: [condition] } };
  await hub.patch(clusterKinds.approvalRequest, request, { type: 'merge', body }, { subresource: 'status' });
}

async function report(fleet: Fleet, figures: Figures[]): Promise<void> {
  console.log(describeMachine());
  console.log(`Database file on disk, ${String(figures.length)} runs after one to warm up. Milliseconds.\n`);
  console.log('| Figure | median | smallest | largest | reference |');
  console.log('| --- | ---: | ---: | ---: | ---: |');
  for (const figure of Object.keys(figures[0] ?? {})) {
    const { median, smallest, largest } = summarize(figures.map((each) => each[figure] ?? NaN));
    const cells = [median, smallest, largest].map((value) => String(Math.round(value)));
    console.log(`| ${figure} | ${cells.join(' | ')} | ${reference[figure] ?? ''} |`);
  }
  console.log('\n| Process | processor seconds | MiB |');
  console.log('| --- | ---: | ---: |');
  for (const { name, pid } of fleet.processes) {
    const cost = await costOf(pid);
    if (cost === undefined) continue;
    console.log(`| ${name} | ${cost.processorSeconds.toFixed(1)} | ${cost.memoryMiB.toFixed(0)} |`);
  }
}
