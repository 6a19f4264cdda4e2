import { describe, expect, test } from '@jest/globals';
import { agentConditions, bindingConditions, placementConditions, rolloutSteps } from '../../../../api/conditions.ts';
import type { ConditionContent } from '../../../../api/conditions.ts';
import { runConditions, stageConditions, taskConditions } from '../../../../api/runConditions.ts';
import { abortedRun, initializationFailures, outdatedRuns, runFailures } from '../../../../api/runFailures.ts';
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import type { StageTaskStatus, UpdateRunStatus } from '../../../../api/types/clusterstagedupdaterun.ts';
import { memberHeld } from '../../../../cli/why/causes/removalHeld.ts';
import { findingSentence, firstOf, type Finding } from '../../../../cli/why/finding.ts';
import { clusterOfRunCauses, placementCauses, runCauses } from '../../../../cli/why/tables.ts';
import type { PlacementFacts, RunFacts } from '../../../../cli/why/facts.ts';
import { condition, member, now, nowMs, placement } from '../../domain/objects.ts';
import {
  at,
  binding,
  cluster,
  done,
  placementFacts,
  request,
  run,
  runFacts,
  started,
  status,
  troubledBinding,
  waitingStatus,
} from './objects.ts';

function whyRun(facts: RunFacts): Finding | undefined {
  return firstOf(runCauses, facts);
}

function whyPlacement(more: Partial<PlacementFacts>): Finding | undefined {
  return firstOf(placementCauses, placementFacts(more));
}

function endedWith(content: ConditionContent): UpdateRunStatus {
  return { ...status(), conditions: [at(runConditions.initialized({})), at(content)] };
}

const asked: StageTaskStatus = {
  type: 'Approval',
  approvalRequestName: 'web-1-canary',
  conditions: [at(taskConditions.approvalRequestCreated({}, 'after'))],
};
const hindered = (trouble: string): UpdateRunStatus =>
  status({}, runConditions.hindered('member3', 'canary', trouble, 0));

describe('a run that has ended', () => {
  test('succeeded', () => {
    expect(whyRun(runFacts(run(endedWith(runConditions.succeeded()))))).toMatchObject({
      cause: 'succeeded',
      since: now,
    });
  });

  test('displaced by another run: who it is, and how to bring the revision after all', () => {
    const cause = runFailures({}).displaced('member3', 'canary', 'web-member3', 'ClusterStagedUpdateRun/web-2');
    expect(whyRun(runFacts(run(endedWith(runConditions.failed(abortedRun({}, cause))))))).toMatchObject({
      cause: 'displaced',
      what: 'csur/web-1 has failed because ClusterStagedUpdateRun/web-2 took member3 over',
      command: 'flotilla run web --strategy careful --index 3',
    });
  });

  test('displaced while it removed something', () => {
    const cause = runFailures({}).displacedRemoval('member3', 'ClusterStagedUpdateRun/web-2');
    expect(whyRun(runFacts(run(endedWith(runConditions.failed(abortedRun({}, cause))))))?.what).toBe(
      'csur/web-1 has failed because ClusterStagedUpdateRun/web-2 took member3 over',
    );
  });

  test.each([
    outdatedRuns({}).policySnapshot('1', '0'),
    outdatedRuns({}).applyStrategy('null', '{}'),
    outdatedRuns({}).observedCount(3, 2),
    outdatedRuns({}).clusterCount(1, 3, 2, 'added: member4'),
    outdatedRuns({}).stageCount(3, 2),
    outdatedRuns({}).cluster(1, 0, 'member1', 'member3'),
    outdatedRuns({}).removal('member4'),
    outdatedRuns({ namespace: 'shop' }).stageName(1, 'one', 'other'),
  ])('policy or membership changed: %s', (message) => {
    expect(whyRun(runFacts(run(endedWith(runConditions.failed(message)))))).toMatchObject({
      cause: 'planOutdated',
      command: 'flotilla run web --strategy careful',
    });
  });

  test('a foreign approval request in its way', () => {
    const cause = runFailures({}).foreignApprovalRequest('web-1-canary', 'web-0', 'prod');
    expect(whyRun(runFacts(run(endedWith(runConditions.failed(abortedRun({}, cause))))))).toMatchObject({
      cause: 'foreignRequest',
      command: 'kubectl delete clusterapprovalrequests web-1-canary',
    });
  });

  test('for another reason, which is told', () => {
    const refused = runConditions.initializationFailed(initializationFailures({}).strategyNotFound('careful'));
    const finding = whyRun(runFacts(run({ conditions: [at(refused)] })));
    expect(finding).toMatchObject({ cause: 'failed', what: 'csur/web-1 could not be planned' });
    expect(finding?.rule).toContain('referenced clusterStagedUpdateStrategy not found: careful');
  });
});

