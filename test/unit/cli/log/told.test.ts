/** What the log tells of histories that no recording holds: troubles, messages, several executions. */
import { describe, expect, test } from '@jest/globals';
import { actorName } from '../../../../cli/log/entries.ts';
import { RolloutStory } from '../../../../cli/log/rolloutStory.ts';
import { RunStory } from '../../../../cli/log/runStory.ts';
import type { Story } from '../../../../cli/log/story.ts';
import { packProgress } from '../../../../domain/runs/packedProgress.ts';
import { beginningOf } from '../../../../domain/runs/beginning.ts';
import { plan, ready, WrittenHistory } from './writtenHistory.ts';

function told(history: WrittenHistory, story: Story = new RunStory({ name: 'web-1' })): string[] {
  return history.events.flatMap((event) =>
    story.take(event).map(({ actor, kind, message }) => `${actorName(actor)} ${kind}: ${message}`),
  );
}

function begun(): WrittenHistory {
  return new WrittenHistory().begin({ name: 'web-1', uid: 'uid-1' }).local('beginRun', ready);
}

describe('clusters', () => {
  test('waiting, going on, and done at a later attempt', () => {
    const history = begun();
    const work = history.schedule('member1', 'one');
    const report = { cluster: 'member1', since: '2026-03-01T12:00:05Z' };
    history.message('clusterReport', { ...report, reason: 'Deployment web/api is not available yet.' }).step();
    history.message('clusterReport', { ...report, reason: 'Deployment web/api is not available yet.' }).step();
    history.message('clusterReport', { ...report, reason: '' }).step();
    history.add({ type: 'activityStarted', scheduledId: work, attempt: 2, lastFailure: 'the worker was lost' });
    history.complete(work);
    expect(told(history).slice(4)).toEqual([
      'worker clusterBegun: member1 begins resource snapshot 3',
      'worker clusterWaits: member1 waits: Deployment web/api is not available yet',
      'worker clusterGoesOn: member1 goes on',
      'worker clusterDone: member1 is done after 11.0 s, at attempt 2; the one before failed: the worker was lost',
      'worker stageDone: stage one is done',
    ]);
  });

  test('taken over by another run, which ends this one', () => {
    const history = begun();
    history.complete(history.schedule('member1', 'one'), { result: 'displaced', by: 'ClusterStagedUpdateRun/web-2' });
    history.add({ type: 'ended', how: 'failed', message: 'told already', identity: '' });
    const lines = told(history).slice(5);
    expect(lines).toEqual([
      'worker clusterDisplaced: member1 was taken over by ClusterStagedUpdateRun/web-2',
      expect.stringMatching(
        /^worker failed: the run has failed: .*it has been taken over by ClusterStagedUpdateRun\/web-2$/,
      ),
    ]);
  });

  test('failed for good', () => {
    const history = begun();
    const work = history.schedule('member1', 'one');
    history.add({ type: 'activityFailed', scheduledId: work, message: 'The binding is gone.' });
    history.step();
    expect(told(history).slice(5)).toEqual([
      'worker clusterFailed: member1 failed: The binding is gone.',
      'worker failed: the run has failed: The binding is gone.',
    ]);
  });

  test('rid of the placement at the end', () => {
    const history = begun();
    history.complete(history.schedule('member1', 'one'));
    history.local('requestApproval', { outcome: 'pending' }).local('acceptApproval', { outcome: 'accepted' });
    for (const cluster of ['member2', 'member3']) history.complete(history.schedule(cluster, 'two'));
    history.local('requestApproval', { outcome: 'approved' }).local('acceptApproval', { outcome: 'accepted' });
    history.complete(history.schedule('member4'));
    expect(told(history).slice(-5)).toEqual([
      'worker stageDone: stage two is done',
      'worker removing: all stages are done; the placement is removed from 1 cluster',
      'worker clusterBegun: member4 begins to be rid of the placement',
      'worker clusterDone: member4 is rid of the placement after 1.0 s',
      'worker succeeded: the run has succeeded',
    ]);
  });
});

