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

/** Large numbers as people write them. */
export function count(number: number): string {
  // Not by Intl, which takes longer to load than the whole picture to draw.
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 cluster`, `1,000 clusters`. */
export function clusterCount(number: number): string {
  return `${count(number)} ${number === 1 ? 'cluster' : 'clusters'}`;
}
