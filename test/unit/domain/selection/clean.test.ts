import { describe, expect, test } from '@jest/globals';
import { cleanForSnapshot } from '../../../../domain/selection/clean.ts';
import { goJson } from '../../../../domain/snapshots/goJson.ts';
import { parseJson } from '../../../../kube/json.ts';
import type { KubernetesObject } from '../../../../api/meta.ts';
import { object } from '../objects.ts';

describe('cleanForSnapshot', () => {
  test('takes away what only the hub knows and keeps what the user wrote', () => {
    const original = object(
      'example.com/v1',
      'Thing',
      {
        name: 'a',
        generation: 3,
        labels: { team: 'blue' },
        finalizers: ['example.com/keep'],
        ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'u' }],
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
          'deployment.kubernetes.io/revision': '1',
          note: 'kept',
        },
      },
      { spec: { a: 1 }, status: { b: 2 } },
    );
    expect(cleanForSnapshot(original)).toEqual({
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata: {
        name: 'a',
        labels: { team: 'blue' },
        finalizers: ['example.com/keep'],
        annotations: { note: 'kept' },
      },
      spec: { a: 1 },
    });
  });

  test('leaves no empty annotations behind', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    expect(cleanForSnapshot(object('v1', 'ConfigMap', { name: 'a', annotations })).metadata).toEqual({ name: 'a' });
  });

  test('a Service loses assigned addresses and ports', () => {
    const spec = {
      clusterIP: '10.0.0.1',
      clusterIPs: ['10.0.0.1'],
      healthCheckNodePort: 30001,
      ports: [{ port: 80, nodePort: 30000 }],
      selector: { app: 'a' },
    };
    expect(specOf(cleanForSnapshot(object('v1', 'Service', { name: 'a' }, { spec })))).toEqual({
      ports: [{ port: 80 }],
      selector: { app: 'a' },
    });
  });

  test('a headless Service stays headless', () => {
    const spec = { clusterIP: 'None', clusterIPs: ['None'], ports: [] };
    expect(specOf(cleanForSnapshot(object('v1', 'Service', { name: 'a' }, { spec })))).toEqual(spec);
  });

  test('a Job loses the labels that tie it to its hub copy, unless its selector was written by hand', () => {
    const labels = { 'controller-uid': 'u', 'batch.kubernetes.io/controller-uid': 'u', app: 'a' };
    const spec = {
      selector: { matchLabels: labels },
      template: { metadata: { creationTimestamp: null, labels }, spec: { restartPolicy: 'Never' } },
    };
    expect(specOf(cleanForSnapshot(object('batch/v1', 'Job', { name: 'a' }, { spec })))).toEqual({
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' } }, spec: { restartPolicy: 'Never' } },
    });
    const byHand = { ...spec, manualSelector: true };
    expect(specOf(cleanForSnapshot(object('batch/v1', 'Job', { name: 'a' }, { spec: byHand })))).toEqual(byHand);
  });

  test('changes neither the original nor its numbers', () => {
    const text =
      '{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","uid":"u"},"spec":{"clusterIP":"1.2.3.4","big":9007199254740993}}';
    const original = parseJson(text) as KubernetesObject;
    expect(goJson(cleanForSnapshot(original))).toBe(
      '{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":{"big":9007199254740993}}',
    );
    expect(JSON.stringify(original)).toBe(text);
  });
});

function specOf(cleaned: KubernetesObject): unknown {
  return (cleaned as { spec?: unknown }).spec;
}
