/** How much is different, whatever stands for the objects. */
import { count } from '../run/counts.ts';

export type ChangeLists = Record<'added' | 'changed' | 'removed', readonly unknown[]>;

/** Whether there is any difference at all. */
export function isDifferent({ added, changed, removed }: ChangeLists): boolean {
  return added.length + changed.length + removed.length > 0;
}

/** `2 added, 1 removed`; '' where nothing is different. */
export function changeCounts({ added, changed, removed }: ChangeLists): string {
  return Object.entries({ added, changed, removed })
    .filter(([, list]) => list.length > 0)
    .map(([word, list]) => `${count(list.length)} ${word}`)
    .join(', ');
}
