/** The picture of a run at moments of the past, golden: `-u` of Jest writes the file anew, and a person reads it. */
import { describe, expect, test } from '@jest/globals';
import { approvalMessage, approvalRequestConditions } from '../../../../api/runConditions.ts';
import { goneNote, pastFacts, replayUntil } from '../../../../cli/run/pastRun.ts';
import { pictureOf } from '../../../../cli/run/picture.ts';
import { runTree } from '../../../../cli/run/tree.ts';
import { approvalRequest, condition } from '../run/exampleRuns.ts';
import type { ClusterApprovalRequest } from '../../../../api/types/clusterapprovalrequest.ts';
import type { RecordedEvent } from '../../../../cli/log/recordedEvents.ts';
import { recordedHistory } from './histories.ts';
import { plan, ready, WrittenHistory } from './writtenHistory.ts';

// eslint-disable-next-line @typescript-eslint/require-await -- Temporal's answers come one after the other
async function* inTurn(events: readonly RecordedEvent[]): AsyncGenerator<RecordedEvent, void> {
  yield* events;
}

async function drawn(history: string, time: string, approvals: ClusterApprovalRequest[] = []): Promise<string> {
  const at = Date.parse(`2026-11-21T${time}Z`);
  const found = await replayUntil(inTurn(recordedHistory(history)), at);
  if (!('replay' in found)) return `begins at ${new Date(found.beginsAt ?? 0).toISOString()}`;
  const picture = { ...pictureOf(pastFacts(found.replay, { approvals })), asOf: time.slice(0, 8) };
  const lines = runTree(picture, { now: at, timeZone: 'UTC' }, { width: 80, colour: false, unicode: true });
  return `\n${lines.join('\n')}\n`;
}

test.each([
  ['tutorial-kubectl', '10:15:22.400', 'noticed, and not taken up'],
  ['tutorial-kubectl', '10:15:22.550', 'the first cluster is in work'],
  ['tutorial-kubectl', '10:15:50.000', 'in the timed wait'],
  ['tutorial-kubectl', '10:16:23.500', 'waiting for an approval'],
  ['tutorial-kubectl', '10:20:00.000', 'after the end'],
  ['gated', '10:17:35.700', 'only planned'],
  ['gated', '10:17:36.300', 'stopped'],
  ['waiting-for-snapshot', '10:17:30.000', 'a snapshot is missing'],
  ['deleted', '10:17:34.850', 'being deleted'],
  ['refused', '10:18:00.000', 'refused'],
])('%s at %s: %s', async (history, time) => {
  expect(await drawn(history, time)).toMatchSnapshot();
});

test('before it began there was nothing', async () => {
  expect(await drawn('gated', '10:17:35.000')).toBe('begins at 2026-11-21T10:17:35.448Z');
});

test('an approval that came later is not in the picture, and one that had come says who gave it', async () => {
  const words = approvalMessage({}, 'ana', 'lgtm');
  const given = condition(approvalRequestConditions.approved({}, words), '3:10');
  const requests = [approvalRequest('first-canary', 'canary', [given])];
  expect(await drawn('tutorial-kubectl', '10:16:23.500', requests)).not.toContain('by ana');
  expect(await drawn('tutorial-kubectl', '10:20:00.000', requests)).toContain('by ana: lgtm');
});

describe('what became of the run later', () => {
  async function deletedAt(events: readonly RecordedEvent[], time: number): Promise<number | undefined> {
    const found = await replayUntil(inTurn(events), time);
    if (!('replay' in found)) throw new Error('There is no run at that time.');
    return found.deletedAt();
  }

  test('its workflow ended because it was deleted', async () => {
    const ended = Date.parse('2026-11-21T10:17:34.861Z');
    for (const time of ['10:17:34.700', '10:17:34.860', '10:20:00.000']) {
      expect(await deletedAt(recordedHistory('deleted'), Date.parse(`2026-11-21T${time}Z`))).toBe(ended);
    }
  });

  test('no history tells of a deletion after the end', async () => {
    expect(await deletedAt(recordedHistory('tutorial-kubectl'), Date.parse('2026-11-21T10:16:00Z'))).toBeUndefined();
  });

  /** A run that begins, and is deleted unless it ends otherwise. @returns the time of its beginning and of its end */
  function live(history: WrittenHistory, uid: string, how: 'cancelled' | 'continued' = 'cancelled'): [number, number] {
    const answer = { ...ready, uid, plan: { ...plan, run: { ...plan.run, uid } } };
    const from = history.events.length;
    history.begin({ name: 'web-1', uid }).local('beginRun', answer).step();
    history.add({ type: 'ended', how, message: '', identity: 'node-1' });
    return [history.events[from]?.time ?? 0, history.events.at(-1)?.time ?? 0];
  }

  test('the deletion of another run that got the name is not its own', async () => {
    const history = new WrittenHistory();
    const [first, firstEnd] = live(history, 'uid-1');
    const [second, secondEnd] = live(history, 'uid-2');
    expect(await deletedAt(history.events, first)).toBe(firstEnd);
    expect(await deletedAt(history.events, second)).toBe(secondEnd);
    const over = history.events.filter(({ type }) => type !== 'ended');
    expect(await deletedAt([...over, ...history.events.slice(-1)], first)).toBeUndefined();
  });

  test('a run that was continued as new in between', async () => {
    const history = new WrittenHistory();
    const [begin] = live(history, 'uid-1', 'continued');
    const [, end] = live(history, 'uid-1');
    expect(await deletedAt(history.events, begin)).toBe(end);
  });

  test('in words', () => {
    expect(goneNote('csur/web-1', '10:17:34', false)).toBe('csur/web-1 was deleted at 10:17:34; this is how it was');
    expect(goneNote('csur/web-1', '10:17:34', true)).toBe(
      'csur/web-1 was deleted at 10:17:34; this is how it was, and another run has its name now',
    );
    expect(goneNote('csur/web-1', undefined, false)).toBe(
      'csur/web-1 was deleted later, and no history says when; this is how it was',
    );
  });
});
