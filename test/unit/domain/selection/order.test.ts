import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareForSnapshot } from '../../../../domain/selection/order.ts';
import { object } from '../objects.ts';

const inOrder = [
  object('scheduling.k8s.io/v1', 'PriorityClass', { name: 'z' }),
  object('v1', 'Namespace', { name: 'a' }),
  object('v1', 'Namespace', { name: 'b' }),
  object('v1', 'ConfigMap', { name: 'z', namespace: 'a' }),
  object('v1', 'ConfigMap', { name: 'a', namespace: 'b' }),
  object('apps/v1', 'Deployment', { name: 'a', namespace: 'a' }),
  object('extensions/v1beta1', 'Deployment', { name: 'a', namespace: 'a' }),
  object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', { name: 'a' }),
  object('v1', 'PodTemplate', { name: 'a', namespace: 'a' }),
  object('example.com/v1', 'Alpha', { name: 'b' }),
  object('example.com/v1', 'Beta', { name: 'a' }),
  object('example.com/v2', 'Alpha', { name: 'a' }),
];

test('known kinds stand by rank, unknown ones last, whatever the order before', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(inOrder, { minLength: inOrder.length }), (shuffled) => {
      expect(shuffled.toSorted(compareForSnapshot)).toEqual(inOrder);
    }),
  );
});