describe('nobody acts', () => {
  test('no worker renews the Lease, which also holds an approval up', () => {
    const facts = runFacts(run(waitingStatus([asked])), { worker: { state: 'missing', since: now } });
    expect(whyRun(facts)).toMatchObject({ cause: 'noWorker', since: now });
    expect(whyPlacement({ worker: { state: 'missing' } })?.cause).toBe('noWorker');
  });

  test('a worker runs and does not notice: Temporal', () => {
    const created = { creationTimestamp: now };
    expect(whyRun(runFacts(run({}, created)))).toMatchObject({ cause: 'temporalUnreachable', since: now });
    // It was made just now.
    expect(whyRun(runFacts(run({}, created), { now: nowMs + 2_000 }))?.cause).toBe('progressing');
    // It was asked to stop just now, and had been noticed before.
    const managedFields = [{ time: now }, { time: '2025-07-22T21:31:00Z', subresource: 'status' }];
    const stopping = run(status(), { generation: 2, managedFields });
    expect(whyRun(runFacts(stopping))).toMatchObject({ cause: 'temporalUnreachable', since: now });
    expect(whyRun(runFacts(stopping, { worker: { state: 'unknown' } }))?.cause).toBe('progressing');
  });
});

describe('not begun', () => {
  test('not scheduled, of a run and of a placement', () => {
    const waiting = runConditions.initializationWaiting('Placement web has not been scheduled yet.');
    expect(whyRun(runFacts(run({ conditions: [at(waiting)] })))).toMatchObject({
      cause: 'notScheduled',
      rule: 'Placement web has not been scheduled yet',
      command: 'flotilla explain placement web',
    });
    const scheduled = condition('ClusterResourcePlacementScheduled', 'False', {
      message: 'found 1 cluster(s) instead',
    });
    expect(whyPlacement({ placement: placement({ status: { conditions: [scheduled] } }) })).toMatchObject({
      cause: 'notScheduled',
      rule: 'found 1 cluster(s) instead',
      since: now,
    });
  });

  describe('snapshots that are held up', () => {
    const held = placementConditions({}).snapshotsHeldUp(['away.example.com/v1', 'b.example.com/v2']);
    const asked = placement({ status: { conditions: [at(held)] } });

    test('by API servers, of which the first is named', () => {
      expect(whyPlacement({ placement: asked })).toMatchObject({
        cause: 'snapshotsHeld',
        what: 'crp/example-placement waits for a snapshot of what it selects',
        since: now,
        rule: 'none is taken while the API servers of away.example.com/v1, b.example.com/v2, whose objects may be selected, do not answer the hub',
        command: 'kubectl describe apiservice v1.away.example.com',
      });
    });

    test('by a hub that refuses them', () => {
      const failing = placementConditions({}).snapshotsFail('Cluster hub could not create it: the server rejects it.');
      expect(whyPlacement({ placement: placement({ status: { conditions: [at(failing)] } }) })).toEqual({
        cause: 'snapshotsHeld',
        what: 'crp/example-placement waits for a snapshot of what it selects',
        since: now,
        rule: 'none is taken while each attempt fails: Cluster hub could not create it: the server rejects it',
        frees:
          'it goes on by itself once the hub takes one; an admission policy, a quota or the size of what is selected ' +
          'may be in the way',
      });
    });

    test('also where all that was taken before is rolled out', () => {
      const steps = ['Scheduled', ...rolloutSteps].map((step) => condition(`ClusterResourcePlacement${step}`, 'True'));
      const rolledOut = placement({ status: { conditions: [...steps, at(held)] } });
      expect(whyPlacement({ placement: rolledOut })?.cause).toBe('snapshotsHeld');
    });

    test('also after a run, but a run that is under way is what is waited for', () => {
      const ended = runFacts(run(endedWith(runConditions.succeeded())));
      expect(whyPlacement({ placement: asked, newestRun: ended })?.cause).toBe('snapshotsHeld');
      expect(whyPlacement({ placement: asked, newestRun: runFacts(run()) })?.cause).toBe('progressing');
    });

    test('say nothing about one cluster, nor while no worker looks', () => {
      expect(whyPlacement({ placement: asked, cluster: 'member1' })?.cause).not.toBe('snapshotsHeld');
      expect(whyPlacement({ placement: asked, worker: { state: 'missing' } })?.cause).toBe('noWorker');
    });
  });

  test('no run of a placement that waits for one', () => {
    const conditions = [condition('ClusterResourcePlacementScheduled', 'True')];
    expect(whyPlacement({ placement: placement({ status: { conditions } }) })?.cause).toBe('noRun');
  });

  test('only planned', () => {
    const { stagesStatus, conditions = [] } = status();
    const planned = run({ stagesStatus, conditions: conditions.slice(0, 1) }, { state: 'Initialize' });
    expect(whyRun(runFacts(planned))).toMatchObject({
      cause: 'planned',
      command: 'flotilla rollout resume csur/web-1',
    });
  });

  test('stopped, and stopping with what is in work', () => {
    const stopped = whyRun(runFacts(run(status({}, runConditions.stopped()), { state: 'Stop' })));
    expect(stopped).toMatchObject({ cause: 'stopped', what: 'csur/web-1 is paused' });
    const stopping = whyRun(runFacts(run(status({}, runConditions.stopping()), { state: 'Stop' })));
    expect(stopping).toMatchObject({ cause: 'stopped', what: 'csur/web-1 is being paused' });
    expect(stopping?.rule).toContain('what was begun on member3 comes to its end first');
  });

  test('waiting for a slot: of its stage, and of an earlier one', () => {
    const whyCluster = (facts: RunFacts): Finding | undefined => firstOf(clusterOfRunCauses, facts);
    const of = { subject: 'cluster/member1', cluster: 'member1' };
    expect(whyCluster(runFacts(run(), of))).toMatchObject({
      cause: 'waitingForSlot',
      what: 'cluster/member1 waits for its turn in csur/web-1',
      rule: 'stage canary has 1 in work at a time, and now it has member3',
      command: 'flotilla why csur/web-1',
    });
    const { stagesStatus: [first, second] = [], ...rest } = status();
    const early = { ...first, stageName: 'staging', clusters: [cluster('member2', started)], conditions: [] };
    const stagesStatus = [early, { stageName: 'canary', clusters: second?.clusters ?? [] }];
    expect(whyCluster(runFacts(run({ ...rest, stagesStatus }), of))?.rule).toBe(
      'it is in stage canary, and the run is in stage staging, which comes before',
    );
    expect(whyCluster(runFacts(run(), { subject: 'cluster/member2', cluster: 'member2' }))).toBeUndefined();
  });

  test('waiting for a slot of a placement that rolls out by itself', () => {
    const entry = (clusterName: string, rollout: 'True' | 'False') => ({
      clusterName,
      conditions: [condition('Scheduled', 'True'), condition('RolloutStarted', rollout)],
    });
    const conditions = [condition('ClusterResourcePlacementScheduled', 'True')];
    const rolling = placement({
      status: { conditions, placementStatuses: [entry('member1', 'True'), entry('member2', 'False')] },
    });
    rolling.spec.strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } };
    expect(whyPlacement({ placement: rolling })).toMatchObject({
      cause: 'waitingForSlot',
      what: 'crp/example-placement has not come to member2',
      rule: 'its strategy takes clusters in turn (maxUnavailable 1, maxSurge 25%)',
    });
  });
});

