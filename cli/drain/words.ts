/** What `drain` says, in kubectl's words where it has them. */
import type { ObjectReference } from '../../api/references.ts';
import { cordonTaint } from '../../domain/members/index.ts';
import { ownCommand } from '../calledAs.ts';
import { placementTarget } from '../rollout/target.ts';
import { clusterCount } from '../run/counts.ts';
import type { Hold, Standing } from './standing.ts';

/** As cordoning, draining and kubectl's habits call it: `member/member1`. */
export function memberTarget(name: string): string {
  return `member/${name}`;
}

/** A clause on a placement that is not evicted right now; undefined for one that can be. */
export function standingText(placement: string, cluster: string, standing: Standing): string | undefined {
  const target = placementTarget({ name: placement });
  switch (standing.state) {
    case 'free':
      return undefined;
    case 'held':
      return holdText(placement, standing.hold);
    case 'leaving':
      return `${target} is being removed${standing.trouble === undefined ? '' : `: ${standing.trouble.replace(/\.$/, '')}`}`;
    case 'arriving':
      return `${target} is just coming to ${cluster} or leaving it, and is looked at again then`;
    case 'unplaced':
      return (
        `${target} has nothing on ${cluster}, but a run would still bring it: ` +
        'when its spec.policy changes, clusters are chosen anew, and the taint counts'
      );
    case 'pickFixed':
      return `${target} stays, because PickFixed cannot be evicted: take ${cluster} out of its spec.policy.clusterNames`;
    case 'tolerating':
      return (
        `${target} stays, because it tolerates ${cordonTaint.key}=${cordonTaint.value}:${cordonTaint.effect} ` +
        'and would come back: have its spec.policy choose other clusters'
      );
    case 'awaitingRun':
      return (
        `${target} stays until a run takes it away, because its policy has let go of ${cluster}: ` +
        ownCommand(`run ${placement} --strategy STRATEGY`)
      );
  }
}

/** A placement in a namespace, for which the documents have no evictions. */
export function namespacedText(placement: ObjectReference, cluster: string): string {
  return (
    `${placementTarget(placement)} stays, because there are no evictions in namespaces: have its spec.policy choose ` +
    `other clusters than ${cluster} (a PickAll or PickN policy heeds the taint when it changes)`
  );
}

function holdText(placement: string, { limits, available, total, isMisconfigured }: Hold): string {
  const target = placementTarget({ name: placement });
  const budget = `crpdb/${placement}`;
  if (isMisconfigured) {
    return `${target} waits for ${budget}, which cannot be counted: a PickAll placement needs minAvailable as a number`;
  }
  const wanted = Object.entries(limits)
    .map(([limit, number]) => `${limit} ${String(number)}`)
    .join(', ');
  return `${target} waits for ${budget}: ${wanted}, and it is available on ${available} of ${clusterCount(total)}`;
}
