/** What somebody who looks at a run may want to type next. */
import { ownCommand } from '../calledAs.ts';
import { approveCommand } from '../rollout/approveCommand.ts';
import { placementTarget, runTarget } from '../rollout/target.ts';
import { clustersOf, type RunPicture } from './picture.ts';

/** Commands, the likeliest first; none where a run has done what it was to do. */
export function nextActions(picture: RunPicture): string[] {
  const isAtWork = !['Succeeded', 'Failed', 'Cancelled', 'Stopping', 'Stopped', 'Initialized'].includes(picture.phase);
  const needed = neededActions(picture);
  return isAtWork ? [...needed, ownCommand(`rollout pause ${runTarget(picture.reference)}`)] : needed;
}

/** The same without what is not called for: none for a run that goes on well by itself. */
export function neededActions(picture: RunPicture): string[] {
  const target = runTarget(picture.reference);
  switch (picture.phase) {
    case 'Succeeded':
    case 'Cancelled':
    case 'Stopping':
      return [];
    case 'Failed':
      return [ownCommand(`why ${target}`), ...wayBack(picture)];
    case 'Stopped':
    case 'Initialized':
      return [ownCommand(`rollout resume ${target}`)];
    case 'Initializing':
      return [ownCommand(`why ${target}`)];
    default: {
      const isTroubled = clustersOf(picture).some(({ state }) => state === 'troubled');
      return [...approvals(picture), ...(isTroubled ? [ownCommand(`why ${target}`), ...wayBack(picture)] : [])];
    }
  }
}

/** Before the first snapshot there was nothing, and a run that has touched no cluster leaves nothing to undo. */
function wayBack(picture: RunPicture): string[] {
  const { reference, placement, snapshot } = picture;
  if (snapshot === '0' || clustersOf(picture).every(({ state }) => state === 'pending')) return [];
  return [ownCommand(`rollout undo ${placementTarget({ ...reference, name: placement })}`)];
}

function approvals({ reference, stages }: RunPicture): string[] {
  return stages.flatMap(({ name, before, after }) =>
    [...before, ...after].flatMap((gate) =>
      gate.type === 'approval' && gate.state === 'open' ? [approveCommand(reference, name, gate.moment)] : [],
    ),
  );
}
