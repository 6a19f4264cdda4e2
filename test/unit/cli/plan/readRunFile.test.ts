import { describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { runIn } from '../../../../cli/plan/readRunFile.ts';

const api = 'placement.kubernetes-fleet.io/v1beta1';
const spec = { placementName: 'web', resourceSnapshotIndex: '1', stagedRolloutStrategyName: 'careful' };
const run = { apiVersion: api, kind: 'ClusterStagedUpdateRun', metadata: { name: 'web-1' }, spec };
const namespaced = { ...run, kind: 'StagedUpdateRun' };
const strategy = { apiVersion: api, kind: 'ClusterStagedUpdateStrategy', metadata: { name: 'careful' } };

function read(objects: unknown[], namespace?: string): ReturnType<typeof runIn> {
  return runIn(objects.map((object) => stringify(object)).join('---\n'), 'run.yaml', namespace);
}

describe('the run in a file', () => {
  test('is found among other objects, in a list, and in JSON', () => {
    expect(read([strategy, run])).toEqual(run);
    expect(read([{ apiVersion: 'v1', kind: 'List', items: [strategy, run] }])).toEqual(run);
    expect(runIn(JSON.stringify(run), 'standard input', undefined)).toEqual(run);
  });

  test('keeps everything that the hub is to check', () => {
    const more = { ...run, metadata: { ...run.metadata, labels: { team: 'shop' } }, spec: { ...spec, state: 'Stop' } };
    expect(read([more])).toEqual(more);
  });

  test('is in the namespace that it names, or that -n names', () => {
    expect(read([namespaced], 'shop').metadata.namespace).toBe('shop');
    const own = { ...namespaced, metadata: { name: 'web-1', namespace: 'shop' } };
    expect(read([own]).metadata.namespace).toBe('shop');
    expect(() => read([own], 'other')).toThrow(
      'The StagedUpdateRun in run.yaml is in namespace shop, and -n says other.',
    );
  });

  test.each<[string, unknown[], string | undefined, string]>([
    [
      'none',
      [strategy],
      undefined,
      'run.yaml has no runs; it has to have one ClusterStagedUpdateRun or StagedUpdateRun',
    ],
    ['two', [run, run], undefined, 'run.yaml has 2 runs; it has to have one'],
    ['of another group', [{ ...run, apiVersion: 'example.com/v1' }], undefined, 'run.yaml has no runs'],
    ['a namespaced kind without one', [namespaced], undefined, 'is in a namespace: say which with -n NAMESPACE.'],
    [
      'a cluster-scoped kind with one',
      [run],
      'shop',
      'is in no namespace: leave -n shop away, or make it a StagedUpdateRun',
    ],
    ['no name', [{ ...run, metadata: {} }], undefined, 'metadata.name in run.yaml is missing, or no text.'],
    ['no spec', [{ ...run, spec: undefined }], undefined, 'spec.placementName in run.yaml is missing, or no text.'],
    [
      'an index without quotes',
      [{ ...run, spec: { ...spec, resourceSnapshotIndex: 1 } }],
      undefined,
      'spec.resourceSnapshotIndex in run.yaml has to be text: write "1", with the quotes.',
    ],
  ])('%s: one sentence says what to change', (_, objects, namespace, message) => {
    expect(() => read(objects, namespace)).toThrow(message);
  });

  test('what is no YAML, or nothing at all', () => {
    expect(() => runIn('kind: [', 'run.yaml', undefined)).toThrow(/^run\.yaml is not YAML: .+\.$/);
    expect(() => runIn('', 'run.yaml', undefined)).toThrow('run.yaml has no runs');
  });
});
