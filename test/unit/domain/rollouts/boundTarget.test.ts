import { expect, test } from '@jest/globals';
import { annotations } from '../../../../api/labels.ts';
import type { ApplyStrategy } from '../../../../api/types/clusterresourceplacement.ts';
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import { hasTarget, isUpToDate, namesTarget } from '../../../../domain/rollouts/boundTarget.ts';
import { condition, placement, scheduled } from '../objects.ts';

const applyStrategy: ApplyStrategy = { type: 'ServerSideApply', serverSideApplyConfig: { force: true } };
const target = { resourceSnapshotName: 'example-placement-1-snapshot', applyStrategy };

function bound(spec: Partial<ClusterResourceBinding['spec']> = {}, contentHash = 'hash'): ClusterResourceBinding {
  const [binding] = scheduled(placement(), ['member1']).bindings;
  if (binding === undefined) throw new Error('There is one binding.');
  return {
    ...binding,
    metadata: { ...binding.metadata, annotations: { [annotations.contentHash]: contentHash } },
    spec: { ...binding.spec, state: 'Bound', ...target, ...spec },
  };
}

test('a binding names the target where it is bound, to the same snapshot, to be applied in the same way', () => {
  expect(namesTarget(bound(), target)).toBe(true);
  expect(namesTarget(bound({ applyStrategy: structuredClone(applyStrategy) }), target)).toBe(true);
  expect(namesTarget(bound({ state: 'Scheduled' }), target)).toBe(false);
  expect(namesTarget(bound({ resourceSnapshotName: 'example-placement-0-snapshot' }), target)).toBe(false);
  expect(namesTarget(bound({ resourceSnapshotName: undefined }), target)).toBe(false);
  expect(namesTarget(bound({ applyStrategy: { type: 'ServerSideApply' } }), target)).toBe(false);
  expect(namesTarget(bound({ applyStrategy: undefined }), { ...target, applyStrategy: undefined })).toBe(true);
});

test('it has the target only with the same content', () => {
  expect(hasTarget(bound(), target, 'hash')).toBe(true);
  expect(hasTarget(bound({}, 'another'), target, 'hash')).toBe(false);
  expect(hasTarget({ ...bound(), metadata: { name: 'binding' } }, target, 'hash')).toBe(false);
});

test('a cluster is up to date when it has the target and reports it available', () => {
  const reporting = (status: 'True' | 'False'): ClusterResourceBinding => {
    return { ...bound(), status: { conditions: [condition('Available', status)] } };
  };
  expect(isUpToDate(reporting('True'), target, 'hash')).toBe(true);
  expect(isUpToDate(reporting('True'), target, 'another')).toBe(false);
  expect(isUpToDate(reporting('False'), target, 'hash')).toBe(false);
  expect(isUpToDate(bound(), target, 'hash')).toBe(false);
});
