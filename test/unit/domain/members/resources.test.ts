import { expect, test } from '@jest/globals';
import { requestedBy, resourcesOf } from '../../../../domain/members/resources.ts';
import type { Node, Pod } from '../../../../domain/members/resources.ts';
import { object } from '../objects.ts';

const nodes = [node('4', '16Gi', '3900m', '14Gi'), node('4', '16Gi', '3900m', '14Gi')];

test('a member without nodes has no room', () => {
  const none = { cpu: '0', memory: '0' };
  expect(resourcesOf([], requestedBy([]))).toEqual({
    nodeCount: 0,
    capacity: none,
    allocatable: none,
    available: none,
  });
});

test('nodes add up, and pods that run on them take away', () => {
  const pods = [pod('n', 'Running', '500m', '1Gi'), pod('n', 'Pending', '300m'), pod('n', 'Running')];
  expect(resourcesOf(nodes, requestedBy(pods))).toEqual({
    nodeCount: 2,
    capacity: { cpu: '8', memory: '32Gi' },
    allocatable: { cpu: '7800m', memory: '28Gi' },
    available: { cpu: '7', memory: '27Gi' },
  });
});

test('pods that have no node yet or are finished take nothing', () => {
  const pods = [pod('', 'Pending', '1'), pod('n', 'Succeeded', '1'), pod('n', 'Failed', '1')];
  expect(resourcesOf(nodes, requestedBy(pods)).available?.cpu).toBe('7800m');
});

test('a member that is asked for more than it has shows nothing available', () => {
  expect(resourcesOf(nodes, requestedBy([pod('n', 'Running', '100')])).available).toEqual({ cpu: '0', memory: '28Gi' });
});

test('as long as nobody has looked at the pods, what is left is not told', () => {
  expect(resourcesOf(nodes, undefined)).not.toHaveProperty('available');
});

function node(cpu: string, memory: string, allocatableCpu: string, allocatableMemory: string): Node {
  const status = { capacity: { cpu, memory }, allocatable: { cpu: allocatableCpu, memory: allocatableMemory } };
  return object('v1', 'Node', { name: 'n' }, { status });
}

function pod(nodeName: string, phase: string, cpu?: string, memory?: string): Pod {
  const requests = { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
  const containers = [{ resources: { requests } }, {}];
  return object('v1', 'Pod', { name: 'p', namespace: 'a' }, { spec: { nodeName, containers }, status: { phase } });
}
