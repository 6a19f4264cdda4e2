import { describe, expect, test } from '@jest/globals';
import { kinds, type ClusterResourcePlacementStatus } from '../../../../api/kinds.ts';
import type { ClusterResourcePlacement, ResourceSelector } from '../../../../api/types/clusterresourceplacement.ts';
import {
  accessFault,
  accessFaultStatus,
  buildStatusCopy,
  isNamespaceAccessible,
  statusToCopy,
  withCopyOutcome,
} from '../../../../domain/placements/statusCopy.ts';
import { condition, namespaceSelector, now, placement } from '../objects.ts';

const earlier = '2025-07-22T21:00:00Z';
const scheduled = condition('ClusterResourcePlacementScheduled', 'True');
const synced = condition('ClusterResourcePlacementStatusSynced', 'True', { lastTransitionTime: earlier });

function accessible(selector: ResourceSelector, selectedNamespace?: string): ClusterResourcePlacement {
  const { spec } = placement();
  const selectedResources = [{ version: 'v1', kind: 'Namespace', name: selectedNamespace ?? '' }];
  return placement({
    spec: { ...spec, statusReportingScope: 'NamespaceAccessible', resourceSelectors: [selector] },
    status: {
      ...(selectedNamespace !== undefined && { selectedResources }),
      observedResourceIndex: '1',
      conditions: [scheduled, synced],
    },
  });
}

function copyIn(namespace: string): ClusterResourcePlacementStatus {
  return buildStatusCopy(placement(), namespace, {}, now);
}

test('only cluster-scoped placements that ask for it are copied', () => {
  expect(isNamespaceAccessible(placement())).toBe(false);
  const asking = accessible(namespaceSelector('shop'));
  expect(isNamespaceAccessible(asking)).toBe(true);
  expect(isNamespaceAccessible({ ...asking, metadata: { ...asking.metadata, namespace: 'shop' } })).toBe(false);
});

describe('what the user must change', () => {
  const moved = (to: string, from: string) =>
    `namespace resource selector is choosing a different namespace '${to}' from what was originally picked '${from}'. ` +
    'This is not allowed for NamespaceAccessible ClusterResourcePlacement';
  const nameless =
    "NamespaceAccessible ClusterResourcePlacement doesn't specify a resource selector which selects a namespace";
  const byLabels = { group: '', version: 'v1', kind: 'Namespace', labelSelector: { matchLabels: { team: 'shop' } } };

  test.each<[string, ClusterResourcePlacement, string[], string | undefined]>([
    ['nothing at first', accessible(namespaceSelector('shop')), [], undefined],
    [
      'nothing as long as the namespace is the same',
      accessible(namespaceSelector('shop'), 'shop'),
      ['shop'],
      undefined,
    ],
    ['another namespace than the copy is in', accessible(namespaceSelector('new')), ['old'], moved('new', 'old')],
    ['another namespace than was selected', accessible(namespaceSelector('new'), 'old'), [], moved('new', 'old')],
    ['a namespace by labels', accessible(byLabels), [], nameless],
    ['an empty name', accessible(namespaceSelector('')), [], nameless],
    ['no namespace', accessible({ group: '', version: 'v1', kind: 'ConfigMap', name: 'shop' }), [], nameless],
  ])('%s', (_description, of, copies, expected) => {
    expect(accessFault(of, copies.map(copyIn))).toBe(expected);
  });

  test('stands in the condition as it is; the rest of the status stays', () => {
    const of = accessible(namespaceSelector('shop'), 'shop');
    expect(accessFaultStatus(of, 'fault', now)).toEqual({
      ...of.status,
      conditions: [
        {
          ...scheduled,
          status: 'False',
          reason: 'InvalidResourceSelectors',
          message: 'fault',
          lastTransitionTime: now,
        },
        synced,
      ],
    });
  });
});

test('the copy has all but the condition about itself, and belongs to the placement', () => {
  const of = accessible(namespaceSelector('shop'));
  const copied = statusToCopy(of, of.status ?? {});
  expect(copied).toEqual({ observedResourceIndex: '1', conditions: [scheduled] });
  expect(buildStatusCopy(of, 'shop', copied, now)).toEqual({
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: kinds.statusCopy.kind,
    metadata: {
      name: 'example-placement',
      namespace: 'shop',
      ownerReferences: [
        {
          apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
          kind: 'ClusterResourcePlacement',
          name: 'example-placement',
          uid: 'e7d59513',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    sourceStatus: copied,
    lastUpdatedTime: now,
  });
});

test('the outcome is the last condition, and keeps its time while it stays', () => {
  const of = accessible(namespaceSelector('shop'));
  const outcome = { type: synced.type, status: 'True', reason: 'Again', message: '' } as const;
  expect(withCopyOutcome(of, { conditions: [synced, scheduled] }, outcome, now).conditions).toEqual([
    scheduled,
    { ...outcome, observedGeneration: 1, lastTransitionTime: earlier },
  ]);
  const failed = { ...outcome, status: 'False' } as const;
  expect(withCopyOutcome(of, {}, failed, now).conditions).toEqual([
    { ...failed, observedGeneration: 1, lastTransitionTime: now },
  ]);
});
