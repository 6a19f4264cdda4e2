import { describe, expect, test } from '@jest/globals';
import { annotations, labels } from '../../../../api/labels.ts';
import type { KubernetesObject } from '../../../../api/meta.ts';
import { runConditions } from '../../../../api/runConditions.ts';
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import type { ClusterResourceSnapshot } from '../../../../api/types/clusterresourcesnapshot.ts';
import type { ClusterStagedUpdateRun } from '../../../../api/types/clusterstagedupdaterun.ts';
import { historyTable, revisionText } from '../../../../cli/rollout/historyText.ts';
import { newRun, nextRunName } from '../../../../cli/rollout/newRun.ts';
import { planText } from '../../../../cli/rollout/rolloutUndo.ts';
import { revisionsOf, type RevisionFacts } from '../../../../cli/rollout/revisions.ts';
import { stateRefusal } from '../../../../cli/rollout/setState.ts';
import { planUndo } from '../../../../cli/rollout/undoPlan.ts';
import { parseJson } from '../../../../kube/json.ts';
import { condition, configMap, now } from '../../domain/objects.ts';
import { at, binding, run as newTestRun, status } from '../why/objects.ts';

function snapshot(
  index: number,
  objects: KubernetesObject[] = [settings(`v${String(index)}`)],
): ClusterResourceSnapshot {
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterResourceSnapshot',
    metadata: {
      name: `web-${String(index)}-snapshot`,
      creationTimestamp: now,
      labels: { [labels.resourceIndex]: String(index) },
      annotations: { [annotations.numberOfResourceSnapshots]: '1', [annotations.resourceHash]: 'hash' },
    },
    spec: { selectedResources: objects as unknown as Record<string, unknown>[] },
  };
}

function settings(value: string, cause?: string): KubernetesObject {
  const object = configMap('shop', 'settings', { value });
  const noted = {
    ...object.metadata,
    ...(cause !== undefined && { annotations: { 'kubernetes.io/change-cause': cause } }),
  };
  return { ...object, metadata: noted };
}

function onRevision(cluster: string, index?: number, available = true): ClusterResourceBinding {
  const bound = binding(cluster, { conditions: [condition('Available', available ? 'True' : 'False')] });
  return {
    ...bound,
    spec: {
      ...bound.spec,
      state: index === undefined ? 'Scheduled' : 'Bound',
      ...(index !== undefined && { resourceSnapshotName: `web-${String(index)}-snapshot` }),
    },
  };
}

function run(
  name: string,
  index: number,
  outcome: 'succeeded' | 'failed' | 'open',
  state?: 'Stop',
): ClusterStagedUpdateRun {
  const ended = { succeeded: runConditions.succeeded(), failed: runConditions.failed('It went wrong.') };
  const conditions = outcome === 'open' ? status().conditions : [at(ended[outcome])];
  return newTestRun(
    { ...status(), conditions },
    { name, uid: name, resourceSnapshotIndex: String(index), ...(state && { state }) },
  );
}

/** Revision 0 is everywhere, 1 went wrong on the first cluster. */
const halfDone: RevisionFacts = {
  snapshots: [snapshot(0), snapshot(1)],
  runs: [run('web-2', 1, 'failed'), run('web-1', 0, 'succeeded')],
  bindings: [onRevision('member2', 0), onRevision('member1', 1, false), onRevision('member3')],
};

