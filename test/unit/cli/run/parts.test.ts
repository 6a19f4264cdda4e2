/** Parts of the picture of a run: what is read from texts, estimates, times, lines for a log, and the screen. */
import { Writable } from 'node:stream';
import { describe, expect, jest, test } from '@jest/globals';
import { runConditions } from '../../../../api/runConditions.ts';
import { bindingTroubles } from '../../../../cli/run/bindingTroubles.ts';
import { changeLines, saidOf } from '../../../../cli/run/changes.ts';
import { estimate } from '../../../../cli/run/estimate.ts';
import { hindranceIn } from '../../../../cli/run/hindrance.ts';
import { paperFor } from '../../../../cli/run/paper.ts';
import { pictureOf, type RunPicture } from '../../../../cli/run/picture.ts';
import { appendingScreen, redrawingScreen } from '../../../../cli/run/runScreen.ts';
import { span, timeOfDay } from '../../../../cli/run/times.ts';
import { wrap } from '../../../../cli/run/wrap.ts';
import { at, awaitingApproval, condition, failed, inTrouble, succeeded, underWay } from './exampleRuns.ts';

function picture(run: Parameters<typeof pictureOf>[0]['run']): RunPicture {
  return pictureOf({ run, approvals: [], troubles: new Map() });
}

describe('what a run says that it waits for is read as it was written', () => {
  test.each([
    [
      runConditions.hindered('member1', 'canary', 'Pod a: no memory', 0),
      { cluster: 'member1', trouble: 'Pod a: no memory' },
    ],
    [runConditions.hindered('member1', undefined, 'gone', 3), { cluster: 'member1', trouble: 'gone' }],
    [runConditions.stuck(['member1'], 'canary', ''), { cluster: 'member1' }],
    [runConditions.stuck(['member1'], 'canary', 'two\nlines'), { cluster: 'member1', trouble: 'two\nlines' }],
    [runConditions.stuck(['a', 'b', 'c', 'd'], 'canary', 'full'), { cluster: 'a', trouble: 'full' }],
    [runConditions.progressing(), undefined],
  ])('%j', (content, expected) => {
    expect(hindranceIn(condition(content, '1:00'))).toEqual(expected);
  });
});

test("a binding's trouble names the object", () => {
  const binding = {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterResourceBinding',
    metadata: { name: 'b', generation: 1 },
    spec: {
      state: 'Bound' as const,
      targetCluster: 'member1',
      schedulingPolicySnapshotName: 'p-0',
      clusterDecision: { clusterName: 'member1', selected: true, reason: '' },
    },
    status: {
      conditions: [condition({ type: 'Applied', status: 'False', reason: 'x', message: 'not applied' }, '1:00')],
      failedPlacements: [
        {
          version: 'v1',
          kind: 'ConfigMap',
          name: 'settings',
          namespace: 'web',
          condition: condition({ type: 'Applied', status: 'False', reason: 'x', message: 'quota is used up' }, '1:00'),
        },
      ],
    },
  };
  expect([...bindingTroubles([binding])]).toEqual([['member1', 'ConfigMap web/settings: quota is used up']]);
  const without = { ...binding, status: { conditions: binding.status.conditions } };
  expect([...bindingTroubles([without])]).toEqual([['member1', 'not applied']]);
  expect([...bindingTroubles([{ ...binding, metadata: { ...binding.metadata, generation: 2 } }])]).toEqual([]);
});

describe('when it is likely to end', () => {
  test('clusters, waves and waits', () => {
    // Four in work have 20 of 30 s left, then 16 in four waves, the soak, and one removal.
    const milliseconds = (20 + 4 * 30 + 120 + 30) * 1000;
    expect(estimate(picture(underWay()), at('1:10'))).toEqual({ type: 'left', milliseconds, approvals: 0 });
  });

  test('approvals are counted, not guessed', () => {
    expect(estimate(picture(awaitingApproval()), at('3:30'))).toMatchObject({ type: 'left', approvals: 2 });
  });

  test('not with a cluster in trouble, and not after the end', () => {
    expect(estimate(picture(inTrouble()), at('2:20'))).toEqual({ type: 'unknown' });
    expect(estimate(picture(failed()), at('9:00'))).toEqual({ type: 'over' });
  });
});

test('times', () => {
  expect(span(-1)).toBe('00:00:00');
  expect(span(3_723_999)).toBe('01:02:03');
  expect(span(90_061_000)).toBe('1d 01:01:01');
  const clock = { now: at('0:00'), timeZone: 'Europe/Berlin' };
  expect(timeOfDay(at('1:02'), clock)).toBe('13:01:02');
  expect(timeOfDay(at('900:00'), clock)).toBe('2026-03-02 04:00:00');
  expect(timeOfDay(Number.NaN, clock)).toBe('?');
});

test('lines keep to their width', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('abcdefgh ij', 5)).toEqual(['abcde', 'fgh', 'ij']);
  expect(wrap('', 5)).toEqual(['']);
});

