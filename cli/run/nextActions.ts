/** What somebody who looks at a run may want to type next. */
import { placementTarget, runTarget } from '../rollout/target.ts';
import { clustersOf, type RunPicture, type StagePicture } from './picture.ts';

/** Commands, the likeliest first; none where a run has done what it was to do. */
export function nextActions(picture: RunPicture): string[] {
  const { phase } = picture;
  if (phase === 'Succeeded' || phase === 'Cancelled') return [];
  const target = runTarget(picture.reference);
  if (phase === 'Failed') {
    const placement = placementTarget({ ...picture.reference, name: picture.placement });
    return [`flotilla why ${target}`, `flotilla rollout undo ${placement}`];
  }
  if (phase === 'Stopped' || phase === 'Initialized') return [`flotilla rollout resume ${target}`];
  if (phase === 'Stopping') return [];
  const isTroubled = clustersOf(picture).some(({ state }) => state === 'troubled');
  const explain = isTroubled || phase === 'Initializing' ? [`flotilla why ${target}`] : [];
  return [...approvals(picture), ...explain, `flotilla rollout pause ${target}`];
}

function approvals(picture: RunPicture): string[] {
  const { name } = picture.reference;
  return picture.stages.flatMap((stage) =>
    openMoments(stage).map((moment) => `flotilla approve ${name} ${stage.name}${moment}${inNamespace(picture)}`),
  );
}

/** A stage may ask twice; then it has to be said which approval is meant. */
function openMoments({ before, after }: StagePicture): string[] {
  const all = [...before, ...after].flatMap((gate) => (gate.type === 'approval' ? [gate] : []));
  const open = all.filter(({ state }) => state === 'open');
  return open.map(({ moment }) => (all.length > 1 ? ` --${moment}` : ''));
}

function inNamespace({ reference }: RunPicture): string {
  const { namespace } = reference;
  return namespace === undefined ? '' : ` -n ${namespace}`;
}
