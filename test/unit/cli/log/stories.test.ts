/** What the log tells of the recorded histories, golden: `-u` of Jest writes the file anew, and a person reads it. */
import { describe, expect, test } from '@jest/globals';
import { actorName, type LogEntry } from '../../../../cli/log/entries.ts';
import { RolloutStory } from '../../../../cli/log/rolloutStory.ts';
import { RunStory } from '../../../../cli/log/runStory.ts';
import type { Story } from '../../../../cli/log/story.ts';
import { recordedHistory } from './histories.ts';

function told(story: Story, history: string): string {
  const lines = recordedHistory(history).flatMap((event) => story.take(event).map(line));
  return `\n${lines.join('\n')}\n`;
}

function line({ time, actor, kind, message }: LogEntry): string {
  const clock = new Date(time).toISOString().slice(11, 23);
  return [clock, actorName(actor).padEnd(6), kind.padEnd(13), message].join('  ');
}

describe('runs', () => {
  test.each([
    ['tutorial-kubectl', 'first'],
    ['tutorial-temporal', 'second'],
    ['waiting-for-snapshot', 'waiting'],
    ['refused', 'refused'],
    ['deleted', 'deleted'],
    ['gated', 'gated'],
  ])('%s', (history, name) => {
    expect(told(new RunStory({ name }, 'careful'), history)).toMatchSnapshot();
  });
});

describe('placements that roll out by themselves', () => {
  test.each([
    ['rolling-first', 'rolling'],
    ['rolling-change', 'rolling'],
    ['removal', 'recorded'],
  ])('%s', (history, name) => {
    expect(told(new RolloutStory({ name }), history)).toMatchSnapshot();
  });
});
