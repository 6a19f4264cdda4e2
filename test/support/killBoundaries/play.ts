/** One run over the twelve clusters, with a worker that is killed at a boundary and started again at once. */
import { clusterKinds } from '../../../api/kinds.ts';
import type { ClusterResourcePlacement } from '../../../api/types/clusterresourceplacement.ts';
import type { MemberWrite } from '../../../bench/simulated/server.ts';
import { runEvidence } from '../runEvidence.ts';
import { BoundaryWatch, type Boundary } from './boundaries.ts';
import { followHistory, type HistoryEvent } from './history.ts';
import { isOfStatus, worldName, type World } from './world.ts';

/** Times in milliseconds since the epoch. */
export interface Kill {
  at: number;
  /** Nothing is written by the killed worker any more, and nothing yet by the next one. */
  deadAt: number;
}

export interface PlayedRun {
  name: string;
  /** Index of the snapshot that was rolled out. */
  snapshot: string;
  /** What was rolled out. */
  value: string;
  events: HistoryEvent[];
  /** Every write to a cluster during the run, in order. */
  writes: MemberWrite[];
  /** Absent when the run was over before it came to the boundary, or there was none. */
  kill?: Kill;
  /** When the run was seen to have succeeded. */
  endedAt: number;
}

/** Changes what is placed and rolls it out; returns when the placement says so too. */
export async function playRun(world: World, name: string, boundary?: Boundary): Promise<PlayedRun> {
  const value = `value of ${name}`;
  const snapshot = await world.change(value);
  const { pid } = await world.fleet.process('worker').status();
  await world.simulated.takeWrites();
  await world.startRun(name, snapshot);
  try {
    const [{ events, kill }, endedAt] = await Promise.all([
      followAndKill(world, name, pid, boundary),
      endOf(world, name),
    ]);
    await world.until(clusterKinds.placement, worldName, (placement) => hasSettled(placement, snapshot));
    return { name, snapshot, value, events, writes: await world.simulated.takeWrites(), kill, endedAt };
  } catch (error) {
    const evidence = await runEvidence(world.fleet, name);
    throw new Error(`${(error as Error).message}\n---\n${evidence}`, { cause: error });
  }
}

async function followAndKill(
  world: World,
  name: string,
  pid: number,
  boundary: Boundary | undefined,
): Promise<Pick<PlayedRun, 'events' | 'kill'>> {
  const watch = new BoundaryWatch(boundary);
  const events: HistoryEvent[] = [];
  const restartFailed = Promise.withResolvers<never>();
  let killing: Promise<Kill> | undefined;
  const follow = async (): Promise<void> => {
    for await (const event of followHistory(world.temporal, name)) {
      if (watch.isReachedWith(event)) {
        killing = killAndStart(world, pid);
        killing.catch(restartFailed.reject);
      }
      events.push(event);
    }
  };
  // Without a worker there is nothing more to follow.
  await Promise.race([follow(), restartFailed.promise]);
  return { events, kill: await killing };
}

/** Returns once the new worker is ready. */
async function killAndStart({ fleet }: World, pid: number): Promise<Kill> {
  const worker = fleet.process('worker');
  // Directly: the fleet's own way takes a request more.
  process.kill(pid, 'SIGKILL');
  const at = Date.now();
  await worker.kill('SIGKILL');
  const deadAt = Date.now();
  await worker.start();
  return { at, deadAt };
}

async function endOf(world: World, name: string): Promise<number> {
  const { status } = await world.until(
    clusterKinds.run,
    name,
    (run) =>
      isOfStatus(run.status?.conditions, 'Succeeded') || isOfStatus(run.status?.conditions, 'Succeeded', 'False'),
  );
  if (!isOfStatus(status?.conditions, 'Succeeded')) {
    throw new Error(`Run ${name} failed: ${JSON.stringify(status?.conditions)}`);
  }
  return Date.now();
}

/** Whether the placement says of every cluster that it has the snapshot. */
function hasSettled({ status }: ClusterResourcePlacement, snapshot: string): boolean {
  const entries = status?.placementStatuses ?? [];
  return (
    isOfStatus(status?.conditions, 'ClusterResourcePlacementAvailable') &&
    entries.every(({ observedResourceIndex }) => observedResourceIndex === snapshot)
  );
}
