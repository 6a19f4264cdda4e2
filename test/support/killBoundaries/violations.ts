/** What must hold of every run, however often its worker is killed. Each broken rule is a sentence. */
import type { MemberWrite } from '../../../bench/simulated/server.ts';
import { updatesIn } from './history.ts';
import type { PlayedRun } from './play.ts';
import { order, stages } from './stages.ts';

/** What one change brings to each cluster: every object once, and the inventory before and after. */
const changesOfEach = ['patch configmaps', 'patch deployments', 'update appliedworks/status'];
const timesOfEach: Record<string, number> = { 'update appliedworks/status': 2 };

export function violations(run: PlayedRun): string[] {
  const changes = changesIn(run.writes);
  return [...wrongUpdates(run), ...wrongChanges(changes), ...lateWrites(run), ...wrongOrder(changes)];
}

/** Writes that have changed something: every other one leaves its object's version alone. */
function changesIn(writes: readonly MemberWrite[]): MemberWrite[] {
  const versions = new Map<string, string>();
  return writes.filter(({ member, request, name, version }) => {
    const [, path = ''] = request.split(' ');
    const [resource = ''] = path.split('/');
    const object = `${member} ${resource} ${name}`;
    const before = versions.get(object);
    versions.set(object, version);
    // Of a Namespace nothing is changed, so the first write does not say that anything was.
    return resource !== 'namespaces' && version !== before;
  });
}

/** The run takes up every cluster exactly once, in the order of its plan. */
function wrongUpdates({ events }: PlayedRun): string[] {
  const scheduled = updatesIn(events).map(({ cluster }) => cluster);
  return scheduled.join() === order.join() ? [] : [`The clusters were taken up in the order ${scheduled.join(', ')}.`];
}

function wrongChanges(changes: readonly MemberWrite[]): string[] {
  return order.flatMap((cluster) => {
    const requests = changes.filter(({ member }) => member === cluster).map(({ request }) => request);
    const wrong = [...new Set([...requests, ...changesOfEach])].filter((request) => {
      const expected = changesOfEach.includes(request) ? (timesOfEach[request] ?? 1) : 0;
      return requests.filter((each) => each === request).length !== expected;
    });
    return wrong.length === 0 ? [] : [`${cluster} was changed by: ${requests.join(', ')}.`];
  });
}

/** Not even a write that changes nothing goes to a cluster that has been finished. */
function lateWrites({ events, writes }: PlayedRun): string[] {
  const finished = new Map(updatesIn(events).map(({ cluster, completedAt }) => [cluster, completedAt ?? Infinity]));
  return writes
    .filter(({ member, time }) => time > (finished.get(member) ?? Infinity))
    .map(({ member, request }) => `${member} was finished, then written to again: ${request}.`);
}

/** A stage begins when the one before it is done, and has no more clusters in work at once than it may. */
function wrongOrder(changes: readonly MemberWrite[]): string[] {
  const first = new Map<string, number>();
  const last = new Map<string, number>();
  for (const [index, { member }] of changes.entries()) {
    if (!first.has(member)) first.set(member, index);
    last.set(member, index);
  }
  return stages.flatMap(({ clusters, atOnce }, number) => {
    const before = stages.slice(0, number).flatMap((stage) => stage.clusters);
    return clusters.flatMap((cluster) => {
      const start = first.get(cluster) ?? Infinity;
      const early = before.filter((other) => (last.get(other) ?? Infinity) > start);
      const inWork = clusters.filter(
        (other) => (first.get(other) ?? Infinity) <= start && (last.get(other) ?? 0) >= start,
      );
      return [
        ...early.map((other) => `${cluster} was changed before ${other} of an earlier stage was done.`),
        ...(inWork.length > atOnce ? [`${inWork.join(', ')} were in work at once.`] : []),
      ];
    });
  });
}
