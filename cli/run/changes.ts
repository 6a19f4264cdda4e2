/** A run's changes as lines for a log, where nothing can be drawn anew. */
import { formatReference } from '../../api/references.ts';
import { shortWhy } from '../why/shortWhy.ts';
import { phaseWords } from './phases.ts';
import type { ClusterPicture, RunPicture, StagePicture } from './picture.ts';
import { gateWords } from './stageWords.ts';
import { timeOfDay, type Clock } from './times.ts';

/** What has been said of a run, by place: '' is the run itself. */
export type Said = ReadonlyMap<string, string>;

/** What there is to say of a run now. Holds nothing that changes by itself with time. */
export function saidOf(picture: RunPicture, clock: Clock): Said {
  const said = new Map([['', `${phaseWords[picture.phase]}: ${shortWhy(picture, clock).sentence}`]]);
  for (const stage of [...picture.stages, ...(picture.removal === undefined ? [] : [picture.removal])]) {
    const words = stageWords(stage, clock);
    if (words !== '') said.set(stage.name, words);
    for (const cluster of stage.clusters) {
      const state = clusterWords(cluster);
      if (state !== '') said.set(`${stage.name}/${cluster.name}`, state);
    }
  }
  return said;
}

/** One line for everything that is new or reads differently than before. */
export function changeLines(picture: RunPicture, before: Said, clock: Clock): { lines: string[]; said: Said } {
  const said = saidOf(picture, clock);
  const name = formatReference(picture.reference);
  const lines = [...said]
    .filter(([place, words]) => before.get(place) !== words)
    .map(([place, words]) => `${timeOfDay(clock.now, clock)}  ${name}${place === '' ? '' : ` ${place}`}: ${words}`);
  return { lines, said };
}

function stageWords(stage: StagePicture, clock: Clock): string {
  if (stage.state === 'pending') return '';
  return [stage.state, ...gateWords(stage, clock, false)].join('; ');
}

/** That a cluster has begun is said by the run; a log of a thousand clusters is long enough. */
function clusterWords({ state, trouble }: ClusterPicture): string {
  if (state === 'pending' || state === 'updating') return '';
  return trouble === undefined ? state : `${state}: ${trouble}`;
}
