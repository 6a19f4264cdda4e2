/** The picture of a run, golden: `-u` of Jest writes the files anew, and a person reads what has changed in them. */
import { describe, expect, test } from '@jest/globals';
import { approvalMessage, approvalRequestConditions, runConditions } from '../../../../api/runConditions.ts';
import { pictureOf, type RunFacts } from '../../../../cli/run/picture.ts';
import { runTree, type Paper } from '../../../../cli/run/tree.ts';
import {
  approvalRequest,
  at,
  awaitingApproval,
  condition,
  failed,
  initialized,
  inTrouble,
  pendingStage,
  run,
  succeeded,
  underWay,
  cluster,
} from './exampleRuns.ts';

const plain: Paper = { width: 80, colour: false, unicode: true };

function drawn(facts: Partial<RunFacts> & Pick<RunFacts, 'run'>, time: string, paper: Partial<Paper> = {}): string {
  const picture = pictureOf({ approvals: [], troubles: new Map(), ...facts });
  return `\n${runTree(picture, { now: at(time), timeZone: 'UTC' }, { ...plain, ...paper }).join('\n')}\n`;
}

/** Colours as words that can be read in a file. */
function visible(text: string): string {
  return text.replaceAll('\u001b[', '␛');
}

const examples: [name: string, facts: Partial<RunFacts> & Pick<RunFacts, 'run'>, time: string][] = [
  [
    'waiting for an approval',
    { run: awaitingApproval(), approvals: [approvalRequest('checkout-42-prod-eu', 'prod-eu')] },
    '3:30',
  ],
  ['a cluster in trouble', { run: inTrouble() }, '2:20'],
  ['failed', { run: failed() }, '9:00'],
  ['in the middle', { run: underWay() }, '1:10'],
  ['in a namespace', { run: underWay('shop') }, '1:10'],
  ['succeeded', { run: succeeded() }, '9:00'],
  ['not taken up', { run: run([], []) }, '0:20'],
];

describe.each(examples)('%s', (_, facts, time) => {
  test.each([80, 200])('%d columns', (width) => {
    const text = drawn(facts, time, { width });
    expect(text).toMatchSnapshot();
    for (const line of text.split('\n').filter((one) => !one.includes('flotilla '))) {
      expect(line.length).toBeLessThanOrEqual(width);
    }
  });

  test.each([80, 200])('%d columns in colour say the same', (width) => {
    const coloured = drawn(facts, time, { width, colour: true });
    // eslint-disable-next-line no-control-regex -- colours are control characters
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(drawn(facts, time, { width }));
  });

  test('ASCII only', () => {
    expect(drawn(facts, time, { unicode: false })).toMatch(/^[\n -~]+$/);
  });
});

test('colours', () => {
  expect(visible(drawn({ run: inTrouble() }, '2:20', { colour: true }))).toMatchSnapshot();
});

test('ASCII', () => {
  expect(drawn({ run: inTrouble() }, '2:20', { unicode: false })).toMatchSnapshot();
});

test('an approval that does not count is called by its fault', () => {
  const given = { ...condition(approvalRequestConditions.approved({}), '3:10'), observedGeneration: 0 };
  const text = drawn(
    { run: awaitingApproval(), approvals: [approvalRequest('checkout-42-prod-eu', 'prod-eu', [given])] },
    '3:30',
  );
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    'the one given does not count: it has observedGeneration 0 in its condition Approved, and must have 1',
  );
});

test('an approval says who gave it and what they said', () => {
  const given = condition(approvalRequestConditions.approved({}, approvalMessage({}, 'ana', 'lgtm')), '3:10');
  const text = drawn(
    { run: awaitingApproval(), approvals: [approvalRequest('checkout-42-prod-eu', 'prod-eu', [given])] },
    '3:30',
  );
  expect(text).toContain('approved 12:03:10 by ana: lgtm');
});

test('what may not be read is said', () => {
  expect(drawn({ run: inTrouble(), notes: ['you may not list bindings'] }, '2:20')).toContain(
    'note: you may not list bindings',
  );
});

test('twelve clusters in trouble: five are spelled out, the rest counted', () => {
  const names = Array.from({ length: 12 }, (_, index) => `c-${index}`);
  const stage = pendingStage(
    'all',
    names.map((name) => cluster(name, '0:10')),
  );
  const text = drawn(
    {
      run: run([initialized, condition(runConditions.stuck(names, 'all', ''), '0:50')], [stage]),
      troubles: new Map(names.map((name) => [name, 'Pod web/api: no memory left'])),
    },
    '1:00',
  );
  expect(text.match(/! c-\d+: Pod/g)).toHaveLength(5);
  expect(text).toContain('and 7 more in trouble');
});
