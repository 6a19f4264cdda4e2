/** One change and what becomes of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { configMaps } from '../tutorial/objects.ts';
import * as objects from '../rollout/objects.ts';
import type { World } from '../rollout/world.ts';
import type { UpdateWatch } from './updateWatch.ts';

/** In milliseconds. */
export interface UpdateRound {
  /** From the snapshot that holds the change until the last cluster has it. */
  rolloutMs: number;
  /** From the change. */
  totalMs: number;
}

/** What a placement does after the last round, its own status for one, is not to disturb the next. */
const restMs = 2_000;

/** @param index of the snapshot that the change leads to */
export async function playUpdate({ hub, placements }: World, watch: UpdateWatch, index: number): Promise<UpdateRound> {
  await delay(restMs);
  const [namespace = ''] = placements;
  const body = { data: { value: `value ${String(index)}` } };
  const seen = Promise.all([watch.taken(index), watch.reached(index)]);
  const began = performance.now();
  await hub.patch(configMaps, objects.configMapName, { type: 'merge', body }, { namespace });
  const [taken, reached] = await seen;
  return { rolloutMs: reached - taken, totalMs: reached - began };
}
