import { expect, test } from '@jest/globals';
import { availabilityOf } from '../../../../domain/apply/availability.ts';
import type { Availability } from '../../../../domain/apply/availability.ts';
import { object } from '../objects.ts';

type State = Availability['state'];

const deployment = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
const statefulSet = {
  observedGeneration: 2,
  availableReplicas: 3,
  currentReplicas: 3,
  updatedReplicas: 3,
  currentRevision: 'b',
  updateRevision: 'b',
};
const daemonSet = {
  observedGeneration: 2,
  desiredNumberScheduled: 2,
  numberAvailable: 2,
  currentNumberScheduled: 2,
  updatedNumberScheduled: 2,
};
const budget = {
  observedGeneration: 2,
  disruptionsAllowed: 1,
  conditions: [{ type: 'DisruptionAllowed', status: 'True' }],
};
const crd = {
  conditions: [
    { type: 'NamesAccepted', status: 'True' },
    { type: 'Established', status: 'True' },
  ],
};
const three = { replicas: 3 };

test.each<[type: string, spec: object, status: object, state: State, reason: string]>([
  ['apps/v1 Deployment', three, deployment, 'available', ''],
  ['apps/v1 Deployment', {}, { ...deployment, updatedReplicas: 1, availableReplicas: 1 }, 'available', ''],
  ['apps/v1 Deployment', { replicas: 0 }, { observedGeneration: 2 }, 'available', ''],
  ['apps/v1 Deployment', three, {}, 'notYet', 'Its controller has not seen the latest change.'],
  [
    'apps/v1 Deployment',
    three,
    { ...deployment, observedGeneration: 1 },
    'notYet',
    'Its controller has not seen the latest change.',
  ],
  ['apps/v1 Deployment', three, { ...deployment, updatedReplicas: 1 }, 'notYet', '1 of 3 replicas are updated.'],
  ['apps/v1 Deployment', three, { ...deployment, availableReplicas: 2 }, 'notYet', '2 of 3 replicas are available.'],
  ['apps/v1 Deployment', three, { ...deployment, availableReplicas: 4 }, 'notYet', '4 of 3 replicas are available.'],
  ['apps/v1 Deployment', three, { ...deployment, unavailableReplicas: 1 }, 'notYet', '1 replicas are unavailable.'],
  ['apps/v1 StatefulSet', three, statefulSet, 'available', ''],
  ['apps/v1 StatefulSet', three, { ...statefulSet, availableReplicas: 1 }, 'notYet', '1 of 3 replicas are available.'],
  ['apps/v1 StatefulSet', three, { ...statefulSet, updatedReplicas: 2 }, 'notYet', '2 of 3 replicas are updated.'],
  ['apps/v1 StatefulSet', three, { ...statefulSet, updateRevision: 'c' }, 'notYet', '3 of 3 replicas are updated.'],
  ['apps/v1 DaemonSet', {}, daemonSet, 'available', ''],
  ['apps/v1 DaemonSet', {}, { observedGeneration: 2 }, 'available', ''],
  ['apps/v1 DaemonSet', {}, { ...daemonSet, numberAvailable: 1 }, 'notYet', '1 of 2 pods are available.'],
  ['apps/v1 DaemonSet', {}, { ...daemonSet, updatedNumberScheduled: 1 }, 'notYet', '1 of 2 pods are updated.'],
  ['v1 Service', { clusterIPs: ['10.0.0.1'] }, {}, 'available', ''],
  ['v1 Service', { type: 'NodePort', clusterIPs: [''] }, {}, 'notYet', 'No cluster IP is assigned.'],
  ['v1 Service', { type: 'LoadBalancer' }, {}, 'notYet', 'The load balancer has no address.'],
  ['v1 Service', { type: 'LoadBalancer' }, { loadBalancer: { ingress: [{ hostname: 'a' }] } }, 'available', ''],
  ['apiextensions.k8s.io/v1 CustomResourceDefinition', {}, crd, 'available', ''],
  ['apiextensions.k8s.io/v1 CustomResourceDefinition', {}, {}, 'notYet', 'The condition NamesAccepted is not True.'],
  [
    'apiextensions.k8s.io/v1 CustomResourceDefinition',
    {},
    { conditions: crd.conditions.slice(0, 1) },
    'notYet',
    'The condition Established is not True.',
  ],
  ['policy/v1 PodDisruptionBudget', {}, budget, 'available', ''],
  [
    'policy/v1 PodDisruptionBudget',
    {},
    { ...budget, disruptionsAllowed: 0 },
    'notYet',
    'The condition DisruptionAllowed is not up to date.',
  ],
  ['v1 ConfigMap', {}, {}, 'available', ''],
  ['rbac.authorization.k8s.io/v1 ClusterRole', {}, {}, 'available', ''],
])('%s with %j and %j is %s', (type, spec, status, state, reason) => {
  const [apiVersion = '', kind = ''] = type.split(' ');
  const applied = object(apiVersion, kind, { name: 'a', generation: 2 }, { spec, status });
  expect(availabilityOf(applied)).toEqual({ state, reason });
});

test.each(['batch/v1 Job', 'v1 Pod', 'example.com/v1 Thing', 'apps/v2 Deployment', 'networking.k8s.io/v1 Ingress'])(
  '%s does not show whether it is available',
  (type) => {
    const [apiVersion = '', kind = ''] = type.split(' ');
    expect(availabilityOf(object(apiVersion, kind, { name: 'a' })).state).toBe('notTrackable');
  },
);

test('an ExternalName Service has nothing to be available', () => {
  const external = object('v1', 'Service', { name: 'a' }, { spec: { type: 'ExternalName' } });
  expect(availabilityOf(external).state).toBe('notTrackable');
});

test('a Deployment whose pods the cluster refuses says so; what the cluster said is kept apart', () => {
  const message = 'pods "web-7d" is forbidden: exceeded quota: small, requested: pods=1';
  const status = {
    observedGeneration: 2,
    updatedReplicas: 1,
    conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }],
  };
  const refused = object('apps/v1', 'Deployment', { name: 'web', generation: 2 }, { spec: three, status });
  expect(availabilityOf(refused)).toEqual({
    state: 'notYet',
    reason: '1 of 3 replicas are updated; the cluster refuses its pods.',
    detail: message,
  });
});
