/** Counting clusters by how far they are. */
import type { ClusterPicture } from './picture.ts';

export function isEnded({ state }: ClusterPicture): boolean {
  return state === 'succeeded' || state === 'failed';
}

export function isInWork({ state }: ClusterPicture): boolean {
  return state === 'updating' || state === 'troubled';
}

export function countDone(clusters: readonly ClusterPicture[]): number {
  return clusters.filter(({ state }) => state === 'succeeded').length;
}
