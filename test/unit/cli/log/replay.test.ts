/** The state that is rebuilt from a history is the one that the workflow itself had: each status that it wrote tells. */
import { expect, test } from '@jest/globals';
import { RunReplay } from '../../../../cli/log/runReplay.ts';
import { fieldsOf } from '../../../../cli/log/recordedEvents.ts';
import { packProgress } from '../../../../domain/runs/packedProgress.ts';
import { recordedHistory } from './histories.ts';

test.each(['tutorial-kubectl', 'tutorial-temporal', 'waiting-for-snapshot', 'deleted', 'gated'])('%s', (name) => {
  const [started, ...events] = recordedHistory(name);
  if (started?.type !== 'started') throw new Error('A history begins with its start.');
  const replay = new RunReplay(started);
  let compared = 0;
  for (const event of events) {
    replay.take(event);
    if (event.type !== 'scheduled' || event.activity !== 'writeStatus') continue;
    expect(replay.progress && packProgress(replay.progress)).toEqual(fieldsOf(event.input).progress);
    compared += 1;
  }
  expect(compared).toBeGreaterThan(0);
});
