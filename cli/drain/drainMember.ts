/** Takes the placements from a cordoned member. */
import type { KubernetesClient } from '../../kube/client.ts';
import type { StatusLine } from '../rollout/runLines.ts';
import { tellChanges } from '../rollout/teller.ts';
import { evacuate } from './evacuate.ts';
import { placementsOn, type PlacementsOn } from './placementsOn.ts';
import { isKept, isSettled, type Standing } from './standing.ts';
import { memberTarget, namespacedText, standingText } from './words.ts';

export interface Draining {
  cluster: string;
  /** Ends the waiting. */
  until: AbortSignal;
  /** A line for the user. */
  say(line: string): void;
  /** The same where something is in the way. */
  complain(line: string): void;
}

/** What is left on the member; clauses for the user. */
export interface DrainOutcome {
  /** Nothing can evict these. */
  kept: string[];
  /** There was not time enough for these. */
  unfinished: string[];
}

/** @throws CommandError as `evacuate` */
export async function drainMember(hub: KubernetesClient, draining: Draining): Promise<DrainOutcome> {
  const { cluster, until, say, complain } = draining;
  const tell = tellChanges(say);
  const evicted = new Set<string>();
  for (;;) {
    // Read anew each time: what came in the meantime, or came back, is found here.
    const found = await placementsOn(hub, cluster);
    const open = [...found.standings].filter(([, standing]) => !isSettled(standing)).map(([name]) => name);
    tell(settledLines(found, cluster));
    if (open.length === 0 || until.aborted) return outcome(found, cluster, open);
    for (const name of open) if (evicted.has(name)) tell([{ subject: name, text: `crp/${name} has come back` }]);
    await evacuate(hub, { cluster, placements: open, until, tell, complain });
    for (const name of open) evicted.add(name);
  }
}

/** What a drain would do. @returns lines for the user */
export async function drainPlan(hub: KubernetesClient, cluster: string): Promise<string[]> {
  const found = await placementsOn(hub, cluster);
  const lines = [...found.standings].map(([name, standing]) => {
    return standingText(name, cluster, standing) ?? `evicting crp/${name} (dry run)`;
  });
  const isDrained = found.namespaced.length === 0 && [...found.standings.values()].every(goesAtOnce);
  return [
    ...lines,
    ...found.namespaced.map((reference) => namespacedText(reference, cluster)),
    ...(isDrained ? [`${memberTarget(cluster)} drained (dry run)`] : []),
  ];
}

/** Whether a drain would have nothing to wait for. */
function goesAtOnce({ state }: Standing): boolean {
  return state === 'free' || state === 'unplaced';
}

/** Of placements that drain leaves alone. */
function settledLines({ standings, namespaced }: PlacementsOn, cluster: string): StatusLine[] {
  return [
    ...[...standings]
      .filter(([, standing]) => isSettled(standing))
      .map(([name, standing]) => ({ subject: name, text: standingText(name, cluster, standing) ?? '' })),
    ...namespaced.map((reference) => ({
      subject: `${reference.namespace ?? ''}/${reference.name}`,
      text: namespacedText(reference, cluster),
    })),
  ];
}

function outcome({ standings, namespaced }: PlacementsOn, cluster: string, open: readonly string[]): DrainOutcome {
  const text = (name: string): string => {
    const standing = standings.get(name);
    return (standing && standingText(name, cluster, standing)) ?? `crp/${name} is not evicted yet`;
  };
  return {
    kept: [
      ...[...standings].filter(([, standing]) => isKept(standing)).map(([name]) => `crp/${name}`),
      ...namespaced.map((reference) => `rp/${reference.namespace ?? ''}/${reference.name}`),
    ],
    unfinished: open.map(text),
  };
}