describe('planUndo', () => {
  test('goes back to what last succeeded, with the last strategy, cluster by cluster', () => {
    expect(planUndo({ ...halfDone, name: 'crp/web' })).toEqual({
      to: 0,
      strategy: 'careful',
      moves: [
        { cluster: 'member1', from: 1, to: 0 },
        { cluster: 'member2', from: 0, to: 0 },
        { cluster: 'member3', to: 0 },
      ],
      toPause: [],
    });
  });

  test('after an undo it does not go forward again to what failed', () => {
    const runs = [run('web-3', 0, 'succeeded'), ...halfDone.runs];
    const bindings = [onRevision('member1', 0)];
    expect(() => planUndo({ ...halfDone, runs, bindings, name: 'crp/web' })).toThrow(
      'No earlier revision of crp/web was rolled out to its end; choose with --to-revision: 1.',
    );
  });

  test('without a run that succeeded, to what most clusters have', () => {
    const runs = [run('web-2', 1, 'failed')];
    expect(planUndo({ ...halfDone, runs, name: 'crp/web' }).to).toBe(0);
  });

  test('a run that is under way with another revision is paused first; one that is paused is left alone', () => {
    const open = run('web-2', 1, 'open');
    expect(planUndo({ ...halfDone, runs: [open, run('web-1', 0, 'succeeded')], name: 'crp/web' }).toPause).toEqual([
      open,
    ]);
    const paused = [run('web-2', 1, 'open', 'Stop'), run('web-1', 0, 'succeeded')];
    expect(planUndo({ ...halfDone, runs: paused, name: 'crp/web' }).toPause).toEqual([]);
  });

  test('typed again while the way back is under way, it does not go forward', () => {
    const runs = [run('web-3', 0, 'open'), ...halfDone.runs];
    const message = 'csur/web-3 brings crp/web to revision 0 already: flotilla rollout status csur/web-3 follows it.';
    expect(() => planUndo({ ...halfDone, runs, toRevision: 0, name: 'crp/web' })).toThrow(message);
    expect(() => planUndo({ ...halfDone, runs, name: 'crp/web' })).toThrow('No earlier revision of crp/web');
  });

  test('a cluster that is not selected any more loses what it has', () => {
    const leaving = onRevision('member1', 1);
    leaving.spec = { ...leaving.spec, state: 'Unscheduled' };
    expect(planUndo({ ...halfDone, bindings: [leaving], name: 'crp/web' }).moves).toEqual([
      { cluster: 'member1', from: 1 },
    ]);
  });

  test.each([
    [
      { toRevision: 0, snapshots: [snapshot(3), snapshot(4)] },
      'Revision 0 of crp/web was pruned, as spec.revisionHistoryLimit asks for: there are 3, 4.',
    ],
    [{ toRevision: 9 }, 'crp/web has no revision 9: there are 0, 1.'],
    [{ toRevision: 0, snapshots: [] }, 'crp/web has no revision 0: it has none yet.'],
    [{ toRevision: 0, runs: [] }, 'crp/web has no run whose strategy could be used again: say which with --strategy.'],
    [
      { toRevision: 0, bindings: [onRevision('member2', 0)] },
      'Nothing to do: every cluster of crp/web has revision 0 already.',
    ],
    [
      { runs: [], bindings: [], snapshots: [] },
      'No earlier revision of crp/web was rolled out to its end; there is no other.',
    ],
  ])('is refused: %#', (more, message) => {
    expect(() => planUndo({ ...halfDone, ...more, name: 'crp/web' })).toThrow(message);
  });

  test('an incomplete revision is refused', () => {
    const half = snapshot(0);
    half.metadata.annotations = { [annotations.numberOfResourceSnapshots]: '2' };
    expect(() => planUndo({ ...halfDone, snapshots: [half, snapshot(1)], name: 'crp/web' })).toThrow('is incomplete');
  });

  test('its text', () => {
    const open = run('web-2', 1, 'open');
    const plan = planUndo({ ...halfDone, runs: [open, run('web-1', 0, 'succeeded')], name: 'crp/web' });
    expect(
      planText('crp/web', plan)
        .split('\n')
        .map((line) => line.replaceAll(/ {2,}/g, ' | ')),
    ).toEqual([
      'crp/web to revision 0, with strategy careful:',
      'CLUSTER | FROM | TO',
      'member1 | 1 | 0',
      'member2 | 0 | 0 (unchanged)',
      'member3 | <none> | 0',
      'csur/web-2 is still under way, and is paused first.',
      'The objects on the hub stay as they are: a run without a revision brings them again.',
      '',
    ]);
  });
});

