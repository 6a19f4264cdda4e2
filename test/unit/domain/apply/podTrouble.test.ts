import { expect, test } from '@jest/globals';
import { podTrouble, type WorkloadPod } from '../../../../domain/apply/podTrouble.ts';

type Status = NonNullable<WorkloadPod['status']>;

function pod(
  name: string,
  status: Status,
  more: Partial<WorkloadPod['metadata']> = {},
  nodeName = 'node',
): WorkloadPod {
  const metadata = { name, namespace: 'shop', creationTimestamp: '2026-03-01T12:00:00Z', ...more };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName }, status };
}

function waiting(reason: string, message?: string): Status {
  return {
    phase: 'Pending',
    containerStatuses: [{ name: 'main', ready: false, state: { waiting: { reason, message } } }],
  };
}

const running: Status = {
  phase: 'Running',
  containerStatuses: [{ name: 'main', ready: true, state: { running: {} } }],
};

test.each<[string, Status, clause: string, detail: string]>([
  [
    'a container in a crash loop, with how it ended',
    {
      phase: 'Running',
      containerStatuses: [
        { name: 'proxy', ready: true, state: { running: {} } },
        {
          name: 'main',
          ready: false,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container' } },
          lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
        },
      ],
    },
    'container main of Pod web-a waits (CrashLoopBackOff, after it ended with OOMKilled, exit code 137)',
    'back-off 10s restarting failed container',
  ],
  [
    'an image that does not come',
    waiting('ImagePullBackOff', 'Back-off pulling image "registry.example/web:2"'),
    'container main of Pod web-a waits (ImagePullBackOff)',
    'Back-off pulling image "registry.example/web:2"',
  ],
  [
    'an init container',
    {
      phase: 'Pending',
      initContainerStatuses: [{ name: 'migrate', state: { terminated: { reason: 'Error', exitCode: 2 } } }],
      containerStatuses: [{ name: 'main', state: { waiting: { reason: 'PodInitializing' } } }],
    },
    'container migrate of Pod web-a has ended (Error, exit code 2)',
    '',
  ],
  [
    'no room',
    {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3.' }],
    },
    'no node takes Pod web-a (Unschedulable)',
    '0/3.',
  ],
  [
    'an eviction',
    { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
    'Pod web-a has failed (Evicted)',
    'The node was low on resource: memory.',
  ],
  [
    'a probe that fails',
    { phase: 'Running', containerStatuses: [{ name: 'main', ready: false, state: { running: {} } }] },
    'container main of Pod web-a runs and is not ready',
    '',
  ],
  [
    'a reason that is more than one word stays out, for it may quote the pod',
    waiting('password=geheim is wrong', 'password=geheim is wrong'),
    'container main of Pod web-a waits (no reason given)',
    'password=geheim is wrong',
  ],
])('%s', (_, status, clause, detail) => {
  expect(podTrouble([pod('web-a', status)])).toEqual({ clause, detail });
});

test('a pod that nobody has given to a node', () => {
  expect(podTrouble([pod('web-a', { phase: 'Pending' }, {}, '')])?.clause).toBe(
    'Pod web-a has not been given to a node',
  );
});

test.each<[string, WorkloadPod[]]>([
  ['no pods', []],
  ['pods that are well', [pod('web-a', running)]],
  ['a container that is being made', [pod('web-a', waiting('ContainerCreating'))]],
  [
    'a container that has done its work',
    [pod('web-a', { phase: 'Running', containerStatuses: [{ name: 'main', state: { terminated: { exitCode: 0 } } }] })],
  ],
  [
    'a pod that is on its way out',
    [pod('web-a', waiting('CrashLoopBackOff'), { deletionTimestamp: '2026-03-01T12:01:00Z' })],
  ],
])('nothing is said of %s', (_, pods) => {
  expect(podTrouble(pods)).toBeUndefined();
});

test('what never ends by itself is told before what may pass, then the newest pod', () => {
  const unready: Status = {
    phase: 'Running',
    containerStatuses: [{ name: 'main', ready: false, state: { running: {} } }],
  };
  const pods = [
    pod('web-c', unready, { creationTimestamp: '2026-03-01T12:09:00Z' }),
    pod('web-a', waiting('CrashLoopBackOff')),
    pod('web-b', waiting('ErrImagePull'), { creationTimestamp: '2026-03-01T12:05:00Z' }),
  ];
  expect(podTrouble(pods)?.clause).toBe('container main of Pod web-b waits (ErrImagePull)');
});
