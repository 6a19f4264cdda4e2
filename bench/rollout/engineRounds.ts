/** Rounds by the product: the content changes, every placement gets a run, and the last success ends the clock. */
import { setTimeout as delay } from 'node:timers/promises';
import { clusterKinds } from '../../api/kinds.ts';
import { configMaps } from '../tutorial/objects.ts';
import * as objects from './objects.ts';
import { hasSnapshot, strategyName, type World } from './world.ts';

/** What one round took. */
export interface EngineRound {
  /** Milliseconds from the creation of the first run to the last one seen to have succeeded. */
  wallMs: number;
  /** Names of its runs. */
  runs: string[];
}

/** What a placement does after the last round, its own status for one, is not to disturb the next. */
const restMs = 2_000;

/** Changes the content and waits until it can be rolled out. Must come before {@link playEngineRound} of `index`. */
export async function changeContent({ hub, placements }: World, index: number): Promise<void> {
  if (index === 0) return;
  await Promise.all(
    placements.map(async (name) => {
      const body = { data: { value: `value ${String(index)}` } };
      await hub.patch(configMaps, objects.configMapName, { type: 'merge', body }, { namespace: name });
      await hasSnapshot(hub, name, index);
    }),
  );
  await delay(restMs);
}

/** @param index of the snapshot that is rolled out; @param pace index of the scenario's pace */
export async function playEngineRound(
  { hub, placements, runs }: World,
  index: number,
  pace: number,
): Promise<EngineRound> {
  const names = placements.map((placement) => `${placement}-run-${String(index)}`);
  const began = performance.now();
  const ends = await Promise.all(
    placements.map(async (placement, number) => {
      const name = names[number] ?? '';
      await hub.create(clusterKinds.run, objects.run(name, placement, index, strategyName(pace)));
      return runs.succeeded(name);
    }),
  );
  return { wallMs: Math.max(...ends) - began, runs: names };
}
