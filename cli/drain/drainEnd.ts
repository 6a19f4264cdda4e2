/** How a drain has ended, in words and as an exit code. */
import { formatDuration } from '../../domain/durations.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { ownCommand } from '../calledAs.ts';
import { exitCodes } from '../exitCodes.ts';
import { nextLines } from '../nextLines.ts';
import { workerState } from '../workerLease.ts';
import type { DrainOutcome } from './drainMember.ts';
import { memberTarget } from './words.ts';

export interface DrainEndInput {
  member: string;
  left: DrainOutcome;
  /** Milliseconds that were given. */
  timeoutMs: number;
  /** Somebody has pressed Ctrl-C. */
  isInterrupted: boolean;
}

export interface DrainEnd {
  /** For standard output. */
  said?: string;
  /** For standard error. */
  complaint?: string;
  code: number;
}

export async function drainEnd(hub: KubernetesClient, input: DrainEndInput): Promise<DrainEnd> {
  const isUnfinished = input.left.unfinished.length > 0 && !input.isInterrupted;
  const isWorkerMissing = isUnfinished && (await workerState(hub, Date.now())).state === 'missing';
  return describeEnd(input, isWorkerMissing);
}

/** @param isWorkerMissing nobody decides evictions */
export function describeEnd(
  { member, left: { kept, unfinished }, timeoutMs, isInterrupted }: DrainEndInput,
  isWorkerMissing: boolean,
): DrainEnd {
  const target = memberTarget(member);
  const undo = ownCommand(`uncordon ${member}`);
  const again = ownCommand(`drain ${member}`);
  if (unfinished.length > 0) {
    const why = isInterrupted ? 'interrupted' : `timed out after ${formatDuration(timeoutMs)}`;
    const worker = isWorkerMissing ? '; no worker is running, and evictions wait for one' : '';
    const sentence = `error: ${why}; ${target} stays cordoned, and is not drained: ${[...unfinished, ...kept.map(staying)].join('; ')}${worker}`;
    return { complaint: lines(sentence, undo, again), code: exitCodes.unfinished };
  }
  if (kept.length > 0) {
    const sentence = `error: ${target} is drained but for ${kept.join(', ')}, which cannot be evicted`;
    return { complaint: lines(sentence, again, undo), code: exitCodes.mistake };
  }
  return { said: `${target} drained`, complaint: lines(undefined, undo), code: 0 };
}

function staying(placement: string): string {
  return `${placement} cannot be evicted`;
}

function lines(sentence: string | undefined, ...commands: string[]): string {
  return [...(sentence === undefined ? [] : [sentence]), ...nextLines(commands)].join('\n');
}