describe('gates', () => {
  test('approval pending after a stage', () => {
    const finding = whyRun(runFacts(run(waitingStatus([asked])), { requests: [request()] }));
    expect(finding).toMatchObject({
      cause: 'approvalPending',
      since: now,
      frees: 'whoever may patch clusterapprovalrequests/status on the hub may give it',
      command: 'flotilla approve web-1 canary',
    });
    expect(findingSentence(finding ?? { cause: 'nothing', what: '' }, nowMs + 30_000)).toBe(
      'csur/web-1 waits for an approval after stage canary, since 2025-07-22T21:30:00Z (30s ago): strategy careful has ' +
        'it that the stage ends only with one (request web-1-canary; a patch needs --subresource=status); whoever may ' +
        'patch clusterapprovalrequests/status on the hub may give it: flotilla approve web-1 canary',
    );
  });

  test('approval pending beside a timed wait: both are told', () => {
    const finding = whyRun(runFacts(run(waitingStatus([{ type: 'TimedWait' }, asked])), { requests: [request()] }));
    expect(finding).toMatchObject({
      cause: 'approvalPending',
      rule:
        'strategy careful has it that the stage ends only with one, and with its TimedWait of 1m0s over ' +
        '(request web-1-canary; a patch needs --subresource=status)',
      frees:
        'whoever may patch clusterapprovalrequests/status on the hub may give it, ' +
        'and the wait ends by itself at 2025-07-22T21:31:00Z',
      short:
        'stage canary soaks until 2025-07-22T21:31:00Z and waits for approval web-1-canary, asked for at 2025-07-22T21:30:00Z',
    });
  });

  test('an approval that was given and is not taken up: that takes a moment, or Temporal does not answer', () => {
    const written = { time: now, subresource: 'status' };
    const given = request([condition('Approved', 'True', { lastTransitionTime: '2020-01-01T00:00:00Z' })]);
    given.metadata.managedFields = [written];
    const facts = (later: number) => runFacts(run(waitingStatus([asked])), { requests: [given], now: nowMs + later });
    const what = 'csur/web-1 has not taken up the approval after stage canary, which was given';
    expect(whyRun(facts(2_000))).toMatchObject({ cause: 'progressing', what, since: now });
    expect(whyRun(facts(6_000))).toMatchObject({ cause: 'temporalUnreachable', what, since: now });
    // Where the hub does not say when, nobody is accused.
    given.metadata.managedFields = [];
    expect(whyRun(facts(6_000))?.cause).toBe('progressing');
  });

  test('approval pending before a stage', () => {
    const before = status(
      {
        clusters: [cluster('member3'), cluster('member1')],
        conditions: [at(stageConditions.waitingBefore())],
        beforeStageTaskStatus: [{ ...asked, conditions: [at(taskConditions.approvalRequestCreated({}, 'before'))] }],
      },
      runConditions.waitingForTasks('before', 'canary'),
    );
    expect(whyRun(runFacts(run(before)))).toMatchObject({
      cause: 'approvalPending',
      what: 'csur/web-1 waits for an approval before stage canary',
      command: 'flotilla approve web-1 canary --before',
    });
  });

  test.each([
    ['generation', request([condition('Approved', 'True', { observedGeneration: 7 })]), 'has observedGeneration 7'],
    [
      'generation',
      request([condition('Approved', 'True', { observedGeneration: undefined })]),
      'observedGeneration none',
    ],
    [
      'answer',
      request([condition('Approved', 'False', { message: 'not on a Friday.' })]),
      'Approved False: not on a Friday',
    ],
    ['request', request([], { stage: 'prod' }), 'is for stage prod of run web-1'],
    [
      'subresource',
      request([], {
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': '{"status":{"conditions":[{"type":"Approved"}]}}',
        },
      }),
      'a status is written with --subresource=status only',
    ],
  ])('approval given with the wrong %s', (_what, given, rule) => {
    const finding = whyRun(runFacts(run(waitingStatus([asked])), { requests: [given] }));
    expect(finding).toMatchObject({ cause: 'approvalNotCounted', command: 'flotilla approve web-1 canary' });
    expect(finding?.rule).toContain(rule);
  });

  test('TimedWait: until when, and how long that is', () => {
    expect(whyRun(runFacts(run(waitingStatus([{ type: 'TimedWait' }]))))).toMatchObject({
      cause: 'timedWait',
      since: now,
      rule: 'strategy careful has a TimedWait of 1m0s there',
      frees: 'it goes on by itself at 2025-07-22T21:31:00Z, in 30s',
    });
  });
});

