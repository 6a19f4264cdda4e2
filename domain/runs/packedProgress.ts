/**
 * Progress as it travels in payloads. Every write of the status carries it, and histories keep them all, so that of a
 * cluster that is fine only its two times are left: milliseconds since the initialization and since its start, in
 * base 36, about eight bytes.
 */
import type { ClusterProgress, RunProgress, StageProgress } from './progress.ts';

type PackedStage = Omit<StageProgress, 'clusters'> & {
  /** `start.duration` of each cluster, joined by commas; empty parts for what has not happened. The rest is missing. */
  times: string;
  /** What else is known of single clusters, by index. */
  notes?: Record<number, Pick<ClusterProgress, 'failure' | 'trouble'>>;
};

/** See the head of this file. */
export type PackedProgress = Omit<RunProgress, 'stages' | 'removal'> & { stages: PackedStage[]; removal: PackedStage };

export function packProgress(progress: RunProgress): PackedProgress {
  const { stages, removal } = progress;
  const pack = (stage: StageProgress): PackedStage => packStage(stage, progress.initializedAt);
  return { ...progress, stages: stages.map(pack), removal: pack(removal) };
}

/** @param sizes how many clusters each stage has, and how many are removed: what was left out at the end is nothing yet */
export function unpackProgress(packed: PackedProgress, sizes: { stages: number[]; removals: number }): RunProgress {
  return {
    ...packed,
    stages: packed.stages.map((stage, index) => unpackStage(stage, packed.initializedAt, sizes.stages[index] ?? 0)),
    removal: unpackStage(packed.removal, packed.initializedAt, sizes.removals),
  };
}

function packStage({ clusters, ...rest }: StageProgress, origin: number): PackedStage {
  const times = clusters.map(({ startedAt, endedAt }) =>
    startedAt === undefined
      ? ''
      : `${base36(startedAt - origin)}${endedAt === undefined ? '' : `.${base36(endedAt - startedAt)}`}`,
  );
  const notes = Object.fromEntries(
    clusters.flatMap(({ failure, trouble }, index) =>
      failure === undefined && trouble === undefined ? [] : [[index, { failure, trouble }] as const],
    ),
  );
  const packed: PackedStage = { ...rest, times: times.join(',').replace(/,+$/, '') };
  if (Object.keys(notes).length > 0) packed.notes = notes;
  return packed;
}

function unpackStage({ times, notes = {}, ...rest }: PackedStage, origin: number, size: number): StageProgress {
  const texts = times.split(',');
  const clusters = Array.from({ length: size }, (_, index): ClusterProgress => {
    const [start = '', duration] = (texts[index] ?? '').split('.');
    const cluster: ClusterProgress = {};
    if (start !== '') cluster.startedAt = origin + number36(start);
    if (cluster.startedAt !== undefined && duration !== undefined) {
      cluster.endedAt = cluster.startedAt + number36(duration);
    }
    const note = notes[index];
    if (note?.failure !== undefined) cluster.failure = note.failure;
    if (note?.trouble !== undefined) cluster.trouble = note.trouble;
    return cluster;
  });
  return { ...rest, clusters };
}

function base36(milliseconds: number): string {
  return Math.round(milliseconds).toString(36);
}

function number36(text: string): number {
  return Number.parseInt(text, 36);
}
