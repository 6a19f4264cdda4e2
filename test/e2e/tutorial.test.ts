/**
 * The tutorial from its first command to its last, against a real fleet, with the real kubectl. Everything that the
 * document prints is compared; masked are ages, absolute times, uids and resourceVersions, and nothing else.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { getFleet } from '../support/fleet.ts';
import { objects } from './documented.ts';
import { facts } from './tutorialFacts.ts';
import { playTutorial, type Playback } from './tutorialPlay.ts';

/** How many facts each section of the document has. */
const documentedRows: Readonly<Record<string, number>> = {
  S: 7,
  P: 11,
  N: 18,
  G: 4,
  R: 28,
  A: 10,
  C: 4,
  B: 8,
  X: 5,
  T: 6,
};

let playback: Playback;

beforeAll(async () => {
  playback = await playTutorial(await getFleet());
}, 400_000);

describe('the tutorial, fact by fact', () => {
  test('every documented fact has its row', () => {
    const expected = Object.entries(documentedRows).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, index) => `${section}${String(index + 1)}`),
    );
    expect(facts.map(({ id }) => id)).toEqual(expected);
  });

  test.each(facts)('$id: $fact', ({ check }) => {
    expect.hasAssertions();
    check(playback);
  });
});

describe('the tutorial, whole objects byte for byte', () => {
  test('the ConfigMap on the hub carries nothing of ours', () => {
    expect(maskedYaml(playback, 'hub-configmap')).toBe(maskedText(objects.hubConfigMap));
  });

  test('snapshot 1', () => {
    expect(maskedYaml(playback, 'snapshot-1')).toBe(maskedText(objects.snapshot1));
  });

  test('the run while it waits for approval: spec and status', () => {
    const fromSpec = (text: string): string => text.slice(text.indexOf('\nspec:\n'));
    expect(fromSpec(maskedYaml(playback, 'run-1-waiting'))).toBe(fromSpec(maskedText(objects.runWaiting)));
  });
});

test('the progress that a watcher shows ends with everything done', () => {
  const last = new Map(playback.progress.map((item) => [`${item.label} ${item.id}`, item.state]));
  expect(last.get('example-run ')).toBe('succeeded');
  expect(last.get('member3 canary/member3')).toBe('succeeded');
  expect(last.get('wait 1m0s staging/TimedWait')).toBe('over');
  expect(last.get('approval canary/Approval')).toBe('approved');
});

function maskedYaml({ outputs }: Playback, step: string): string {
  return maskedText(outputs[step]?.stdout ?? '');
}

/** YAML with times, uids and resourceVersions replaced. */
function maskedText(yaml: string): string {
  return yaml
    .replace(/"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/g, '<time>')
    .replace(/^( *)(creationTimestamp|uid|resourceVersion): .*$/gm, '$1$2: <masked>');
}