describe('a cluster in work', () => {
  const unhealthy = member('member3', {
    status: {
      agentStatus: [{ type: 'MemberAgent', conditions: [at(agentConditions.unhealthy('It does not answer.'))] }],
    },
  });

  test('member unreachable: the hub says so, or the run does', () => {
    expect(whyRun(runFacts(run(), { members: [unhealthy] }))).toMatchObject({
      cause: 'memberUnreachable',
      since: now,
      rule: 'It does not answer',
      command: 'kubectl describe membercluster member3',
    });
    expect(whyRun(runFacts(run(hindered('Cluster member3 cannot be reached (ECONNREFUSED).'))))?.rule).toBe(
      'Cluster member3 cannot be reached (ECONNREFUSED)',
    );
  });

  test('a member that is away and not in work is nothing to the run', () => {
    expect(whyRun(runFacts(run(), { members: [{ ...unhealthy, metadata: { name: 'member1' } }] }))?.cause).toBe(
      'progressing',
    );
  });

  test('apply rejected', () => {
    const bindings = [troubledBinding('Applied', 'Failed to apply the manifest (error: spec.replicas: Invalid value)')];
    expect(whyRun(runFacts(run(), { bindings }))).toMatchObject({
      cause: 'applyRejected',
      what: 'csur/web-1 waits for Deployment shop/web, which cluster member3 does not take',
      rule: 'spec.replicas: Invalid value',
      command: 'kubectl edit deployment web -n shop',
    });
  });

  test.each([
    'Deployment shop/web on cluster member3 already belongs to another placement (AppliedWork other-work), so it is left alone.',
    'Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas',
  ])('ownership conflict: %s', (message) => {
    const bindings = [troubledBinding('Applied', message)];
    expect(whyRun(runFacts(run(), { bindings }))).toMatchObject({
      cause: 'ownershipConflict',
      command: 'kubectl get deployment web -n shop --context member3 -o yaml --show-managed-fields',
    });
  });

  test('not available yet: which object, and what is missing', () => {
    const bindings = [troubledBinding('Available', 'Manifest is not yet available; Fleet will check again later')];
    const told = hindered(
      'Deployment shop/web on cluster member3 is not available yet: 0 of 2 replicas are available.',
    );
    expect(whyRun(runFacts(run(told), { bindings }))).toMatchObject({
      cause: 'notAvailable',
      rule: '0 of 2 replicas are available',
      command: 'kubectl describe deployment web -n shop --context member3',
    });
    expect(whyRun(runFacts(run(), { bindings }))?.rule).toBe(
      'Manifest is not yet available; Fleet will check again later',
    );
  });

  test('not available on a placement that rolls out by itself', () => {
    const conditions = [condition('ClusterResourcePlacementScheduled', 'True')];
    const rolling = placement({ status: { conditions } });
    rolling.spec.strategy = { type: 'RollingUpdate' };
    const bindings = [binding('member1'), troubledBinding('Available', 'Manifest is not yet available')];
    expect(whyPlacement({ placement: rolling, bindings })?.what).toBe(
      'crp/example-placement waits for Deployment shop/web on cluster member3, which is not available yet',
    );
  });

  const missing = 'Manifest is not yet available; Fleet will check again later: 0 of 2 replicas are available; ';
  test.each([
    [
      'container main of Pod web-7d-x waits (CrashLoopBackOff, after it ended with Error, exit code 1): back-off 10s',
      'kubectl logs web-7d-x -c main --previous -n shop --context member3',
    ],
    [
      'container main of Pod web-7d-x has ended (OOMKilled, exit code 137).',
      'kubectl logs web-7d-x -c main -n shop --context member3',
    ],
    [
      'container main of Pod web-7d-x runs and is not ready.',
      'kubectl describe pod web-7d-x -n shop --context member3',
    ],
    [
      'no node takes Pod web-7d-x (Unschedulable): 0/3 nodes are available.',
      'kubectl describe pod web-7d-x -n shop --context member3',
    ],
  ])('not available because of a pod: %s', (pod, command) => {
    const told = hindered(
      'Deployment shop/web on cluster member3 is not available yet: 0 of 2 replicas are available.',
    );
    const bindings = [troubledBinding('Available', missing + pod)];
    expect(whyRun(runFacts(run(told), { bindings }))).toMatchObject({
      cause: 'notAvailable',
      rule: `0 of 2 replicas are available; ${pod.replace(/\.$/, '')}`,
      command,
    });
  });

  test('the pod whose image cannot be pulled', () => {
    const pod =
      'container main of Pod web-7d-x waits (ImagePullBackOff): Back-off pulling image "registry.example/web:2"';
    expect(whyRun(runFacts(run(), { bindings: [troubledBinding('Available', missing + pod)] }))).toMatchObject({
      cause: 'imageNotPulled',
      rule: `0 of 2 replicas are available; ${pod}`,
      command: 'kubectl describe pod web-7d-x -n shop --context member3',
    });
  });

  test('a kind that the cluster does not serve is asked for there', () => {
    const bindings = [
      troubledBinding(
        'Applied',
        'Failed to apply the manifest (error: Cluster member3 does not serve kind Deployment …)',
      ),
    ];
    expect(whyRun(runFacts(run(), { bindings }))).toMatchObject({
      cause: 'applyRejected',
      command: 'kubectl api-resources --api-group=apps --context member3',
    });
  });

  test('image cannot be pulled', () => {
    const bindings = [
      troubledBinding('Available', 'Back-off pulling image "registry.example/web:2": ImagePullBackOff'),
    ];
    expect(whyRun(runFacts(run(), { bindings }))).toMatchObject({
      cause: 'imageNotPulled',
      command: 'kubectl get events -n shop --context member3',
    });
  });

  test('something that no other cause knows', () => {
    const told = hindered(
      'Cluster member3 is being brought to the same resource snapshot by ClusterStagedUpdateRun/web-2.',
    );
    expect(whyRun(runFacts(run(told)))).toMatchObject({
      cause: 'hindered',
      rule: 'Cluster member3 is being brought to the same resource snapshot by ClusterStagedUpdateRun/web-2',
    });
  });

  test('a cluster that is only in work for long, and one of several that are', () => {
    const stuck = (names: string[], trouble: string): UpdateRunStatus =>
      status(
        { clusters: [cluster('member3', started), cluster('member1', started)] },
        runConditions.stuck(names, 'canary', trouble),
      );
    expect(whyRun(runFacts(run(stuck(['member3'], ''))))).toMatchObject({
      cause: 'hindered',
      what: 'csur/web-1 waits for cluster member3',
      rule: 'it is in work for longer than is normal',
    });
    expect(
      whyRun(runFacts(run(stuck(['member3', 'member1'], 'Cluster member1 cannot be reached (no answer yet).')))),
    ).toMatchObject({
      cause: 'memberUnreachable',
      what: 'csur/web-1 waits for cluster member1, which cannot be reached',
      short: 'stage canary waits for cluster member1',
      detail: 'Cluster member1 cannot be reached (no answer yet).',
    });
  });

  test('a cluster of which only the binding tells', () => {
    const silent = binding('member3', { conditions: [condition('Applied', 'False', { message: 'It is not there.' })] });
    expect(whyRun(runFacts(run(), { bindings: [silent] }))).toMatchObject({
      cause: 'hindered',
      rule: 'It is not there',
    });
  });

  test('nothing holds it', () => {
    expect(whyRun(runFacts())).toMatchObject({
      cause: 'progressing',
      what: 'csur/web-1 is under way: member3 in work in stage canary',
    });
  });
});

