import { expect, test } from '@jest/globals';
import { isEnvelope } from '../../../../domain/selection/envelopes.ts';
import { buildSnapshotGroup } from '../../../../domain/snapshots/build.ts';
import { configMap, namespace, object } from '../objects.ts';

const marked = (value: string) =>
  object('v1', 'ConfigMap', {
    name: `marked-${value}`,
    namespace: 'a',
    annotations: { 'kubernetes-fleet.io/envelope-configmap': value },
  });
const envelopes = [
  marked('true'),
  object('placement.kubernetes-fleet.io/v1beta1', 'ClusterResourceEnvelope', { name: 'e' }, { data: {} }),
  object('placement.kubernetes-fleet.io/v1beta1', 'ResourceEnvelope', { name: 'e', namespace: 'a' }, { data: {} }),
];
const others = [
  namespace('a'),
  marked('false'),
  configMap('a', 'plain'),
  object('v1', 'Secret', { name: 's', annotations: { 'kubernetes-fleet.io/envelope-configmap': 'true' } }),
  object('example.com/v1', 'ResourceEnvelope', { name: 'e', namespace: 'a' }),
];

test('an envelope is one of two kinds, or a ConfigMap that says so', () => {
  expect(envelopes.map(isEnvelope)).toEqual([true, true, true]);
  expect(others.map(isEnvelope)).toEqual([false, false, false, false, false]);
});

test('a snapshot says how many envelopes all its parts hold', () => {
  const large = Array.from({ length: 3 }, (_, i) => configMap('a', `large-${i}`, { key: 'x'.repeat(500_000) }));
  const parts = buildSnapshotGroup({ name: 'example', uid: 'u' }, 0, [...large, ...envelopes, ...others], 'hash');
  expect(parts.map(({ metadata }) => metadata.annotations?.['kubernetes-fleet.io/number-of-enveloped-object'])).toEqual(
    ['3', undefined, undefined],
  );
});
