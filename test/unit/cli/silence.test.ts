import { describe, expect, test } from '@jest/globals';
import type { MemberCluster } from '../../../api/types/membercluster.ts';
import { listenedSince, silenceNote } from '../../../cli/silence.ts';
import type { WorkerState } from '../../../cli/workerLease.ts';
import { member, now, nowMs } from '../domain/objects.ts';

const minute = 60_000;
/** Of {@link heardOf} when it is asked about. */
const tenMinutesLater = nowMs + 10 * minute;
const gone: WorkerState = { state: 'missing', since: now };

describe('listenedSince', () => {
  test('a worker listens since it has the Lease', () => {
    expect(listenedSince({ state: 'running', since: now }, tenMinutesLater)).toBe(nowMs);
  });

  test('where none runs, the next one begins to listen', () => {
    expect(listenedSince(gone, tenMinutesLater)).toBe(tenMinutesLater);
  });

  test('where nobody knows, all silence counts', () => {
    expect(listenedSince({ state: 'unknown' }, tenMinutesLater)).toBeUndefined();
  });
});

describe('silenceNote', () => {
  const note = (worker: WorkerState, members: MemberCluster[], time: number): string | undefined =>
    silenceNote(worker, members, time);

  test('says that nobody listens, and since when', () => {
    expect(note(gone, [heardOf('member1')], tenMinutesLater)).toBe(
      `No worker has run since ${now}, so nobody listens to the members; their silence counts against none of them.`,
    );
    expect(note({ state: 'missing' }, [heardOf('member1')], tenMinutesLater)).toMatch(/^No worker is running, /);
  });

  test('is for members that would seem to be lost', () => {
    expect(note(gone, [heardOf('member1')], nowMs + 4 * minute)).toBeUndefined();
    expect(note(gone, [], tenMinutesLater)).toBeUndefined();
  });

  test('is for where nobody listens', () => {
    expect(note({ state: 'running', since: now }, [heardOf('member1')], tenMinutesLater)).toBeUndefined();
    expect(note({ state: 'unknown' }, [heardOf('member1')], tenMinutesLater)).toBeUndefined();
  });
});

function heardOf(name: string): MemberCluster {
  const agentStatus = [{ type: 'MemberAgent' as const, lastReceivedHeartbeat: now, conditions: [] }];
  return member(name, { status: { agentStatus } });
}