describe('history', () => {
  test('a revision has the causes of what is new in it, its runs and its clusters', () => {
    const other = { ...settings('same', 'long ago'), kind: 'Other' };
    const snapshots = [snapshot(0, [settings('a', 'first'), other]), snapshot(1, [settings('b', 'second'), other])];
    const [first, second] = revisionsOf({ ...halfDone, snapshots });
    expect(first).toMatchObject({
      index: 0,
      changeCause: 'first; long ago',
      clusters: [{ name: 'member2', available: true }],
    });
    expect(second).toMatchObject({
      index: 1,
      changeCause: 'second',
      clusters: [{ name: 'member1', available: false }],
    });
    expect(second?.runs.map(({ metadata }) => metadata.name)).toEqual(['web-2']);
  });

  test('as a table', () => {
    const lines = historyTable('crp/web', revisionsOf(halfDone)).trimEnd().split('\n');
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['crp/web'],
      ['REVISION', 'CHANGE-CAUSE', 'LAST RUN', 'TAKEN', 'CLUSTERS'],
      ['0', '<none>', 'csur/web-1 (Succeeded)', now, 'member2'],
      ['1', '<none>', 'csur/web-2 (Failed)', now, 'member1 (not available)'],
    ]);
  });

  test('the contents keep large numbers, and Secrets are only named', () => {
    const big = parseJson(
      '{"apiVersion":"v1","kind":"Sample","metadata":{"name":"big"},"spec":{"n":9007199254740993}}',
    );
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'token', namespace: 'shop' },
      data: { key: 'aGlkZGVu' },
    };
    const [revision] = revisionsOf({ ...halfDone, snapshots: [snapshot(0, [big as KubernetesObject, secret])] });
    const text = revision === undefined ? '' : revisionText('crp/web', revision);
    expect(text).toContain('# crp/web revision 0\n# change cause: <none>\n');
    expect(text).toContain('n: 9007199254740993\n');
    expect(text).toContain('# Secret shop/token is not shown; its keys: key\n');
    expect(text).not.toContain('aGlkZGVu');
  });
});

describe('new runs', () => {
  test('take the first number after all that were given', () => {
    expect(nextRunName('web', 'run', [])).toBe('web-run-1');
    expect(nextRunName('web', 'run', ['web-run-9', 'web-run-10', 'web-run-x', 'web-undo-12'])).toBe('web-run-11');
    expect(nextRunName('w'.repeat(63), 'undo', []).length).toBeLessThanOrEqual(63);
  });

  test('are in the scope of their placement, and name a revision only where one is given', () => {
    const wish = { placement: { name: 'web', namespace: 'shop' }, strategy: 'careful', name: 'web-run-1' };
    expect(newRun(wish)).toEqual({
      apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
      kind: 'StagedUpdateRun',
      metadata: { name: 'web-run-1', namespace: 'shop' },
      spec: { placementName: 'web', stagedRolloutStrategyName: 'careful' },
    });
    expect(newRun({ ...wish, revision: 0 }).spec.resourceSnapshotIndex).toBe('0');
  });
});

test('stateRefusal', () => {
  expect(stateRefusal(run('web-2', 1, 'open'), 'Stop')).toBeUndefined();
  expect(stateRefusal(run('web-2', 1, 'open'), 'Run')).toBe('csur/web-2 is not paused.');
  expect(stateRefusal(run('web-2', 1, 'open', 'Stop'), 'Stop')).toBe('csur/web-2 is already paused.');
  expect(stateRefusal(run('web-2', 1, 'open', 'Stop'), 'Run')).toBeUndefined();
  expect(stateRefusal(run('web-2', 1, 'failed'), 'Run')).toContain('csur/web-2 has failed already');
  const planned = newTestRun(status(), { state: 'Initialize' });
  expect(stateRefusal(planned, 'Stop')).toContain('it need not be paused');
  expect(stateRefusal(planned, 'Run')).toBeUndefined();
});
