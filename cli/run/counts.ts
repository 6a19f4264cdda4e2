/** Numbers in the words of a screen. */

/** Large numbers as people write them. */
export function count(number: number): string {
  // Not by Intl, which takes longer to load than the whole picture to draw.
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 stage`, `1,000 stages`. */
export function quantity(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** `1 cluster`, `1,000 clusters`. */
export function clusterCount(number: number): string {
  return quantity(number, 'cluster');
}