describe('a removal held by a finalizer', () => {
  test('of a run', () => {
    const leaving = run(status(), {
      deletionTimestamp: now,
      finalizers: ['kubernetes-fleet.io/stagedupdaterun-finalizer'],
    });
    expect(whyRun(runFacts(leaving))).toMatchObject({
      cause: 'removalHeld',
      rule: 'its finalizer kubernetes-fleet.io/stagedupdaterun-finalizer holds it until its workflow has ended',
    });
  });

  const lasting = 'Cluster member4 is still removing the objects of placement web (AppliedWork web-work)';
  const removal = (trouble: string): UpdateRunStatus => {
    const updated = waitingStatus([]);
    return {
      ...updated,
      conditions: [at(runConditions.initialized({})), at(runConditions.hindered('member4', undefined, trouble, 0))],
      stagesStatus: (updated.stagesStatus ?? []).map((stage) => ({
        ...stage,
        conditions: [at(stageConditions.succeeded())],
      })),
      deletionStageStatus: {
        stageName: 'kubernetes-fleet.io/deleteStage',
        clusters: [cluster('member4', started), cluster('member5', started, done)],
      },
    };
  };

  test('of copies that a run takes away', () => {
    expect(whyRun(runFacts(run(removal(`${lasting}.`))))).toMatchObject({
      cause: 'removalHeld',
      command: 'kubectl describe appliedwork web-work --context member4',
      short: 'all stages are done; the removal at the end waits for cluster member4',
    });
  });

  test.each([
    ['ConfigMap shop/settings', 'configmap settings -n shop'],
    ['AppliedWork web-work', 'appliedwork web-work'],
  ])('of copies, by an object with a finalizer: %s', (object, typed) => {
    expect(
      whyRun(runFacts(run(removal(`${lasting}: ${object} is held by its finalizer example.com/hold.`)))),
    ).toMatchObject({
      cause: 'removalHeld',
      rule: `${lasting}: ${object} is held by its finalizer example.com/hold`,
      command: `kubectl edit ${typed} --context member4`,
    });
  });

  test('of a placement, and the member that does not answer is named', () => {
    const leaving = placement();
    leaving.metadata = { ...leaving.metadata, deletionTimestamp: now, finalizers: ['kubernetes-fleet.io/crp-cleanup'] };
    const bindings = [binding('member1'), binding('member2')];
    expect(whyPlacement({ placement: leaving, bindings })?.rule).toBe(
      'its finalizer holds it until the copies are gone from member1, member2',
    );
    const away = {
      agentStatus: [{ type: 'MemberAgent' as const, conditions: [at(agentConditions.unhealthy('Gone.'))] }],
    };
    const members = [member('member1'), member('member2', { status: away })];
    expect(whyPlacement({ placement: leaving, bindings, members })).toMatchObject({
      cause: 'removalHeld',
      command: 'flotilla leave member2 --unreachable',
    });
  });

  const heldBy = (object: string): string => `${lasting}: ${object} is held by its finalizer example.com/hold.`;
  const held = (name: string, trouble: string): ClusterResourceBinding =>
    binding(name, { conditions: [at(bindingConditions.notRemoved(trouble))] });

  test.each([
    ['an object', heldBy('ConfigMap shop/settings'), 'kubectl edit configmap settings -n shop --context member4'],
    [
      'a namespace with content of others',
      `${lasting}: Namespace shop still has content, which is not of this placement.`,
      'kubectl describe namespace shop --context member4',
    ],
  ])('of a placement, by %s', (_, trouble, command) => {
    const leaving = placement();
    leaving.metadata = { ...leaving.metadata, deletionTimestamp: now, finalizers: ['kubernetes-fleet.io/crp-cleanup'] };
    const bindings = [binding('member3'), held('member4', trouble)];
    const finding = whyPlacement({ placement: leaving, bindings });
    expect(finding).toMatchObject({ cause: 'removalHeld', command });
    expect(finding?.rule).toBe(
      `its finalizer holds it until the copies are gone from member3, member4: ${trouble.replace(/\.$/, '')}`,
    );
    expect(whyPlacement({ placement: leaving, bindings, cluster: 'member3' })?.command).toBe(
      'kubectl describe appliedwork example-placement-work --context member3',
    );
  });

  test('of copies that a placement which rolls out by itself is to take away, although all others have it', () => {
    const steps = ['Scheduled', ...rolloutSteps].map((step) => condition(`ClusterResourcePlacement${step}`, 'True'));
    const own = placement({ status: { conditions: steps } });
    own.spec.strategy = { type: 'RollingUpdate' };
    const left = held('member4', heldBy('ConfigMap shop/settings'));
    const leaving = { ...left, spec: { ...left.spec, state: 'Unscheduled' as const } };
    expect(whyPlacement({ placement: own, bindings: [binding('member1'), leaving] })).toMatchObject({
      cause: 'removalHeld',
      what: 'crp/example-placement waits until its copies are gone from cluster member4',
      since: now,
      command: 'kubectl edit configmap settings -n shop --context member4',
    });
    expect(whyPlacement({ placement: own, bindings: [binding('member1'), left] })?.cause).toBe('nothing');
    const external = { ...own, spec: { ...own.spec, strategy: { type: 'External' as const } } };
    expect(whyPlacement({ placement: external, bindings: [leaving] })?.cause).not.toBe('removalHeld');
  });

  test('of a cluster of a run that the run itself does not name', () => {
    const leaving = removal(`${lasting}.`);
    leaving.deletionStageStatus?.clusters.push(cluster('member6', started));
    const bindings = [held('member6', heldBy('ConfigMap shop/settings'))];
    expect(whyRun(runFacts(run(leaving), { bindings, cluster: 'member6' }))).toMatchObject({
      cause: 'removalHeld',
      command: 'kubectl edit configmap settings -n shop --context member6',
    });
  });

  test('of a member that leaves', () => {
    const leavingOf = (trouble: string): Finding | undefined => {
      const agentStatus = [{ type: 'MemberAgent' as const, conditions: [at(agentConditions.leaving(trouble))] }];
      const leaving = member('member4', { status: { agentStatus } });
      leaving.metadata = { ...leaving.metadata, deletionTimestamp: now };
      return memberHeld({ ...placementFacts(), subject: 'cluster/member4' }, leaving);
    };
    expect(leavingOf(heldBy('ConfigMap shop/settings'))).toMatchObject({
      what: 'cluster/member4 is leaving the fleet',
      rule: heldBy('ConfigMap shop/settings').replace(/\.$/, ''),
      command: 'kubectl edit configmap settings -n shop --context member4',
    });
    expect(leavingOf(`${lasting}.`)?.command).toBe('flotilla leave member4 --unreachable');
  });
});

test('a placement follows its newest run', () => {
  expect(whyPlacement({ newestRun: runFacts(run(waitingStatus([asked]))) })).toMatchObject({
    cause: 'approvalPending',
    what: 'crp/example-placement follows its newest run, and csur/web-1 waits for an approval after stage canary',
  });
});