describe('lines for a log', () => {
  const clock = { now: at('2:20'), timeZone: 'UTC' };

  test('each says when, where and what; time alone says nothing', () => {
    const { lines, said } = changeLines(picture(inTrouble()), new Map(), clock);
    expect(lines).toEqual([
      '12:02:20  checkout-42: UPDATING: stage canary waits for cluster member3',
      '12:02:20  checkout-42 staging: succeeded; soaked 1m0s',
      '12:02:20  checkout-42 staging/member2: succeeded',
      '12:02:20  checkout-42 canary: updating; approval',
      expect.stringMatching(/^12:02:20 {2}checkout-42 canary\/member3: troubled: Deployment payments\/api on cluster/),
    ]);
    expect(changeLines(picture(inTrouble()), said, { ...clock, now: at('9:00') }).lines).toEqual([]);
  });

  test('only what is new', () => {
    const before = saidOf(picture(underWay()), clock);
    const run = underWay();
    run.status?.stagesStatus?.[0]?.clusters.splice(20, 1, {
      ...run.status.stagesStatus[0].clusters[0],
      clusterName: 'edge-21',
    });
    expect(changeLines(picture(run), before, clock).lines).toEqual([
      '12:02:20  checkout-42: UPDATING: stage all updates edge-22, edge-23, edge-24; 21 of 40 clusters done',
      '12:02:20  checkout-42 all/edge-21: succeeded',
    ]);
  });
});

/** A terminal that keeps what is written to it. */
class Terminal extends Writable {
  readonly isTTY = true;
  readonly columns = 80;
  readonly rows = 24;
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

describe('screens', () => {
  const facts = { approvals: [], troubles: new Map<string, string>() };
  const paper = { width: 80, colour: false, unicode: true };

  test('a terminal is drawn anew in place, also each second', async () => {
    jest.useFakeTimers({ now: at('2:20') });
    try {
      const terminal = new Terminal();
      const aside = (more: string): void => void (terminal.text += more);
      const screen = await redrawingScreen(terminal as unknown as NodeJS.WriteStream, () => paper, aside);
      screen.show(() => ({ ...facts, run: underWay() }));
      jest.advanceTimersByTime(0);
      expect(terminal.text).toContain('00:02:20');
      const drawn = terminal.text.length;
      jest.advanceTimersByTime(1000);
      expect(terminal.text.slice(drawn)).toContain('00:02:21');
      expect(terminal.text.slice(drawn)).toContain('\u001b[');
      screen.show(() => ({ ...facts, run: succeeded() }));
      screen.close();
      expect(terminal.text).toContain('SUCCEEDED');
      const last = terminal.text.length;
      jest.advanceTimersByTime(5000);
      expect(terminal.text).toHaveLength(last);
    } finally {
      jest.useRealTimers();
    }
  });

  test('hundreds of events make ten drawings a second, and the last one is not lost', async () => {
    jest.useFakeTimers({ now: at('2:20') });
    try {
      const terminal = new Terminal();
      const screen = await redrawingScreen(
        terminal as unknown as NodeJS.WriteStream,
        () => paper,
        () => undefined,
      );
      let read = 0;
      for (let event = 0; event < 500; event++) {
        screen.show(() => {
          read += 1;
          return { ...facts, run: event === 499 ? succeeded() : underWay() };
        });
        jest.advanceTimersByTime(2);
      }
      jest.advanceTimersByTime(100);
      expect(read).toBeGreaterThanOrEqual(9);
      expect(read).toBeLessThanOrEqual(12);
      expect(terminal.text).toContain('SUCCEEDED');
      screen.close();
    } finally {
      jest.useRealTimers();
    }
  });

  test('a sentence besides stands above the picture, which is drawn anew', async () => {
    const terminal = new Terminal();
    const aside = (more: string): void => void (terminal.text += more);
    const screen = await redrawingScreen(terminal as unknown as NodeJS.WriteStream, () => paper, aside);
    screen.show(() => ({ ...facts, run: underWay() }));
    screen.tell('The hub does not answer.\n');
    const [before = '', after = ''] = terminal.text.split('The hub does not answer.\n');
    expect(before.match(/removal/g) ?? []).toHaveLength(0);
    expect(after).toContain('└─· removal');
    screen.close();
  });

  test('elsewhere the picture comes once, then a line for each change', () => {
    let text = '';
    const screen = appendingScreen(
      (more) => (text += more),
      paper,
      () => undefined,
    );
    screen.show(() => ({ ...facts, run: underWay() }));
    expect(text).toContain('└─· removal');
    text = '';
    screen.show(() => ({ ...facts, run: underWay() }));
    expect(text).toBe('');
    screen.show(() => ({ ...facts, run: succeeded() }));
    screen.close();
    expect(text).toMatch(/checkout-42: SUCCEEDED: 1 cluster has snapshot 42\n/);
    expect(text).not.toContain('└─');
    expect(text).not.toContain('\u001b');
  });
});

test.each([
  [{}, true],
  [{ LANG: 'de_DE.UTF-8' }, true],
  [{ LANG: 'de_DE' }, true],
  [{ LANG: 'C' }, false],
  [{ LANG: 'C.UTF-8' }, true],
  [{ LC_ALL: 'POSIX', LANG: 'de_DE.UTF-8' }, false],
  [{ LANG: 'de_DE.ISO-8859-1' }, false],
  [{ TERM: 'linux', LANG: 'de_DE.UTF-8' }, false],
])('%j shows more than ASCII: %s', (environment, unicode) => {
  const pipe = new Writable() as unknown as NodeJS.WriteStream;
  expect(paperFor(pipe, environment, false)).toEqual({ width: 80, colour: false, unicode });
  expect(paperFor(pipe, environment, true).unicode).toBe(false);
});