describe('people', () => {
  test('an early approval is told when it is sent, and when it counts', () => {
    const history = begun();
    const work = history.schedule('member1', 'one');
    const approval = { stage: 'two', task: 'before', by: 'ana', comment: 'lgtm' };
    history.message('approve', approval, 'temporal-cli:ana@laptop').step();
    history
      .complete(work)
      .local('requestApproval', { outcome: 'pending' })
      .local('acceptApproval', { outcome: 'accepted' });
    expect(told(history)).toEqual(
      expect.arrayContaining([
        'ana approvalSent: approves stage two: lgtm',
        'worker approvalAsked: approval web-1-before-two to begin stage two is asked for',
        'ana approved: approval web-1-before-two to begin stage two is given',
      ]),
    );
  });

  test('approvals that fit nothing, and one without a name', () => {
    const history = begun();
    history.message('approve', { stage: 'three' }, 'temporal-cli:ana@laptop').step();
    history.message('approve', 'yes', 'temporal-cli:ana@laptop').step();
    expect(told(history).slice(4)).toEqual([
      'temporal-cli:ana@laptop approvalIgnored: sends an approval that fits nothing: Run web-1 has no stage "three". Stages that take an approval: two.',
      expect.stringContaining(
        'temporal-cli:ana@laptop approvalIgnored: sends what is no approval: An approval must be an object',
      ),
    ]);
  });

  test('pause and resume as messages', () => {
    const history = begun();
    const work = history.schedule('member1', 'one');
    history.message('pause', undefined, 'temporal-cli:bo@laptop').step();
    history.local('reviewRun', { outcome: 'fits', requested: 'Stop' });
    history.complete(work);
    history.message('resume', undefined, 'temporal-cli:bo@laptop').step();
    history.local('reviewRun', { outcome: 'fits', requested: 'Run' });
    expect(told(history).slice(5)).toEqual([
      'temporal-cli:bo@laptop stateAsked: asks the run to stop',
      'worker stopping: the run is to stop; clusters in work come to their end',
      expect.stringMatching(/^worker clusterDone/),
      'worker stopped: the run is stopped',
      'temporal-cli:bo@laptop stateAsked: asks the run to go on',
      'worker resumed: the run goes on',
      'worker stageDone: stage one is done',
    ]);
  });

  test('a request that somebody deletes', () => {
    const history = begun();
    history.complete(history.schedule('member1', 'one'));
    history.local('requestApproval', { outcome: 'pending' }).local('acceptApproval', { outcome: 'missing' });
    history.local('requestApproval', { outcome: 'pending' });
    expect(told(history).slice(-2)).toEqual([
      'worker approvalAsked: approval web-1-before-two to begin stage two is asked for',
      'worker requestMissing: the approval request is gone from the hub, and is made again',
    ]);
  });

  test('terminated, or cancelled through Temporal', () => {
    const terminated = begun();
    terminated.add({ type: 'ended', how: 'terminated', message: 'wrong run', identity: 'temporal-cli:ana@laptop' });
    expect(told(terminated).slice(4)).toEqual([
      'temporal-cli:ana@laptop ended: the workflow is terminated: wrong run',
      'worker failed: the run has failed: cannot continue the ClusterStagedUpdateRun: its workflow csur/web-1 was terminated',
    ]);
    const cancelled = begun();
    cancelled.add({ type: 'cancelRequested', identity: 'temporal-cli:ana@laptop', cause: '' });
    cancelled.add({ type: 'ended', how: 'cancelled', message: '', identity: '' });
    expect(told(cancelled).slice(4)).toEqual([
      'temporal-cli:ana@laptop endAsked: the workflow is to be cancelled',
      'worker ended: the workflow ends, cancelled',
    ]);
  });
});

describe('workers', () => {
  test('a restart, another one, and a step that fails', () => {
    const history = begun();
    history
      .step('node-1/0.0.0.0:8080 since 2026-03-01T12:30:00.000Z')
      .step('node-2/0.0.0.0:8080 since 2026-03-01T12:30:00.000Z');
    history.add({ type: 'taskFailed', message: 'Nondeterminism' });
    expect(told(history).slice(1)).toEqual([
      'worker takenUp: csur/web-1 is taken up by worker node-1/0.0.0.0:8080',
      expect.stringMatching(/^worker planned/),
      'worker stageBegun: stage one begins: 1 cluster',
      'worker workerChanged: worker node-1/0.0.0.0:8080 was restarted and goes on where the one before was',
      'worker workerChanged: worker node-2/0.0.0.0:8080 goes on where the one before was',
      'worker workerTrouble: a step failed in the worker and is repeated: Nondeterminism',
    ]);
  });

  test('a history that goes on in a new execution repeats nothing', () => {
    const history = begun();
    history.schedule('member1', 'one');
    history.add({ type: 'ended', how: 'continued', message: '', identity: '' });
    const progress = packProgress(beginningOf(plan, history.events[0]!.time, 'Run').progress);
    history.begin({ name: 'web-1', continued: { plan, progress } });
    history.complete(history.schedule('member1', 'one'));
    expect(told(history).slice(4)).toEqual([
      'worker clusterBegun: member1 begins resource snapshot 3',
      'worker continued: the history has become long, so it goes on in a new execution',
      'worker clusterBegun: member1 goes on with resource snapshot 3',
      'worker clusterDone: member1 is done after 6.0 s',
      'worker stageDone: stage one is done',
    ]);
  });

  test('a lost history is told as what it is', () => {
    const { progress } = beginningOf(plan, 0, 'Run');
    const history = new WrittenHistory()
      .begin({ name: 'web-1', uid: 'uid-1' })
      .local('beginRun', { ...ready, progress });
    expect(told(history).at(-1)).toContain(
      'the run goes on where its status on the hub says it was, since its earlier history is lost: resource snapshot 3 of web',
    );
  });
});

test('a plan that does not fit any more', () => {
  const history = begun();
  history.message('hubChanged', { kind: 'MemberCluster' }).step();
  history.local('reviewRun', { outcome: 'outdated', message: 'the cluster count is outdated' });
  expect(told(history).at(-1)).toBe('worker failed: the run has failed: the cluster count is outdated');
});

test('a rolling update that is told to leave the rollout to runs', () => {
  const history = new WrittenHistory().begin({ name: 'web', uid: 'uid-web' });
  const facts = { mode: 'rollingUpdate', desired: 2, settled: 2, clusters: [] };
  history.local('readRollout', { facts: { ...facts, target: { index: '3' } } });
  history.local('readRollout', { facts: { ...facts, target: { index: '3' } } });
  history.local('readRollout', { facts: { ...facts, mode: 'external' } });
  const story = new RolloutStory({ name: 'web', namespace: 'shop' });
  expect(told(history, story).slice(1)).toEqual([
    'worker rollout: resource snapshot 3 is wanted on 2 clusters: 2 settled, 0 to be seen to',
    'worker rollout: runs have the rollout from now on; what is in work comes to its end',
  ]);
});
